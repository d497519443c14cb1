"""Proceedings with their phases and topics."""

from typing import Any

from flask_babel import lazy_gettext

from participation.accounts.actors import Actor
from participation.interfaces.api import answers
from participation.interfaces.api.registry import operation
from participation.languages import current_language, page_url
from participation.proceedings.models import GeometryKind, Proceeding
from participation.proceedings.phases import Act, is_open
from participation.proceedings.queries import proceeding_by_slug, rules_in_force, visible_proceedings

TAG = "proceedings"


@operation(
    "GET", "/proceedings", tag=TAG, summary=lazy_gettext("All consultations that one may see"),
    answer=answers.Proceedings,
)  # fmt: skip
def proceedings(actor: Actor) -> answers.Proceedings:
    """List public proceedings; with a token of the staff drafts of the own team, too."""
    found = [answers.ProceedingSummary(**_summary(one)) for one in visible_proceedings(actor)]
    return answers.Proceedings(items=found)


@operation("GET", "/proceedings/<slug>", tag=TAG, summary=lazy_gettext("One consultation"), answer=answers.Proceeding)
def proceeding(actor: Actor, slug: str) -> answers.Proceeding:
    """Tell everything about one proceeding, with phases, topics and rules."""
    one = proceeding_by_slug(actor, slug)
    return answers.Proceeding(
        **_summary(one),
        about=one.about,
        rules_note=one.rules_note,
        results=one.results,
        contact_email=one.contact_email,
        area=answers.geometry_object(one.project_area),
        placing=one.placing,
        is_place_required=one.is_place_required,
        geometry_kinds=[GeometryKind(kind) for kind in one.geometry_kinds],
        text_longest=one.text_max,
        moderation_mode=one.moderation_mode,
        voting=one.voting,
        phases=[answers.Phase.model_validate(phase) for phase in one.phases],
        categories=[answers.Category.model_validate(category) for category in one.categories],
        types=[answers.ContributionType.model_validate(type_) for type_ in one.types],
        rules=[answers.Rule.model_validate(rule) for rule in rules_in_force(one.id)],
    )


@operation(
    "GET", "/proceedings/<slug>/phases", tag=TAG, summary=lazy_gettext("The phases of a consultation"),
    answer=answers.Phases,
)  # fmt: skip
def phases(actor: Actor, slug: str) -> answers.Phases:
    """List the phases of a proceeding."""
    one = proceeding_by_slug(actor, slug)
    return answers.Phases(items=[answers.Phase.model_validate(phase) for phase in one.phases])


@operation(
    "GET", "/proceedings/<slug>/categories", tag=TAG, summary=lazy_gettext("The topics of a consultation"),
    answer=answers.Categories,
)  # fmt: skip
def categories(actor: Actor, slug: str) -> answers.Categories:
    """List the topics of a proceeding."""
    one = proceeding_by_slug(actor, slug)
    return answers.Categories(items=[answers.Category.model_validate(category) for category in one.categories])


def _summary(one: Proceeding) -> dict[str, Any]:
    names = ("slug", "state", "title", "subtitle", "summary", "organiser", "licence", "languages")
    return {name: getattr(one, name) for name in names} | {
        "open_for": [act for act in Act if is_open(one, act)],
        "url": page_url(f"/proceedings/{one.slug}", current_language()),
    }
