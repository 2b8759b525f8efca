"""Tables of rounds: what was frozen at a cut-off and published, who attended and contributed, what was agreed."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import Flag, Integer, MadeOf, Moment, Table, column
from idtracker.model.tables.outside_inputs import ROUND_ACTS

_FACTS = ("observation", "event", "survey_response")
_LATE = tuple(f"{table}.{name}" for table in _FACTS for name in ("recorded_from", "recorded_to", "submission_id"))
_OF_ROUND = {
    n: (ROUND_ACTS, f"score.{n}", f"merged_cell.{n}", f"cell_report.{n}", f"trend.{n}", *(f"{t}.{n}" for t in _FACTS))
    for n in ("classification", "releasable_to")
}
_ROUND_HEAD = ("round_id", "held_on")


_HELD = "Day on which the round is held"


class Round(Table):
    """One round of the tracker: its inputs as known at a cut-off, its state, its headline as frozen, what came late."""

    key = ("round_id",)
    has_series = False

    round_id: str = column("Identifier", "text", required=True)
    period: str = column("Quarter", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    state: str = column("How far it is", "code", required=True, codelist="round_state")
    cutoff_at: Moment = column("Instant of knowledge at which its inputs are fixed, UTC", "instant", required=True)
    held_on: Moment = column(_HELD, "date", required=True)
    opened_at: Moment = column("When it was opened, UTC", "instant", required=True)
    frozen_at: Moment = column("When its inputs were frozen, UTC; empty before", "instant")
    published_at: Moment = column("When it was published, UTC; empty before", "instant")
    place_id: str = column("Place of the headline", "place")
    node_code: str = column("Node of the headline: the whole index", "code")
    score: float = column(
        "Headline as frozen, 100 is stable; empty where withheld", "number", ge=0, le=100, unit="0-100"
    )
    low: float = column("Lower bound as frozen", "number", ge=0, le=100, unit="0-100")
    high: float = column("Upper bound as frozen", "number", ge=0, le=100, unit="0-100")
    method_version: str = column("Method of the scores as frozen", "text")
    cell_count: Integer = column("Merged cells of the quarter as frozen", "integer", ge=0)
    submission_count: Integer = column("Submissions that these cells rest on", "integer", ge=0)
    late_count: Integer = column(
        "Rows about the quarter that were recorded after the cut-off: they count in the next round", "integer", ge=0
    )
    late_submission_count: Integer = column("Submissions that these rows come from", "integer", ge=0)
    product_id: str = column("The round in the programme's own log of analysis products", "text")
    narrative: str = column("Narrative in English", "text")
    narrative_ar: str = column("Narrative in Arabic", "text")
    digest: str = column("SHA-256 over all that was frozen", "text")
    made_of: ClassVar[MadeOf] = {
        **dict.fromkeys((*_ROUND_HEAD, "period", "period_start", "period_end", "state", "cutoff_at"), (ROUND_ACTS,)),
        **dict.fromkeys(("opened_at", "frozen_at", "published_at", "product_id"), (ROUND_ACTS,)),
        **dict.fromkeys(("narrative", "narrative_ar"), (ROUND_ACTS,)),
        "place_id": (ROUND_ACTS, "score.place_id"),
        "node_code": (ROUND_ACTS, "score.node_code"),
        **{n: (ROUND_ACTS, f"score.{n}") for n in ("score", "low", "high", "method_version")},
        "cell_count": (ROUND_ACTS, "merged_cell.value"),
        "submission_count": (ROUND_ACTS, "cell_report.submission_ids"),
        "late_count": (ROUND_ACTS, *_LATE),
        "late_submission_count": (ROUND_ACTS, *_LATE),
        "digest": (ROUND_ACTS, "score.score", "trend.trend_class", "merged_cell.value"),
        **_OF_ROUND,
    }


class RoundOrganisation(Table):
    """One organisation that attended a round, or whose accepted observations its cells rest on."""

    key = ("round_id", "org_id")
    has_series = False

    round_id: str = column("Round", "text", required=True)
    org_id: str = column("Organisation", "organisation", required=True)
    held_on: Moment = column(_HELD, "date", required=True)
    has_attended: Flag = column("Whether it attended", "flag", required=True)
    has_contributed: Flag = column("Whether cells of the round rest on observations of it", "flag", required=True)
    obs_count: Integer = column("Its accepted observations that the cells rest on", "integer", required=True, ge=0)
    made_of: ClassVar[MadeOf] = {
        **dict.fromkeys((*_ROUND_HEAD, "has_attended"), (ROUND_ACTS,)),
        "org_id": (ROUND_ACTS, "cell_report.org_id"),
        "has_contributed": (ROUND_ACTS, "cell_report.fact_ids"),
        "obs_count": (ROUND_ACTS, "cell_report.fact_ids"),
        **_OF_ROUND,
    }


class RoundAction(Table):
    """One action that a round agreed, and how it stands: as its record says, else by the latest act about it."""

    key = ("round_id", "action_number")
    has_series = False

    round_id: str = column("Round", "text", required=True)
    action_number: Integer = column("Number in the record, from 1", "integer", required=True, ge=1)
    held_on: Moment = column(_HELD, "date", required=True)
    action: str = column("What is to be done, in English", "text")
    action_ar: str = column("The same in Arabic", "text")
    owner_org_id: str = column("Organisation that answers for it", "organisation", required=True)
    due_on: Moment = column("Day by which it is to be done", "date", required=True)
    state: str = column("Whether it is open, done or dropped", "code", required=True, codelist="round_action_state")
    state_on: Moment = column(
        "Day since which it is; of one that was never closed the day of the round", "date", required=True
    )
    state_by: str = column("Role or organisation that answers for its state", "text", required=True)
    note: str = column("Note on its state", "text")
    done_on: Moment = column("Day on which it was done; empty while it is not", "date")
    made_of: ClassVar[MadeOf] = {
        **dict.fromkeys((*_ROUND_HEAD, "action_number", "action", "action_ar"), (ROUND_ACTS,)),
        **dict.fromkeys(("owner_org_id", "due_on", "state", "state_on", "state_by", "note", "done_on"), (ROUND_ACTS,)),
        **_OF_ROUND,
    }
