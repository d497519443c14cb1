"""Digests: mails that tell moderators, at the rhythm each one chose, that new items wait.

`flask send-digests` puts those that are due into the outbox, each once: the moment and the mail are saved together.
"""
