"""The talk about contributions: comments with replies, and votes that anyone can recount.

One vote per participant and contribution is a database constraint; counters change in the same transaction.
"""
