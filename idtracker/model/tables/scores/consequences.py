"""What rested on facts that were withdrawn or corrected."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import MadeOf, Moment, Table, column
from idtracker.model.tables.outside_inputs import METRIC_DEFINITION

_ENDED = ("observation.recorded_to", "event.recorded_to", "survey_response.recorded_to", "judgement.recorded_to")
_CAME = ("observation.recorded_from", "event.recorded_from", "survey_response.recorded_from")
_CELL, _SCORE = "merged_cell.submission_ids", "score.effective_weights"
_RESTS = (*_ENDED, _CELL, _SCORE, "trend.period", "warning.period", "scenario.question_id", "round.cutoff_at")


class Consequence(Table):
    """A figure, statement or metric that rested on facts of a submission the moment before they were withdrawn or corrected."""

    key = ("submission_id", "acted_at", "subject")
    has_series = False

    submission_id: str = column("Submission whose facts ended", "text", required=True)
    source_id: str = column("Source", "text", required=True)
    acted_at: Moment = column("Instant at which they ended, UTC", "instant", required=True)
    act: str = column("What ended them", "code", required=True, codelist="consequence_act")
    corrected_by: str = column(
        "Submissions of the source that came or counted again at that instant, `;` between", "text"
    )
    subject: str = column(
        "What rested on it: the address of its row, table/key; of a metric its identifier alone", "text", required=True
    )
    subject_table: str = column("Table of the subject", "text", required=True)
    basis: str = column("How it rested on it", "code", required=True, codelist="consequence_basis")
    place_id: str = column("Place of a figure", "place")
    period: str = column("Quarter of a figure", "period")
    value_before: float = column(
        "Of a cell its value and of a score the score, the moment before; empty where withheld, and for all else",
        "number",
    )
    value_after: float = column(
        "The same at the instant itself: what everything did that came or ended then; empty where there is none",
        "number",
    )
    other_submission_ids: str = column(
        "Further submissions with facts that came or ended at that instant, `;` between; empty where it was this act alone",
        "text",
    )
    made_of: ClassVar[MadeOf] = {
        "submission_id": tuple(n.replace("recorded_to", "submission_id") for n in _ENDED),
        "source_id": tuple(n.replace("recorded_to", "source_id") for n in _ENDED),
        "acted_at": _ENDED,
        "act": (*_ENDED, *_CAME, "submission.withdrawn_at", "submission.received_at"),
        **dict.fromkeys(("corrected_by", "other_submission_ids"), (*_ENDED, *_CAME)),
        **dict.fromkeys(("subject", "subject_table", "basis"), (*_RESTS, METRIC_DEFINITION)),
        "place_id": ("merged_cell.place_id", "score.place_id", "warning.place_id"),
        "period": ("merged_cell.period", "score.period", "warning.period", "scenario.period", "round.period"),
        **dict.fromkeys(("value_before", "value_after"), ("merged_cell.value", "score.score")),
        **{n: (f"submission.{n}", f"merged_cell.{n}", f"score.{n}") for n in ("classification", "releasable_to")},
    }
