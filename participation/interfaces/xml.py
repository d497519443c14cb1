"""XML for other programs, with the characters it allows and the headers a reader needs to ask again only for news."""

import re
from datetime import datetime
from xml.etree import ElementTree as ET

from flask import Response, request

from participation.proceedings.models import Proceeding
from participation.proceedings.permissions import PUBLIC_STATES

# XML 1.0 (Fifth Edition), 2.2: what is no Char may not stand in a document, not even escaped.
NO_CHAR = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Return a text that may stand in XML; each character that may not becomes U+FFFD."""
    return NO_CHAR.sub("\ufffd", text)


def add(parent: ET.Element, tag: str, content: str = "", **attributes: str) -> ET.Element:
    """Append an element with text and attributes."""
    element = ET.SubElement(parent, tag, {name: xml_text(value) for name, value in attributes.items()})
    element.text = xml_text(content) or None
    return element


def xml_response(root: ET.Element, media_type: str) -> Response:
    """Answer with a document and its XML declaration."""
    return Response(ET.tostring(root, encoding="utf-8", xml_declaration=True), content_type=media_type)


def conditional(
    response: Response, proceeding: Proceeding | None = None, changed_at: datetime | None = None
) -> Response:
    """Let a reader ask again for what changed only, and caches keep what everybody may see.

    Args:
        response: the whole answer.
        proceeding: whose data it shows; a draft's are for its team only.
        changed_at: when its content last changed.
    """
    is_open = proceeding is None or proceeding.state in PUBLIC_STATES
    response.headers["Cache-Control"] = "public, no-cache" if is_open else "private, no-cache"
    response.last_modified = changed_at
    response.add_etag()
    response.make_conditional(request)
    return response
