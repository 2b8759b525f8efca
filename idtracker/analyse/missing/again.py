"""The cells as they would be if a missing report came: what it usually has, as values that are as sure as it usually is.

Only cells that are carried forward or absent are replaced: where another source has reported the cell, what a further report adds
is not counted. Values stay those that are there, and where none is, the last one that the source reported: what a report will
say is not known, and its expected value is what is expected now (a random walk stays where it is). A later quarter without a value of
its own would be carried from the report (carried.py).
"""

from __future__ import annotations

import pandas as pd

from idtracker.analyse.missing.carried import CELL, carried_on
from idtracker.analyse.missing.national import national_cells
from idtracker.analyse.missing.usual import COUNTS, FIGURES
from idtracker.model.method import Method

COLUMNS = ["number", *CELL, *COUNTS, *FIGURES, "is_absent"]


def cells_again(
    owed: pd.DataFrame,
    usual: pd.DataFrame,
    cells: pd.DataFrame,
    register: tuple[pd.DataFrame, pd.DataFrame],
    method: Method,
    quarters: list[int],
) -> pd.DataFrame:
    """The cells of `quarters` that would be others, by number of the missing report: COLUMNS and is_carried. `is_absent`: there is none now.

    `owed` has number, first and last (quarters that the report is about), `usual` is usual_cells(); `cells` are all cells from the
    first of these quarters on: CELL, FIGURES, is_carried, origin (quarter) and method. `register`: indicators and places.
    """
    about = owed.loc[owed.index.repeat(owed["last"] - owed["first"] + 1), ["number", "first"]]
    about = about.assign(quarter=about["first"] + about.groupby("number").cumcount())[["number", "quarter"]]
    about = about[about["quarter"] <= max(quarters)]
    own = about.merge(usual, on="number").merge(
        cells[[*CELL, "value", "score", "is_carried"]], on=CELL, how="left", suffixes=("", "_now")
    )
    own = own[own["is_carried"].astype("boolean").fillna(True).to_numpy(dtype=bool)]
    kept = {name: own[f"{name}_now"].fillna(own[name]) for name in ("value", "score")}
    own = own.assign(is_absent=own["value_now"].isna(), **kept)[COLUMNS]
    own = pd.concat([own, national_cells(own, cells, *register, method)], ignore_index=True)
    fresh = own[own["quarter"].isin(quarters)].assign(is_carried=False)
    later = carried_on(own, cells, register[0], method, quarters)
    both = pd.concat([fresh, later], ignore_index=True).drop_duplicates(["number", *CELL], keep="first")
    return both.sort_values(["number", *CELL], ignore_index=True)
