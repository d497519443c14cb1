"""Complaints: authors and reporters object to a decision, another person decides (Regulation (EU) 2022/2065, Art. 20).

Stands after notices: an upheld complaint takes the decision back, or takes the one that the reporter asked for, through
their services and in the same transaction. Rows are never deleted.
"""
