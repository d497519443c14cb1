"""The public ledger: every submission, comment, vote and decision is one entry that carries the hash of the one before.

What services do joins `append`; entries are sealed into the chain soon after (docs/adr/0028).
"""
