"""Constraints logged with assessments of barriers: when each was logged, and when it was resolved."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.metrics.culture.answers import ASSESSMENT
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter, day_number

CONSTRAINT_COLUMNS = ["scope_id", "barrier_code", "org_id", "action", "action_opened_on", "action_resolved_on"]


class Constraint(NamedTuple):
    """A constraint, how many days it was open (to the last day known, where it still is), and whether it is resolved."""

    unit: str
    barrier: str
    days: int
    is_resolved: bool


def constraints(inputs: Inputs, quarter: Quarter) -> list[Constraint]:
    """Constraints logged in the four quarters to this one, in order; one that is reported again is one.

    What was resolved after the quarter, or after the day of knowledge, is open here. Of contradicting days the first counts.
    """

    def make() -> list[Constraint]:
        first, until = day_number(quarter.window()[0].start), day_number(inputs.last_day(quarter))
        resolved: dict[tuple[str, str, int], list[int]] = {}
        for unit, (_, barrier, _, _, opened, ended) in _logged(inputs):
            if opened is not None and first <= opened <= until:
                days = resolved.setdefault((unit, barrier, opened), [])
                if ended is not None and ended <= until:
                    days.append(max(ended, opened))
        return [
            Constraint(unit, barrier, (min(days) if days else until) - opened, bool(days))
            for (unit, barrier, opened), days in sorted(resolved.items())
        ]

    return inputs.remember_for_both(("constraints", quarter), make)


def constraint_scopes(inputs: Inputs) -> dict[str, str]:
    """The scope for which each constraint was logged, by its name."""
    return {unit: scope for unit, (scope, *_) in _logged(inputs)}


def constraint_evidence(inputs: Inputs) -> list[Evidence]:
    """The rows in which constraints are logged."""
    shown = ["org_id", "barrier_code", "action_opened_on", "action_resolved_on"]
    return [Evidence(ASSESSMENT, partial(_rows, inputs), shown)]


def _logged(inputs: Inputs) -> list[tuple[str, tuple[str, str, str, str | None, int | None, int | None]]]:
    """Every row with the name of its constraint: who logs what of which scope and barrier, on which day."""
    rows = inputs.values(ASSESSMENT, *CONSTRAINT_COLUMNS)
    return [(f"{org} {scope} {barrier} {_day(opened)} {action or ''}".strip(), (scope, barrier, org, action, opened, ended))
            for scope, barrier, org, action, opened, ended in rows]  # fmt: skip


def _day(number: int | None) -> str:
    return "" if number is None else f"{pd.Timestamp(number, unit='D'):%Y-%m-%d}"


def _rows(inputs: Inputs) -> pd.DataFrame:
    rows = inputs.table(ASSESSMENT)
    units = pd.Series([unit for unit, _ in _logged(inputs)], rows.index, dtype="str")
    return rows.assign(unit=units)[rows["action_opened_on"].notna()]
