"""Contributions: what residents say, with or without a place.

states.py has the transition table, permissions.py says who sees what, filters.py is the one filter behind
list, map, count and download, search.py finds words for it; cells.py, areas.py and counting.py count by cells of the
map what map_view.py groups and lists number; receipts.py makes the author's secret link, drafts.py keeps a half-written
one between the steps.
"""
