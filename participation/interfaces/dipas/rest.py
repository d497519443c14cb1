"""The keys of `/drupal/dipas/<key>/<id>` that read, and what answers them."""

from collections.abc import Callable
from functools import partial

from flask import request
from werkzeug.wrappers import Response

from participation import clock
from participation.errors import NotFound, ParticipationError
from participation.interfaces.dipas import contribution_list, init, pages, single
from participation.interfaces.dipas.answers import state_of, streamed, success, whole
from participation.interfaces.dipas.asked import contribution_asked, proceeding_asked

Read = Callable[[str], Response]


def _init(_number: str) -> Response:
    try:
        payload = init.start(proceeding_asked())
    except NotFound:
        payload = init.redirection()
    return whole(success(payload), timestamp=int(clock.now().timestamp()))


def _contribution_list(_number: str) -> Response:
    proceeding = proceeding_asked()
    wanted = contribution_list.Wanted.from_arguments(request.args)
    return streamed(lambda: contribution_list.contribution_list_chunks(proceeding, wanted), state_of([proceeding]))


def _statistics(_number: str) -> Response:
    proceeding = proceeding_asked()
    return streamed(lambda: contribution_list.statistics_chunks(proceeding), state_of([proceeding]))


def _related(number: str) -> Response:
    return whole(success({"related": contribution_list.related(*contribution_asked(number))}))


def _details(number: str) -> Response:
    return whole(success(single.contribution_details(contribution_asked(number)[1])))


def _comments(number: str) -> Response:
    return whole(success(single.comments_of(contribution_asked(number)[1])))


def _map(_number: str) -> Response:
    return whole(success({"extent": single.map_extent(proceeding_asked())}))


def _schedule(_number: str) -> Response:
    return whole(success(single.no_appointments(proceeding_asked(), request.args)))


def _project_info(_number: str) -> Response:
    return whole(success(pages.project_info(proceeding_asked())))


def _site_page(template: str, _number: str) -> Response:
    return whole(success(pages.site_page(template)))


def _unset(_number: str) -> Response:
    raise pages.unset_page()


def _no_conception(_number: str) -> Response:
    raise ParticipationError("There is no conception with this id.")


def _no_other_conceptions(_number: str) -> Response:
    return whole(success({"otherConceptions": []}))


READS: dict[str, Read] = {
    "init": _init,
    "contributionlist": _contribution_list,
    "contributiondetails": _details,
    "contributionmap": _map,
    "relatedcontributions": _related,
    "statistics": _statistics,
    "getcomments": _comments,
    "schedule": _schedule,
    "projectinfo": _project_info,
    "conceptiondetails": _no_conception,
    "otherconceptions": _no_other_conceptions,
    **{key: partial(_site_page, template) for key, template in pages.FOOTER_PAGES.items()},
    **dict.fromkeys(sorted(pages.UNSET_PAGES), _unset),
}
