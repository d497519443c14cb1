"""A client that behaves like a browser."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Client(FlaskClient):
    """A test client that sends forms as a browser does: with the token of a page it has read."""

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        """Read answers to their end unless told otherwise: a download holds its request open until then."""
        return super().open(*args, buffered=buffered, **kwargs)

    def form_token(self) -> str:
        page = self.get("/sign-in").get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, "the sign-in page has no form token"
        return found[1]

    def send(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        return self.post(path, data={"csrf_token": self.form_token(), **(data or {})}, **kwargs)
