import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sqlalchemy import func, select

from participation.database import db, transaction
from tests.database.counting import count_up
from tests.database.tables import Spot, Tally

PROCESSES, ROUNDS = 4, 60


def test_of_several_processes_that_read_and_write_the_same_row_none_loses_an_update(session, own_url, monkeypatch):
    with transaction() as writing:
        writing.add(Tally(id=1, number=0))
    db.session.remove()
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        busy = sum(pool.map(count_up, [own_url] * PROCESSES, [ROUNDS] * PROCESSES))
    assert db.session.scalar(select(Tally.number)) == PROCESSES * ROUNDS
    assert db.session.scalar(select(func.count(Spot.id))) == PROCESSES * ROUNDS
    assert busy == 0
