"""Answers are compressed for whoever reads that, and not sent again to whoever has them."""

import gzip
import json

import brotli
import pytest
from shapely import Point

from participation.assets import ONE_YEAR_SECONDS

MAP = "/proceedings/churchyard/map.json?box=12.3,51.3,12.4,51.4&zoom=16"
PAGES = ["/", "/proceedings/churchyard", MAP, "/feeds/churchyard.atom", "/embed/churchyard"]
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.fixture(autouse=True)
def place(make_proceeding, make_contribution):
    proceeding = make_proceeding()
    make_proceeding("elsewhere")  # else the portal leads on to the only one
    for i in range(12):
        make_contribution(proceeding, geometry=Point(12.31 + i / 140, 51.342))
    return proceeding


@pytest.mark.parametrize("path", PAGES)
def test_an_answer_is_compressed_as_the_browser_wishes_and_not_sent_twice(client, path):
    plain = client.get(path)
    assert "Content-Encoding" not in plain.headers
    for wished, chosen in (("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip")):
        packed = client.get(path, headers={"Accept-Encoding": wished})
        assert packed.headers["Content-Encoding"] == chosen
        assert UNPACK[chosen](packed.data) == plain.data
        assert len(packed.data) < len(plain.data) * 0.6
        assert "Accept-Encoding" in packed.headers["Vary"]
        kept = {"Accept-Encoding": wished, "If-None-Match": packed.headers["ETag"]}
        again = client.get(path, headers=kept)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == packed.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip;q=0, identity"}).headers
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip;q=0"}).headers
    assert client.get(path, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    assert client.head(path, headers={"Accept-Encoding": "br"}).headers["Content-Encoding"] == "br"


def test_what_changed_is_sent_again(client, place, make_contribution):
    seen = {path: client.get(path).headers["ETag"] for path in PAGES[1:]}
    make_contribution(place, title="Ein Brunnen")
    for path, etag in seen.items():
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_private_pages_are_marked_but_never_kept_by_others(make_client, make_actor):
    client = make_client(make_actor())
    page = client.get("/account")
    assert "private" in page.headers["Cache-Control"] or "no-store" in page.headers["Cache-Control"]


def test_what_may_not_be_kept_has_no_mark(client):
    answer = client.get("/receipts/1-x")
    assert "ETag" not in answer.headers


def test_built_files_are_compressed_and_kept_for_a_year(app, client):
    address = app.jinja_env.globals["asset"]
    with app.test_request_context():
        path = address("main.css")
    packed = client.get(path, headers={"Accept-Encoding": "br"})
    assert packed.headers["Content-Encoding"] == "br"
    assert packed.headers["Cache-Control"] == f"public, max-age={ONE_YEAR_SECONDS}, immutable"
    assert brotli.decompress(packed.data) == client.get(path).data
    kept = {"Accept-Encoding": "br", "If-None-Match": packed.headers["ETag"]}
    assert client.get(path, headers=kept).status_code == 304


def test_a_download_is_compressed_once_and_stays_a_stream(client):
    path = "/proceedings/churchyard/contributions.geojson"
    for wished in ("gzip", "br, gzip", "br"):
        packed = client.get(path, headers={"Accept-Encoding": wished})
        read = UNPACK[packed.headers["Content-Encoding"]](packed.data)
        assert len(json.loads(read)["features"]) == 12
