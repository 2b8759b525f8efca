"""Reports of several organisations about the same thing, side by side on the 0-100 scale."""

from __future__ import annotations

import pandas as pd

from idtracker.analyse.merge.indicators import scale
from idtracker.analyse.metrics.inputs import ROW, Inputs
from idtracker.analyse.metrics.krippendorff import alpha
from idtracker.analyse.metrics.quarter import Quarter

ORDINAL = "ordinal"


def side_by_side(inputs: Inputs, quarter: Quarter) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One score per indicator, place, period and organisation, and the pairs_of() them.

    Columns `unit` (indicator, place and period), `org`, `origin`, `score` (0-100), `is_ordinal`. Periods inside the
    quarter are rolled up as the indicator says; longer ones are compared with each other in the quarter they end in.
    Of several organisations that quote one origin the first by identifier stands for all, or the origin itself where
    it is an organisation that reports.
    """

    totals, indicator = _totals(inputs, quarter), inputs.table("indicator")

    def make() -> tuple[pd.DataFrame, pd.DataFrame]:
        grouped = _reports(inputs, quarter).groupby(["unit", "indicator_id", "org"], as_index=False, sort=True)
        scores = grouped.agg(
            mean=("value", "mean"), sum=("value", "sum"), last=("value", "last"), origin=("origin", "first")
        )
        scores = _scored(_one_of_each_word(scores), indicator)
        return scores, pairs_of(scores)

    key = ("side_by_side", quarter, inputs.mode)
    return inputs.remember_while(key, [totals, indicator, inputs.reading(quarter)], make)


def _one_of_each_word(scores: pd.DataFrame) -> pd.DataFrame:
    """The first by organisation of those that are one word: what an organisation says itself before those who quote it."""
    quoted = scores["origin"].astype("str").str.replace(r"\s+", " ", regex=True).str.strip().str.lower()
    own = scores["org"].str.lower()
    is_own = quoted.isna() | (quoted == "") | (quoted == own)
    own_first = scores.assign(word=quoted.mask(is_own, own), is_quote=~is_own).sort_values("is_quote", kind="stable")
    return scores.loc[~own_first.duplicated(["unit", "word"]).reindex(scores.index)]


def report_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The observation rows behind side_by_side(), with their `unit`."""
    return _reports(inputs, quarter)[["unit", "indicator_id", "place_id", "org_id", "period", *ROW]]


def pairs_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Every pair of organisations that report the same thing: `unit` and `distance` (points of 100)."""
    both = scores.merge(scores, on="unit", suffixes=("_a", "_b"))
    both = both[both["org_a"] < both["org_b"]]
    names = both["unit"] + ": " + both["org_a"].astype("str") + " – " + both["org_b"].astype("str")
    return pd.DataFrame(
        {"unit": names, "of": both["unit"], "distance": (both["score_a"] - both["score_b"]).abs(), "counts": True}
    )


def krippendorff_alpha(scores: pd.DataFrame) -> float | None:
    """Krippendorff's alpha of ordinal scores, organisations as coders; None where no two differ or none can be paired."""
    return alpha(scores.pivot(index="org", columns="unit", values="score").to_numpy(dtype="float64"), "ordinal")


def _reports(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Observations of totals with a value whose period ends in the quarter, with `unit` and `org`."""
    rows = inputs.with_organisation(_totals(inputs, quarter), "org_id", quarter)
    rows = rows.sort_values(["period_end", "fact_id"], kind="stable")
    rows = rows.assign(origin=inputs.identify(rows["origin_org_id"], quarter).fillna(rows["origin"]))
    when = rows["period"].where(rows["period_start"] < quarter.start, quarter.code)
    return rows.assign(unit=rows["indicator_id"] + " " + rows["place_id"] + " " + when)


def _totals(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    observation, indicator = inputs.table("observation"), inputs.table("indicator")

    def of_quarter() -> pd.DataFrame:
        rows = inputs.remember_while(("totals",), [observation, indicator], every)
        return inputs.settled(("all_totals", quarter), rows[rows["period_end"].between(quarter.start, quarter.end)])

    def every() -> pd.DataFrame:
        total = observation["disaggregation"].isna() | (observation["disaggregation"] == "")
        is_known = observation["indicator_id"].isin(indicator["indicator_id"])
        return observation[total & observation["value"].notna() & is_known]

    return inputs.remember_while(("totals", quarter), [observation, indicator], of_quarter)


def _scored(values: pd.DataFrame, indicator: pd.DataFrame) -> pd.DataFrame:
    """The rolled-up values between the goalposts of their indicator; those without two different goalposts are left out."""
    terms = indicator[["indicator_id", "unit", "direction", "goalpost_low", "goalpost_high", "roll_up"]]
    rows = values.merge(terms.rename(columns={"unit": "measured_in"}), on="indicator_id")
    rolled = rows["mean"].mask(rows["roll_up"] == "sum", rows["sum"]).mask(rows["roll_up"] == "last", rows["last"])
    score = scale(rolled, rows["goalpost_low"], rows["goalpost_high"], rows["direction"])
    rows = rows.assign(score=score, is_ordinal=(rows["measured_in"] == ORDINAL).fillna(False).astype(bool))
    return rows.loc[rows["score"].notna(), ["unit", "org", "origin", "score", "is_ordinal"]].reset_index(drop=True)
