"""An operator's own base map: tiles (XYZ) or a WMS, loaded from that host and no other, with its credit on the map."""

import base64
import contextlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from participation import create_app
from participation.config import Basemap
from participation.database import db
from tests.serving import served

ONE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@pytest.fixture
def tile_server():
    """A real server on another origin that answers every picture; yields its address and what was asked."""
    asked = []

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(ONE_PIXEL)))
            self.end_headers()
            self.wfile.write(ONE_PIXEL)

        def log_message(self, *arguments):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)


@pytest.fixture
def serve_with(app):
    """Serve the same database with another base map; returns the address."""
    with contextlib.ExitStack() as stack:

        def serve(basemap: Basemap) -> str:
            other = create_app(replace(app.extensions["settings"], basemap=basemap))
            stack.callback(dispose, other)
            return stack.enter_context(served(other))

        yield serve


def dispose(app):
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("kind", ["xyz", "wms"])
def test_pictures_come_from_the_configured_host(page: Page, tile_server, serve_with, make_contribution, kind):
    host, asked = tile_server
    make_contribution()
    url = f"{host}/{{z}}/{{x}}/{{y}}.png" if kind == "xyz" else f"{host}/wms"
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    base = serve_with(Basemap(kind, url, "streets,houses" if kind == "wms" else "", "© Testamt"))
    page.goto(f"{base}/proceedings/churchyard")
    expect(page.locator("#map .leaflet-tile-loaded").first).to_be_attached()
    expect(page.locator("#map .leaflet-control-attribution")).to_contain_text("© Testamt")
    assert problems == []
    if kind == "wms":
        query = parse_qs(urlsplit(asked[0]).query)
        assert query["layers" if "layers" in query else "LAYERS"] == ["streets,houses"]
    else:
        assert asked[0].endswith(".png")
