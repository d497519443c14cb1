"""Operation: is the installation well, and what is wrong with it; figures; backup and restore; deletion by age.

`doctor.py` has the one list of checks: the start, `/readyz` and `flask doctor` ask it, each for its part.
"""
