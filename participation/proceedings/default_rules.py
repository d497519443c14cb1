"""The rules a new proceeding begins with; managers change them there."""

from typing import Any, NamedTuple

from participation import clock
from participation.proceedings.models import Rule


class DefaultRule(NamedTuple):
    """One rule; name, explanation and breach as (German, English)."""

    key: str
    name: tuple[str, str]
    explanation: tuple[str, str]
    breach: tuple[str, str]


DEFAULT_RULES = (
    DefaultRule(
        "off_topic",
        ("Bleiben Sie beim Thema.", "Stay on the subject."),
        ("Es geht um diesen Ort und um dieses Vorhaben.", "This is about this place and this plan."),
        ("Er gehört nicht zu diesem Verfahren.", "It does not belong to this consultation."),
    ),
    DefaultRule(
        "insult",
        ("Bleiben Sie freundlich.", "Stay friendly."),
        (
            "Widersprechen Sie der Sache, nicht dem Menschen. Beleidigungen und Drohungen erscheinen nicht.",
            "Disagree with the point, not with the person. Insults and threats will not be published.",
        ),
        ("Er beleidigt oder bedroht Menschen.", "It insults or threatens people."),
    ),
    DefaultRule(
        "personal_data",
        ("Nennen Sie keine Daten anderer Menschen.", "Leave out data about other people."),
        (
            "Dazu gehören Namen, Telefonnummern, Adressen und Kennzeichen.",
            "That includes names, phone numbers, addresses and number plates.",
        ),
        ("Er nennt persönliche Daten anderer Menschen.", "It names personal data of others."),
    ),
    DefaultRule(
        "advertising",
        ("Machen Sie keine Werbung.", "Do not advertise."),
        (
            "Das gilt für Waren, Wohnungen, Vereine und Parteien.",
            "This holds for goods, flats, clubs and parties.",
        ),
        ("Er ist Werbung oder Spam.", "It is advertising or spam."),
    ),
    DefaultRule(
        "false_claim",
        ("Behaupten Sie nichts Falsches.", "Do not claim what is not true."),
        (
            "Schwere Vorwürfe gegen Menschen oder Firmen gehören nicht hierher.",
            "Serious accusations against people or companies do not belong here.",
        ),
        ("Er erhebt einen schweren Vorwurf ohne Beleg.", "It makes a serious accusation without proof."),
    ),
    DefaultRule(
        "repetition",
        ("Schreiben Sie einmal und in eigenen Worten.", "Write once and in your own words."),
        (
            "Gleiche Texte in Serie nehmen wir zusammen oder blenden sie aus.",
            "We combine or hide the same text sent in series.",
        ),
        (
            "Er wiederholt einen Text, der mehrfach gesendet wurde.",
            "It repeats a text that was sent several times.",
        ),
    ),
    DefaultRule(
        "illegal",
        ("Schreiben Sie nichts Strafbares.", "Write nothing that is against the law."),
        ("Solche Beiträge geben wir an die Polizei.", "We pass such contributions on to the police."),
        (
            "Er ist vielleicht strafbar oder jugendgefährdend.",
            "It may be against the law, or harm young people.",
        ),
    ),
    DefaultRule(
        "votes",
        ("Stimmen Sie selbst ab, und einmal.", "Cast your own vote, and once."),
        (
            "Nicht mit Programmen und nicht unter mehreren Namen.",
            "Not with programs, and not under several names.",
        ),
        (
            "Jemand hat mehrfach oder mit einem Programm abgestimmt.",
            "Someone voted several times or with a program.",
        ),
    ),
)


def default_rules() -> list[Rule]:
    """Make the first wordings of the default rules, for a new proceeding."""
    now = clock.now()
    return [
        Rule(
            key=rule.key,
            position=position,
            name=_in_both(rule.name),
            explanation=_in_both(rule.explanation),
            breach=_in_both(rule.breach),
            created_at=now,
        )
        for position, rule in enumerate(DEFAULT_RULES, start=1)
    ]


def _in_both(texts: tuple[str, str]) -> dict[str, Any]:
    return dict(zip(("de", "en"), texts, strict=True))
