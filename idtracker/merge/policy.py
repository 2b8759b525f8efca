"""Several reports -> one value by the declared policy, with its error, spread and status.

priority: the designated owner's report, else quality-weighted · quality_weighted: mean weighted by the Admiralty quality
· median: the plain median. A cell of one report is that report (SINGLE).

Standard error of a merged value, with weights w that add up to 1 over n reports x and merged mean m:
  within  = sum(w²·s²), where a report that states no error s is taken to be as uncertain as the stated ones on average
  between = sum(w²)·sum(w·(x - m)²)/(1 - sum(w²)), the squared standard error of a weighted mean that the reports' own
            differences imply (none for the owner of a priority, whose word is not averaged)
  error   = sqrt(within + between), times sqrt(pi/2) for a median of three or more
It is empty where no report states an error and their differences show none.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from idtracker.merge.indicators import scale, scale_error
from idtracker.merge.method import Method
from idtracker.merge.reports import CELL

_SCALE = ["goalpost_low", "goalpost_high", "direction"]


def merge_reports(reports: pd.DataFrame, indicator: pd.DataFrame, method: Method) -> pd.DataFrame:
    """One row per cell, indexed by its number: value, standard_error, score, spread, policy used and status.

    `reports` holds the independent reports with their `cell` number (see reports.independent_reports).
    """
    terms = indicator[["indicator_id", *_SCALE, "merge_policy", "priority_org_id"]]
    reports = reports.merge(terms, on="indicator_id", how="left")
    reports["policy"] = reports["merge_policy"].fillna(method.merge_policy)
    reports["is_owner"] = _owners(reports)
    reports["weight"] = _weights(reports, method)
    groups = reports.groupby("cell")
    cells = groups[[*CELL, *_SCALE, "policy"]].first()
    count = groups.size()
    has_owner = groups["is_owner"].any()
    cells["method"] = np.select(
        [count == 1, has_owner, cells["policy"] == "median"], ["SINGLE", "PRIORITY", "MEDIAN"], "WEIGHTED_MEAN"
    )
    mean = (reports["weight"] * reports["value"]).groupby(reports["cell"]).sum()
    value = mean.where(cells["method"] != "MEDIAN", groups["value"].median())
    cells["value"] = value.clip(groups["value"].min(), groups["value"].max())
    cells["standard_error"] = _error(reports, mean, has_owner, cells["method"])
    cells["is_ungraded"] = reports["quality"].isna().groupby(reports["cell"]).any()
    return _judged(with_scores(cells), reports, method).drop(columns=["policy", *_SCALE])


def with_scores(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with `score` and `score_error` from value, standard_error, goalposts and direction."""
    ends = cells["goalpost_low"], cells["goalpost_high"]
    return cells.assign(
        score=scale(cells["value"], *ends, cells["direction"]),
        score_error=scale_error(cells["standard_error"], *ends),
    )


def _owners(reports: pd.DataFrame) -> pd.Series:
    """The one report per cell that is the designated owner's: its own statement before one it quotes, then the best graded."""
    is_candidate = (reports["policy"] == "priority") & (reports["org"] == reports["priority_org_id"])
    candidates = reports[is_candidate].assign(is_quoted=lambda rows: rows["origin"].notna())
    ranked = candidates.sort_values(["cell", "is_quoted", "quality"], ascending=[True, True, False], kind="stable")
    chosen = ranked.drop_duplicates("cell").index
    return pd.Series(reports.index.isin(chosen), index=reports.index)


def _weights(reports: pd.DataFrame, method: Method) -> pd.Series:
    """Weights that add up to 1 in every cell: all on the owner, equal for a median, by quality otherwise.

    A cell of nothing but unusable reports weighs them equally.
    """
    weight = reports["quality"].fillna(method.grading.ungraded_weight).where(reports["is_usable"], 1.0)
    weight = weight.where(reports["policy"] != "median", 1.0)
    has_owner = reports.groupby("cell")["is_owner"].transform("any")
    weight = weight.where(~has_owner, reports["is_owner"].astype("float64"))
    total: pd.Series = weight.groupby(reports["cell"]).transform("sum")
    return weight / total


def _error(reports: pd.DataFrame, mean: pd.Series, has_owner: pd.Series, used: pd.Series) -> pd.Series:
    cell, weight, variance = reports["cell"], reports["weight"], reports["error"] ** 2
    stated_weight = weight.where(variance.notna(), 0.0).groupby(cell).sum()
    stated = (weight * variance).groupby(cell).sum() / stated_weight.where(stated_weight > 0)
    within = (weight**2 * variance.fillna(cell.map(stated))).groupby(cell).sum()
    squared = (weight**2).groupby(cell).sum()
    scatter = (weight * (reports["value"] - cell.map(mean)) ** 2).groupby(cell).sum()
    values = reports.groupby("cell")["value"]
    differs = (values.max() > values.min()) & ~has_owner
    between = (squared * scatter / (1 - squared).where(differs)).fillna(0.0)
    is_known = (stated_weight > 0) | (between > 0)
    is_wide_median = (used == "MEDIAN") & (values.size() >= 3)
    factor = pd.Series(np.where(is_wide_median, math.sqrt(math.pi / 2), 1.0), index=used.index)
    error: pd.Series = (within + between) ** 0.5 * factor
    return error.where(is_known)


def _judged(cells: pd.DataFrame, reports: pd.DataFrame, method: Method) -> pd.DataFrame:
    """Spread on the 0-100 scale, disagreement and the one observation status: break, doubt, estimate, provisional, normal."""
    each = reports.groupby("cell")
    score = scale(reports["value"], reports["goalpost_low"], reports["goalpost_high"], reports["direction"])
    scores = score.groupby(reports["cell"])
    spread = (scores.max() - scores.min()).where(each.size() > 1)
    is_disagreement = spread > method.disagreement_points
    is_doubted = is_disagreement | each["is_doubted"].all() | ~each["is_usable"].any()
    status = np.select(
        [each["has_break"].any(), is_doubted, each["has_estimate"].any(), each["is_provisional"].any()],
        ["B", "U", "E", "P"],
        "A",
    )
    return cells.assign(spread=spread, is_disagreement=is_disagreement, obs_status=status)
