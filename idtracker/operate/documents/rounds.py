"""Documents of `round`: an act about a round, the rounds there are, one round shown."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from idtracker.model.document import Count, Document, Hash, Moment, Points, Some, code_of

RoundState = Annotated[str, code_of("round_state")]
ActionState = Annotated[str, code_of("round_action_state")]


class RoundListed(Document):
    """one round"""

    round_id: str = Field(description="identifier")
    period: str = Field(description="quarter")
    state: RoundState = Field(description="OPEN, FROZEN or PUBLISHED")
    cutoff_at: Moment = Field(description="instant of knowledge at which its inputs are fixed, ISO 8601, UTC")
    held_on: Moment = Field(description="day on which it is held")


class RoundList(Document):
    """Rounds of the programme, in order of their cut-offs."""

    rounds: list[RoundListed] = Field(description="the rounds")


class KeptRoundAct(Document):
    """An act about a round that was kept."""

    act_id: str = Field(description="identifier of the act, for `acts revoke`")
    round_id: str = Field(description="round")
    period: str = Field(description="quarter")
    state: RoundState = Field(description="how far the round is now")
    cutoff_at: Moment = Field(description="instant of knowledge at which its inputs are fixed, ISO 8601, UTC")
    held_on: Moment = Field(description="day on which it is held")
    by: str = Field(description="role or organisation that answers for it")
    at: Moment = Field(description="when it was done, ISO 8601, UTC")
    digest: Hash | None = Field(description="SHA-256 over all that was frozen; null before")
    folders: dict[str, str] = Field(description="audience -> folder of the published round; empty before")
    note: str = Field(description="what follows")


class KeptRoundAction(Document):
    """What became of an action that a round agreed, as it was kept."""

    act_id: str = Field(description="identifier of the act, for `acts revoke`")
    round_id: str = Field(description="round that agreed it")
    number: Some = Field(description="number in the record")
    text: str = Field(description="what is to be done")
    owner_org_id: str = Field(description="organisation that answers for it")
    due_on: Moment = Field(description="day by which it is to be done")
    state: ActionState = Field(description="how it stands now: OPEN, DONE or DROPPED")
    state_on: Moment = Field(description="day since which it does")
    by: str = Field(description="role or organisation that answers for that")
    at: Moment = Field(description="when it was recorded, ISO 8601, UTC")
    note: str = Field(description="what follows")


class RoundAct(Document):
    """one act"""

    act_id: str = Field(description="identifier, for `acts revoke`")
    action: str = Field(description="opened, frozen or published")
    at: Moment = Field(description="when, ISO 8601, UTC")
    by: str = Field(description="role or organisation that answers for it")


class HeadlineThen(Document):
    """the whole index of the country as frozen"""

    place_id: str = Field(description="place")
    place: str = Field(description="name of the place")
    node_code: str = Field(description="node: the whole index")
    score: Points | None = Field(description="score, 100 is stable; null where it is withheld")
    low: Points | None = Field(description="lower bound of the interval")
    high: Points | None = Field(description="upper bound of the interval")
    band: str | None = Field(description="band")
    method_version: str = Field(description="method that made it")


class HeadlineNow(Document):
    """the same as known now, and why it moved"""

    score: Points | None = Field(description="score; null where it is withheld, or not known any more")
    low: Points | None = Field(description="lower bound of the interval")
    high: Points | None = Field(description="upper bound of the interval")
    method_version: str | None = Field(description="method that makes it now")
    moved: str | None = Field(
        description="why it moved since the cut-off, in one sentence; null where that is not worked out"
    )
    is_as_frozen: bool = Field(
        description="whether what was known at the cut-off gives the frozen score today; else definitions changed, or a file counts from before"
    )


class FrozenTable(Document):
    """one table as frozen"""

    table: str = Field(description="table")
    rows: Count = Field(description="rows of the quarter")
    sha256: Hash = Field(description="SHA-256 over these rows")


class Participant(Document):
    """one organisation of a round"""

    org_id: str = Field(description="organisation")
    name: str = Field(description="its name")
    has_attended: bool = Field(description="whether it attended")
    has_contributed: bool = Field(description="whether cells rest on observations of it")
    observations: Count = Field(description="its accepted observations that the cells rest on")


class AgreedAction(Document):
    """one action agreed"""

    number: Some = Field(description="number in the record")
    text: str = Field(description="what is to be done")
    owner_org_id: str = Field(description="organisation that answers for it")
    owner: str = Field(description="its name")
    due_on: Moment = Field(description="day by which it is to be done")
    state: ActionState = Field(description="OPEN, DONE or DROPPED")
    state_on: Moment = Field(description="day since which it is; of one that was never closed the day of the round")
    state_by: str = Field(description="role or organisation that answers for its state")
    note: str | None = Field(description="note on its state; null where there is none")
    done_on: Moment | None = Field(description="day on which it was done; null while it is not")
    is_overdue: bool = Field(description="whether it is open and its day has passed at the programme's clock")


class EarlierAction(AgreedAction):
    """one action of an earlier round that is still open"""

    round_id: str = Field(description="round that agreed it")


class LateData(Document):
    """rows of one source and organisation about the quarter that were recorded after the cut-off"""

    source: str = Field(description="source")
    org_id: str | None = Field(description="organisation whose rows they are")
    organisation: str | None = Field(description="its name")
    rows: Some = Field(description="rows known now")
    submissions: Some = Field(description="submissions that they come from")
    first_at: Moment = Field(description="when the first of them was recorded, ISO 8601, UTC")
    goes_to: str | None = Field(
        description="round with the first cut-off after that, which uses them; null where none is open yet"
    )


class RebuiltRound(Document):
    """What the store says now of what was known at the cut-off, beside what was frozen."""

    is_same: bool = Field(description="whether everything frozen was made again as it was")
    differing: list[str] = Field(description="what differs, each with its place; empty where nothing does")
    reasons: list[str] = Field(description="what else changed since and may be why; empty where nothing differs")
    with_kept_method: bool = Field(
        description="whether the round's own method was used because the programme's is another now"
    )
    with_kept_definitions: bool = Field(
        description="whether the received files were judged again by the definitions that the round keeps, because they are others now and give something else"
    )


class RoundShown(Document):
    """One round: what was frozen, who took part, what was agreed, and what is known since."""

    round_id: str = Field(description="identifier")
    period: str = Field(description="quarter")
    state: RoundState = Field(description="OPEN, FROZEN or PUBLISHED")
    cutoff_at: Moment = Field(description="instant of knowledge at which its inputs are fixed, ISO 8601, UTC")
    held_on: Moment = Field(description="day on which it is held")
    as_of: Moment = Field(description="day of the programme's clock")
    acts: list[RoundAct] = Field(description="acts in force, in order, but for those about actions")
    digest: Hash | None = Field(description="SHA-256 over all that was frozen; null before")
    headline: HeadlineThen | None = Field(description="headline as frozen; null before, or where nothing was scored")
    now: HeadlineNow | None = Field(description="the same as known now; null before the freeze")
    tables: list[FrozenTable] = Field(description="tables as frozen; empty before")
    submissions: Count = Field(description="submissions that the cells rest on")
    participants: list[Participant] = Field(description="organisations that attended or contributed")
    narrative: str | None = Field(description="what the analysts make of it, in the language asked for if it is there")
    actions: list[AgreedAction] = Field(description="actions agreed")
    overdue: Count = Field(description="actions that are overdue")
    earlier_actions: list[EarlierAction] = Field(
        description="actions of published rounds with an earlier cut-off that are still open, the first due first"
    )
    earlier_overdue: Count = Field(description="how many of them are overdue")
    unlogged_product: str | None = Field(
        None, description="product that the record names and the log of analysis products has not; null where it has"
    )
    late: list[LateData] = Field(description="what arrived late; empty before the freeze")
    late_rows: Count = Field(description="rows of all of it")
    backdated: list[str] = Field(
        description="files that came after the freeze and count from before the cut-off, each with its source"
    )
    late_goes_to: str | None = Field(
        description="round with the next cut-off; null where none is open yet. What came after that one goes further: `goes_to` of `late`"
    )
    rebuilt: RebuiltRound | None = Field(None, description="with --rebuild: what comes of making it again")
