"""Sending a contribution: every rule of product.md's section 3, checked on the server."""

import hashlib
import json

import pytest
from shapely import LineString, Point, Polygon
from sqlalchemy import func, select

from participation.contributions.checking import NewContribution, check_place, check_title
from participation.contributions.models import Contribution
from participation.contributions.receipts import contribution_id_by_secret, receipt_secret
from participation.contributions.services import submit_contribution
from participation.contributions.states import PublicationState
from participation.database import db, transaction
from participation.errors import Conflict, InvalidInput, NotFound, PhaseClosed
from participation.notifications.models import OutboxMail
from participation.proceedings.models import Category, ModerationMode, Placing

INSIDE = Point(12.3707, 51.3421)
OUTSIDE = Point(12.3800, 51.3421)


def new(**changes):
    values = {
        "title": "Mehr Bäume",
        "text": "Bitte pflanzen Sie hier Linden.",
        "category": "green",
        "type": "idea",
        "geometry": INSIDE,
    }
    return NewContribution(**(values | changes))


def stored():
    return db.session.scalar(select(func.count()).select_from(Contribution))


def test_it_waits_for_a_moderator_when_the_proceeding_says_so(app_context, make_proceeding, make_guest):
    proceeding = make_proceeding(moderation_mode=ModerationMode.BEFORE)
    contribution = submit_contribution(make_guest(), proceeding, new(), idempotency_key="k1")
    assert contribution.state is PublicationState.SUBMITTED
    assert contribution.published_at is None


def test_it_is_public_at_once_in_mode_after(app_context, make_proceeding, make_guest):
    proceeding = make_proceeding(moderation_mode=ModerationMode.AFTER)
    contribution = submit_contribution(make_guest(), proceeding, new(), idempotency_key="k1")
    assert contribution.state is PublicationState.PUBLISHED
    assert contribution.published_at == contribution.created_at


def test_sent_twice_with_the_same_key_it_is_stored_once(app_context, make_proceeding, make_guest):
    proceeding, guest = make_proceeding(), make_guest()
    first = submit_contribution(guest, proceeding, new(), idempotency_key="k1")
    second = submit_contribution(guest, proceeding, new(), idempotency_key="k1")
    assert first.id == second.id
    assert stored() == 1


def test_a_key_of_somebody_else_is_refused(app_context, make_proceeding, make_guest):
    proceeding = make_proceeding()
    submit_contribution(make_guest(), proceeding, new(), idempotency_key="k1")
    with pytest.raises(Conflict):
        submit_contribution(make_guest(), proceeding, new(), idempotency_key="k1")


def test_a_closed_phase_refuses_it(app_context, make_proceeding, make_guest):
    proceeding = make_proceeding(allows=("voting",))
    with pytest.raises(PhaseClosed):
        submit_contribution(make_guest(), proceeding, new(), idempotency_key="k1")
    assert stored() == 0


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"title": ""}, "title"),
        ({"title": "Kurz"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"text": "zu kurz"}, "text"),
        ({"text": "x" * 1501}, "text"),
        ({"category": "unknown"}, "category"),
        ({"type": "unknown"}, "type"),
        ({"public_name": "x" * 81}, "public_name"),
        ({"geometry": Point(200, 51)}, "geometry"),
        ({"geometry": LineString([(12.37, 51.34), (12.37, 51.34)])}, "geometry"),
        ({"geometry": Polygon([(12.37, 51.341), (12.372, 51.343), (12.372, 51.341), (12.37, 51.343)])}, "geometry"),
        ({"geometry": LineString([(12.37 + i / 1e5, 51.34 + (i % 2) / 1e5) for i in range(501)])}, "geometry"),
    ],
    ids=[
        *("no title", "short title", "long title", "short text", "long text", "foreign category", "foreign type"),
        *("long name", "out of range", "line of one place", "crossing outline", "too many corners"),
    ],
)
def test_a_broken_rule_names_its_field_and_stores_nothing(app_context, make_proceeding, make_guest, changes, field):
    with pytest.raises(InvalidInput) as refused:
        submit_contribution(make_guest(), make_proceeding(), new(**changes), idempotency_key="k1")
    assert refused.value.field == field
    assert str(refused.value.message)
    assert stored() == 0


def test_a_category_of_another_proceeding_is_refused(app_context, make_proceeding, make_guest):
    other = Category(key="trees", position=9, name={"de": "Bäume"}, hint={}, color="green", icon="tree")
    other.proceeding_id = make_proceeding("other").id
    with transaction() as session:
        session.add(other)
    with pytest.raises(InvalidInput):
        submit_contribution(make_guest(), make_proceeding(), new(category="trees"), idempotency_key="k1")


@pytest.mark.parametrize("placing, geometry, is_taken", [
    (Placing.INSIDE, INSIDE, True),
    (Placing.INSIDE, OUTSIDE, False),
    (Placing.INSIDE, LineString([(12.3707, 51.3421), (12.38, 51.3421)]), False),
    (Placing.FREE, OUTSIDE, True),
    (Placing.FREE, Point(12.6550, 51.3421), True),  # 19.7 km from the area
    (Placing.FREE, Point(12.6650, 51.3421), False),  # 20.4 km
    (Placing.FREE, LineString([(12.3707, 51.3421), (12.6650, 51.3421)]), False),
    (Placing.FREE, Point(0, 0), False),
])  # fmt: skip
def test_the_place_follows_the_placing_rule(app_context, make_proceeding, make_guest, placing, geometry, is_taken):
    proceeding = make_proceeding(placing=placing)
    if is_taken:
        assert submit_contribution(make_guest(), proceeding, new(geometry=geometry), idempotency_key="k1").id
    else:
        with pytest.raises(InvalidInput):
            submit_contribution(make_guest(), proceeding, new(geometry=geometry), idempotency_key="k1")


@pytest.mark.parametrize("placing", Placing)
def test_who_exchanges_longitude_and_latitude_is_told(app, make_proceeding, placing):
    proceeding = make_proceeding(placing=placing)
    with app.test_request_context("/en/", environ_overrides={"SCRIPT_NAME": "/en"}), pytest.raises(InvalidInput) as far:
        check_place(proceeding, Point(INSIDE.y, INSIDE.x))
    assert "longitude and latitude exchanged" in str(far.value.message)


BLANKS = "\u2800\u3164\u115f\u1160\uffa0\u00ad\u2060\u200d"


@pytest.mark.parametrize("text", [*BLANKS, BLANKS, " ".join(BLANKS)], ids=ascii)
def test_a_title_that_nobody_sees_is_none(app_context, text):
    with pytest.raises(InvalidInput):
        check_title(text * 9)


@pytest.mark.parametrize("is_required", [True, False])
def test_no_place_is_taken_unless_a_place_is_compulsory(app_context, make_proceeding, make_guest, is_required):
    proceeding = make_proceeding(is_place_required=is_required)
    if is_required:
        with pytest.raises(InvalidInput):
            submit_contribution(make_guest(), proceeding, new(geometry=None), idempotency_key="k1")
    else:
        contribution = submit_contribution(make_guest(), proceeding, new(geometry=None), idempotency_key="k1")
        assert contribution.geometry is None
        assert contribution.pin_x is None


def test_a_kind_that_the_proceeding_does_not_allow_is_refused(app_context, make_proceeding, make_guest):
    proceeding = make_proceeding(geometry_kinds=["point"])
    with pytest.raises(InvalidInput):
        submit_contribution(
            make_guest(), proceeding, new(geometry=LineString([(12.37, 51.34), (12.371, 51.342)])), idempotency_key="k"
        )


def test_the_ring_of_an_area_is_turned_counter_clockwise(app_context, make_proceeding, make_guest):
    clockwise = Polygon([(12.370, 51.341), (12.370, 51.342), (12.371, 51.342), (12.371, 51.341)])
    contribution = submit_contribution(make_guest(), make_proceeding(), new(geometry=clockwise), idempotency_key="k1")
    db.session.expire_all()
    assert contribution.geometry.exterior.is_ccw


def test_the_fingerprint_can_be_computed_by_anyone(app_context, make_proceeding, make_guest):
    contribution = submit_contribution(make_guest(), make_proceeding(), new(), idempotency_key="k1")
    canonical = json.dumps(
        {
            "category": "green",
            "created_at": contribution.created_at.isoformat(),
            "geometry": {"type": "Point", "coordinates": [12.3707, 51.3421]},
            "proceeding": "churchyard",
            "text": "Bitte pflanzen Sie hier Linden.",
            "title": "Mehr Bäume",
            "type": "idea",
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    assert contribution.fingerprint == hashlib.sha256(canonical.encode()).hexdigest()


def test_a_title_that_nobody_can_see_is_none(app_context, make_proceeding, make_guest):
    for title in ("\u200b" * 6, "\u2060 \u200b \ufeff a", "ab\u200b\u200b\u200b"):
        with pytest.raises(InvalidInput):
            submit_contribution(make_guest(), make_proceeding(str(len(title))), new(title=title), idempotency_key="k1")
    assert stored() == 0


def test_the_secret_link_leads_to_its_contribution_only(app_context, make_contribution):
    contribution = make_contribution()
    secret = receipt_secret(contribution)
    assert contribution_id_by_secret(secret) == contribution.id
    for wrong in (
        secret[:-1],
        secret[:-1] + ("0" if secret[-1] != "0" else "1"),
        f"{contribution.id}-",
        "x",
        "999-" + secret.partition("-")[2],
        "９-a",
        f"{2**31}-a",
        f"{10**30}-a",
    ):
        with pytest.raises(NotFound):
            contribution_id_by_secret(wrong)


def test_a_guests_address_must_be_confirmed_first(app_context, make_proceeding, make_guest):
    submit_contribution(make_guest(), make_proceeding(), new(), idempotency_key="k1", email="a@example.org")
    assert [mail.template for mail in db.session.scalars(select(OutboxMail))] == ["contributions/confirm"]


def test_control_characters_go_and_everything_else_stays(app_context, make_proceeding, make_guest):
    text = "Zeile 1\r\nZeile 2\x00\x1b — ﷽ 👩‍👩‍👧 <script>alert(1)</script>"
    contribution = submit_contribution(make_guest(), make_proceeding(), new(text=text), idempotency_key="k1")
    assert contribution.text == "Zeile 1\nZeile 2 — ﷽ 👩‍👩‍👧 <script>alert(1)</script>"
