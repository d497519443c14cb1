"""What programs send: query strings and bodies."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from participation.contributions.checking import NAME_LONGEST
from participation.contributions.filters import LONGEST_QUERY, MOST_VALUES, Sort
from participation.discussion.models import COMMENT_LONGEST
from participation.discussion.queries import THREADS_ON_A_PAGE
from participation.geodata.errors import N_
from participation.interfaces.api.base import NO_NUL, ApiModel, GeometryObject, Id, Key, Line, Text, Version
from participation.moderation.models import BLOCK_DAYS_LONGEST
from participation.moderation.services import REASONS_LONGEST
from participation.moderation.steps.redact import MOST_PASSAGES
from participation.notices.models import ANSWER_LONGEST, EXPLANATION_LONGEST, PASSAGE_LONGEST

MOST_ITEMS, USUAL_ITEMS = 500, 50
MOST_THREADS = 100
Name = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=NAME_LONGEST)]
Email = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=254)]
Language = Literal["de", "en"]
Outcomes = Literal["publish", "redact", "reject", "hide", "merge", "move", "warn", "block", "block_voter"]
Reasons = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=REASONS_LONGEST)]
Search = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=LONGEST_QUERY)]


class FilterQuery(ApiModel):
    """The filter of the page."""

    category: list[Key] = Field([], max_length=MOST_VALUES, description=N_("Keys of topics; repeat it for several."))
    type: list[Key] = Field([], max_length=MOST_VALUES, description=N_("Keys of types; repeat it for several."))
    q: Search = Field("", description=N_("Words that stand in title or text."))
    bbox: Line = Field("", description=N_("west,south,east,north in degrees; where the pin stands."))


class ContributionsQuery(FilterQuery):
    """The filter of the page, its order, and where to go on."""

    sort: Literal["newest", "oldest", "votes", "comments"] = Sort.NEWEST.value
    after: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=1_000)] = Field(
        "", description=N_("Where the next page begins: follow “next” of an answer.")
    )
    limit: int = Field(USUAL_ITEMS, ge=1, le=MOST_ITEMS)


class PlanningQuery(ContributionsQuery):
    """The same for planners."""

    personal: Literal["0", "1"] = Field("0", description=N_("1: with the names; each reading is kept on record."))


class CommentsQuery(ApiModel):
    """Where to go on."""

    after: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=1_000)] = Field(
        "", description=N_("Where the next page begins: follow “next” of an answer.")
    )
    limit: int = Field(THREADS_ON_A_PAGE, ge=1, le=MOST_THREADS, description=N_("Comments, each with all its answers."))


class VotesQuery(ApiModel):
    """How far one looks back."""

    days: Literal["1", "7", "30"] = "1"


class QueueQuery(ApiModel):
    """The filter of the moderators' queue, and where to go on."""

    kind: Line = Field("", description=N_("contribution, comment, notice or complaint; empty: both kinds of texts."))
    state: Line = Field("", description=N_("A state, or “any”; usually what waits."))
    rule: Line = Field("", description=N_("The rule of screening that pointed the text out."))
    category: list[Key] = Field([], max_length=MOST_VALUES)
    age: Line = Field("", description=N_("For how many days at least: 1, 3, 7 or 30."))
    assigned: Line = Field("", description=N_("me or nobody."))
    q: Search = ""
    bbox: Line = ""
    sort: Line = Field("", description=N_("oldest, newest or, for what is reported, reported."))
    after: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=1_000)] = ""
    limit: int = Field(USUAL_ITEMS, ge=1, le=100)


class NewGuest(ApiModel):
    """Somebody who takes part without an account."""

    language: Language = Field(description=N_("In which mails are written."))


class NewContributionBody(ApiModel):
    """A contribution, as the form takes it."""

    title: Text
    text: Text
    category: Key = Field(description=N_("Key of a topic of the consultation."))
    type: Key | None = Field(None, description=N_("Key of a type of the consultation."))
    geometry: GeometryObject | None = Field(None, description=N_("Where it is; null: no place."))
    language: Language | None = Field(None, description=N_("Of the text; usually that of the address."))
    public_name: Line | None = Field(None, description=N_("Shown beside the text; without it “Anonymous”."))
    email: Email | None = Field(None, description=N_("Gets a question whether it is right, then news. Never shown."))
    consent: Literal[True] = Field(
        description=N_("That the author agreed to the rules and the licence of the consultation.")
    )


class NewVote(ApiModel):
    """A vote."""

    value: Literal["for", "against"]


class NewComment(ApiModel):
    """A comment or a reply."""

    text: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=COMMENT_LONGEST * 2)]
    parent: Id | None = Field(None, description=N_("Id of the comment that is answered."))
    language: Language | None = None
    public_name: Line | None = None


class NewReport(ApiModel):
    """A notice about a contribution, or about a comment on it (Regulation (EU) 2022/2065, Art. 16)."""

    reason: Key = Field(description=N_("Key of the rule that is broken."))
    explanation: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=EXPLANATION_LONGEST * 2)]
    comment: Id | None = Field(None, description=N_("Id of the comment, if it is about one."))
    passage: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=PASSAGE_LONGEST * 2)] = ""
    name: Line = ""
    email: Email = ""


class NewPlace(ApiModel):
    """Another place."""

    geometry: GeometryObject | None


class NewDecision(ApiModel):
    """A moderator's decision."""

    outcome: Outcomes
    version: Version = Field(description=N_("Of the item as it was read: a changed one is not decided about."))
    newest_notice: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(
        0, description=N_("Of the item as it was read; 0: none.")
    )
    ground: Key | None = Field(None, description=N_("Key of the broken rule; needed to limit or warn."))
    statement_of_reasons: Reasons = Field("", description=N_("The facts; the author reads them."))
    passages: list[Text] = Field([], max_length=MOST_PASSAGES, description=N_("redact: words to remove."))
    leading: Id | None = Field(None, description=N_("merge: id of the contribution it is merged into."))
    category: Key | None = Field(None, description=N_("move: key of a topic."))
    type: Key | None = Field(None, description=N_("move: key of a type."))
    place: NewPlace | None = Field(None, description=N_("move: another place."))
    block_days: Annotated[int, Field(ge=0, le=BLOCK_DAYS_LONGEST)] = Field(
        0, description=N_("block and block_voter: how long.")
    )
    voter: Id | None = Field(None, description=N_("block_voter: id of someone who voted here."))


class Undoing(ApiModel):
    """Taking a decision back."""

    version: Version
    ground: Key | None = None
    statement_of_reasons: Reasons = ""
    answer: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=ANSWER_LONGEST)] = Field(
        "", description=N_("To those who reported the text; without it their notices are open again.")
    )


class Refusal(ApiModel):
    """The answer to those who reported a text that stays."""

    answer: Annotated[str, StringConstraints(pattern=NO_NUL, max_length=ANSWER_LONGEST)]
    version: Version
    newest_notice: Id
