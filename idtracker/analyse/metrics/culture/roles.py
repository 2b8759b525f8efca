"""Governance roles: which are filled for an objective or activity in a quarter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import pandas as pd

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter, overlaps

ROLE = "governance_role"
ROLE_COLUMNS = ["scope_id", "role", "org_id", "is_filled", "period_start", "period_end"]
AT_POST, IN_WHITEHALL = "SRO_COUNTRY", "SRO_WHITEHALL"
OF_ACTIVITIES = ("DELIVERY_LEAD", "DATA_OWNER", "MEL_LEAD", "RISK_OWNER")
Filled = dict[str, set[str]]


def filled_roles(inputs: Inputs, quarter: Quarter) -> Filled | None:
    """The roles filled by objective or activity, as the latest period that meets the quarter says; None where nothing is said.

    A role is filled where the record says so, or names who holds it and does not say that it is not filled.
    """

    def make() -> Filled | None:
        latest: dict[tuple[str, str], tuple[int, bool]] = {}
        rows = inputs.values(ROLE, *ROLE_COLUMNS)
        for place in _places(inputs, quarter):
            scope, role, org, is_filled, _, until = rows[place]
            filled = is_filled is True or (is_filled is None and org is not None)
            latest[scope, role] = max((until, filled), latest.get((scope, role), (until, filled)))
        filled_by_scope: Filled = {}
        for (scope, role), (_, filled) in latest.items():
            filled_by_scope.setdefault(scope, set()).update({role} if filled else ())
        return filled_by_scope if latest else None

    return inputs.remember_while(("filled roles", quarter), [inputs.table(ROLE)], make)


def role_evidence(inputs: Inputs, quarter: Quarter, units: Collection[tuple[str, str]]) -> list[Evidence]:
    """The rows behind units, given as pairs of a unit and an objective or activity whose roles count for it."""
    shown: Sequence[str] = ["scope_id", "role", "org_id", "is_filled", "period"]
    return [Evidence(ROLE, partial(_rows, inputs, quarter, units), shown)]


def _places(inputs: Inputs, quarter: Quarter) -> list[int]:
    rows = inputs.table(ROLE)
    meets = overlaps(rows["period_start"], rows["period_end"], quarter.start, quarter.end)
    return [int(place) for place in meets.to_numpy().nonzero()[0]]


def _rows(inputs: Inputs, quarter: Quarter, units: Collection[tuple[str, str]]) -> pd.DataFrame:
    rows = inputs.table(ROLE).take(_places(inputs, quarter))
    return rows.merge(pd.DataFrame(units, columns=["unit", "scope_id"], dtype="str"), on="scope_id")
