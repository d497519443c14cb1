"""All blueprints and commands, and the list of routes that strangers may use: every other route is closed."""

from typing import Any

from flask import Flask, g, redirect, request, url_for
from flask_babel import gettext
from flask_migrate.cli import db as migration_commands  # type: ignore[import-not-found]  # the stubs lack it
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from participation.accounts import commands as account_commands
from participation.accounts import views as account_views
from participation.accounts.actors import STRANGER
from participation.accounts.models import Role
from participation.accounts.sessions import Credentials, current_actor, login_manager
from participation.complaints import views as complaint_views
from participation.contributions import steps
from participation.contributions import views as contribution_views
from participation.database import LARGEST_ID
from participation.database import commands as database_commands
from participation.demo import commands as demo_commands
from participation.digests import commands as digest_commands
from participation.errors import NotFound, NotSignedIn, wants_json
from participation.exports import views as export_views
from participation.imports import commands as import_commands
from participation.interfaces import api, atom, catalog, sitemap
from participation.interfaces.dipas import views as dipas_views
from participation.interfaces.ogc import tile_views
from participation.interfaces.ogc import views as ogc_views
from participation.jobs import commands as job_commands
from participation.moderation import commands as moderation_commands
from participation.moderation.waiting import MOST_TOLD, waiting_count
from participation.notices import views as notice_views
from participation.notifications import commands as notification_commands
from participation.operation import commands as operation_commands
from participation.operation import views as operation_views
from participation.pages import (
    api_docs,
    batch_desk,
    complaint_desk,
    embed,
    embedding_desk,
    holding_rules,
    import_desk,
    moderation_desk,
    moderation_log,
    rules_desk,
    voters,
)
from participation.pages import casework as casework_pages
from participation.pages import contribution as contribution_pages
from participation.pages import mails as mail_pages
from participation.pages import views as page_views
from participation.planning import views as planning_views
from participation.proceedings import commands as proceeding_commands
from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import may_manage
from participation.proceedings.queries import proceeding_by_slug
from participation.tokens import views as token_views


class IdConverter(IntegerConverter):
    """`<id:…>` in an address: a number that a row can have; any other one is no page (404)."""

    def __init__(self, map_: Map) -> None:
        super().__init__(map_, min=1, max=LARGEST_ID)


PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "accounts.sign_in",
        "pages.portal",
        "pages.privacy",
        "pages.imprint",
        "pages.accessibility",
        "operation.healthz",
        "operation.readyz",
        "operation.metrics",
        "pages.basemap",
        "pages.proceeding",
        "pages.about",
        "contribution_page.contribution",
        "contribution_page.vote",
        "contribution_page.comment",
        "pages.receipt",
        "contributions.map_data",
        "contributions.confirm",
        "mails.stop",
        "notices.report",
        "notices.receipt",
        "complaints.decision",
        "complaints.about_decision",
        "complaints.about_answer",
        "complaints.receipt",
        "contributing.start",
        "contributing.place",
        "contributing.topic",
        "contributing.text",
        "contributing.check",
        "dipas.projects",
        "dipas.project",
        "dipas.contributions",
        "dipas.commented_contributions",
        "dipas.comments",
        "dipas.conception_comments",
        "dipas.city",
        "dipas.rest",
        "dipas.contribution_layer",
        "dipas.area_layer",
        "dipas.areas_layer",
        "dipas.icon",
        "dipas.nothing",
        "dipas.website",
        "exports.public",
        "exports.schema",
        "exports.prepare_public",
        "exports.job",
        "exports.file",
        "feeds.atom",
        "catalog.json_ld",
        "catalog.turtle",
        "sitemap.robots",
        "sitemap.index",
        "sitemap.pages",
        "sitemap.contributions",
        "embed.page",
        "embed.oembed",
        "moderation_log.page",
        "moderation_log.as_csv",
        "moderation_log.as_json",
        "ogc.landing",
        "ogc.conformance",
        "ogc.api",
        "ogc.collections",
        "ogc.collection",
        "ogc.queryables",
        "ogc.items",
        "ogc.item",
        "ogc_tiles.tilesets",
        "ogc_tiles.tileset",
        "ogc_tiles.tile",
        "api_docs.page",
        *api.public_endpoints(),
    }
)
# Blueprints where programs act with a token; at every other address a token counts for nothing.
ONLY_TOKENS = frozenset({"api"})  # no cookie is read, so no other site can act in somebody's name
FOR_EVERYBODY = frozenset({"dipas", "catalog", "sitemap"})
TOKENS_OR_COOKIES = frozenset({"exports", "ogc", "ogc_tiles"})  # what pages link to, too


def credentials_here() -> Credentials:
    """Return by what the address of this request knows who acts."""
    if request.blueprint in FOR_EVERYBODY:
        return Credentials.NONE
    if request.blueprint in ONLY_TOKENS:
        return Credentials.TOKENS
    return Credentials.EITHER if request.blueprint in TOKENS_OR_COOKIES else Credentials.COOKIES


def refuse_strangers() -> Response | None:
    """Lead strangers to the sign-in page (or refuse, for programs) unless the route is public."""
    if credentials_here() is not Credentials.COOKIES:
        current_actor()  # a wrong token is refused before anything else, also where none is needed
    if request.endpoint is None or request.endpoint in PUBLIC_ENDPOINTS or current_actor().is_signed_in:
        return None
    if wants_json() or request.method != "GET":
        raise NotSignedIn
    return redirect(sign_in_url(), 303)


def sign_in_url() -> str:
    """Return the address of the sign-in page, which leads back to this page.

    The portal is nothing to come back to: who signs in there is led to the own desk.
    """
    wanted = request.args.get("next") if request.endpoint == "accounts.sign_in" else _own_address()
    return url_for("accounts.sign_in", next=wanted or None)


def _own_address() -> str | None:
    """Return the address of this page for a later visit, or None if there is no use in one."""
    can_be_opened = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    if not can_be_opened or request.endpoint == "pages.portal":
        return None
    return request.script_root + request.full_path.rstrip("?")


def proceeding_here() -> Proceeding | None:
    """Return the proceeding whose address this is, if there is one that this person may see."""
    slug = (request.view_args or {}).get("slug")
    try:
        return proceeding_by_slug(current_actor(), slug) if slug else None
    except NotFound:
        return None


def act_as_stranger() -> None:
    """Take whoever this is for a stranger from now on: an error page must not ask a database that does not answer."""
    g.actor = STRANGER
    g._login_user = login_manager.anonymous_user()  # where Flask-Login keeps who it has asked for


def staff_links() -> list[dict[str, Any]]:
    """Return links to the desks this person works at, for the menu; `waiting`: how much does, told up to a bound."""
    actor = current_actor()
    desks = []
    if actor.proceeding_ids(Role.MODERATOR):
        desks.append(("moderation.queue", gettext("Moderation")))
    if actor.proceeding_ids(Role.PLANNER):
        desks.append(("planning.desks", gettext("Evaluation")))
    if actor.proceeding_ids(Role.MANAGER):
        desks.append(("rules_desk.desks", gettext("Set up")))
    return [
        {"url": url_for(endpoint), "label": label, "waiting": _waiting() if endpoint == "moderation.queue" else 0}
        for endpoint, label in desks
    ]


def _waiting() -> int:
    """Return how much waits for this moderator; asked once a request."""
    if "waiting" not in g:
        g.waiting = waiting_count(current_actor())
    number: int = g.waiting
    return number


def manage_tabs(proceeding: Proceeding) -> list[tuple[str, str, bool]]:
    """Return the pages on which a proceeding is set up: (text, address, whether it is this one)."""
    pages = [("mails.sent", gettext("Mails to participants"))]
    if may_manage(current_actor(), proceeding.id):
        pages = [
            ("rules_desk.rules", gettext("Rules and text blocks")),
            ("holding_rules.rules", gettext("Holding texts")),
            ("embedding_desk.embedding", gettext("Embedding")),
            ("import_desk.imports", gettext("Import")),
            *pages,
        ]
    here = request.script_root + request.path
    addresses = [(url_for(endpoint, slug=proceeding.slug), text) for endpoint, text in pages]
    return [(text, address, here.startswith(address)) for address, text in addresses]


def init_routes(app: Flask) -> None:
    """Register everything that has an address or a command."""
    app.jinja_env.globals.update(
        staff_links=staff_links,
        most_waiting=MOST_TOLD,
        manage_tabs=manage_tabs,
        sign_in_url=sign_in_url,
        proceeding_here=proceeding_here,
    )
    app.extensions["credentials_here"] = credentials_here
    app.before_request(refuse_strangers)
    app.url_map.converters["id"] = IdConverter
    for bp in (
        account_views.bp,
        contribution_views.bp,
        steps.bp,
        moderation_log.bp,
        notice_views.bp,
        complaint_views.bp,
        moderation_desk.bp,
        complaint_desk.bp,
        batch_desk.bp,
        voters.bp,
        casework_pages.bp,
        rules_desk.bp,
        holding_rules.bp,
        embedding_desk.bp,
        import_desk.bp,
        embed.bp,
        planning_views.bp,
        export_views.bp,
        dipas_views.bp,
        ogc_views.bp,
        tile_views.bp,
        atom.bp,
        catalog.bp,
        sitemap.bp,
        page_views.bp,
        contribution_pages.bp,
        mail_pages.bp,
        token_views.bp,
        api.bp,
        api_docs.bp,
        operation_views.bp,
    ):
        app.register_blueprint(bp)
    account_commands.users.add_command(proceeding_commands.grant)
    migration_commands.add_command(database_commands.rebuild_index)
    for command in (
        account_commands.users,
        notification_commands.send_mail,
        notification_commands.note_bounced_mail,
        digest_commands.send_digests,
        import_commands.import_file,
        job_commands.worker,
        moderation_commands.screening,
        operation_commands.save,
        operation_commands.bring_back,
        operation_commands.ask_doctor,
        operation_commands.purge_by_age,
        demo_commands.seed_load,
        demo_commands.load_demo_once,
    ):
        app.cli.add_command(command)
