"""What programs that read DIPAS find here: its open data (PDS), navigator, REST reads and map layers, by its names.

Everything is read as a stranger, whoever asks: no answer holds more than the public pages do. Shared: asked.py (which
proceeding, which language), words.py (dates, terms, addresses), answers.py (JSON, caching, errors), rows.py (streams).
"""
