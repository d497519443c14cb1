"""Who may see what became of the mails."""

from participation.accounts.actors import Actor


def may_see_mails(actor: Actor, proceeding_id: int | None) -> bool:
    """Managers those of their proceeding; administrators all of them, those of no proceeding (None) included."""
    return actor.is_administrator or (proceeding_id is not None and actor.has_role(proceeding_id))
