"""Backup and restore: one tar with the database, the files of the instance, and a manifest that says what is in it.

`saving.py` writes it while the site runs, `restoring.py` reads it into an empty instance, `verifying.py` has the list
of what must hold afterwards. The secret key is not in it: whoever has both reads everything, so they are kept apart.
"""
