"""What each of the competing processes does; a module of its own, since a new process imports it."""

from flask import Flask

from participation.database import db, init_database, locked, transaction
from participation.errors import Busy
from tests.database.tables import Spot, Tally


def count_up(url: str, rounds: int) -> int:
    """Read a number, add one, write it; several processes do it at once. Returns how often it was busy."""
    app = Flask("counting")
    init_database(app, url)
    busy = 0
    with app.app_context():
        for number in range(rounds):
            db.session.get(Tally, 1)  # an old state lies in the session, as after any page
            while True:
                try:
                    with transaction() as session:
                        tally = locked(session, session.get_one(Tally, 1))
                        tally.number += 1
                        session.add(Spot(name=str(number)))
                    break
                except Busy:
                    busy += 1
                    db.session.remove()
        db.session.remove()
        db.engine.dispose()
    return busy
