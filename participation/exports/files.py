"""Files that are made in the background: large workbooks and GeoPackages."""

import hashlib
from pathlib import Path

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from participation.accounts.actors import Actor, require
from participation.audit.queries import acts_since
from participation.contributions.filters import ContributionFilter
from participation.contributions.models import Contribution
from participation.contributions.states import PublicationState
from participation.database import db
from participation.errors import NotFound
from participation.exports.editions import SETTLED_AFTER, Edition
from participation.exports.formats import FORMATS, Format
from participation.exports.tables import TABLES, Audience
from participation.jobs.models import Job
from participation.jobs.services import start_job
from participation.jobs.work import WORK, Progress
from participation.languages import current_language
from participation.proceedings.permissions import may_plan
from participation.proceedings.queries import proceeding_by_id

KIND = "exports.file"
# Acts that take nothing from anybody's sight; after any other one, a file of before is no longer given out.
HARMLESS = frozenset({"contributions.submit", "discussion.comment", "moderation.publish", "exports.personal"})
HARMLESS_SUBJECTS = ("casework.", "notifications.", "screening.", "notices.report")
TAKEN_AWAY = frozenset(PublicationState) - {PublicationState.PUBLISHED, PublicationState.SUBMITTED}


def is_large(edition: Edition, format_: Format) -> bool:
    """Whether nobody should wait for this file while it is made."""
    most: int = current_app.extensions["settings"].direct_download_rows
    return format_.write is not None and edition.count() > most * format_.ease


def start_file(actor: Actor, edition: Edition, format_: Format) -> Job:
    """Let a file be made, or find the job that makes or made the same of the same data."""
    is_public = edition.audience is Audience.PUBLIC
    arguments = {
        "table": edition.table.name,
        "suffix": format_.suffix,
        "audience": int(edition.audience),
        "filter": edition.wanted.to_arguments(),
        "language": current_language(),
    }
    owner = None if is_public else actor.user_id
    basis = (edition.proceeding.id, owner, arguments, edition.etag())
    return start_job(
        kind=KIND,
        key=hashlib.sha256(repr(basis).encode()).hexdigest(),
        proceeding_id=edition.proceeding.id,
        user_id=owner,
        arguments=arguments,
        total=edition.count(),
    )


def edition_of(job: Job) -> Edition:
    """Return what a job's file holds."""
    wanted = ContributionFilter.from_arguments(MultiDict(job.arguments["filter"]))
    audience = Audience(job.arguments["audience"])
    return Edition(TABLES[job.arguments["table"]], proceeding_by_id(job.proceeding_id), wanted, audience)


def require_own(actor: Actor, job: Job) -> None:
    """Refuse everybody a planners' file but the planner who wanted it, as long as that is one."""
    if job.kind != KIND:
        raise NotFound
    if job.arguments["audience"] != Audience.PUBLIC:
        require(job.user_id == actor.user_id and may_plan(actor, job.proceeding_id), actor=actor)


def is_fresh(job: Job) -> bool:
    """Whether nothing was hidden, shortened or taken back since the file was begun; else nobody gets it any more."""
    if job.started_at is None:
        return False
    since = job.started_at - SETTLED_AFTER
    acts = acts_since(job.proceeding_id, since)
    if any(act not in HARMLESS and not act.startswith(HARMLESS_SUBJECTS) for act in acts):
        return False
    taken = select(Contribution.id).where(
        Contribution.proceeding_id == job.proceeding_id,
        Contribution.updated_at >= since,
        Contribution.state.in_(sorted(TAKEN_AWAY)),
    )
    return db.session.scalar(taken.limit(1)) is None


def _make_file(job: Job, path: Path, progress: Progress) -> None:
    format_ = FORMATS[job.arguments["suffix"]]
    if format_.write is None:
        raise TypeError(f"{format_.suffix} is streamed")
    with force_locale(job.arguments["language"]):
        format_.write(edition_of(job), path, progress)


WORK[KIND] = _make_file
