"""For those who know gunicorn better than granian: `gunicorn --config deploy/gunicorn.conf.py app:app`.

Background jobs then need a `flask worker` beside it.
"""

import os
from typing import Any

from participation.config import read_settings
from participation.operation.metrics import forget_processes

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '5000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8
timeout = 120  # a download that is written for longer goes on: each answer's thread is alive
graceful_timeout = 30
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 – heartbeats, not on a slow disk
control_socket_disable = True


def on_starting(_server: Any) -> None:
    """Begin to count at nought."""
    forget_processes(read_settings())
