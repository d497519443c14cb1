"""Mails: written to the outbox in the transaction of the act, sent after it by `flask send-mail`.

A row holds ids, not texts; the subject that knows them registers how to fill its mail (`mail_context`).
"""
