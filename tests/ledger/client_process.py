"""One of several processes that vote and comment at once, until it is killed; says what was taken, a line each.

python -m tests.ledger.client_process DATABASE_URL INSTANCE SLUG CONTRIBUTION_IDS PARTICIPANT_IDS
"""

import random
import sys

from participation import create_app
from participation.accounts.actors import STRANGER, Actor
from participation.config import read_settings
from participation.database import db
from participation.discussion.models import VoteValue
from participation.discussion.services import add_comment, vote
from participation.errors import ParticipationError
from participation.ledger.services import seal
from participation.proceedings.queries import proceeding_by_slug


def main() -> None:
    url, instance, slug, contributions, participants = sys.argv[1:]
    secret = "only-for-tests-" + "x" * 32
    settings = {"DATABASE_URL": url, "PARTICIPATION_SECRET_KEY": secret, "PARTICIPATION_INSTANCE_PATH": instance}
    app = create_app(read_settings(settings))
    chance = random.Random(participants)
    ids, voters = ([int(one) for one in text.split(",")] for text in (contributions, participants))
    while True:
        with app.test_request_context():
            proceeding = proceeding_by_slug(STRANGER, slug)
            actor, item = Actor(participant_id=chance.choice(voters)), chance.choice(ids)
            try:
                if chance.random() < 0.1:
                    done = f"comment {add_comment(actor, proceeding, item, text='Ja, gern.', language='de').id}"
                else:
                    value = chance.choice([*VoteValue, None])
                    vote(actor, proceeding, item, value)
                    done = f"vote {item} {actor.participant_id} {int(value or 0)}"
                if chance.random() < 0.2:
                    seal(proceeding.id)
            except ParticipationError:
                continue  # the database is busy
            finally:
                db.session.remove()
            print(done, flush=True)


if __name__ == "__main__":
    main()
