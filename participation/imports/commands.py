"""`flask import`: contributions from a file."""

import hashlib
import os
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext, ngettext

from participation import clock
from participation.accounts.actors import Actor
from participation.config import Settings
from participation.contributions.models import Origin
from participation.contributions.states import PublicationState
from participation.contributions.text import clean_line
from participation.errors import InvalidInput, ParticipationError
from participation.imports.bad_rows import bad_rows_as_csv
from participation.imports.checking import BadRow, Candidate, RowChecker, Wishes
from participation.imports.columns import GUESSES, Columns, find_columns, folded
from participation.imports.coordinates import WGS84
from participation.imports.models import NAME_LONGEST, ImportRun
from participation.imports.reading import read_source
from participation.imports.runs import bring_in_by_command
from participation.imports.services import (
    ORIGINS,
    STATES,
    Comparison,
    check_rows,
    compare,
)
from participation.imports.services import require_columns as require
from participation.imports.source import FILE_KIND_NAMES, MOST_BYTES, FileKind, SourceFile
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import proceeding_by_slug

COMMAND_LINE = Actor(is_administrator=True)
PLACE_PARTS = ("lon", "lat", "wkt")


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a file before anything is written."""

    source: SourceFile
    candidates: Sequence[Candidate]
    bad: Sequence[BadRow]


def _column_options(command: Any) -> Any:
    for part in reversed(GUESSES):
        option = f"--{part.replace('_', '-')}"
        command = click.option(option, f"{part}_column", metavar="COLUMN", help=f"Column of {part}; '' for none.")(
            command
        )
    return command


@click.command("import", epilog="Columns that are not named are guessed by their usual names and shown.")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_column_options
@click.option("--title-default", default="", metavar="TEXT", help="Headline of rows without one.")
@click.option("--text-default", default="", metavar="TEXT", help="Text of rows without one.")
@click.option("--category-default", default="", metavar="KEY", help="Topic of rows without one or with another word.")
@click.option("--category-map", multiple=True, metavar="WORD=KEY", help="A word of the file and the topic it means.")
@click.option("--language-default", metavar="CODE", help="Language of rows without one [the proceeding's first].")
@click.option("--source", default="", metavar="NAME", help="Keeps ids of several files apart that number from 1.")
@click.option("--format", "kind", type=click.Choice([kind.value for kind in FileKind]), help="What the file is.")
@click.option("--encoding", default="", help="Encoding of a CSV file, for example windows-1252.")
@click.option("--delimiter", default="", help="What separates the cells of a CSV file; 'tab' for a tab.")
@click.option("--state", type=click.Choice([state.value for state in STATES]), default=STATES[0].value)
@click.option("--origin", type=click.Choice([origin.value for origin in ORIGINS]), default=ORIGINS[0].value)
@click.option("--layer", default="", metavar="NAME", help="The layer of a GeoPackage or the sheet to read.")
@click.option("--epsg", type=int, metavar="CODE", help="Coordinate system of the places [the file's, or 4326].")
@click.option("--swap-axes", is_flag=True, help="Exchange the two coordinates of every place.")
@click.option("--without-place-if-wrong", is_flag=True, help="Take a row with a wrong place, but without the place.")
@click.option("--skip-bad", is_flag=True, help="Take the good rows although there are bad ones.")
@click.option(
    "--bad-rows", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write bad rows here."
)
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@with_appcontext
def import_file(slug: str, file: Path, **options: Any) -> None:
    """Bring contributions from FILE (CSV, XLSX, GeoJSON or GeoPackage) into the proceeding SLUG.

    Every row is checked by the same rule as the form. Unless told otherwise, all rows come in or none. A row's own id
    is kept: the same file again adds nothing.
    """
    with force_locale(_language_of_terminal()):
        try:
            _import(slug, file, options)
        except ParticipationError as error:
            raise click.ClickException(str(error.message)) from None


def _import(slug: str, file: Path, options: dict[str, Any]) -> None:
    settings: Settings = current_app.extensions["settings"]
    proceeding = proceeding_by_slug(COMMAND_LINE, slug)
    with file.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    delimiter = "\t" if options["delimiter"] in ("tab", "\\t") else options["delimiter"]
    if len(delimiter) > 1:
        raise InvalidInput(gettext("The separator must be a single character."))
    kind = FileKind(options["kind"]) if options["kind"] else None
    source = read_source(
        data, file.name, kind=kind, encoding=options["encoding"], delimiter=delimiter, layer=options["layer"]
    )
    wishes = _wishes(proceeding, options, source)
    columns = find_columns(source.columns, _chosen_columns(source, options))
    _tell_source(file, source, columns)
    require(columns, wishes, proceeding)
    checker = RowChecker(proceeding, columns, wishes, settings.time_zone)
    with _progress(source) as rows:
        candidates, bad = check_rows(checker, rows)
    _tell_bad_rows(source, bad, options["bad_rows"])
    if bad and not options["skip_bad"]:
        message = ngettext(
            "%(num)s row is bad, so nothing was imported. Correct it, or take the good ones with --skip-bad.",
            "%(num)s rows are bad, so nothing was imported. Correct them, or take the good ones with --skip-bad.",
            len(bad),
        )
        raise InvalidInput(message)
    if options["dry_run"]:
        compared = compare(proceeding, candidates)
    else:
        run = ImportRun(
            proceeding_id=proceeding.id,
            by_command=True,
            file_name=clean_line(file.name)[:NAME_LONGEST],
            kind=source.kind,
            token=secrets.token_urlsafe(32),
            file_digest=hashlib.sha256(data).hexdigest(),
            choices={},
            origin=Origin(options["origin"]),
            row_count=len(source.rows),
            bad_count=len(bad),
            created_at=clock.now(),
        )
        compared = bring_in_by_command(proceeding, candidates, run, state=PublicationState(options["state"]))
    _tell_result(Checked(source, candidates, bad), compared, is_dry=options["dry_run"])


def _wishes(proceeding: Proceeding, options: Mapping[str, Any], source: SourceFile) -> Wishes:
    words: dict[str, str] = {}
    for pair in options["category_map"]:
        word, equals, key = pair.rpartition("=")
        if not equals:
            raise InvalidInput(gettext("Write --category-map as WORD=KEY."))
        words[folded(word)] = key
    return Wishes(
        title=options["title_default"],
        text=options["text_default"],
        category=options["category_default"],
        language=options["language_default"] or proceeding.languages[0],
        categories=words,
        source=options["source"],
        epsg=source.epsg or WGS84 if options["epsg"] is None else options["epsg"],
        swaps_axes=options["swap_axes"],
        drops_wrong_places=options["without_place_if_wrong"],
    )


def _chosen_columns(source: SourceFile, options: Mapping[str, Any]) -> dict[str, str | None]:
    chosen: dict[str, str | None] = {part: options[f"{part}_column"] for part in GUESSES}
    if not source.kind.is_table:
        # The place is the feature's geometry, whatever its properties say.
        chosen |= dict.fromkeys(PLACE_PARTS, "")
    return chosen


@contextmanager
def _progress(source: SourceFile) -> Iterator[Any]:
    """Show on a terminal how far the check is."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(source.rows, label=gettext("Checking"), file=sys.stderr, hidden=hidden) as rows:
        yield rows


def _tell_source(file: Path, source: SourceFile, columns: Columns) -> None:
    count = ngettext("%(num)s row", "%(num)s rows", len(source.rows))
    if source.kind is FileKind.CSV:
        separator = {"\t": "tab"}.get(source.delimiter, source.delimiter)
        click.echo(f"{file.name}: CSV, {source.encoding}, “{separator}”, {count}")
    else:
        click.echo(f"{file.name}: {FILE_KIND_NAMES[source.kind]}, {count}")
    pairs = ", ".join(f"{part} ← {column}" for part, column in columns.found().items())
    click.echo(gettext("Columns: %(pairs)s", pairs=pairs or "–"))


def _tell_bad_rows(source: SourceFile, bad: Sequence[BadRow], path: Path | None) -> None:
    for row in bad:
        click.echo(f"{_place_of(source, row.number, row.column)}: {row.reason}", err=True)
    if any(row.is_swapped for row in bad):
        click.echo(gettext("If this is so in all rows, import with --swap-axes."), err=True)
    if path is None:
        return
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        stream.writelines(bad_rows_as_csv(source.kind, bad, source.delimiter or ","))


def _place_of(source: SourceFile, number: int, column: str = "") -> str:
    place = (
        gettext("Line %(number)s", number=number)
        if source.kind.is_table
        else gettext("Feature %(number)s", number=number)
    )
    return f"{place}, {column}" if column else place


def _tell_result(checked: Checked, compared: Comparison, *, is_dry: bool) -> None:
    for candidate in compared.changed:
        place = _place_of(checked.source, candidate.number)
        click.echo(place + ": " + gettext("is here already with other content, and stays as it is."), err=True)
    parts = [ngettext("%(num)s new", "%(num)s new", len(compared.new))]
    if compared.same or compared.changed:
        existing = len(compared.same) + len(compared.changed)
        parts.append(ngettext("%(num)s was here already", "%(num)s were here already", existing))
    if compared.changed:
        parts.append(ngettext("%(num)s of them differs", "%(num)s of them differ", len(compared.changed)))
    new_keys = {candidate.key for candidate in compared.new}
    without_place = sum(candidate.lost_place and candidate.key in new_keys for candidate in checked.candidates)
    if without_place:
        parts.append(ngettext("%(num)s without its wrong place", "%(num)s without their wrong places", without_place))
    if checked.bad:
        parts.append(ngettext("%(num)s bad row left out", "%(num)s bad rows left out", len(checked.bad)))
    head = gettext("Dry run, nothing was written:") if is_dry else gettext("Imported:")
    click.echo(f"{head} {', '.join(parts)}.")
    if checked.candidates and not compared.new:
        click.echo(gettext("Every row was here already."))


def _language_of_terminal() -> str:
    """Return the language the terminal is set to, German or English, as every program with catalogues does."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "de" if next(filter(None, names), "").lower().startswith("de") else "en"
