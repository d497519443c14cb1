"""What keeps a backup or a restore from being done; nothing is left behind."""


class BackupError(Exception):
    """Its text is the line the operator reads."""
