"""The steps of merging one after the other, over tables of an engine: rows -> reports -> cells -> the grid of quarters.

Each step is a function from tables to a table in a module beside this one. What several steps are made from is kept as a
table of the engine; nothing leaves it before the end, the pairs of components apart (components.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from idtracker.contract.tables import columns_of
from idtracker.contract.tables.derived import MergedCell
from idtracker.merge.behind import reports_behind
from idtracker.merge.calibration import calibrated_cells, calibrated_reports, component_pairs
from idtracker.merge.carry import carry_forward
from idtracker.merge.components import calibrate
from idtracker.merge.decisions import decide_cells, decide_reports, decisions_in_force
from idtracker.merge.judging import judge_cells
from idtracker.merge.keys import Also, cell_key
from idtracker.merge.method import Merging, Method
from idtracker.merge.national import national_cells
from idtracker.merge.policy import merge_reports, weigh_reports
from idtracker.merge.reports import closest_rows, independent_reports, place_in_quarters, roll_up, usable_rows
from idtracker.merge.scoring import indicator_terms
from idtracker.store.engine import as_frame, kept, plain_table

if TYPE_CHECKING:
    import ibis.expr.types as ir

_OF_THE_GRID = ("period", "period_start", "period_end", "is_carried", "origin_period", "age_days")
_CELL = [spec.name for spec in columns_of(MergedCell) if spec.name not in _OF_THE_GRID]


@dataclass(frozen=True, slots=True)
class Tables:
    """What is merged: canonical tables, the grid of quarters, decisions where there are any, and whether sources are calibrated."""

    observation: ir.Table
    indicator: ir.Table
    place: ir.Table
    quarters: ir.Table
    adjudication: ir.Table | None = None
    calibrates: bool = False


def merge_tables(backend: Any, tables: Tables, method: Method, also: Also = ()) -> tuple[ir.Table, ir.Table]:
    """MergedCell and CellReport rows as expressions over tables of the backend, in the order of their keys."""
    terms = indicator_terms(tables.indicator, method)
    reports = kept(backend, "reports", told_reports(tables.observation, terms, method, also))
    weighed = weigh_reports(reports, terms, method, also)
    if tables.calibrates and method.merging is not None:
        weighed = _calibrated(backend, weighed, method.merging, also)
    decisions = None if tables.adjudication is None else decisions_in_force(tables.adjudication, also)
    cells = judge_cells(_merged(weighed, tables.calibrates, also), method)
    if decisions is not None:
        weighed = kept(backend, "decided_reports", decide_reports(weighed, decisions, method, also))
        cells = decide_cells(cells, weighed, decisions, also)
    else:
        weighed = kept(backend, "weighed", weighed)
    own = [*cell_key(also), *(name for name in _CELL if name not in cell_key(also))]
    cells = kept(backend, "own_cells", cells.select(own))
    national = national_cells(cells, terms, tables.place, method, also).select(own)
    on_grid = carry_forward(ibis.union(cells, national), terms, tables.quarters, also)
    on_grid = kept(backend, "cells", on_grid.select(*also, *(spec.name for spec in columns_of(MergedCell))))
    order = [*also, "indicator_id", "place_id", "period_start"]
    return on_grid.order_by(order), reports_behind(reports, weighed, on_grid, terms, also)


def told_reports(observation: ir.Table, terms: ir.Table, method: Method, also: Also = ()) -> ir.Table:
    """One row per organisation, origin and quarter, whether it counts or not."""
    rows = closest_rows(place_in_quarters(usable_rows(observation, terms, method, also)), also)
    return independent_reports(roll_up(rows, also), also)


def _merged(weighed: ir.Table, calibrates: bool, also: Also) -> ir.Table:
    cells = merge_reports(weighed, also)
    return calibrated_cells(cells, weighed, also) if calibrates else cells


def _calibrated(backend: Any, weighed: ir.Table, merging: Merging, also: Also) -> ir.Table:
    """The reports weighed by the errors of their components, which are estimated outside the engine."""
    weighed = kept(backend, "quality_weighed", weighed)
    pairs = as_frame(backend, component_pairs(weighed, also))
    calibration = calibrate(pairs, merging.unobserved_components, also)
    made = calibrated_reports(weighed, plain_table(backend, "calibration", calibration), merging, also)
    return kept(backend, "calibrated", made)
