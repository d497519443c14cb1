"""Addresses of the built scripts and styles, and the icon paths that templates inline."""

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from markupsafe import Markup

from participation.languages import root_without_language

ONE_YEAR_SECONDS = 31_536_000


def init_assets(app: Flask) -> None:
    """Give templates `asset(name)` and `icon_paths`; built files carry a hash in their name and never change."""
    static = Path(str(app.static_folder))

    @lru_cache(maxsize=1)
    def manifest() -> dict[str, str]:
        path = static / "dist" / "manifest.json"
        if not path.exists():
            raise RuntimeError("The scripts and styles are not built. Run: make build")
        names: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return names

    def asset(name: str) -> str:
        return f"{root_without_language()}/static/dist/{manifest()[name]}"

    paths: dict[str, str] = json.loads((static / "icons.json").read_text(encoding="utf-8"))
    icons = {name: Markup(path) for name, path in paths.items()}  # noqa: S704 – our own drawings
    app.jinja_env.globals.update(asset=asset, icon_paths=icons)

    @app.after_request
    def keep_built_files(response: Response) -> Response:
        if request.endpoint == "static" and request.path.startswith("/static/dist/") and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_SECONDS}, immutable"
        return response
