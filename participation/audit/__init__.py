"""Who did what when: rows are only added, with ids and no texts, in the transaction of the act itself."""
