"""People: accounts with roles, guests known by a random cookie, and who is acting right now.

`Actor` (actors.py) is what services and permissions get; only views ask sessions.py for it.
"""

from participation.accounts.sessions import init_accounts

__all__ = ["init_accounts"]
