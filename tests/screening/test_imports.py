"""What comes in from a file becomes known to screening, once."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from participation.contributions.checking import NewContribution
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState as State
from participation.database import db
from participation.imports.checking import Candidate
from participation.imports.services import import_contributions, let_screening_know
from participation.screening.models import ScreenedText
from participation.screening.queries import look_alikes

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = "Hier fehlt eine Bank im Schatten der Linden, ältere Leute ruhen sich gerne aus."


def test_an_imported_text_has_look_alikes_and_is_remembered_once(app_context, make_proceeding):
    proceeding = make_proceeding()
    candidates = [
        Candidate(number, f"B{number}", NewContribution("Eine Bank", GOOD, "green"), NOON) for number in range(3)
    ]
    for _ in range(2):
        import_contributions(None, proceeding, candidates, state=State.SUBMITTED)
        while let_screening_know(proceeding):
            pass
    ids = db.session.scalars(select(Contribution.id).order_by(Contribution.id)).all()
    found = look_alikes(proceeding, "contribution", ids[0], 10)
    assert [(one.item_id, one.percent) for one in found] == [(ids[1], 100), (ids[2], 100)]
    assert db.session.scalar(select(func.count()).select_from(ScreenedText)) == 3
