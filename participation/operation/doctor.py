"""The one list of checks, and who asks for which of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from participation.config import Settings
from participation.database import db
from participation.operation import database_checks, machine_checks, queue_checks
from participation.operation.findings import Check, Finding, Severity

CHECKS: list[Check] = [
    Check("settings", "Settings", machine_checks.settings_are_meant, needs_database=False),
    Check("secret", "Secret key", machine_checks.secret_is_secret, needs_database=False),
    Check("build", "Built files", machine_checks.site_is_built, needs_database=False),
    Check(
        "instance", "Instance folder", machine_checks.instance_can_be_written, at_readiness=True, needs_database=False
    ),
    Check("privacy", "Rights of files", machine_checks.instance_is_private, needs_database=False),
    Check("disk", "Disk", machine_checks.disk_has_room, at_readiness=True, needs_database=False),
    Check(
        "database",
        "Database",
        database_checks.database_answers,
        at_start=True,
        at_readiness=True,
        needs_database=False,
    ),
    Check("migrations", "Migrations", database_checks.schema_fits, at_start=True, at_readiness=True),
    Check("writing", "Writing to the database", database_checks.database_can_be_written),
    Check("spatial_index", "Spatial indexes", database_checks.spatial_indexes_are_whole, at_start=True),
    Check("demo", "Demo accounts", database_checks.no_demo_accounts, at_start=True),
    Check("clock", "Clock", database_checks.clocks_agree),
    Check("redis", "Redis", machine_checks.redis_answers, needs_database=False),
    Check("mail_server", "Mail server", machine_checks.mail_server_answers, needs_database=False),
    Check("mails", "Mails", queue_checks.mails_leave, at_readiness=True),
    Check("jobs", "Background jobs", queue_checks.jobs_are_done, at_readiness=True),
    Check("dead_jobs", "Failed jobs", queue_checks.no_job_died),
]
BLOCKING = ("database", "migrations")  # after a problem here there is nothing to ask the database


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found; `was_asked` is false when the database was needed and is not there."""

    check: Check
    findings: tuple[Finding, ...]
    was_asked: bool = True

    @property
    def worst(self) -> Severity | None:
        """The most severe finding; None: all is well."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in reversed(Severity) if severity in found), None)


def examine(settings: Settings, wanted: Callable[[Check], bool] = lambda _check: True) -> Iterator[Result]:
    """Ask the checks one after the other; needs an application context."""
    has_database = True
    for check in CHECKS:
        if not wanted(check):
            continue
        if check.needs_database and not has_database:
            yield Result(check, (), was_asked=False)
            continue
        result = Result(check, tuple(check.find(settings)))
        db.session.remove()
        if check.name in BLOCKING and result.worst is Severity.PROBLEM:
            has_database = False
        yield result


def start_problems(settings: Settings) -> list[str]:
    """Return what must be mended before this installation may answer, one line each; needs an application context."""
    results = examine(settings, lambda check: check.at_start)
    return [str(one) for result in results for one in result.findings if one.severity is Severity.PROBLEM]
