"""Background jobs: what takes longer than a page should wait for.

The table is the truth; workers take rows by lease and say that they live. What a killed worker held is taken up again.
A subject registers its work by kind: `WORK["exports.file"] = …`.
"""
