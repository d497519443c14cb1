"""Files in the making, in each state, for the pages about them."""

from datetime import timedelta

from participation import clock
from participation.accounts.actors import STRANGER
from participation.contributions.filters import ContributionFilter
from participation.database import db, transaction
from participation.exports.editions import Edition
from participation.exports.files import start_file
from participation.exports.formats import FORMATS
from participation.exports.tables import CONTRIBUTIONS
from participation.jobs.models import Job, JobState
from participation.jobs.queries import job_secret
from participation.proceedings.queries import proceeding_by_slug

LATER = timedelta(hours=1)  # after everything that was hidden in the demo


def make_files(slug: str) -> dict[str, str]:
    """Let a file be made of one search each; return the addresses of their pages by state."""
    now = clock.now()
    states = {
        "running": {"state": JobState.RUNNING, "lease_until": now + timedelta(days=1), "done": 3, "started_at": now},
        "ready": {"state": JobState.DONE, "started_at": now + LATER, "finished_at": now + LATER},
        "no longer public": {"state": JobState.DONE, "started_at": now - timedelta(days=90), "finished_at": now},
        "failed": {"state": JobState.FAILED, "started_at": now, "finished_at": now},
    }
    found = {}
    for name, values in states.items():
        edition = Edition(CONTRIBUTIONS, proceeding_by_slug(STRANGER, slug), ContributionFilter(q=f"Suche {name}"))
        job = start_file(STRANGER, edition, FORMATS["xlsx"])
        with transaction() as session:
            job = session.get_one(Job, job.id)
            job.total = 10
            for attribute, value in values.items():
                setattr(job, attribute, value)
        found[name] = f"/downloads/{job_secret(db.session.get_one(Job, job.id))}"
    return found
