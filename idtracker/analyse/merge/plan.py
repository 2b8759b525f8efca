"""The steps of merging one after the other, as expressions over named tables: rows -> reports -> cells -> the grid of quarters.

Each step is a function from tables to a table in a module beside this one. A plan is built once for each method and kind
of merge; whoever has an engine puts the tables in and works the plan off (cells.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.engine import Types, canonical_types
from idtracker.analyse.merge.calendar import quarter_code
from idtracker.analyse.merge.carry import carry_forward
from idtracker.analyse.merge.cell_status import judge_cells
from idtracker.analyse.merge.cells import DRIFT, OBSERVATION_COLUMNS
from idtracker.analyse.merge.keys import PartitionBy, cell_key, report_key
from idtracker.analyse.merge.linking.declared import BREAKS, CODES, SHARES
from idtracker.analyse.merge.linking.links import Links
from idtracker.analyse.merge.policies.calibration import calibrated_cells, calibrated_reports, component_pairs
from idtracker.analyse.merge.policies.decisions import decide_cells, decide_reports, decisions_in_force
from idtracker.analyse.merge.policies.national import governorate_weights, national_cells
from idtracker.analyse.merge.policies.policy import EVIDENCE, merge_reports, weigh_reports
from idtracker.analyse.merge.reports import (
    closest_rows,
    independent_reports,
    place_in_quarters,
    roll_up,
    usable_rows,
)
from idtracker.analyse.merge.scoring import TERMS, indicator_terms, score
from idtracker.analyse.merge.uncertainty.errors import GROWTH, TOLD_BY_HISTORY, positions, with_errors, without_growth
from idtracker.model.method import Merging, Method
from idtracker.model.tables import Table, columns_of
from idtracker.model.tables.derived import CellReport, MergedCell
from idtracker.model.tables.operations import Adjudication
from idtracker.model.tables.reference import Indicator, Place
from idtracker.model.tables.reporting import Observation

if TYPE_CHECKING:
    import ibis.expr.types as ir

QUARTERS: Types = {"quarter": "int64", "period": "string", "period_start": "date", "period_end": "date"}
_MODELS: dict[str, type[Table]] = {
    "observation": Observation,
    "indicator": Indicator,
    "place": Place,
    "adjudication": Adjudication,
}
_OF_THE_GRID = ("period", "period_start", "period_end", "is_carried", "origin_period", "age_days")
_CELL = [spec.name for spec in columns_of(MergedCell) if spec.name not in _OF_THE_GRID]
_TOLD = (
    *("value", "error", "quality", "weight", "use", "fact_ids", "submission_ids"),
    *("classification", "handling", "releasable_to", "recorded_from"),
)


@dataclass(slots=True)
class Plan:
    """Tables to put into an engine, by name with their types, and expressions to keep there, by name in their order.

    A kept table `component_pairs` asks for the table `calibration` before what follows it, `positions` for `history`. `cells`
    and `cell_report` are what comes out.
    """

    inputs: dict[str, Types] = field(default_factory=dict)
    stored: dict[str, ir.Table] = field(default_factory=dict)

    def table(self, name: str, types: Types) -> ir.Table:
        """A table that will be put in."""
        self.inputs[name] = types
        return ibis.table(dict(types), name=name)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """The rows of an expression as a table for further expressions."""
        self.stored[name] = expression
        return ibis.table(expression.schema(), name=name)


def merge_plan(
    method: Method,
    partition_by: Types,
    *,
    calibrates: bool,
    decides: bool,
    rounds: tuple[int, int] = (0, 0),
    has_parts: bool = False,
) -> Plan:
    """MergedCell and CellReport rows from the canonical tables, with the further key columns `partition_by` in front.

    `calibrates` says whether any indicator has the policy unobserved_components, `decides` whether there are decisions,
    `rounds` how many declared breaks and shares follow one another (Declared.rounds), `has_parts` whether there are cells of
    governorates that were merged before (table `parts`).
    """
    plan, keys = Plan(), tuple(partition_by)
    inputs = _inputs(plan, partition_by, decides)
    terms = plan.keep("terms", indicator_terms(inputs["indicator"], method))
    links = _links(plan, rounds)
    reports = plan.keep("reports", told_reports(inputs["observation"], terms, method, keys, links))
    weighed = plan.keep("weighed", weigh_reports(reports, terms, method, keys))
    if calibrates and method.merging is not None:
        weighed = _calibrated(plan, weighed, method.merging, partition_by)
    cells = merge_reports(weighed, keys)
    cells = judge_cells(calibrated_cells(cells, weighed, keys) if calibrates else cells, method)
    if decides:
        decisions = plan.keep("decisions", links.decided(decisions_in_force(inputs["adjudication"], keys)))
        weighed = plan.keep("decided", decide_reports(weighed, decisions, method, keys))
        cells = decide_cells(plan.keep("undecided", cells), weighed, decisions, keys)
    own = [*cell_key(keys), *(name for name in _CELL if name not in cell_key(keys)), *links.columns]
    cells = plan.keep("own_cells", links.marked(cells).select([*own, *EVIDENCE]))
    cells = _completed(plan, cells, terms, method, keys, links)
    parts = _with_parts(plan, cells, partition_by, terms) if has_parts else cells
    national = links.marked(national_cells(parts, terms, inputs["place"], method, keys, links.of_places))
    cells = links.completed(ibis.union(cells, national.select([*own, *GROWTH])), terms, method, keys)
    on_grid = carry_forward(cells, terms, plan.table("quarters", QUARTERS), keys, links.stops)
    on_grid = on_grid.select(*keys, *(spec.name for spec in columns_of(MergedCell)), *DRIFT)
    cells = plan.keep("cells", on_grid.order_by([*keys, "indicator_id", "place_id", "period_start"]))
    plan.keep("cell_report", contributing_reports(reports, weighed, cells, terms, keys))
    return plan


def _inputs(plan: Plan, partition_by: Types, decides: bool) -> dict[str, ir.Table]:
    """The canonical tables that every merge reads."""
    return {
        name: plan.table(
            name, _types(name, model) | (dict(partition_by) if name in ("observation", "adjudication") else {})
        )
        for name, model in _MODELS.items()
        if decides or name != "adjudication"
    }


def _with_parts(plan: Plan, cells: ir.Table, partition_by: Types, terms: ir.Table) -> ir.Table:
    """The cells and those of the table `parts`, with the drift of their values as with_errors() has it."""
    types = canonical_types(MergedCell)
    told = {name: types[name] for name in _CELL if name not in ("indicator_id", "place_id")}
    drift = {"score_drift": "float64", "score_trend": "float64", "drift_basis": "string"}
    names = {"indicator_id": "string", "place_id": "string", "quarter": "int64"}
    parts = plan.table("parts", {**partition_by, **names, **told, **drift})
    rows = parts.join(terms.select("indicator_id", "width"), "indicator_id")
    width = rows["width"]
    rows = rows.mutate(
        value_drift=rows["score_drift"] * (width / 100) * (width / 100),
        value_trend=rows["score_trend"] * (width / 100) * (width / 100),
    )
    return ibis.union(cells, rows.select(cells.columns))


def weights_plan() -> Plan:
    """What part each governorate has in its country, as `weights`."""
    plan = Plan()
    plan.keep("weights", governorate_weights(plan.table("place", canonical_types(Place))))
    return plan


def _types(name: str, model: type[Table]) -> dict[str, str]:
    """The columns of an input: of observations only those that merging reads."""
    types = canonical_types(model)
    return {c: types[c] for c in OBSERVATION_COLUMNS} if name == "observation" else types


def told_reports(
    observation: ir.Table, terms: ir.Table, method: Method, partition_by: PartitionBy, links: Links
) -> ir.Table:
    """One row per organisation, origin and quarter, whether it counts or not."""
    rows = links.on_one_basis(place_in_quarters(usable_rows(observation, terms, method, partition_by)), terms)
    return independent_reports(roll_up(closest_rows(rows, partition_by), partition_by), partition_by)


def contributing_reports(
    reports: ir.Table, weighed: ir.Table, cells: ir.Table, terms: ir.Table, partition_by: PartitionBy = ()
) -> ir.Table:
    """CellReport rows of every quarter that a value among `cells` comes from, in the order of their key.

    `reports` holds all of them, `weighed` those that count with their weight and use.
    """
    is_linked = "crosswalk_ids" in reports.columns
    columns = [*report_key(partition_by), *_TOLD, *(["crosswalk_ids"] if is_linked else [])]
    unused = reports.filter(reports["set_aside"].notnull())
    unused = unused.mutate(weight=ibis.literal(0.0), use=unused["set_aside"])
    rows = ibis.union(weighed.select(columns), unused.select(columns))
    rows = rows.mutate(period=quarter_code(rows["quarter"]))
    reported = cells.select(*partition_by, "indicator_id", "place_id", period="origin_period").distinct()
    rows = rows.semi_join(reported, [*partition_by, "indicator_id", "place_id", "period"])
    rows = rows.join(terms.select("indicator_id", *TERMS), "indicator_id")
    rows = rows.mutate(
        org_id=rows["org"],
        origin=rows["origin"].nullif(""),
        standard_error=rows["error"],
        score=score(rows["value"], rows),
        crosswalk_ids=rows["crosswalk_ids"] if is_linked else ibis.null("string"),
    )
    key = [*partition_by, "indicator_id", "place_id", "period", "org_id"]
    order = [*key, ibis.asc(rows["origin"], nulls_first=False)]
    return rows.select(*partition_by, *(spec.name for spec in columns_of(CellReport))).order_by(order)


def _links(plan: Plan, rounds: tuple[int, int]) -> Links:
    """The declarations as tables of the plan, those that there are."""
    breaks = codes = shares = None
    if rounds[0]:
        breaks, codes = plan.table("breaks", BREAKS), plan.table("codes", CODES)
    if rounds[1]:
        shares = plan.table("shares", SHARES)
    return Links(rounds, breaks, codes, shares)


def _completed(
    plan: Plan, cells: ir.Table, terms: ir.Table, method: Method, partition_by: PartitionBy, links: Links
) -> ir.Table:
    """The cells with an error each and its drift; the scatter of histories is estimated outside the engine."""
    if method.uncertainty is None:
        return without_growth(cells)
    places = plan.keep("positions", positions(cells, terms, partition_by, links.of_breaks))
    history = plan.table(
        "history", {"series": "int64", "quarter": "int64", **dict.fromkeys(TOLD_BY_HISTORY, "float64")}
    )
    return plan.keep("sure_cells", with_errors(cells, terms, places, history, method.uncertainty, partition_by))


def _calibrated(plan: Plan, weighed: ir.Table, merging: Merging, partition_by: Types) -> ir.Table:
    """The reports weighed by the errors of their components, which are estimated outside the engine."""
    plan.keep("component_pairs", component_pairs(weighed, tuple(partition_by)))
    types = {**partition_by, "indicator_id": "string", "component": "string", "bias": "float64", "deviation": "float64"}
    calibration = plan.table("calibration", types)
    return plan.keep("calibrated", calibrated_reports(weighed, calibration, merging, tuple(partition_by)))
