"""The application on a port of its own, for browsers and other real clients."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.serving import make_server


class Watched:
    """A WSGI application that knows which of its answers are under way, and closes each one as soon as it is sent.

    Werkzeug's server forgets to close an answer whose reader broke off; its database connection would stay open.
    """

    def __init__(self, application: Any) -> None:
        self.application = application
        self.under_way: list[str] = []
        self.ended = threading.Condition()

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        address = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        with self.ended:
            self.under_way.append(address)
        try:
            answer = self.application(environ, start_response)
        except BaseException:
            self._end(address)
            raise
        return self._sent(answer, address)

    def _sent(self, answer: Any, address: str) -> Iterator[bytes]:
        try:
            yield from answer
        finally:
            answer.close()
            self._end(address)

    def _end(self, address: str) -> None:
        with self.ended:
            self.under_way.remove(address)
            self.ended.notify_all()

    def wait_for_the_last(self) -> list[str]:
        """Return what is still under way after ten seconds."""
        with self.ended:
            self.ended.wait_for(lambda: not self.under_way, timeout=10)
            return list(self.under_way)


@contextlib.contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an application on a free port; yields its address.

    What a page still asks for at the end is answered first: the database may be emptied right after.
    """
    watched = Watched(app)
    server = make_server("127.0.0.1", 0, watched, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    assert watched.wait_for_the_last() == []
