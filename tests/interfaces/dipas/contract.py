"""The tables of DIPAS' answers, typed from its inventory, section 4: names in their order, kinds, what may be missing.

A shape is a type (exactly: True is no int), a pattern of a text, a set of values, a dict (an object with exactly these
names in this order), a list of one shape, `ById` (an object by id, or [] when empty), or a tuple (one of these).
"""

import re
from dataclasses import dataclass
from typing import Any

NoneType = type(None)


@dataclass(frozen=True)
class ById:
    """An object by id; PHP writes [] where there is nothing in it."""

    shape: Any


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DAY = re.compile(r"\d{4}-\d\d-\d\dT00:00:00Z")
NUMBER = re.compile(r"-?\d+")
DECIMAL = re.compile(r"-?\d+\.\d+")
ADDRESS = re.compile(r"https?://.+")
PICTURE = re.compile(r"//.+")
NOTHING: list[Any] = []

TERM = {"id": NUMBER, "name": str, "description": (str, NoneType), "weight": NUMBER}
PICTURE_VALUE = {"path": (PICTURE, {""}), "alttext": str}

PROJECT = {
    "id": str,
    "nameFull": str,
    "description": re.compile(r"[^<]*"),
    "dateStart": DAY,
    "dateEnd": DAY,
    "dipasPhase": {"phase1", "phase2", "phasemix", "unstarted"},
    "website": re.compile(r"https?://.+/#"),
    "owner": str,
    "projectOwner": ById(TERM),
    "publisher": {""},
    "standardCategories": ById(TERM),
    "projectContributionType": ById(TERM),
    "dipasMainDistrict": ById({**TERM, "field_color": str}),
    "projectTopics": ById(TERM),
    "referenceSystem": {"4326"},
    "hasParticipatoryText": [NUMBER],
    "dipasCategoriesCluster": ([str], NoneType),
    "proceedingState": {"active", "inactive"},
    "isDipasProceeding": bool,
}
SCORES = dict.fromkeys(("content", "relevance", "response", "mutuality", "sentiment"), str)
CONTRIBUTION = {
    "id": NUMBER,
    "dateCreated": MOMENT,
    "link": ADDRESS,
    "title": str,
    "contributionType": str,
    "contributionContent": str,
    "commentsNumber": int,
    "category": str,
    "votingPro": (NUMBER, {0}),
    "votingContra": (NUMBER, {0}),
    "keywordSuggested": (str, NoneType),
    "keywordPicked": (str, NoneType),
    "belongToProject": str,
    "dipasLocated": bool,
    "customAttribute": {"nlp_scores": SCORES},
    "isDipasProceeding": bool,
}
COMMENT = {
    "id": NUMBER,
    "dateCreated": MOMENT,
    "title": {""},
    "commentContent": str,
    "commentedBy": NOTHING,
    "commentOnContribution": NUMBER,
}
FIRST_COMMENT = COMMENT | {"commentedBy": [COMMENT | {"commentOnComment": int}]}
COMMENTED = CONTRIBUTION | {"commentedBy": [FIRST_COMMENT]}

HEAD = {"nid": NUMBER, "type": {"contribution"}, "title": str, "created": MOMENT, "langcode": str, "author": {""}}
ROW = HEAD | {
    "category": NUMBER,
    "rubric": (NUMBER, NoneType),
    **dict.fromkeys(("comments", "upVotes", "downVotes", "numVotes", "rating"), NUMBER),
}
PAGER = {"itemsPerPage": (int, {"inf"}), "currentPage": int, "totalPages": int, "lastPage": bool}
PAGED = {
    "status": {"success"},
    "totalNodes": NUMBER,
    "pager": PAGER,
    "filters": dict,
    "sort": {"field": str, "direction": {"ASC", "DESC"}},
}
RATING = (
    {"allVotes": {0}, "upVotes": {0}, "downVotes": {0}, "voteAverage": {0}, "lastVote": {False}},
    {"allVotes": NUMBER, "upVotes": NUMBER, "downVotes": NUMBER, "voteAverage": DECIMAL, "lastVote": (MOMENT, {False})},
)
POINT = {"type": {"Point"}, "coordinates": [float]}
DETAILS = {
    "status": {"success"},
    "nid": NUMBER,
    "title": str,
    "text": str,
    "category": int,
    "rubric": (int, {False}),
    "geodata": ({"geometry": dict, "centerPoint": POINT}, {}),
    "user": str,
    "rating": RATING,
    "keywords": str,
    "created": MOMENT,
}
REST_COMMENT = {"cid": NUMBER, "subject": {""}, "comment": str, "created": MOMENT, "replies": NOTHING}
COMMENTS = {
    "status": {"success"},
    "contributionID": NUMBER,
    "comments": [REST_COMMENT | {"replies": [REST_COMMENT]}],
    "commentcount": int,
}
NUMBERS = ("lon_min", "lat_min", "lon_max", "lat_max", "lon_diff", "lon_avg", "lat_diff", "lat_avg")
MAP = {"status": {"success"}, "extent": dict.fromkeys(NUMBERS, float)}
BLOCK = {"type": {"paragraph"}, "bundle": {"text"}, "field_headline": str, "field_text": str}
PAGE = {
    "status": {"success"},
    "nid": (NUMBER, {""}),
    "bundle": {"page"},
    "langcode": {"de", "en"},
    "title": str,
    "created": (MOMENT, {""}),
    "author": str,
    "content": [BLOCK],
}
OWNER = dict.fromkeys(("name", "street1", "street2", "zip", "city", "telephone", "email", "website"), str)
INIT = {
    "status": {"success"},
    "maintenanceMode": {False},
    "projectphase": {"unstarted", "phase1", "phase2", "phasemix", "frozen"},
    "enabledPhase2": bool,
    "projectperiod": {"start": DAY, "end": DAY},
    "conception_comments_state": {"open", "closed"},
    "display_existing_conception_comments": bool,
    "projecttitle": str,
    "projectlogo": PICTURE_VALUE,
    "modallogo": PICTURE_VALUE,
    "projectowner": OWNER,
    "welcomemodal": {"headline": str, "text": re.compile(r"<p>.*</p>", re.DOTALL), "image": PICTURE_VALUE},
    "landingpage": {"image": PICTURE_VALUE},
    "partnerlogos": [{"partner_logo": PICTURE, "logo_link": ADDRESS, "partner_logo_alttext": str}],
    "menus": {
        "main": {key: {"name": str, "icon": str} for key in ("contributionmap", "contributionlist", "projectinfo")},
        "footer": {"dataprivacy": str, "imprint": str},
    },
    "taxonomy": {
        "categories": [TERM | {"field_category_icon": PICTURE, "field_color": re.compile(r"#[0-9a-f]{6}")}],
        "rubrics_use": bool,
        "rubrics": [TERM],
        "tags": [TERM],
    },
    "image_styles": [{"style": str, "width": int}],
    "contributions": {
        "status": {"open", "closed"},
        "maxlength": int,
        "geometry": [str],
        "comments": {"form": {"open", "closed"}, "maxlength": int, "display": bool},
        "ratings": bool,
        "display_existing_ratings": bool,
    },
    "masterportal_instances": {
        "contributionmap": str,
        "singlecontribution": {"url": str, "other_contributions": {"hidden", "displayed"}},
        "createcontribution": {"url": str, "must_be_localized": bool},
        "schedule": str,
    },
    "downloads": NOTHING,
    "sidebar": {"contact": NOTHING, "downloads": NOTHING, "newsletter": {"snippet": str}},
    "keyword_service_enabled": bool,
    "frontpage": str,
    "checksum": str,
    "signature": str,
    "timestamp": int,
}
CITY_ROW = HEAD | {
    "domainid": str,
    "content": str,
    "proceedingName": str,
    **dict.fromkeys(("proceedingDistricts", "proceedingTopics", "proceedingOwner"), ById(str)),
}
CHART = {"status": {"success"}, "chart_data": {"total": int, "max": NUMBER, "by_year": ById(NUMBER)}}
COCKPIT = {
    "id": str,
    "proceeding": str,
    "description": str,
    "districts": str,
    "themes": str,
    "status": {"neu", "aktiv", "inaktiv"},
    "status_icon": ADDRESS,
    "dateStart": DAY,
    "dateEnd": DAY,
    "responsible": str,
    "numberContributions": int,
    "numberComments": int,
    "documentation": [{"name": str, "url": ADDRESS, "icon": str}],
    "link": ADDRESS,
}
SIGN = {
    "type": {"icon"},
    "imagePath": re.compile(r"https?://.+/"),
    "imageName": re.compile(r"[^/]+"),
    "imageScale": {1.7, 1.8},
    "imageWidth": {24},
    "imageHeight": {24},
    "imageOffsetX": {0.5},
    "imageOffsetY": {0.5},
}
RULE = {"conditions": {"properties": {"status": {"neu", "aktiv", "inaktiv"}}}, "style": SIGN}
LAYER_PROPERTIES = {"nid": NUMBER, "name": str, "description": str, "link": ADDRESS, "Thema": str, "Rubric": str}
AREA_PROPERTIES = {
    "id": str,
    "proceeding": str,
    "themes": str,
    "status": {"aktiv", "inaktiv"},
    "timeperiod": re.compile(r"\d\d\.\d\d\.\d{4} bis \d\d\.\d\d\.\d{4} \(\d+ Tage\)"),
    "responsible": str,
    "link": ADDRESS,
}
ERROR = {"status": {"error"}, "message": str}


def collection_of(properties: Any, geometry: Any = dict, **more: Any) -> dict[str, Any]:
    """Return the shape of a feature collection."""
    feature = {"type": {"Feature"}, **more, "geometry": geometry, "properties": properties}
    return {"type": {"FeatureCollection"}, "features": [feature]}


def differences(value: Any, shape: Any, where: str = "$") -> list[str]:
    """Return what is not as the shape says, each with its place; nothing when all is well."""
    wrong: list[str] = [f"{where}: {value!r} is not {shape!r}"]
    match shape:
        case tuple():
            return [] if any(not differences(value, one, where) for one in shape) else wrong
        case ById():
            return _of_ids(value, shape, where, wrong)
        case dict():
            return _of_object(value, shape, where, wrong)
        case list():
            return _of_list(value, shape, where, wrong)
        case set():
            return [] if any(value == one and type(value) is type(one) for one in shape) else wrong
        case re.Pattern():
            return [] if isinstance(value, str) and shape.fullmatch(value) else wrong
        case _:
            return [] if type(value) is shape else wrong


def _of_ids(value: Any, shape: ById, where: str, wrong: list[str]) -> list[str]:
    if value == []:
        return []
    if not isinstance(value, dict) or not value or not all(key.isdecimal() for key in value):
        return wrong
    return [one for key, part in value.items() for one in differences(part, shape.shape, f"{where}.{key}")]


def _of_object(value: Any, shape: dict[str, Any], where: str, wrong: list[str]) -> list[str]:
    if not isinstance(value, dict):
        return wrong
    if list(value) != list(shape):
        return [f"{where}: has {list(value)}, not {list(shape)}"]
    return [one for key, part in value.items() for one in differences(part, shape[key], f"{where}.{key}")]


def _of_list(value: Any, shape: list[Any], where: str, wrong: list[str]) -> list[str]:
    if not isinstance(value, list) or (value and not shape):
        return wrong
    return [one for i, part in enumerate(value) for one in differences(part, shape[0], f"{where}[{i}]")]
