"""Observations -> one report per organisation, origin and quarter: what counts, which quarter it is about, whose word it is.

Rules, in their order: only totals with a value count · a report about part of a quarter is rolled up inside its
organisation, a longer one applies to every quarter that it fills · one organisation and origin has one report per
quarter, the one whose period fits best · one origin counts once, whoever quotes it · a report graded unreliable (E) or
improbable (5) counts only where there is no other.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from idtracker.merge.method import Method
from idtracker.merge.quarters import first_days, last_days, quarter_numbers

CELL = ["indicator_id", "place_id", "quarter"]
_REPORT = [*CELL, "org", "origin"]
_BEST_FIRST = ["is_usable", "quality", "period_end", "recorded_from"]
_TIE_BREAK = ["source_id", "fact_id", "value"]
_FREQUENCY_QUARTERS = {"month": 1, "quarter": 1, "half_year": 2, "year": 4}
_SHORTEST_MONTH_DAYS, _WEEK_DAYS = 28, 7
_EPOCH = pd.Timestamp(1970, 1, 1)


def usable_rows(observation: pd.DataFrame, indicator: pd.DataFrame, method: Method) -> pd.DataFrame:
    """Rows that may count, in a fixed order, with whose word they are, standard error, quality and the indicator's terms.

    quality is sqrt(reliability·credibility)/100 of the Admiralty grades, missing where either cannot be judged. A 90 %
    interval becomes a standard error where none is stated: (upper - lower)/(2·1.645).
    """
    is_total = observation["disaggregation"].fillna("").str.strip() == ""
    is_value = observation["value"].notna() & ~observation["obs_status"].isin(method.not_merged)
    rows = observation[is_total & is_value].drop(columns=["indicator_name", "place_name", "org_name", "note"])
    terms = indicator[["indicator_id", "roll_up", "frequency"]]
    rows = rows.merge(terms, on="indicator_id", how="inner")
    interval = (rows["upper"] - rows["lower"]) / (2 * method.interval_z)
    reliability = _grades(rows["reliability"], method.grading.reliability)
    credibility = _grades(rows["credibility"], method.grading.credibility)
    rows = rows.assign(
        org=rows["org_id"].fillna(rows["originator_org_id"]).fillna(rows["source_id"]),
        error=rows["standard_error"].fillna(interval.where(interval >= 0)),
        is_usable=(reliability != 0) & (credibility != 0),
    )
    rows["quality"] = ((reliability * credibility) ** 0.5 / 100).where(rows["is_usable"], 0.0)
    rows["submission_ids"], rows["org_ids"], rows["waivers"] = rows["submission_id"], rows["org"], rows["waiver"]
    order = ["indicator_id", "place_id", "org", "origin", "period_start", "period_end", *_TIE_BREAK]
    return rows.sort_values([*order, "recorded_from"], kind="stable", ignore_index=True)


def place_in_quarters(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per quarter that a row is about, with `fit`: 0 a quarter, 1 a month, 2 a week, 3 a day, 4 and more longer.

    A period inside one quarter belongs to it; a longer one to every quarter that it fills. A period across the edge of
    a quarter that fills none belongs to none. A total (roll_up sum) over longer than the indicator's own frequency
    cannot be divided without a guess and is left out.
    """
    first, last = quarter_numbers(rows["period_start"]), quarter_numbers(rows["period_end"])
    starts_whole = rows["period_start"] == first_days(first)
    ends_whole = rows["period_end"] == last_days(last)
    is_inside = first == last
    from_quarter = first.where(starts_whole | is_inside, first + 1)
    to_quarter = last.where(ends_whole | is_inside, last - 1)
    count = (to_quarter - from_quarter + 1).clip(lower=0)
    days = (rows["period_end"] - rows["period_start"]).dt.days + 1
    part = np.select([days >= _SHORTEST_MONTH_DAYS, days >= _WEEK_DAYS], [1, 2], default=3)
    fit = np.select([is_inside & starts_whole & ends_whole, is_inside], [0, part], default=count + 2)
    longest = np.maximum(rows["frequency"].map(_FREQUENCY_QUARTERS), 1)
    is_divisible = ~((rows["roll_up"] == "sum") & (count > longest))
    rows = rows.assign(fit=fit, days=days, quarter=from_quarter, count=count.where(is_divisible, 0))
    spread = rows.loc[rows.index.repeat(rows["count"])]
    spread["quarter"] += spread.groupby(level=0).cumcount()
    return spread.drop(columns="count").reset_index(drop=True)


def closest_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that make each report, numbered by `report`: those of the best fit, one per period of a roll-up.

    Among rows of one period the best graded counts, then the newest; of a roll-up by `last` only the last period does.
    """
    rows = rows.assign(report=rows.groupby(_REPORT, dropna=False, sort=True).ngroup())
    rows = rows[rows["fit"] == rows.groupby("report")["fit"].transform("min")]
    is_part = rows["fit"].between(1, 3)
    is_last = is_part & (rows["roll_up"] == "last")
    start_day = (rows["period_start"] - _EPOCH).dt.days
    end_day = (rows["period_end"] - _EPOCH).dt.days
    rows = rows.assign(recency=end_day.where(is_last, 0), slot=start_day.where(is_part & ~is_last, 0))
    ranked = rows.sort_values(
        ["report", "recency", *_BEST_FIRST, *_TIE_BREAK],
        ascending=[True, False, *[False] * len(_BEST_FIRST), *[True] * len(_TIE_BREAK)],
        na_position="last",
    )
    kept = ranked.drop_duplicates(["report", "slot"])
    return kept.sort_values(["report", "slot"], kind="stable", ignore_index=True)


def roll_up(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per report, indexed by it: value and error in the indicator's unit, grade of its worst part, status flags.

    Parts of a quarter give their mean, their sum (only where they cover every day of it, else there is no report) or
    the last. The error of a roll-up follows from those of its parts where all of them state one.
    """
    groups = rows.groupby("report")
    count = groups.size()
    reports = groups[[*_REPORT, "roll_up", "fit"]].first()
    is_sum = (reports["roll_up"] == "sum") & reports["fit"].between(1, 3)
    share = (1 / count).where(~is_sum, 1.0)
    variance = (rows["error"] ** 2).groupby(rows["report"]).sum()
    status = rows["obs_status"]
    reports = reports.assign(
        value=groups["value"].sum() * share,
        error=(np.sqrt(variance) * share).where(groups["error"].count() == count),
        quality=groups["quality"].min().where(groups["quality"].count() == count),
        is_usable=groups["is_usable"].all(),
        is_doubted=(status == "U").groupby(rows["report"]).all(),
        has_break=(status == "B").groupby(rows["report"]).any(),
        has_estimate=(status == "E").groupby(rows["report"]).any(),
        is_provisional=(status == "P").groupby(rows["report"]).any(),
    )
    whole = (last_days(reports["quarter"]) - first_days(reports["quarter"])).dt.days + 1
    return reports[~is_sum | (groups["days"].sum() == whole)].drop(columns=["roll_up", "fit"])


def independent_reports(reports: pd.DataFrame) -> pd.DataFrame:
    """Reports that count, numbered by `cell`: one per origin (best graded, then by organisation), usable ones first.

    A report without an origin is its organisation's own. Graded E or 5 it counts only in a cell that has no other.
    """
    ranked = reports.reset_index().sort_values(
        [*CELL, "is_usable", "quality", "org"], ascending=[True, True, True, False, False, True], na_position="last"
    )
    is_repeated = ranked["origin"].notna() & ranked.duplicated([*CELL, "origin"])
    kept = ranked[~is_repeated]
    kept = kept.assign(cell=kept.groupby(CELL, sort=True).ngroup())
    has_usable = kept.groupby("cell")["is_usable"].transform("any")
    kept = kept[kept["is_usable"] | ~has_usable]
    return kept.sort_values(["cell", "org", "origin"], kind="stable", ignore_index=True)


def _grades(codes: pd.Series, numbers: Mapping[str, float | None]) -> pd.Series:
    return codes.map({code: number for code, number in numbers.items() if number is not None}).astype("float64")
