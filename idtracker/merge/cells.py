"""Observations -> merged cells: one value per indicator, place and quarter. The steps are in the modules beside this one."""

from __future__ import annotations

import pandas as pd

from idtracker.contract.tables import conform_types
from idtracker.contract.tables.derived import MergedCell
from idtracker.merge.carry import carry_forward
from idtracker.merge.indicators import check_indicators
from idtracker.merge.marking import combine_markings, entry_count
from idtracker.merge.method import Method
from idtracker.merge.national import national_cells
from idtracker.merge.policy import merge_reports
from idtracker.merge.quarters import grid
from idtracker.merge.reports import closest_rows, independent_reports, place_in_quarters, roll_up, usable_rows


def merge_cells(
    observation: pd.DataFrame, indicator: pd.DataFrame, place: pd.DataFrame, method: Method, periods: list[str]
) -> pd.DataFrame:
    """MergedCell rows for the quarters of `periods`, ordered by indicator, place and quarter.

    `observation` holds the rows known at the moment asked about (reported and derived ones together); rows about
    earlier quarters are used for carrying forward. All reports that were compared count in obs_count, org_ids and the
    marking, also where priority or a median gives one of them the word. The order of the rows does not matter.
    DefinitionError where an indicator cannot be merged, UsageError where a period is not a quarter.
    """
    indicator = check_indicators(indicator, method)
    rows = closest_rows(place_in_quarters(usable_rows(observation, indicator, method)))
    reports = independent_reports(roll_up(rows))
    cells = merge_reports(reports, indicator, method)
    rows = rows.assign(cell=rows["report"].map(reports.set_index("report")["cell"]))
    rows = rows[rows["cell"].notna()].astype({"cell": "int64"})
    cells = cells.join(combine_markings(rows, "cell"))
    cells["obs_count"] = rows.groupby("cell").size()
    cells["org_count"] = entry_count(rows, "cell", "org_ids")
    national = national_cells(cells, indicator, place, method)
    cells = pd.concat([cells, national], ignore_index=True) if len(national) else cells
    cells = carry_forward(cells, indicator, grid(periods))
    cells = cells.sort_values(["indicator_id", "place_id", "period_start"], ignore_index=True)
    return conform_types(cells, MergedCell)
