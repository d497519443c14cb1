"""What is written when somebody downloads."""

from participation.accounts.actors import Actor
from participation.audit.services import add_event
from participation.database import transaction
from participation.proceedings.models import Proceeding


def note_personal_download(actor: Actor, proceeding: Proceeding) -> None:
    """Keep on record who took a file with names out of the installation, and when."""
    with transaction() as session:
        add_event(session, actor, "exports.personal", proceeding, proceeding_id=proceeding.id)
