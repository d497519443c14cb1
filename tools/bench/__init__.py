"""`make bench`: what the platform can do on this machine, beside the least that any program would have to do.

For each database and size: a fresh installation is seeded and served by `flask serve`; pages, acts and downloads are
measured over HTTP by clients with connections of their own, and inside a process of ours for queries and memory. The
same is asked of bare Flask views on the same database, of a bare loop and of ogr2ogr: figures are ratios of these.
Numbers of all runs are kept in docs/performance/results.json, and docs/performance.md is written from them.
"""
