"""German at the stable addresses, English under /en: no cookie, cacheable, and the switch leads to the same page.

The middleware moves `/en` from PATH_INFO to SCRIPT_NAME. Flask then routes as if it were not there,
and `url_for` puts it in front of every address it makes.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g, has_request_context, request
from flask_babel import (
    Babel,
    format_date,
    format_datetime,
    format_decimal,
    format_timedelta,
    get_locale,
    get_translations,
    lazy_gettext,
)
from markupsafe import Markup

from participation import clock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LANGUAGES = ("de", "en")
LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}
PREFIXES = {"de": "", "en": "/en"}
ISOLATES = dict.fromkeys(range(0x2066, 0x206A))  # LRI, RLI, FSI, PDI


class LanguagePrefix:
    """WSGI middleware that turns `/en/…` into SCRIPT_NAME `/en`."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        for prefix in PREFIXES.values():
            if prefix and (path == prefix or path.startswith(prefix + "/")):
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
                environ["PATH_INFO"] = path[len(prefix) :] or "/"
        return self.application(environ, start_response)


def current_language() -> str:
    """Return the language of this page or, outside a request, of the mail being written."""
    locale = get_locale()
    return locale.language if locale else LANGUAGES[0]


def language_of_request() -> str:
    """Read the language from the address."""
    if has_request_context():
        for language, prefix in PREFIXES.items():
            if prefix and request.script_root.endswith(prefix):
                return language
    return LANGUAGES[0]


def root_without_language() -> str:
    """Return what a proxy puts in front of every address of this site, without the language; mostly nothing."""
    return str(request.script_root).removesuffix(PREFIXES[language_of_request()])


def other_language_url(language: str) -> str:
    """Return the address of this page in another language, with its query."""
    root = root_without_language()
    query = "?" + request.query_string.decode("utf-8", "replace") if request.query_string else ""
    return root + PREFIXES[language] + request.path + query


def page_url(path: str, language: str) -> str:
    """Return the full address of a page for mails and files: by BASE_URL, since whoever asks chooses the Host header.

    `path` starts with a slash and has no language prefix.
    """
    return f"{current_app.extensions['settings'].base_url}{PREFIXES[language]}{path}"


def text_in(texts: Mapping[str, str] | None, language: str | None = None) -> str:
    """Return a translated text in this language, else in the first one that has it."""
    texts = texts or {}
    wanted = texts.get(language or current_language(), "")
    return wanted or next((text for text in texts.values() if text), "")


def local(moment: datetime) -> datetime:
    """Turn an instant into the installation's zone."""
    return moment.astimezone(current_app.extensions["settings"].time_zone)


def show_date(moment: datetime) -> str:
    """Write a day as people say it: “15. Dezember 2026”."""
    return str(format_date(local(moment).date(), "long"))


def show_day(day: date) -> str:
    """Write a day that is kept as one, in the installation's zone."""
    return str(format_date(day, "long"))


def show_short_date(moment: datetime) -> str:
    """Write a day for tables: “15.12.2026”."""
    return str(format_date(local(moment).date(), "medium"))


def show_datetime(moment: datetime) -> str:
    """Write day and time in the installation's zone."""
    pattern = "d. MMMM y, HH:mm" if current_language() == "de" else "d MMMM y, HH:mm"
    return str(format_datetime(local(moment).replace(tzinfo=None), pattern, rebase=False))


def show_age(moment: datetime) -> str:
    """Write how long ago something was; older than a month: the day."""
    age = clock.now() - moment
    if age < timedelta(minutes=1):
        return str(lazy_gettext("just now"))
    if age < timedelta(days=31):
        return str(format_timedelta(-age, add_direction=True, threshold=1))
    return show_date(moment)


def show_number(number: float) -> str:
    """Write a number with the language's marks: “1.234,5”."""
    return _number_in(current_language(), number)


@lru_cache(maxsize=10_000)
def _number_in(_language: str, number: float) -> str:
    return str(format_decimal(number))


def isolated(text: str) -> str:
    """Keep a citizen's words from turning around those beside them: for mails, page titles and attributes.

    In FSI … PDI (Unicode Bidirectional Algorithm, UAX #9, 2.4.3); isolates of their own could end ours too early.
    """
    return f"\u2068{_without_isolates(text)}\u2069"


def bdi(text: str) -> Markup:
    """Do the same in HTML, for words inside a sentence; a paragraph or heading of its own needs none."""
    return Markup("<bdi>{}</bdi>").format(_without_isolates(text))


def _without_isolates(text: str) -> str:
    return text.translate(ISOLATES)


def init_languages(app: Flask) -> None:
    """Connect Flask-Babel, the middleware, and what templates need to write texts, dates and numbers."""
    Babel(
        app,
        locale_selector=language_of_request,
        default_locale=LANGUAGES[0],
        default_translation_directories=_translations(app),
    )
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension i18n
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )
    filters: dict[str, Any] = {
        "text": text_in,
        "date": show_date,
        "day": show_day,
        "short_date": show_short_date,
        "datetime": show_datetime,
        "age": show_age,
        "number": show_number,
        "isolated": isolated,
        "bdi": bdi,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        current_language=current_language,
        other_language_url=other_language_url,
        root_without_language=root_without_language,
        languages=LANGUAGES,
        language_names=LANGUAGE_NAMES,
    )


def _catalogue() -> Any:
    """Return the texts of this page's language; a page asks hundreds of times, and Flask-Babel finds out each time."""
    babel = g.get("_flask_babel")  # where it keeps the language, also within force_locale
    locale = getattr(babel, "babel_locale", None)
    if locale is None:
        return get_translations()
    known_for, texts = getattr(babel, "catalogue", (None, None))
    if known_for is not locale:
        texts = get_translations()
        babel.catalogue = locale, texts
    return texts


def _translations(app: Flask) -> str:
    return str(app.root_path + "/translations")
