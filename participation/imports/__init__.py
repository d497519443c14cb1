"""Imports: contributions from paper, halls and other systems, from CSV and GeoJSON files.

reading.py takes a file apart into rows, columns.py finds out which column is what, cells.py reads single cells,
checking.py turns rows into contributions by the same rule as the form, services.py brings them in together or not
at all.
"""
