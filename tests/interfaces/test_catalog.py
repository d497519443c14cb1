"""The catalogue for data portals: both forms say the same, and what DCAT-AP.de asks for is there."""

import json
from urllib.parse import urlsplit

import pytest
from rdflib import Graph, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from participation.database import transaction
from participation.exports.formats import FORMATS
from participation.proceedings.models import Proceeding, ProceedingState

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")


@pytest.fixture
def graph(client, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    make_contribution(proceeding)
    make_proceeding("second", state=ProceedingState.CLOSED)
    make_proceeding("draft", state=ProceedingState.DRAFT)
    return Graph().parse(data=client.get("/catalog.ttl").data, format="turtle")


def test_turtle_and_json_ld_say_the_same(client, graph):
    other = Graph().parse(data=client.get("/catalog.jsonld").data, format="json-ld")
    assert len(graph) > 40
    assert isomorphic(graph, other)


def test_every_public_proceeding_is_a_data_set_and_no_draft_is(graph):
    (catalog,) = graph.subjects(RDF.type, DCAT.Catalog)
    for property_ in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, FOAF.homepage):
        assert list(graph.objects(catalog, property_))
    pages = {urlsplit(str(page)).path for page in graph.objects(None, DCAT.landingPage)}
    assert pages == {"/proceedings/churchyard", "/proceedings/second"}
    assert len(list(graph.objects(catalog, DCAT.dataset))) == 2


def test_data_sets_say_what_dcat_ap_de_asks_for(graph):
    asked = (
        *(DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.identifier, DCTERMS.issued),
        *(DCTERMS.modified, DCTERMS.spatial, DCTERMS.temporal, DCTERMS.language, DCTERMS.accrualPeriodicity),
        *(DCAT.contactPoint, DCAT.keyword, DCAT.theme, DCAT.distribution, DCAT.landingPage),
    )
    for dataset in graph.subjects(RDF.type, DCAT.Dataset):
        for property_ in asked:
            assert list(graph.objects(dataset, property_)), property_
        (contact,) = graph.objects(dataset, DCAT.contactPoint)
        assert list(graph.objects(contact, VCARD.fn))
        assert {title.language for title in graph.objects(dataset, DCTERMS.title)} == {"de", "en"}


def test_every_distribution_can_be_downloaded_as_what_it_says(client, graph):
    files = list(graph.subjects(DCAT.downloadURL))
    assert len(files) == 2 * len(FORMATS)
    for distribution in files:
        (address,) = graph.objects(distribution, DCAT.downloadURL)
        (media_type,) = graph.objects(distribution, DCAT.mediaType)
        answer = client.get(urlsplit(str(address)).path)
        assert answer.status_code == 200
        assert str(media_type).endswith(answer.mimetype)
        (licence,) = graph.objects(distribution, DCTERMS.license)
        assert licence == URIRef("http://dcat-ap.de/def/licenses/dl-by-de/2.0")
        assert list(graph.objects(distribution, DCATDE.licenseAttributionByText))


def test_the_live_interface_is_a_distribution_with_its_service(client, graph):
    (service,) = graph.subjects(RDF.type, DCAT.DataService)
    (endpoint,) = graph.objects(service, DCAT.endpointURL)
    assert client.get(urlsplit(str(endpoint)).path).status_code == 200
    live = list(graph.subjects(DCAT.accessService, service))
    assert len(live) == 2
    for distribution in live:
        (address,) = graph.objects(distribution, DCAT.accessURL)
        assert client.get(urlsplit(str(address)).path).status_code == 200


def test_a_licence_that_portals_do_not_know_is_left_out(app, client, make_proceeding):
    proceeding = make_proceeding()
    with app.app_context(), transaction() as session:
        session.get_one(Proceeding, proceeding.id).licence = "own-terms"
    catalog = json.loads(client.get("/catalog.jsonld").data)
    assert "dct:license" not in catalog["dcat:dataset"][0]["dcat:distribution"][0]


def test_a_portal_gets_the_catalogue_again_only_after_a_change(client, make_proceeding, make_contribution):
    proceeding = make_proceeding()
    for path in ("/catalog.ttl", "/catalog.jsonld"):
        first = client.get(path)
        assert first.headers["Access-Control-Allow-Origin"] == "*"
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        make_contribution(proceeding)
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
