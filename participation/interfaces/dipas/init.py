"""`init`: what a DIPAS front end is told before anything else. What we do not have is empty, never made up."""

from typing import Any

from flask_babel import force_locale, gettext
from markupsafe import escape

from participation.discussion.models import COMMENT_LONGEST
from participation.interfaces.dipas.asked import language_asked
from participation.interfaces.dipas.periods import day_words, has_second_phase, project_phase
from participation.interfaces.dipas.words import NO_PICTURE, icon_address, term, without_scheme, words
from participation.languages import page_url
from participation.proceedings.models import Category, GeometryKind, Proceeding
from participation.proceedings.palette import hex_color
from participation.proceedings.phases import Act, is_open

# In DIPAS' order; a contribution without a place is no shape.
SHAPES = {GeometryKind.POINT: "point", GeometryKind.LINE: "linestring", GeometryKind.AREA: "polygon"}
# Writing needs a token that these open in DIPAS; here nothing is written this way.
NO_TOKEN = {"checksum": "", "signature": ""}


def start(proceeding: Proceeding) -> dict[str, Any]:
    """Return everything about a proceeding but its contributions."""
    starts, ends = day_words(proceeding)
    return {
        "maintenanceMode": False,
        "projectphase": project_phase(proceeding),
        "enabledPhase2": has_second_phase(proceeding),
        "projectperiod": {"start": starts, "end": ends},
        "conception_comments_state": "closed",
        "display_existing_conception_comments": False,
        "projecttitle": words(proceeding.title),
        "projectlogo": NO_PICTURE,
        "modallogo": NO_PICTURE,
        "projectowner": _owner(proceeding),
        "welcomemodal": {
            "headline": words(proceeding.subtitle),
            "text": f"<p>{escape(words(proceeding.summary))}</p>",
            "image": NO_PICTURE,
        },
        "landingpage": {"image": NO_PICTURE},
        "partnerlogos": [],
        "menus": _menus(),
        "taxonomy": {
            "categories": [_category(category) for category in proceeding.categories],
            "rubrics_use": bool(proceeding.types),
            "rubrics": [term(one) for one in proceeding.types],
            "tags": [],
        },
        "image_styles": [],
        "contributions": _contributions(proceeding),
        "masterportal_instances": {
            "contributionmap": "",
            "singlecontribution": {"url": "", "other_contributions": "hidden"},
            "createcontribution": {"url": "", "must_be_localized": proceeding.is_place_required},
            "schedule": "",
        },
        "downloads": [],
        "sidebar": {"contact": [], "downloads": [], "newsletter": {"snippet": ""}},
        "keyword_service_enabled": False,
        "frontpage": "contributionmap",
        **NO_TOKEN,
    }


def redirection() -> dict[str, Any]:
    """Return what a host is told that belongs to no public proceeding: where all of them are."""
    return {"redirect_url": page_url("/", language_asked()), **NO_TOKEN}


def _owner(proceeding: Proceeding) -> dict[str, str]:
    unknown = dict.fromkeys(("street1", "street2", "zip", "city", "telephone"), "")
    return {"name": proceeding.organiser, **unknown, "email": proceeding.contact_email, "website": ""}


def _menus() -> dict[str, Any]:
    with force_locale(language_asked()):
        return {
            "main": {
                "contributionmap": {"name": gettext("Map"), "icon": "room"},
                "contributionlist": {"name": gettext("List"), "icon": "list"},
                "projectinfo": {"name": gettext("What it is about"), "icon": "info"},
            },
            "footer": {"dataprivacy": gettext("Privacy"), "imprint": gettext("Imprint")},
        }


def _category(category: Category) -> dict[str, Any]:
    return term(category) | {
        "field_category_icon": without_scheme(icon_address(category.icon, category.color)),
        "field_color": hex_color(category.color),
    }


def _contributions(proceeding: Proceeding) -> dict[str, Any]:
    return {
        "status": _open_or_closed(proceeding, Act.CONTRIBUTE),
        "maxlength": proceeding.text_max,
        "geometry": [word for kind, word in SHAPES.items() if kind in proceeding.geometry_kinds],
        "comments": {
            "form": _open_or_closed(proceeding, Act.COMMENT),
            "maxlength": COMMENT_LONGEST,
            "display": True,
        },
        "ratings": is_open(proceeding, Act.VOTE),
        "display_existing_ratings": True,
    }


def _open_or_closed(proceeding: Proceeding, act: Act) -> str:
    return "open" if is_open(proceeding, act) else "closed"
