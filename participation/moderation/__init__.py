"""Moderation: one queue, and decisions whose reasons the author is told (Regulation (EU) 2022/2065, Art. 17)."""
