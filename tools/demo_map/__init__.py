"""Draws the demo's schematic map: shapes set by hand in metres, houses and trees grown from them with a fixed seed.

Nothing is taken from a map source. `frame` turns metres into GeoJSON, `growth` grows houses and trees,
`churchyard`, `quarters` and `city` hold the shapes of the three levels of detail.
"""
