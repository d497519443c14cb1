"""Counting again from the ledger alone, and comparing that with the tables (docs/adr/0028)."""
