"""Downloads: the same filter as the page, streamed from a server-side cursor, never hidden content.

editions.py says which columns the public and the planners get; formats write them. Imported by nobody.
"""
