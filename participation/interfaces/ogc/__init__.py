"""OGC API – Features: every public contribution as live geodata for QGIS, GDAL and whatever else speaks the standard.

Parts 1 (Core, OpenAPI 3.0, GeoJSON, HTML), 2 (CRS) and 3 (filtering with CQL2). collections.py says what there is; the
rows and columns are those of exports, the rights those of proceedings and contributions.
"""
