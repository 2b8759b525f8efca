"""Cells of later quarters that would be carried from a missing report, by the rules of merge/carry.py.

How fast errors grow stands in no table. A cell that is carried now has grown by a sum of terms in the quarters and in their
squares; over fewer quarters it has grown by no more than in proportion. Where none is carried now, the fastest growth of any carried cell of
the series is taken, else the drift that the method assumes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.analyse.missing.usual import COUNTS, FIGURES, SERIES
from idtracker.model.method import KNOWING_NOTHING, Method
from idtracker.model.periods import period, quarter_code

CELL = [*SERIES, "quarter"]
ERRORS = ["standard_error", "score_error"]
_WEAKNESS = ["STATED", "ESTIMATED", "ASSUMED"]


def carried_on(
    own: pd.DataFrame, cells: pd.DataFrame, indicator: pd.DataFrame, method: Method, quarters: list[int]
) -> pd.DataFrame:
    """Cells of `quarters` carried from what would be in an earlier one: the columns of `own`, and is_carried.

    `own` are the cells that would be in the quarters that reports are about; `cells` are all cells as they are, with origin.
    """
    now = own[SERIES].drop_duplicates().merge(pd.DataFrame({"quarter": quarters}, dtype="int64"), how="cross")
    now = now.merge(cells[[*CELL, *FIGURES, "is_carried", "origin"]], on=CELL, how="left")
    now = now[now["is_carried"].astype("boolean").fillna(True).to_numpy(dtype=bool)].drop(columns="is_carried")
    from_report = ["number", *SERIES, "quarter", *COUNTS, *FIGURES]
    rows = now.merge(own[from_report], on=SERIES, suffixes=("", "_again"))
    is_later = rows["origin"].isna() | (rows["quarter_again"] > rows["origin"])
    rows = rows[is_later & (rows["quarter_again"] < rows["quarter"])]
    rows = rows.sort_values("quarter_again").drop_duplicates(["number", *CELL], keep="last", ignore_index=True)
    rows = _grown(rows, cells, indicator, method)
    is_absent = rows["origin"].isna()
    kept = {name: rows[name].fillna(rows[f"{name}_again"]) for name in ("value", "score")}
    weaker = [max(pair, key=_rank) for pair in zip(rows["error_basis"], rows["error_basis_again"], strict=True)]
    rows = rows.assign(**kept, error_basis=weaker, is_absent=is_absent, is_carried=True)
    return rows[~is_absent | _may_be_carried(rows, indicator)][[*own.columns, "is_carried"]]


def _grown(rows: pd.DataFrame, cells: pd.DataFrame, indicator: pd.DataFrame, method: Method) -> pd.DataFrame:
    """The rows with ERRORS as they have grown since the quarter of the report."""
    growth = _growth(cells)
    fastest = growth.groupby(SERIES, as_index=False)[ERRORS].max()
    of_cell = rows[CELL].merge(growth, on=CELL, how="left")
    of_series = rows[SERIES].merge(fastest, on=SERIES, how="left")
    assumed = 0.0 if method.uncertainty is None else method.uncertainty.assumed.drift**2
    width = rows["indicator_id"].map(_widths(indicator)).astype("float64")
    scale: dict[str, pd.Series | float] = {"standard_error": (width / 100) ** 2, "score_error": 1.0}
    since = rows["quarter"] - rows["quarter_again"]
    errors = {}
    for name in ERRORS:
        usual = of_series[name].fillna(assumed * scale[name]).where(rows["origin"].isna(), 0.0)
        errors[name] = np.sqrt(rows[f"{name}_again"] ** 2 + since * of_cell[name].fillna(usual))
    return rows.assign(**errors)


def _growth(cells: pd.DataFrame) -> pd.DataFrame:
    """By how much the square of the errors of each carried cell has grown in a quarter: CELL and ERRORS."""
    origins = cells.loc[~cells["is_carried"], [*CELL, *ERRORS]].rename(columns={"quarter": "origin"})
    carried = cells.loc[cells["is_carried"], [*CELL, "origin", *ERRORS]]
    rows = carried.merge(origins, on=[*SERIES, "origin"], suffixes=("", "_then"))
    quarters = rows["quarter"] - rows["origin"]
    grown = {name: ((rows[name] ** 2 - rows[f"{name}_then"] ** 2) / quarters).clip(lower=0) for name in ERRORS}
    return rows[CELL].assign(**grown)


def _may_be_carried(rows: pd.DataFrame, indicator: pd.DataFrame) -> pd.Series:
    """Whether a cell is young and telling enough to be carried so far."""
    ends = {number: period(quarter_code(number)).end for number in {*rows["quarter"], *rows["quarter_again"]}}
    pairs = zip(rows["quarter"], rows["quarter_again"], strict=True)
    age = pd.Series([(ends[late] - ends[early]).days for late, early in pairs], index=rows.index, dtype="float64")
    most = rows["indicator_id"].map(dict(zip(indicator["indicator_id"], indicator["max_age_days"], strict=True)))
    return (age <= most.astype("float64")) & ~(rows["score_error"] >= KNOWING_NOTHING)


def _widths(indicator: pd.DataFrame) -> dict[str, float]:
    width = (indicator["goalpost_high"] - indicator["goalpost_low"]).abs()
    return dict(zip(indicator["indicator_id"], width, strict=True))


def _rank(basis: object) -> int:
    return _WEAKNESS.index(basis) if basis in _WEAKNESS else -1
