"""Observations -> merged cells: one value per indicator, place and quarter. The steps are in the modules beside this one.

Here frames become tables of an engine, the expression runs, and its rows become frames of the contract.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from idtracker.analyse.engine import open_engine, types_of
from idtracker.analyse.merge.compiled_plans import CompiledPlan, compiled_plan
from idtracker.analyse.merge.indicators import calibrates, check_indicators
from idtracker.analyse.merge.linking.declared import Declared
from idtracker.analyse.merge.policies.components import calibrate
from idtracker.analyse.merge.quarters import grid
from idtracker.analyse.merge.uncertainty.history import scatter_of_histories
from idtracker.model.method import Method
from idtracker.model.tables import Table, conform_types
from idtracker.model.tables.derived import CellReport, MergedCell

if TYPE_CHECKING:
    from idtracker.analyse.merge.plan import Plan


OBSERVATION_COLUMNS = (
    *("indicator_id", "place_id", "period_start", "period_end", "value", "standard_error", "lower", "upper"),
    *("disaggregation", "obs_status", "reliability", "credibility", "org_id", "originator_org_id", "origin_org_id"),
    *("origin", "source_id", "fact_id", "submission_id", "waiver"),
    *("classification", "handling", "releasable_to", "recorded_from"),
)
"""The columns of an observation that merging reads."""
DRIFT = ("score_drift", "score_trend", "drift_basis")
"""How much less sure a cell is with every quarter for which it is carried (uncertainty/errors.py), in points² a quarter."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging says: the cells, the reports behind them, used or not, and how each own cell drifts (columns DRIFT)."""

    cells: pd.DataFrame
    reports: pd.DataFrame
    drifts: pd.DataFrame


def merge_observations(
    observation: pd.DataFrame | pa.Table,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    method: Method,
    periods: list[str],
    adjudication: pd.DataFrame | None = None,
    partition_by: Sequence[str] = (),
    links: Declared | None = None,
    parts: pd.DataFrame | None = None,
) -> Merged:
    """MergedCell rows for the quarters of `periods`, ordered by indicator, place and quarter, and the CellReport rows behind them.

    `observation` holds the rows known at the moment asked about (reported and derived ones together); rows about
    earlier quarters are used for carrying forward. `adjudication` holds the decisions known at that moment. All reports
    that were compared count in obs_count, org_ids and the marking, also where priority or a median gives one of them
    the word. The order of the rows does not matter.

    `partition_by` names further columns of `observation` (and of `adjudication`, where it is given), such as `known_at`: rows
    that differ in them are merged apart, at once, and the results carry them in front.

    `links` are the declared breaks of series and shares of places; None: there are none.

    `parts` are own cells of governorates, merged before, that countries are made from: columns of MergedCell, DRIFT, `quarter`
    (a running number) and those of `partition_by`. Not beside `links`.

    DefinitionError where an indicator cannot be merged, UsageError where a period is not a quarter.
    """
    indicator = check_indicators(indicator, method)
    inputs = {"observation": observation, "indicator": indicator, "place": place, "quarters": grid(periods)}
    inputs |= {} if adjudication is None or adjudication.empty else {"adjudication": adjudication}
    inputs |= {} if parts is None else {"parts": parts}
    types, rounds = tuple(types_of(observation, tuple(partition_by)).items()), (0, 0)
    if links is not None and any(links.rounds):
        rounds = links.rounds
        inputs |= {name: frame for name, frame in links.tables.items() if rounds[name == "shares"]}
    plan = _plan(method, types, calibrates(indicator, method), rounds, frozenset(inputs))
    cells, reports = _worked_out(plan, inputs, method, partition_by)
    drifts = cells.loc[~cells["is_carried"].astype("bool"), [*partition_by, *MergedCell.key, *DRIFT]]
    return Merged(_conformed(cells, MergedCell, partition_by), _conformed(reports, CellReport, partition_by), drifts)


def _worked_out(
    plan: CompiledPlan, inputs: Mapping[str, pd.DataFrame | pa.Table], method: Method, partition_by: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cells and reports of a plan; what an engine cannot estimate is estimated between its statements."""
    with open_engine() as engine:
        for name, frame in inputs.items():
            engine.put(name, frame, plan.inputs[name])
        for name, statement in plan.statements.items():
            engine.make(name, statement)
            if name == "component_pairs" and method.merging is not None:
                estimated = calibrate(engine.content(name), method.merging.unobserved_components, partition_by)
                engine.put("calibration", estimated, plan.inputs["calibration"])
            if name == "positions" and method.uncertainty is not None:
                scatter = scatter_of_histories(engine.content(name), method.uncertainty.history)
                engine.put("history", scatter, plan.inputs["history"])
        return engine.content("cells"), engine.content("cell_report")


def _plan(
    method: Method,
    partition_by: tuple[tuple[str, str], ...],
    calibrates: bool,
    rounds: tuple[int, int],
    inputs: Collection[str],
) -> CompiledPlan:
    """The plan for a method and a kind of merge: the same text whatever the rows."""
    decides, has_parts = "adjudication" in inputs, "parts" in inputs

    def build() -> Plan:
        from idtracker.analyse.merge.plan import merge_plan

        return merge_plan(
            method, dict(partition_by), calibrates=calibrates, decides=decides, rounds=rounds, has_parts=has_parts
        )

    shape = ("merge", method.model_dump_json(), partition_by, calibrates, decides, rounds, has_parts)
    return compiled_plan(shape, build)


def _conformed(frame: pd.DataFrame, model: type[Table], partition_by: Sequence[str]) -> pd.DataFrame:
    """The rows as the canonical table, the further key columns in front."""
    return pd.concat([frame[list(partition_by)], conform_types(frame, model)], axis=1)
