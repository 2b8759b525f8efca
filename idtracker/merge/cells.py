"""Observations -> merged cells: one value per indicator, place and quarter. The steps are in the modules beside this one.

Here frames become tables of an engine, the expression runs, and its rows become frames of the contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from idtracker.contract.tables import Table, conform_types
from idtracker.contract.tables.derived import CellReport, MergedCell
from idtracker.contract.tables.operations import Adjudication
from idtracker.contract.tables.reference import Indicator, Place
from idtracker.contract.tables.reporting import Observation
from idtracker.merge.indicators import calibrates, check_indicators
from idtracker.merge.method import Method
from idtracker.merge.quarters import grid
from idtracker.store.engine import as_frame, as_table, open_engine, plain_table


@dataclass(frozen=True, slots=True)
class Merged:
    """What merging says: the cells, and the reports behind them, used or not."""

    cells: pd.DataFrame
    reports: pd.DataFrame


def merge_cells(
    observation: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    method: Method,
    periods: list[str],
    adjudication: pd.DataFrame | None = None,
    also: Sequence[str] = (),
) -> pd.DataFrame:
    """The cells of merge_observations() alone."""
    return merge_observations(observation, indicator, place, method, periods, adjudication, also).cells


def merge_observations(
    observation: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    method: Method,
    periods: list[str],
    adjudication: pd.DataFrame | None = None,
    also: Sequence[str] = (),
) -> Merged:
    """MergedCell rows for the quarters of `periods`, ordered by indicator, place and quarter, and the CellReport rows behind them.

    `observation` holds the rows known at the moment asked about (reported and derived ones together); rows about
    earlier quarters are used for carrying forward. `adjudication` holds the decisions known at that moment. All reports
    that were compared count in obs_count, org_ids and the marking, also where priority or a median gives one of them
    the word. The order of the rows does not matter.

    `also` names further columns of `observation` (and of `adjudication`, where it is given), such as `known_at`: rows
    that differ in them are merged apart, at once, and the results carry them in front.

    DefinitionError where an indicator cannot be merged, UsageError where a period is not a quarter.
    """
    from idtracker.merge.stages import Tables, merge_tables

    indicator = check_indicators(indicator, method)
    quarters = grid(periods)
    decided = None if adjudication is None or adjudication.empty else adjudication
    with open_engine() as engine:
        tables = Tables(
            observation=as_table(engine, "observation", observation, Observation, also),
            indicator=as_table(engine, "indicator", indicator, Indicator),
            place=as_table(engine, "place", place, Place),
            quarters=plain_table(engine, "quarters", quarters),
            adjudication=None if decided is None else as_table(engine, "adjudication", decided, Adjudication, also),
            calibrates=calibrates(indicator, method),
        )
        cells, reports = (as_frame(engine, table) for table in merge_tables(engine, tables, method, tuple(also)))
    return Merged(_conformed(cells, MergedCell, also), _conformed(reports, CellReport, also))


def _conformed(frame: pd.DataFrame, model: type[Table], also: Sequence[str]) -> pd.DataFrame:
    """The rows as the canonical table, the further key columns in front."""
    return pd.concat([frame[list(also)], conform_types(frame, model)], axis=1)
