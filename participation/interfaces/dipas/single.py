"""REST reads of single things: one contribution, its comments, the extent of the map, appointments."""

from collections.abc import Mapping
from typing import Any

import shapely

from participation.contributions.models import Contribution
from participation.discussion.joint_votes import last_vote_at
from participation.geodata.checking import DECIMALS
from participation.geodata.writing import geometry_json
from participation.interfaces.dipas.comments import comments_about, count_of, rest_comments
from participation.interfaces.dipas.contribution_list import Wanted, list_head
from participation.interfaces.dipas.periods import moment_words
from participation.interfaces.dipas.words import centre, raw
from participation.proceedings.models import Proceeding


def contribution_details(contribution: Contribution) -> dict[str, Any]:
    """Return one contribution; category and type are numbers here, unlike in lists."""
    shape = contribution.geometry
    geometry = None if shape is None else raw(geometry_json(shapely.to_wkb(shape, byte_order=1)))
    return {
        "nid": str(contribution.id),
        "title": contribution.title,
        "text": contribution.text,
        "category": contribution.category_id,
        "rubric": False if contribution.type_id is None else contribution.type_id,
        "geodata": {} if shape is None else {"geometry": geometry, "centerPoint": centre(shape)},
        "user": "",
        "rating": _rating(contribution),
        "keywords": "",
        "created": moment_words(contribution.created_at),
    }


def comments_of(contribution: Contribution) -> dict[str, Any]:
    """Return everything that was said about a contribution."""
    said = comments_about([contribution.id])[contribution.id]
    return {
        "contributionID": str(contribution.id),
        "comments": rest_comments(said),
        "commentcount": count_of(said),
    }


def map_extent(proceeding: Proceeding) -> dict[str, float]:
    """Return the box round the project area, in degrees."""
    west, south, east, north = proceeding.project_area.bounds
    extent = {
        "lon_min": west,
        "lat_min": south,
        "lon_max": east,
        "lat_max": north,
        "lon_diff": east - west,
        "lon_avg": (west + east) / 2,
        "lat_diff": north - south,
        "lat_avg": (south + north) / 2,
    }
    return {name: round(number, DECIMALS) for name, number in extent.items()}


def no_appointments(proceeding: Proceeding, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Return the list of appointments, of which we have none yet."""
    paged = {name: value for name, value in arguments.items() if name != "sort"}
    wanted = Wanted.from_arguments(paged, direction="ASC")
    return {**list_head(wanted, f"/proceedings/{proceeding.slug}/drupal/dipas/schedule", 0, sort="date"), "nodes": []}


def _rating(contribution: Contribution) -> dict[str, Any]:
    """Return sums of votes: strings and a date, but numbers and false where nobody voted."""
    votes = contribution.votes_for + contribution.votes_against
    if not votes:
        return {"allVotes": 0, "upVotes": 0, "downVotes": 0, "voteAverage": 0, "lastVote": False}
    last = last_vote_at(contribution.id)
    return {
        "allVotes": str(votes),
        "upVotes": str(contribution.votes_for),
        "downVotes": str(contribution.votes_against),
        "voteAverage": f"{(contribution.votes_for - contribution.votes_against) / votes:.4f}",
        "lastVote": False if last is None else moment_words(last),
    }
