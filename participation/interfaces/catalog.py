"""What data there are, for data portals: DCAT-AP.de 3.0 of every public proceeding, as JSON-LD and as Turtle."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from flask import Blueprint, Response, current_app
from flask_babel import force_locale, lazy_gettext
from sqlalchemy import func, select

from participation.accounts.actors import STRANGER
from participation.contributions.models import Contribution
from participation.database import db
from participation.exports.editions import rfc3339
from participation.exports.formats import FORMATS, Format
from participation.interfaces.xml import conditional
from participation.languages import LANGUAGES, page_url, text_in
from participation.proceedings.models import Proceeding
from participation.proceedings.queries import visible_proceedings

bp = Blueprint("catalog", __name__)

EU = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
LANGUAGE_URIS = {"de": f"{EU}language/DEU", "en": f"{EU}language/ENG"}
# Licences as DCAT-AP.de names them, by the codes that contributions carry.
LICENCES = {
    "dl-de/by-2-0": "http://dcat-ap.de/def/licenses/dl-by-de/2.0",
    "dl-de/zero-2-0": "http://dcat-ap.de/def/licenses/dl-zero-de/2.0",
    "cc-by-4.0": "http://dcat-ap.de/def/licenses/cc-by/4.0",
    "cc-by-sa-4.0": "http://dcat-ap.de/def/licenses/cc-by-sa/4.0",
    "cc0-1.0": "http://dcat-ap.de/def/licenses/cc-zero",
}
# Ending of a download → the word in the EU's list of file types.
FILE_TYPES = {"geojson": "GEOJSON", "csv": "CSV", "xlsx": "XLSX", "gpkg": "GPKG", "jsonfg": "JSON"}
FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
DESCRIPTION = lazy_gettext("What residents contributed to the consultations on this site")
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "gsp": "http://www.opengis.net/ont/geosparql#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@bp.route("/catalog.jsonld")
def json_ld() -> Response:
    """Send the catalogue as JSON-LD."""
    return _answer(orjson.dumps(catalog(), option=orjson.OPT_INDENT_2), "application/ld+json")


@bp.route("/catalog.ttl")
def turtle() -> Response:
    """Send the catalogue as Turtle."""
    from rdflib import Graph  # noqa: PLC0415 – half a second that most processes never need

    graph = Graph().parse(data=orjson.dumps(catalog()), format="json-ld")
    return _answer(graph.serialize(format="turtle").encode(), "text/turtle; charset=utf-8")


def _answer(body: bytes, media_type: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return conditional(response)


def catalog() -> dict[str, Any]:
    """Return the catalogue as JSON-LD: for each public proceeding a data set, with a distribution for each format."""
    settings = current_app.extensions["settings"]
    proceedings = visible_proceedings(STRANGER)
    changes = _last_changes(proceedings)
    operator = settings.operator or settings.site_name
    return {
        "@context": CONTEXT,
        "@id": page_url("/catalog.jsonld#catalog", LANGUAGES[0]),
        "@type": "dcat:Catalog",
        "dct:title": settings.site_name,
        "dct:description": _translated(_in_each_language(DESCRIPTION)),
        "dct:publisher": _agent(operator),
        "dct:language": [{"@id": uri} for uri in LANGUAGE_URIS.values()],
        "foaf:homepage": {"@id": page_url("/", LANGUAGES[0])},
        "dcat:dataset": [_dataset(proceeding, changes[proceeding.id]) for proceeding in proceedings],
    }


def _last_changes(proceedings: Sequence[Proceeding]) -> dict[int, datetime]:
    """Return when each one's contributions last changed: the end of an index for each, however many there are."""
    newest = (
        select(func.max(Contribution.updated_at))
        .where(Contribution.proceeding_id == Proceeding.id)
        .correlate(Proceeding)
        .scalar_subquery()
    )
    ids = [proceeding.id for proceeding in proceedings]
    statement = select(Proceeding.id, func.coalesce(newest, Proceeding.created_at)).where(Proceeding.id.in_(ids))
    return dict(db.session.execute(statement).all())


def _dataset(proceeding: Proceeding, changed_at: datetime) -> dict[str, Any]:
    path = f"/proceedings/{proceeding.slug}"
    page = page_url(path, LANGUAGES[0])
    west, south, east, north = proceeding.project_area.bounds
    box = f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
    contact: dict[str, Any] = {"@type": "vcard:Organization", "vcard:fn": proceeding.organiser}
    if proceeding.contact_email:
        contact["vcard:hasEmail"] = {"@id": f"mailto:{proceeding.contact_email}"}
    dataset = {
        "@id": f"{page}#contributions",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{page}#contributions",
        "dct:title": _translated(proceeding.title),
        "dct:description": _translated(proceeding.summary) or _translated(proceeding.title),
        "dct:publisher": _agent(proceeding.organiser),
        "dcat:contactPoint": contact,
        "dcat:keyword": [word for category in proceeding.categories for word in _translated(category.name)],
        "dcat:theme": [{"@id": f"{EU}data-theme/{theme}"} for theme in ("GOVE", "REGI")],
        "dct:issued": _moment(proceeding.created_at),
        "dct:modified": _moment(changed_at),
        "dct:language": [{"@id": LANGUAGE_URIS[language]} for language in proceeding.languages],
        "dct:spatial": {"@type": "dct:Location", "dcat:bbox": {"@value": box, "@type": "gsp:wktLiteral"}},
        "dct:accrualPeriodicity": {"@id": f"{EU}frequency/CONT"},
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": [*(_file(proceeding, one) for one in FORMATS.values()), _live(proceeding)],
    }
    if proceeding.phases:
        dataset["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _moment(min(phase.starts_at for phase in proceeding.phases)),
            "dcat:endDate": _moment(max(phase.ends_at for phase in proceeding.phases)),
        }
    return dataset


def _file(proceeding: Proceeding, one: Format) -> dict[str, Any]:
    address = page_url(f"/proceedings/{proceeding.slug}/contributions.{one.suffix}", LANGUAGES[0])
    more = {"dcat:downloadURL": {"@id": address}, "dcat:mediaType": {"@id": IANA + one.media_type.partition(";")[0]}}
    return _distribution(proceeding, address, FILE_TYPES[one.suffix]) | more


def _live(proceeding: Proceeding) -> dict[str, Any]:
    address = page_url(f"/ogc/collections/{proceeding.slug}.contributions", LANGUAGES[0])
    service = {
        "@id": page_url("/ogc/", LANGUAGES[0]),
        "@type": "dcat:DataService",
        "dct:title": "OGC API – Features",
        "dcat:endpointURL": {"@id": page_url("/ogc/", LANGUAGES[0])},
        "dcat:endpointDescription": {"@id": page_url("/ogc/api", LANGUAGES[0])},
        "dct:conformsTo": {"@id": FEATURES},
    }
    return _distribution(proceeding, address, "GEOJSON") | {"dcat:accessService": service}


def _distribution(proceeding: Proceeding, address: str, file_type: str) -> dict[str, Any]:
    distribution = {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": f"{text_in(proceeding.title, LANGUAGES[0])} ({file_type})",
        "dcat:accessURL": {"@id": address},
        "dct:format": {"@id": f"{EU}file-type/{file_type}"},
    }
    licence = LICENCES.get(proceeding.licence.lower())
    if licence:
        distribution["dct:license"] = {"@id": licence}
        distribution["dcatde:licenseAttributionByText"] = (
            f"{proceeding.organiser}, {text_in(proceeding.title, LANGUAGES[0])}"
        )
    return distribution


def _agent(name: str) -> dict[str, Any]:
    return {"@type": "foaf:Agent", "foaf:name": name}


def _moment(at: datetime) -> dict[str, str]:
    return {"@value": rfc3339(at), "@type": "xsd:dateTime"}


def _translated(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language} for language, text in texts.items() if text]


def _in_each_language(words: Any) -> dict[str, str]:
    texts = {}
    for language in LANGUAGES:
        with force_locale(language):
            texts[language] = str(words)
    return texts
