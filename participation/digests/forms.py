"""How often a digest comes."""

from flask_babel import lazy_gettext
from wtforms import RadioField
from wtforms.validators import InputRequired

from participation.digests.models import Rhythm
from participation.forms import BaseForm, SelectChoice

RHYTHMS = {
    Rhythm.HOURLY: lazy_gettext("Every hour"),
    Rhythm.DAILY: lazy_gettext("Every working day at 7:00"),
    Rhythm.WEEKLY: lazy_gettext("Every Monday at 7:00"),
    Rhythm.NEVER: lazy_gettext("Never"),
}


class RhythmForm(BaseForm):
    """One of the rhythms."""

    rhythm = RadioField(
        lazy_gettext("How often do you want this mail?"),
        [InputRequired(lazy_gettext("Please choose one."))],
        choices=[SelectChoice(rhythm.value, words) for rhythm, words in RHYTHMS.items()],
        coerce=Rhythm,
    )
