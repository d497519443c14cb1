"""Whatever is asked, the answer is one of those in the definition; never an error of ours."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from participation.interfaces.ogc.crs import SYSTEMS
from tests.interfaces.ogc.test_cql2 import test_text_and_json_choose_the_same as valid_filters

STATUSES = {200, 304, 400, 404, 406}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NUMBERS = st.one_of(
    st.floats().map(str), st.integers(-(10**30), 10**30).map(str), st.sampled_from(["1e308", "-0", "NaN"])
)
FILTERS = [one[0] for one in valid_filters.pytestmark[0].args[1]]
WORDS = sorted({word for text in FILTERS for word in text.split()})
VALUES = {
    "limit": st.one_of(TEXTS, NUMBERS, st.sampled_from(["1", "2", "10000"])),
    "bbox": st.one_of(TEXTS, st.lists(NUMBERS, max_size=7).map(",".join)),
    "bbox-crs": st.one_of(TEXTS, st.sampled_from(sorted(SYSTEMS))),
    "crs": st.one_of(TEXTS, st.sampled_from(sorted(SYSTEMS))),
    "filter-crs": st.sampled_from(sorted(SYSTEMS)),
    "datetime": st.one_of(
        TEXTS, st.datetimes().map(lambda one: one.isoformat() + "Z"), st.text("0123456789-T:Z/.+", max_size=45)
    ),
    "filter": st.one_of(
        TEXTS,
        st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
        st.recursive(
            st.sampled_from(FILTERS), lambda inner: st.tuples(inner, inner).map(" AND NOT (".join).map("{})".format)
        ),
    ),
    "filter-lang": st.sampled_from(["cql2-text", "cql2-text", "cql2-json", "x"]),
    "cursor": st.one_of(TEXTS, st.text("ABCDEFabcdef0123456789_-", max_size=60)),
    "q": TEXTS,
    "f": st.sampled_from(["json", "html", "xml", ""]),
    "votes_for": st.one_of(TEXTS, NUMBERS),
    "created_at": TEXTS,
    "title": TEXTS,
    "category": TEXTS,
    "gibtesnicht": TEXTS,
}
QUERIES = st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: VALUES[name] for name in names})
)
PATHS = st.sampled_from(["proceedings/items", "churchyard.area/items", *["churchyard.contributions/items"] * 4])
OPERATIONS = ["and", "or", "not", "=", "<>", "<", "like", "between", "in", "isNull", "s_intersects", "+"]
TREES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.floats(), st.integers(), TEXTS,
        st.sampled_from(["title", "votes_for", "created_at", "geometry"]).map(lambda name: {"property": name}),
        st.sampled_from([{"timestamp": "2026-11-01T12:00:00Z"}, {"date": "2026-11-01"}, {"bbox": [12, 51, 13, 52]}]),
        st.just({"type": "Point", "coordinates": [12.3707, 51.3421]}),
    ),
    lambda inner: st.fixed_dictionaries({
        "op": st.sampled_from(OPERATIONS),
        "args": st.lists(st.one_of(inner, st.lists(inner, max_size=3)), max_size=3),
    }),
    max_leaves=12,
)  # fmt: skip
HOW = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


def require_an_answer(answer):
    assert answer.status_code in STATUSES, answer.get_data(as_text=True)
    if answer.status_code == 400 and answer.mimetype != "text/html":
        assert answer.mimetype == "application/problem+json"


@settings(max_examples=250, **HOW)
@given(PATHS, QUERIES)
def test_any_parameters_get_an_answer(client, churchyard, path, query):
    require_an_answer(client.get(f"/ogc/collections/{path}", query_string=query))


@settings(max_examples=250, **HOW)
@given(TREES)
def test_any_tree_as_a_filter_gets_an_answer(client, churchyard, tree):
    query = {"filter": json.dumps(tree), "filter-lang": "cql2-json"}
    require_an_answer(client.get("/ogc/collections/churchyard.contributions/items", query_string=query))


@settings(max_examples=100, **HOW)
@given(TEXTS, TEXTS, st.sampled_from([None, "*/*", "text/html", "image/png", ";;q=x", "application/*;q=0"]))
def test_any_address_gets_an_answer(client, churchyard, collection, feature, accept):
    headers = {"Accept": accept} if accept else {}
    for path in (f"/ogc/collections/{collection}", f"/ogc/collections/churchyard.contributions/items/{feature}"):
        answer = client.get(path, headers=headers, follow_redirects=True)
        assert answer.status_code in STATUSES, path
