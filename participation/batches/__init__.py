"""Batches: one decision with one reason about many items, carried out step by step, and taken back as one.

What is chosen is kept with the version that was seen. Each item is decided in a transaction of its own, through the
same service as a single decision: a batch that is broken off goes on where it stopped, and what somebody else changed
meanwhile is left alone and named.
"""
