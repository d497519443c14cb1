"""Tokens: what a person with an account lets programs do in their name, at interfaces and downloads only.

Scoped, for one proceeding or all of the person's, at most a year; shown once, kept as a keyed hash, revocable. The
table belongs to accounts, which must know who acts.
"""
