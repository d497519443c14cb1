"""People read what a licence is called; files keep its code."""

import pytest

from participation.contributions.states import PublicationState
from participation.proceedings.licences import licence_name

NAME = "Datenlizenz Deutschland – Namensnennung – Version 2.0"


@pytest.mark.parametrize(
    "code, name", [("DL-DE/BY-2-0", NAME), ("cc0-1.0", "Creative Commons Zero 1.0"), ("own", "own")]
)
def test_a_known_licence_has_a_name(app, code, name):
    with app.test_request_context():
        assert licence_name(code) == name


@pytest.mark.parametrize("path", ["", "/about"])
def test_pages_say_the_name_and_downloads_the_code(client, make_proceeding, make_contribution, path):
    make_contribution(make_proceeding(), state=PublicationState.PUBLISHED)
    page = client.get(f"/proceedings/churchyard{path}").get_data(as_text=True)
    assert NAME in page
    assert "dl-de/by-2-0" not in page
    assert client.get("/proceedings/churchyard/contributions.geojson").get_json()["licence"] == "dl-de/by-2-0"
