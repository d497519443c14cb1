"""`flask backup`, `flask restore`, `flask doctor`, `flask purge`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from participation.config import Settings
from participation.database import db, schema_problem
from participation.operation.backup.errors import BackupError
from participation.operation.backup.manifest import Manifest
from participation.operation.backup.restoring import restore
from participation.operation.backup.saving import backup
from participation.operation.doctor import examine
from participation.operation.findings import Severity
from participation.operation.purging import clock_doubt, rules

SIGNS = {Severity.PROBLEM: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def save(file: Path) -> None:
    """Save database and files in FILE, a tar (.gz: compressed), while the site runs.

    The secret key is not in it. Keep it in another place: without it secret links and guests' cookies are void.
    """
    for result in examine(_settings(), lambda check: check.name == "database"):
        for finding in result.findings:
            raise click.ClickException(str(finding))
    try:
        manifest = backup(file.absolute(), _settings())
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{file}: {_told(manifest)}, {file.stat().st_size / 1024 / 1024:,.1f} MB.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--with-other-key", is_flag=True, help="Also if the secret key is another one than when it was saved.")
@with_appcontext
def bring_back(file: Path, *, with_other_key: bool) -> None:
    """Restore FILE into an empty database and instance folder, and verify it. End the site before."""
    settings = _settings()
    for result in examine(settings, lambda check: check.name == "database"):
        for finding in result.findings:
            raise click.ClickException(str(finding))
    try:
        manifest = restore(file, settings, with_other_key=with_other_key)
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Restored as of {manifest.made_at:%Y-%m-%d %H:%M} UTC: {_told(manifest)}. All was verified.")
    with db.engine.connect() as connection:
        if words := schema_problem(connection):
            click.echo(words)


def _told(manifest: Manifest) -> str:
    rows = sum(count for name, count in manifest.counts.items() if name != "alembic_version")
    return f"{rows:,} rows in {len(manifest.counts) - 1} tables, {len(manifest.files) - 1} files"


@click.command("doctor")
@with_appcontext
def ask_doctor() -> None:
    """Say in plain words what is wrong with this installation. Ends with 1 if the site cannot work as it should."""
    worst = 0
    for result in examine(_settings()):
        if not result.was_asked:
            click.echo(f"- {result.check.title}: not asked, since the database is not there as it should be.")
        elif not result.findings:
            click.echo(f"✓ {result.check.title}")
        for finding in result.findings:
            click.echo(f"{SIGNS[finding.severity]} {result.check.title}: {finding}")
            worst += finding.severity is not Severity.NOTE
    if worst:
        raise SystemExit(1)
    click.echo("All is well.")


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Only say how much would be deleted.")
@click.option("--the-date-is-right", is_flag=True, help="Also if nothing has happened here for two months.")
@with_appcontext
def purge_by_age(*, dry_run: bool, the_date_is_right: bool) -> None:
    """Delete what is older than the rules of this installation allow. Run it every day, by a timer."""
    doubt = "" if the_date_is_right else clock_doubt()
    if doubt and not dry_run:
        raise click.ClickException(doubt)
    for rule in rules(_settings().retention):
        click.echo(f"{rule.delete(dry_run):>8,}  {rule.words}")
    click.echo("Nothing was deleted: this was a dry run." if dry_run else "Deleted.")
    if doubt:
        click.echo(doubt)
