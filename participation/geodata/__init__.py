"""Geodata: strict JSON and GeoJSON, checked geometries, distances, Web Mercator.

Pure functions for every subject: no request, no session, no database. Coordinates are `lon, lat` in degrees, WGS 84.
`reading` takes files apart, `structure` turns one GeoJSON geometry into a shape, `checking` decides whether a shape may
be a place of ours, `relations` answers where it lies, `web_mercator` and `bbox` serve the map, `writing` the downloads.
"""
