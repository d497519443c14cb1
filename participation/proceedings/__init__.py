"""Proceedings: what a city asks about, where, when, and by which rules.

What is allowed right now is computed from the phases and the clock at each request (phases.py); nothing is scheduled.
Who may see and manage a proceeding is in permissions.py.
"""
