"""Notices: anyone reports content, a person decides, the reporter learns it (Regulation (EU) 2022/2065, Art. 16).

Stands after moderation: a decision that limits something settles the notices about it, in the same transaction. A
notice never changes what it is about, however many there are.
"""
