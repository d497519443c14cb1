"""A mail is written once, as plain text; its HTML twin is made of the same blocks.

A template is plain text with these conventions, which read well in a plain-text mail, too:

- the first line is the subject, and the heading of the HTML part;
- blank lines part paragraphs;
- what somebody wrote stands in `quoted(…)`: each line begins with “> ”;
- lines that all begin with “- ” are a list;
- two lines, a label with a colon and below it an address of this site alone, are a link: the first one is the button.

Since the words of others stand behind “> ” or inside a sentence, they can make none of these blocks.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from flask import current_app, render_template
from flask_babel import force_locale

from participation.languages import page_url

BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a mail; of a link, the only line is its label."""

    kind: Literal["text", "quote", "list", "link"]
    lines: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail ready to be sent: the same words as plain text and as HTML."""

    subject: str
    text: str
    html: str
    language: str
    unsubscribe_url: str = ""


def write_mail(
    template: str, language: str, values: dict[str, Any], *, unsubscribe_path: str | None = None
) -> WrittenMail:
    """Write a mail in a language, both parts of it.

    Args:
        template: templates/mails/<template>.txt.
        language: of the recipient.
        values: what the template asks for, beside `language`, `page_url`, `quoted` and `unsubscribe_url`.
        unsubscribe_path: page that stops mails of this kind, if they can be stopped.
    """
    unsubscribe_url = page_url(unsubscribe_path, language) if unsubscribe_path else ""
    given = values | {"language": language, "page_url": page_url, "quoted": quoted, "unsubscribe_url": unsubscribe_url}
    with force_locale(language):
        subject, _, body = _rendered(f"mails/{template}.txt", given).partition("\n")
        signature = _rendered("mails/signature.txt", given)
        subject, body = " ".join(subject.split()), body.strip()
        html = render_template(
            "mails/layout.html", language=language, subject=subject, blocks=blocks(body), signature=blocks(signature)
        )
    text = f"{body}\n\n-- \n{signature}\n"  # RFC 3676, 4.3: two dashes and a space before a signature
    return WrittenMail(subject, text, html, language, unsubscribe_url)


def _rendered(template: str, values: dict[str, Any]) -> str:
    return BLANK_LINES.sub("\n\n", render_template(template, **values).strip())


def quoted(text: object) -> str:
    """Set what somebody wrote apart, line by line, as mails do."""
    return "\n".join(f"> {line}".rstrip() for line in str(text).splitlines())


def blocks(body: str) -> list[Block]:
    """Take the plain text of a mail apart."""
    return [_block(tuple(paragraph.split("\n"))) for paragraph in body.split("\n\n")]


def _block(lines: tuple[str, ...]) -> Block:
    if all(line.startswith(">") for line in lines):
        return Block("quote", tuple(line[1:].removeprefix(" ") for line in lines))
    if all(line.startswith("- ") for line in lines):
        return Block("list", tuple(line[2:] for line in lines))
    if len(lines) == 2 and lines[0].endswith(":") and _is_own_address(lines[1]):
        return Block("link", (lines[0][:-1],), lines[1])
    return Block("text", lines)


def _is_own_address(line: str) -> bool:
    return line.startswith(f"{current_app.extensions['settings'].base_url}/") and len(line.split()) == 1
