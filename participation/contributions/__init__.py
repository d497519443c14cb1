"""Contributions: what residents say, with or without a place.

states.py has the transition table, permissions.py says who sees what, filters.py is the one filter behind
list, map, count and download, map_view.py groups them on the server, receipts.py makes the author's secret link,
drafts.py keeps a half-written one between the steps.
"""
