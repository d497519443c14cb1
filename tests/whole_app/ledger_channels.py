"""The public ledger among the channels: never a text, and the number of a contribution as long as it is public."""

from typing import Any

from participation.accounts.actors import STRANGER
from participation.proceedings.queries import proceeding_by_slug
from participation.recounts.services import complete
from tests.whole_app.channels import channel, nobody, public, shows

NUMBERS = {"public ledger: number of the contribution"}


def ledger_of(client: Any, proceeding: Any) -> Any:
    """Put into the ledger what no service wrote, and download it."""
    with client.application.app_context():
        complete(proceeding_by_slug(STRANGER, proceeding.slug))
    return client.get(f"/ledger/{proceeding.slug}.jsonl")


@channel("public ledger: number of the contribution", public)
def _(client, proceeding, contribution):
    return f'"id":"contribution-{contribution.id}"' in ledger_of(client, proceeding).get_data(as_text=True)


@channel("public ledger", nobody)
def _(client, proceeding, contribution):
    return shows(ledger_of(client, proceeding)) or shows(client.get(f"/ledger/{proceeding.slug}"))
