"""Page, download and OGC API find the same for the same filter."""

import json
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CATEGORIES = st.lists(st.sampled_from(["green", "paths", "gibtesnicht"]), unique=True, max_size=2)
TYPES = st.lists(st.sampled_from(["idea", "question"]), unique=True, max_size=2)
WORDS = st.sampled_from(["", "ein", "Ein Weg", "bänke", "FLÄCHE", "geheim", "%"])


def one_of(name, values):
    words = ", ".join(f"'{value}'" for value in values)
    return f"{name} IN ({words})" if values else "TRUE"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CATEGORIES, TYPES, WORDS)
def test_page_download_and_interface_find_the_same(client, churchyard, categories, types, words):
    query = {"category": categories, "type": types, "q": words}
    page = client.get("/proceedings/churchyard", query_string=query).get_data(as_text=True)
    download = json.loads(client.get("/proceedings/churchyard/contributions.geojson", query_string=query).data)
    both = {"filter": f"{one_of('category', categories)} AND {one_of('type', types)}", "q": words}
    items = client.get("/ogc/collections/churchyard.contributions/items", query_string=both).get_json(force=True)
    assert items["features"] == download["features"]
    assert items["numberMatched"] == download["numberReturned"] == len(re.findall(r'<li class="ccard', page))
