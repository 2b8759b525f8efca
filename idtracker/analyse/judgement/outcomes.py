"""What became of each question: as reported, or as decided by an act on record, which counts for more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from idtracker.analyse.judgement.assessments import Assessment

Basis = Literal["REPORT", "ACT", "DISPUTED"]


@dataclass(frozen=True, slots=True)
class Decision:
    """An act on record about the outcome of one question; without an outcome it revokes an earlier one."""

    question_id: str
    outcome: float | None
    resolved_on: date
    decided_at: pd.Timestamp


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question and since when that is known; no value where reports contradict each other."""

    value: float | None
    resolved_on: date | None
    known_from: pd.Timestamp
    basis: Basis

    def is_known_before(self, day: date) -> bool:
        """Whether it had come about, and was known, before a day began."""
        begins = pd.Timestamp(day)
        had_come = self.resolved_on is None or self.resolved_on < day
        return self.value is not None and had_come and self.known_from < begins


def decisions_of(resolution: pd.DataFrame) -> list[Decision]:
    """The rows of the table `resolution`, oldest first."""
    ordered = resolution.sort_values(["decided_at", "resolution_id"])
    rows = ordered[["question_id", "outcome", "resolved_on", "decided_at"]].itertuples(index=False, name=None)
    return [Decision(q, None if pd.isna(o) else float(o), day.date(), at) for q, o, day, at in rows]


def outcomes_at(every: Iterable[Assessment], decisions: Sequence[Decision], at: pd.Timestamp) -> dict[str, Outcome]:
    """The outcome of each question that has one at an instant. `every` holds all vintages."""
    reported: dict[str, list[Assessment]] = {}
    first: dict[tuple[str, float], pd.Timestamp] = {}
    for one in every:
        if one.outcome is None or one.known_from > at:
            continue
        key = one.question_id, one.outcome
        first[key] = min(one.known_from, first.get(key, one.known_from))
        if one.is_known(at):
            reported.setdefault(one.question_id, []).append(one)
    found = {question: _reported(said, first) for question, said in reported.items()}
    latest = {d.question_id: d for d in decisions if d.decided_at <= at}
    acts = {
        question: Outcome(d.outcome, d.resolved_on, d.decided_at, "ACT")
        for question, d in latest.items()
        if d.outcome is not None
    }
    return found | acts


def _reported(said: list[Assessment], first: dict[tuple[str, float], pd.Timestamp]) -> Outcome:
    values = {one.outcome for one in said if one.outcome is not None}
    days = [one.resolved_on for one in said if one.resolved_on is not None]
    known_from = min(first[said[0].question_id, value] for value in values)
    if len(values) > 1:
        return Outcome(None, None, max(one.known_from for one in said), "DISPUTED")
    return Outcome(values.pop(), min(days, default=None), known_from, "REPORT")
