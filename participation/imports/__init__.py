"""Imports: contributions from paper, halls and other systems, from CSV, XLSX, GeoJSON and GeoPackage files.

reading.py takes a file apart into rows (spreadsheets.py and geopackages.py the formats that could do harm), columns.py
finds out which column is what, coordinates.py knows systems of coordinates, cells.py reads single cells, checking.py
turns rows into contributions by the same rule as the form, services.py brings them in together or not at all.
"""
