"""The German and English texts of the interface: catalogues in participation/translations.

    python tools/translations.py compile     for `make build`: what the application reads
    python tools/translations.py update      for `make texts`: bring the catalogues in line with the sources

Texts are English in the sources; the English catalogue repeats them, so that a missing one shows up in both.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
TRANSLATIONS = PROJECT / "participation/translations"
LANGUAGES = ("de", "en")
SOURCE_LANGUAGE = "en"
HEADER = "# Texts of mitreden. Licensed under the EUPL 1.2, like the project."
METHODS = [("participation/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
# Words that mark a text; the numbers say where singular, plural and context stand.
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def catalogue_file(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES/messages.po"


def read_catalogue(language: str) -> Catalog:
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", header_comment=HEADER, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def texts_in_sources() -> Catalog:
    """Every text that templates and Python mark as translatable."""
    template = Catalog(charset="utf-8")
    for folder in ("participation", "templates"):
        methods = [
            (pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS if pattern.startswith(folder)
        ]
        found = extract_from_dir(PROJECT / folder, methods, keywords=KEYWORDS, comment_tags=("Translators:",))
        for name, _line, message, comments, context in found:
            template.add(message, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return template


def update() -> None:
    """Add new texts, drop those that are gone; say what still has to be translated."""
    template = texts_in_sources()
    for language in LANGUAGES:
        catalogue = read_catalogue(language)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        missing = 0
        for message in catalogue:
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id and not all(texts):
                if language == SOURCE_LANGUAGE:
                    message.string = message.id
                else:
                    missing += 1
        path = catalogue_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            catalogue.project, catalogue.version, catalogue.fuzzy = "mitreden", "", False
            catalogue.last_translator = catalogue.language_team = "mitreden"
            catalogue.msgid_bugs_address = ""
            write_po(file, catalogue, width=110, sort_by_file=True, include_lineno=False, omit_header=False)
        print(f"  {language}: {len(catalogue)} texts, {missing} without a translation")


def compile_catalogues() -> None:
    """Write the binary catalogues where they differ; stops at a text whose placeholders do not fit."""
    for language in LANGUAGES:
        if not catalogue_file(language).exists():
            continue
        catalogue = read_catalogue(language)
        problems = [f"{message.id!r}: {error}" for message, errors in catalogue.check() for error in errors]
        if problems:
            sys.exit("\n".join(["Build failed: placeholders do not fit in the translations:", *problems]))
        binary = BytesIO()
        write_mo(binary, catalogue)
        target = catalogue_file(language).with_suffix(".mo")
        if not target.exists() or target.read_bytes() != binary.getvalue():
            target.write_bytes(binary.getvalue())


def main() -> None:
    match sys.argv[1:]:
        case ["compile"]:
            compile_catalogues()
        case ["update"]:
            update()
            compile_catalogues()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
