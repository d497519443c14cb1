"""The text blocks a new proceeding begins with; managers change them there."""

from participation import clock
from participation.moderation.models import TextBlock

# Key of the rule, name among moderators, German, English.
DEFAULT_TEXT_BLOCKS = (
    (
        "off_topic",
        "Anderes Thema",
        (
            "Ihr Text handelt von etwas anderem als „{consultation}“. Hier sammeln wir nur Hinweise zu dieser Sache. "
            "Für andere Anliegen schreiben Sie bitte an {contact}."
        ),
        (
            "Your text is about something else than “{consultation}”. Here we collect statements about this plan only. "
            "For other matters please write to {contact}."
        ),
    ),
    (
        "insult",
        "Beleidigung",
        (
            "In Ihrem Text vom {date} werden Menschen herabgesetzt. Es geht um diese Stelle: […]. "
            "Schreiben Sie gern noch einmal, was Sie an der Sache stört."
        ),
        (
            "Your text of {date} puts people down. It is about this passage: […]. "
            "You are welcome to write again what you dislike about the matter."
        ),
    ),
    (
        "personal_data",
        "Daten anderer Menschen",
        (
            "In Ihrem Text stehen Angaben, an denen man eine andere Person erkennt: […]. "
            "Ohne diese Angaben veröffentlichen wir ihn gern."
        ),
        (
            "Your text has details by which another person can be recognised: […]. "
            "Without these details we are happy to publish it."
        ),
    ),
    (
        "advertising",
        "Werbung",
        "Ihr Text wirbt für […]. Werbung veröffentlichen wir hier nicht, auch nicht für gute Zwecke.",
        "Your text advertises […]. We do not publish advertising here, not even for good causes.",
    ),
    (
        "false_claim",
        "Vorwurf ohne Beleg",
        (
            "Ihr Text wirft […] etwas Schweres vor, ohne dass man es prüfen kann. "
            "Wenn Sie Belege haben, schreiben Sie bitte an {contact}."
        ),
        (
            "Your text accuses […] of something serious that nobody can check. "
            "If you have proof, please write to {contact}."
        ),
    ),
    (
        "repetition",
        "Schon einmal geschickt",
        (
            "Diesen Text haben wir schon einmal veröffentlicht. Er zählt deshalb nicht doppelt. "
            "Sie können dem anderen Beitrag zustimmen."
        ),
        "We have published this text once already. It does not count twice. You can agree with the other contribution.",
    ),
)


def default_text_blocks(proceeding_id: int) -> list[TextBlock]:
    """Make the default text blocks for a new proceeding."""
    now = clock.now()
    return [
        TextBlock(proceeding_id=proceeding_id, rule_key=key, name=name, text={"de": de, "en": en}, updated_at=now)
        for key, name, de, en in DEFAULT_TEXT_BLOCKS
    ]
