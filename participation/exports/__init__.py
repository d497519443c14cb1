"""Downloads: the same filter as the page, streamed from a server-side cursor, never hidden content.

tables.py says which tables and columns there are; editions.py reads them; formats write them. Only interfaces
import this.
"""
