"""To which objectives, departments and portfolios things belong, as a quarter knows it.

What serves an objective serves those above it. A row counts from its first day on, so that none changes what was so before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from idtracker.analyse.metrics.delivery.activities import participations
from idtracker.analyse.metrics.delivery.rows import CANCELLED
from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.products import contributors_by_product
from idtracker.analyse.metrics.quarter import Quarter, day_number
from idtracker.analyse.metrics.scopes.declared import Kind

Labels = Mapping[str, Collection[str]]
"""The parts of one kind to which each thing belongs."""
_DAYS = ("start_on", "end_on", "period_start", "period_end")


def with_those_above(inputs: Inputs, objectives: Iterable[str]) -> set[str]:
    """Objectives and all those above them; a circle ends where it closes."""

    def make() -> dict[str, str]:
        rows = inputs.values("objective", "objective_id", "parent_id")
        return {one: parent for one, parent in rows if parent is not None}

    parents = inputs.remember_while(("objective parents",), [inputs.table("objective")], make)
    found: set[str] = set()
    for objective in objectives:
        at: str | None = objective
        while at is not None and at not in found:
            found.add(at)
            at = parents.get(at)
    return found


def of_products(inputs: Inputs, quarter: Quarter, kind: Kind) -> Labels:
    """By the product's objective, or the departments that contributed to it in any of the four quarters to this one."""
    if kind == "department":
        found: dict[str, set[str]] = {}
        for q in quarter.window():
            known = inputs.traits(q)
            for unit, orgs in contributors_by_product(inputs, q).items():
                found.setdefault(unit, set()).update(o for o in orgs if o in known and known[o].is_department)
        return found
    return inputs.remember_while(
        ("objectives of products", quarter),
        [inputs.table("analysis_product"), inputs.table("objective")],
        lambda: _objectives_of_products(inputs, day_number(quarter.end)),
    )


def _objectives_of_products(inputs: Inputs, ends: int) -> Labels:
    labelled: dict[str, set[str]] = {}
    columns = ("product_id", "objective_id", "commissioned_on", "completed_on")
    for unit, objective, *days in inputs.values("analysis_product", *columns):
        first = _first(days)
        if objective is not None and (first is None or first <= ends):
            labelled.setdefault(unit, set()).update(with_those_above(inputs, [objective]))
    return labelled


def of_activities(inputs: Inputs, quarter: Quarter, kind: Kind) -> Labels:
    """By what the activity's rows say it serves and is paid from, or the departments that take part in it in the quarter."""
    if kind == "department":
        found: dict[str, set[str]] = {}
        for part in participations(inputs, quarter):
            if part.traits.is_department:
                found.setdefault(part.unit, set()).add(part.org)
        return found
    stated = _serving(inputs, quarter)
    labelled: dict[str, set[str]] = {}
    for unit, objective, fund in stated:
        label = objective if kind == "objective" else fund
        if label is not None:
            labelled.setdefault(unit, set()).add(label)
    return labelled if kind != "objective" else {u: with_those_above(inputs, of) for u, of in labelled.items()}


def departments(inputs: Inputs, quarter: Quarter) -> Mapping[str, str]:
    """The department that each organisation is, or belongs to, in the quarter; those outside departments of HMG are left out."""

    def make() -> dict[str, str]:
        known, stands_for = inputs.traits(quarter), inputs.successors(quarter)
        found = dict[str, str]()
        for org in (*known, *stands_for):
            traits = known.get(stands_for.get(org, org))
            department = known.get(traits.department) if traits is not None and traits.is_hmg else None
            if traits is not None and department is not None and department.is_department:
                found[org] = traits.department
        return found

    return inputs.remember_while(("departments", quarter, inputs.mode), [inputs.reading(quarter)], make)


def _serving(inputs: Inputs, quarter: Quarter) -> list[tuple[str, str | None, str | None]]:
    """What rows that begin by the end of the quarter say of activities that are not cancelled: objective and fund."""
    if inputs.delivered is not None:
        return [*inputs.delivered.serving(quarter)]

    def make() -> list[tuple[str, str | None, str | None, int | None]]:
        rows = inputs.values("activity", "activity_id", "objective_id", "fund", "status", *_DAYS)
        return [
            (unit, objective, fund, _first(days))
            for unit, objective, fund, status, *days in rows
            if (objective is not None or fund is not None) and status != CANCELLED
        ]

    stated = inputs.remember_while(("stated of activities",), [inputs.table("activity")], make)
    ends = day_number(quarter.end)
    return [(unit, objective, fund) for unit, objective, fund, first in stated if first is None or first <= ends]


def _first(days: Iterable[int | None]) -> int | None:
    """The first of some days; None where there is none."""
    return min((day for day in days if day is not None), default=None)
