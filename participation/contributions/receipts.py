"""The author's receipt: a secret link that the database alone does not reveal, and a fingerprint anyone can check."""

from datetime import UTC, datetime
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from participation.contributions.models import Contribution
from participation.ledger.commitments import canonical, commitment, sha256
from participation.security import link_secret, row_by_secret


def receipt_secret(contribution: Contribution) -> str:
    """Return the secret of `/receipts/<secret>`."""
    return link_secret(contribution.id, contribution.receipt_nonce, "receipt")


def contribution_id_by_secret(secret: str) -> int:
    """Return the id of the contribution whose secret link this is.

    Raises:
        NotFound: the link is wrong, or was replaced by a new one.
    """
    return row_by_secret(Contribution, secret, receipt_secret).id


def canonical_text(
    *,
    proceeding: str,
    title: str,
    text: str,
    category: str,
    type_: str | None,
    geometry: BaseGeometry | None,
    created_at: datetime,
) -> bytes:
    """Return what the fingerprint is made of: JSON in UTF-8, keys in alphabetical order, no spaces (as RFC 8785 does).

    `geometry` is written as GeoJSON, `created_at` as RFC 3339 in UTC; category and type by their keys.
    """
    content: dict[str, Any] = {
        "category": category,
        "created_at": created_at.astimezone(UTC).isoformat(),
        "geometry": None if geometry is None else orjson.loads(shapely.to_geojson(geometry)),
        "proceeding": proceeding,
        "text": text,
        "title": title,
        "type": type_,
    }
    return canonical(content)


def sent_commitment(contribution: Any) -> str | None:
    """Return the number by which the author finds in the public ledger what was sent; none if it was erased."""
    return None if contribution.salt is None else commitment(contribution.salt, contribution.fingerprint)


def present_commitment(contribution: Any, proceeding: str, category: str, type_: str | None) -> str | None:
    """Return the commitment to a contribution as it stands now, with place and topic; none if it was erased.

    Args:
        contribution: it, or a row of salt, title, text, geometry and created_at.
        proceeding: slug.
        category: key.
        type_: key.
    """
    if contribution.salt is None:
        return None
    text = canonical_text(
        proceeding=proceeding,
        title=contribution.title,
        text=contribution.text,
        category=category,
        type_=type_,
        geometry=contribution.geometry,
        created_at=contribution.created_at,
    )
    return commitment(contribution.salt, sha256(text))
