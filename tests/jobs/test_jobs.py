"""The table of jobs: leases, attempts, the sweep."""

from datetime import timedelta

import pytest

from participation import clock
from participation.database import db
from participation.errors import Busy, NotFound
from participation.jobs import services
from participation.jobs.models import Job, JobState
from participation.jobs.queries import folder, has_due_jobs, job_by_secret, job_secret, result_path
from participation.jobs.services import LEASE, LeaseLostError, beat, finish, give_back, start_job, sweep, take_job
from participation.jobs.work import WORK, Worker


@pytest.fixture
def in_context(app):
    with app.app_context():
        yield


@pytest.fixture
def make_job(in_context, make_proceeding):
    proceeding = make_proceeding()

    def make(key="one", kind="test"):
        return start_job(kind=kind, key=key, proceeding_id=proceeding.id, user_id=None, arguments={"a": 1}, total=10)

    return make


def now(job):
    db.session.expire_all()
    return db.session.get_one(Job, job.id)


def test_whoever_wants_the_same_gets_the_same_job(make_job):
    assert make_job().id == make_job().id
    assert make_job().id != make_job("two").id


def test_a_job_is_taken_by_one_worker_only(make_job):
    job = make_job()
    assert take_job().id == job.id
    assert take_job() is None
    assert not has_due_jobs()


def test_a_lost_job_is_taken_again_when_its_lease_ends(make_job, set_clock):
    moment = clock.now()
    set_clock(moment)
    job = make_job()
    first = take_job()
    set_clock(moment + LEASE)
    assert take_job() is None
    set_clock(moment + LEASE + timedelta(seconds=1))
    assert has_due_jobs()
    second = take_job()
    assert (second.id, second.attempts) == (job.id, 2)
    assert result_path(second).name == f"{job.id}-2"
    for act in (lambda: beat(job.id, 1, 5), lambda: finish(job.id, 1), lambda: give_back(job.id, 1, counts=True)):
        with pytest.raises(LeaseLostError):
            act()
    assert first.attempts == 2


def test_a_heartbeat_keeps_the_lease(make_job, set_clock):
    moment = clock.now()
    set_clock(moment)
    job = make_job()
    take_job()
    set_clock(moment + LEASE - timedelta(seconds=1))
    beat(job.id, 1, 7)
    set_clock(moment + LEASE + timedelta(seconds=30))
    assert take_job() is None
    assert now(job).done == 7


def test_what_fails_three_times_is_given_up(make_job, monkeypatch):
    tries = []

    def fail(job, path, progress):
        tries.append(job.attempts)
        path.write_text("half")
        raise RuntimeError

    monkeypatch.setitem(WORK, "test", fail)
    job = make_job()
    assert Worker().run_due() == 0
    assert tries == [1, 2, 3]
    assert now(job).state is JobState.FAILED
    assert not list(folder().glob(f"{job.id}-*"))
    assert make_job().state is JobState.WAITING


def test_a_file_that_lies_where_the_result_belongs_is_no_part_of_it(make_job, monkeypatch):
    def append(job, path, progress):
        with path.open("a") as file:
            file.write("new")

    monkeypatch.setitem(WORK, "test", append)
    job = make_job()
    (folder() / f"{job.id}-1").write_text("old")
    assert Worker().run_due() == 1
    assert result_path(now(job)).read_text() == "new"


def test_a_worker_told_to_end_gives_its_job_back_at_once(make_job, monkeypatch):
    worker = Worker()

    def work(job, path, progress):
        worker.stop()
        progress(1)

    monkeypatch.setitem(WORK, "test", work)
    job = make_job()
    assert worker.run_due() == 0
    assert (now(job).state, now(job).attempts) == (JobState.WAITING, 0)


def test_progress_is_seen_while_the_work_goes_on(make_job, monkeypatch, set_clock):
    moment, seen = clock.now(), []
    set_clock(moment)

    def work(job, path, progress):
        set_clock(moment + timedelta(seconds=10))
        progress(4)
        seen.append(now(job).done)
        path.write_text("result")

    monkeypatch.setitem(WORK, "test", work)
    job = make_job()
    assert Worker().run_due() == 1
    assert seen == [4]
    assert (now(job).state, now(job).done) == (JobState.DONE, 10)
    assert result_path(now(job)).read_text() == "result"


def test_jobs_and_results_are_swept_after_a_day(make_job, monkeypatch, set_clock):
    moment = clock.now()
    set_clock(moment)
    monkeypatch.setitem(WORK, "test", lambda job, path, progress: path.write_text("result") and None)
    job = make_job()
    Worker().run_due()
    (folder() / "999-1").write_text("of a worker that was killed")
    set_clock(moment + timedelta(hours=24))
    assert sweep() == 0
    assert [path.name for path in folder().iterdir()] == [f"{job.id}-1"]
    assert not has_due_jobs()
    set_clock(moment + timedelta(hours=24, seconds=1))
    assert has_due_jobs()  # the keeper starts a worker, which sweeps first
    with pytest.raises(NotFound):
        job_by_secret(job_secret(now(job)))
    assert make_job().id != job.id
    assert sweep() == 0  # the new one took its place
    assert list(folder().iterdir()) == []


def test_too_many_waiting_jobs_are_refused(make_job, monkeypatch):
    monkeypatch.setattr(services, "MOST_WAITING", 2)
    make_job("1")
    make_job("2")
    with pytest.raises(Busy):
        make_job("3")
    assert make_job("2").state is JobState.WAITING


def test_the_link_is_secret(make_job):
    job = make_job()
    assert job_by_secret(job_secret(job)).id == job.id
    for wrong in (f"{job.id}-{'0' * 32}", f"{job.id}", "x"):
        with pytest.raises(NotFound):
            job_by_secret(wrong)
