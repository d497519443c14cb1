"""The addresses of DIPAS, at the root for the installation and below `/proceedings/<slug>` for each proceeding."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from participation.database import id_in
from participation.errors import NotFound, ParticipationError
from participation.interfaces.dipas import icons, layers, navigator, pages, pds
from participation.interfaces.dipas.answers import (
    CACHE,
    on_http_error,
    on_refusal,
    open_to_every_origin,
    state_of,
    streamed,
    success,
    whole,
)
from participation.interfaces.dipas.asked import (
    listed_contribution,
    note_asked,
    proceeding_asked,
    public_proceeding,
    public_proceedings,
    slug_asked,
)
from participation.interfaces.dipas.rest import READS
from participation.proceedings.models import Proceeding

bp = Blueprint("dipas", __name__)
bp.url_value_preprocessor(note_asked)
bp.after_request(open_to_every_origin)
bp.register_error_handler(ParticipationError, on_refusal)
bp.register_error_handler(HTTPException, on_http_error)

LANGUAGE = "/<any(de, en):language>"
PREFIXES = ("/drupal", f"/drupal{LANGUAGE}", "/proceedings/<slug>/drupal", f"/proceedings/<slug>/drupal{LANGUAGE}")
ANY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")
PROJECT = "/dipas-pds/projects/<project>"
View = Callable[..., AnyResponse]


def at(*rules: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Give a view all addresses that DIPAS accepts for it: with and without a proceeding and a language."""

    def register(view: View) -> View:
        for prefix in PREFIXES:
            for rule in rules:
                bp.add_url_rule(prefix + rule, view_func=view, methods=methods)
        return view

    return register


@at("/dipas-pds/projects")
def projects() -> AnyResponse:
    """Tell all proceedings."""
    return _projects(public_proceedings())


@at(PROJECT)
def project(project: str) -> AnyResponse:
    """Tell one proceeding; of an unknown one nearly nothing."""
    found = _project(project)
    return _projects([found]) if found else whole(pds.collection([pds.unknown_project(project)]))


@at(f"{PROJECT}/contributions", f"{PROJECT}/contributions/<number>")
def contributions(project: str, number: str | None = None) -> AnyResponse:
    """Tell all contributions of a proceeding, or one."""
    return _contributions(project, number, with_comments=False)


@at(f"{PROJECT}/commentedcontributions", f"{PROJECT}/commentedcontributions/<number>")
def commented_contributions(project: str, number: str | None = None) -> AnyResponse:
    """Tell contributions together with their comments."""
    return _contributions(project, number, with_comments=True)


@at(f"{PROJECT}/contributions/<number>/comments")
def comments(project: str, number: str) -> AnyResponse:
    """Tell the comments on one contribution."""
    found = _project(project)
    contribution = listed_contribution(found, _number(number)) if found else None
    if found is None or contribution is None:
        return whole(pds.collection([]))
    return whole(pds.comments_collection(found, contribution))


@at(f"{PROJECT}/conception_comments")
def conception_comments(project: str) -> AnyResponse:
    """Tell the comments on drafts, of which there are none yet."""
    _project(project)
    return whole(pds.collection([]))


@at("/dipas/navigator/<key>", "/dipas/navigator/<key>/<parameter>")
def city(key: str, parameter: str = "") -> AnyResponse:
    """Tell the navigator about all proceedings."""
    if key == "page":
        template = pages.NAVIGATOR_PAGES.get(parameter)
        if template is None:
            raise pages.unset_page()
        return whole(success(pages.site_page(template)))
    read = navigator.READS.get(key)
    if read is None:
        raise NotFound(f"Unknown key: {key}")
    return whole(success(read()))


@at("/dipas/<key>", "/dipas/<key>/<number>")
def rest(key: str, number: str = "0") -> AnyResponse:
    """Tell what a front end of DIPAS asks about one proceeding."""
    read = READS.get(key)
    if read is None:
        raise NotFound(f"Unknown key: {key}")
    if not (number.isascii() and number.isdecimal()):
        raise NotFound("The id is a number.")
    return read(number)


@at("/masterportal/layer/contributions")
def contribution_layer() -> AnyResponse:
    """Send the located contributions to a map."""
    proceeding = proceeding_asked()
    arguments = request.args.to_dict()
    return streamed(lambda: layers.contribution_chunks(proceeding, arguments), state_of([proceeding]))


@at("/masterportal/layer/projectarea")
def area_layer() -> AnyResponse:
    """Send the project area to a map."""
    return whole(layers.project_area(proceeding_asked()))


@at("/masterportal/layer/allprojectareas")
def areas_layer() -> AnyResponse:
    """Send all project areas to a map."""
    return whole(layers.all_project_areas())


@at("/masterportal/icons/<drawing>.svg")
def icon(drawing: str) -> AnyResponse:
    """Send a drawing whose address stands in an answer."""
    response = Response(icons.drawing(drawing), content_type="image/svg+xml")
    response.headers["Cache-Control"] = CACHE
    response.add_etag()
    return response.make_conditional(request)


@at("/", "/<path:_rest>", methods=ANY_METHOD)
def nothing(_rest: str = "") -> AnyResponse:
    """Say in DIPAS' form that there is no such address, or nothing to write."""
    raise NotFound("There is nothing at this address, or not for this method.")


@bp.route("/proceedings/<slug>/")
def website() -> AnyResponse:
    """Lead from the address that DIPAS' readers know a proceeding by to its page."""
    return redirect(url_for("pages.proceeding", slug=slug_asked()), 301)


def _projects(proceedings: list[Proceeding]) -> AnyResponse:
    told = [(proceeding, pds.project_properties(proceeding)) for proceeding in proceedings]
    basis = [properties for _, properties in told]
    return streamed(lambda: pds.project_chunks(told), state_of(proceedings), basis)


def _contributions(project: str, number: str | None, *, with_comments: bool) -> AnyResponse:
    proceeding = _project(project)
    id_ = None if number is None else _number(number)
    if proceeding is None:
        return whole(pds.collection([]))
    return streamed(
        lambda: pds.contribution_chunks(proceeding, with_comments=with_comments, id_=id_),
        state_of([proceeding], with_comments=with_comments),
    )


def _project(id_: str) -> Proceeding | None:
    """Return a public proceeding; NotFound for what cannot be an id, as DIPAS knows no such path."""
    if not pds.PROJECT_ID.fullmatch(id_):
        raise NotFound("Unknown path.")
    return public_proceeding(id_)


def _number(text: str) -> int:
    """Return an id, 0 for one that no row can have; NotFound for what is no number."""
    if not (text.isascii() and text.isdecimal()):
        raise NotFound("Unknown path.")
    return id_in(text) or 0
