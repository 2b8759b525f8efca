"""What a source usually reports, and how sure its values usually are, from the reports that came before.

A source's history are the last 8 quarters before the missing report in which any report of it counts in a cell. A cell (indicator and
place) that it reported in at least half of them is expected in the next one. Its error is that of the last such cell, which the
merge has completed (stated, estimated from its history, assumed by the method). Where others reported the same cell, the
source's reports alone are less sure. With weights w, and W and n those of the source's own reports among all, their variance is that of the cell times
  max(sum(own w²)/sum(own w)² · sum(w)²/sum(w²), n of all / n of own)
the first as for a weighted mean of equally sure reports, the second for values, such as medians, that weights do not describe.
Of a cell that was translated over a break, or taken over from another place, the error of a report is not told apart: it is not known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

LOOK_BACK = 8
SERIES = ["indicator_id", "place_id"]
FIGURES = ["value", "score", "standard_error", "score_error", "error_basis"]
COUNTS = ["reported_count", "of_count"]


def source_reports(reports: pd.DataFrame, submissions: pd.DataFrame) -> pd.DataFrame:
    """One row per source and cell with a report of it that counts: source_id, indicator_id, place_id, quarter, wider.

    `reports` are those used (indicator_id, place_id, quarter, weight, submission_ids), `submissions` say the source of each.
    `wider` is what the variance of the cell is multiplied by where this source alone reports.
    """
    rows = reports.reset_index(names="report")
    cell = [*SERIES, "quarter"]
    rows = rows.assign(square=rows["weight"] ** 2)
    whole = rows.groupby(cell, as_index=False).agg(
        all_square=("square", "sum"), all_weight=("weight", "sum"), all_count=("square", "size")
    )
    named = rows.assign(submission_id=rows["submission_ids"].str.split(";")).explode("submission_id")
    named = named.merge(submissions[["submission_id", "source_id"]], on="submission_id")
    named = named.drop_duplicates(["report", "source_id"])
    own = named.groupby(["source_id", *cell], as_index=False).agg(
        weight=("weight", "sum"), square=("square", "sum"), count=("square", "size")
    )
    own = own.merge(whole, on=cell)
    with np.errstate(invalid="ignore", divide="ignore"):
        of_mean = own["square"] / own["weight"] ** 2 * own["all_weight"] ** 2 / own["all_square"]
    wider = np.fmax(of_mean.to_numpy(), (own["all_count"] / own["count"]).to_numpy())
    return own[["source_id", *cell]].assign(wider=wider)


def usual_cells(owed: pd.DataFrame, reports: pd.DataFrame, cells: pd.DataFrame) -> tuple[pd.DataFrame, frozenset[int]]:
    """The cells that each missing report would usually have, and the missing reports whose source has any history.

    `owed` has number, source_id and first (the first quarter that it is about), `reports` is source_reports(), `cells` those of their
    own quarters (SERIES, quarter, FIGURES, crosswalk_ids). The result has number, SERIES, COUNTS and FIGURES, as the source alone would give them.
    """
    reported = reports[["source_id", "quarter"]].drop_duplicates()
    window = owed[["number", "source_id", "first"]].merge(reported, on="source_id")
    window = window[window["quarter"] < window["first"]]
    latest = window.groupby("number")["quarter"].rank(ascending=False) <= LOOK_BACK
    window = window[latest]
    of_count = window.groupby("number").size().rename("of_count")
    past = window.merge(reports, on=["source_id", "quarter"]).sort_values(["number", *SERIES, "quarter"])
    groups = past.groupby(["number", *SERIES], as_index=False)
    usual = groups.tail(1).merge(groups.agg(reported_count=("quarter", "size")), on=["number", *SERIES])
    usual = usual.join(of_count, on="number")
    usual = usual[2 * usual["reported_count"] >= usual["of_count"]]
    usual = usual.merge(cells[[*SERIES, "quarter", *FIGURES, "crosswalk_ids"]], on=[*SERIES, "quarter"])
    wider = np.sqrt(usual["wider"]).where(usual["crosswalk_ids"].isna())
    usual = usual.assign(
        standard_error=usual["standard_error"] * wider, score_error=usual["score_error"] * wider
    ).sort_values(["number", *SERIES], ignore_index=True)
    return usual[["number", *SERIES, *COUNTS, *FIGURES]], frozenset(window["number"])
