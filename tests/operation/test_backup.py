"""The drill: backup while people write, restore into an empty instance, compare."""

import io
import json
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from participation import clock, create_app
from participation.config import read_settings
from participation.database import configure_engine, db
from participation.discussion.models import VoteValue
from participation.discussion.services import vote
from participation.errors import ParticipationError
from participation.operation.backup import verifying
from participation.operation.backup.errors import BackupError
from participation.operation.backup.manifest import NAME, Manifest, revision_of, row_counts, tables
from participation.operation.backup.restoring import restore
from participation.operation.backup.saving import backup
from participation.proceedings.queries import proceeding_by_slug

JPEG = b"\xff\xd8" + b"p" * 5_000
PICTURE = "instance/uploads/ab/picture.jpg"


@pytest.fixture
def own_instance(app):
    """The settings of the tests' app, and files such as an installation has."""
    settings = app.extensions["settings"]
    files = {
        "uploads/ab/picture.jpg": b"\xff\xd8" + b"p" * 5_000,
        "imports/half.part": b"half",
        "basemap.geojson": b"{}",
    }
    for name, content in files.items():
        path = settings.instance_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    yield settings
    for name in files:
        (settings.instance_path / name).unlink()


def rows_of(address):
    """All rows of all tables, as text."""
    engine = create_engine(address)
    configure_engine(engine)
    with engine.connect() as connection:
        found = {
            name: sorted(str(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"')))
            for name in tables(connection)
        }
    engine.dispose()
    return found


def restore_into(installation, archive):
    app = create_app(read_settings(installation))
    with app.app_context():
        try:
            restore(archive, app.extensions["settings"])
        finally:
            db.engine.dispose()


def test_a_backup_made_while_people_write_is_one_moment_and_comes_back_whole(
    app, database_url, own_instance, empty_installation, flask, make_proceeding, make_contribution, make_guest, tmp_path
):
    proceeding = make_proceeding()
    contribution = make_contribution(proceeding)
    guests = [make_guest() for _ in range(12)]
    begun, ended, failed = threading.Event(), threading.Event(), []

    def write():
        for guest in guests:
            try:
                with app.app_context():
                    vote(guest, proceeding_by_slug(guest, proceeding.slug), contribution.id, VoteValue.FOR)
            except ParticipationError as error:
                failed.append(error)
            begun.set()
            ended.wait(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    archive = tmp_path / "while-writing.tar"
    with app.app_context():
        manifest = backup(archive, own_instance)
        db.session.remove()
    ended.set()
    writer.join(60)
    assert failed == []
    assert archive.stat().st_mode & 0o077 == 0
    assert list(tmp_path.glob("*.part")) == list(tmp_path.glob(".backup-*")) == []

    done = flask(empty_installation, "restore", archive)
    assert done.returncode == 0, done.stderr
    assert "All was verified." in done.stdout
    restored, later = rows_of(empty_installation["DATABASE_URL"]), rows_of(database_url)
    assert {name: len(rows) for name, rows in restored.items()} == manifest.counts
    assert 1 <= manifest.counts["vote"] <= 12
    assert all(set(restored[name]) <= set(later[name]) for name in later.keys() - {"contribution"})
    engine = create_engine(empty_installation["DATABASE_URL"])
    with engine.connect() as connection:
        counter = connection.scalar(text("SELECT votes_for FROM contribution"))
    engine.dispose()
    assert counter == manifest.counts["vote"], "counter and rows are of the same moment"
    instance = Path(empty_installation["PARTICIPATION_INSTANCE_PATH"])
    assert (instance / "uploads/ab/picture.jpg").read_bytes() == JPEG
    assert (instance / "basemap.geojson").exists()
    assert not (instance / "imports/half.part").exists(), "half-written files are left out"

    with pytest.raises(BackupError, match="database is not empty"):
        restore_into(empty_installation, archive)
    assert rows_of(empty_installation["DATABASE_URL"]) == restored


def changed(archive: Path, target: Path, name: str, change: Callable[[bytes], bytes | None]) -> Path:
    """Write an archive anew, with other contents of some members (None: without it)."""
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for member in old:
            content = old.extractfile(member).read()
            if member.name == name:
                content = change(content)
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


def with_manifest(**values):
    return lambda content: json.dumps(json.loads(content) | values).encode()


def test_what_is_not_whole_or_does_not_fit_is_refused_and_changes_nothing(
    app, own_instance, empty_installation, make_contribution, tmp_path
):
    make_contribution()
    good = tmp_path / "good.tar.gz"
    with app.app_context():
        manifest = backup(good, own_instance)
        with pytest.raises(BackupError, match="is there already"):
            backup(good, own_instance)
        with pytest.raises(BackupError, match="cannot be written: No such file"):
            backup(tmp_path / "nowhere" / "x.tar", own_instance)
    fewer = manifest.counts | {"contribution": 2}
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(good.read_bytes()[:-2_000])
    (tmp_path / "other.tar").write_text("this is no archive at all")
    other = "postgresql" if manifest.database == "sqlite" else "sqlite"
    changes = {
        "picture.jpg is not what was saved": (PICTURE, lambda content: content[::-1]),
        "picture.jpg is missing": (PICTURE, lambda _content: None),
        "made by a newer version": (NAME, with_manifest(revision="feedface")),
        "is not the one of this backup": (NAME, with_manifest(key="0" * 64)),
        f"This is a backup of {other}": (NAME, with_manifest(database=other)),
        "contribution: 1 rows instead of 2": (NAME, with_manifest(counts=fewer)),
    }
    archives = {"cut off": cut, "is no backup of this program": tmp_path / "other.tar"} | {
        words: changed(good, tmp_path / str(number), *change) for number, (words, change) in enumerate(changes.items())
    }
    instance = Path(empty_installation["PARTICIPATION_INSTANCE_PATH"])
    for words, archive in archives.items():
        with pytest.raises(BackupError, match=words):
            restore_into(empty_installation, archive)
        if "instead of" not in words or manifest.database == "sqlite":
            assert rows_of(empty_installation["DATABASE_URL"]) == {}, words
            assert [path for path in instance.iterdir() if "sqlite" not in path.name] == [], words


def test_verification_notices_a_lost_row_and_a_lost_place(app, app_context, make_contribution):
    make_contribution()
    with db.engine.begin() as connection:
        counts = row_counts(connection)
        manifest = Manifest(
            made_at=clock.now(),
            database=connection.dialect.name,
            revision=revision_of(connection),
            key="",
            counts=counts | {"vote": 1},
            files={},
        )
        if connection.dialect.name == "sqlite":
            connection.execute(text("DELETE FROM contribution_geometry_rtree"))
        else:
            connection.execute(text("DROP INDEX contribution_geometry_gist"))
        lost_row, *lost_place = verifying.problems(connection, manifest)
        connection.rollback()
    assert lost_row == "vote: 0 rows instead of 1."
    assert [words.partition(":")[0] for words in lost_place] == ["contribution.geometry"]
