"""Observations -> one report per organisation, origin and quarter: what counts, which quarter it is about, whose word it is.

Rules, in their order: only totals with a value count · a report about part of a quarter is rolled up inside its
organisation, a longer one applies to every quarter that it fills · one organisation and origin has one report per
quarter, the one whose period fits best · one origin counts once, whoever quotes it, and an organisation's own word before
any quote of it · a report graded unreliable (E) or improbable (5) counts only where there is no other.

An origin that names an organisation of the register is that organisation's identifier (`origin_org_id`); any other is read
without regard to case and blanks and shown in the spelling that sorts first. The identifier of an organisation as origin
is that organisation's own word. Without an organisation a row is the word of its originator, else of its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.calendar import first_day_number, is_first_day, is_last_day, last_day_number, quarter_of
from idtracker.analyse.merge.keys import PartitionBy, cell_key, report_key, word_of
from idtracker.analyse.merge.marks import collected_marks, with_marks
from idtracker.analyse.merge.sums import ordered_sum
from idtracker.model.method import Method

if TYPE_CHECKING:
    import ibis.expr.types as ir

_FREQUENCY_QUARTERS = {"month": 1, "quarter": 1, "half_year": 2, "year": 4}
_SHORTEST_MONTH_DAYS, _WEEK_DAYS = 28, 7
_WEEKS_FIT = 2
_TO_THURSDAY = 3
_FLAGS = {"has_break": "B", "has_estimate": "E", "is_provisional": "P"}


def usable_rows(observation: ir.Table, terms: ir.Table, method: Method, partition_by: PartitionBy = ()) -> ir.Table:
    """Rows that may count, with whose word they are, standard error, quality and the indicator's terms.

    quality is sqrt(reliability·credibility)/100 of the Admiralty grades, missing where either cannot be judged, but 0
    where one of them is E or 5, whatever the other says: such a row is unusable, not ungraded. A 90 % interval becomes a
    standard error where none is stated: (upper - lower)/(2·z), z the method's normal quantile, 1.645. Under a method with
    `uncertainty` an error of 0 is none: nothing is known that well, the field was not filled in.
    """
    status = observation["obs_status"].fill_null("")
    is_total = observation["disaggregation"].fill_null("").strip() == ""
    rows = observation.filter(is_total & observation["value"].notnull() & status.notin(list(method.not_merged)))
    rows = rows.join(terms.select("indicator_id", "roll_up", "frequency"), "indicator_id")
    interval = (rows["upper"] - rows["lower"]) / (2 * method.interval_z)
    error = ibis.coalesce(rows["standard_error"], (interval >= 0).ifelse(interval, ibis.null("float64")))
    if method.uncertainty is not None:
        error = ibis.coalesce(rows["standard_error"].nullif(0.0), (interval > 0).ifelse(interval, ibis.null("float64")))
    reliability = _grades(rows["reliability"], method.grading.reliability)
    credibility = _grades(rows["credibility"], method.grading.credibility)
    is_usable = (reliability.fill_null(1.0) != 0) & (credibility.fill_null(1.0) != 0)
    org = ibis.coalesce(rows["org_id"], rows["originator_org_id"], rows["source_id"])
    origin = ibis.coalesce(rows["origin_org_id"], rows["origin"], "").re_replace(r"\s+", " ").strip()
    return rows.select(
        *(*partition_by, "indicator_id", "place_id", "period_start", "period_end", "value", "roll_up", "frequency"),
        *("source_id", "fact_id", "classification", "handling", "releasable_to", "recorded_from"),
        org=org,
        origin=(origin.lower() == org.lower()).ifelse("", origin),
        error=error,
        is_usable=is_usable,
        quality=is_usable.ifelse((reliability * credibility).sqrt() / 100, 0.0),
        status=rows["obs_status"].fill_null(""),
        fact_ids=rows["fact_id"],
        submission_ids=rows["submission_id"],
        org_ids=org,
        waivers=rows["waiver"],
    )


def place_in_quarters(rows: ir.Table) -> ir.Table:
    """One row per quarter that a row is about, with `fit`: 0 a quarter, 1 a month, 2 a week, 3 a day, 4 and more longer.

    A period inside one quarter belongs to it; a longer one to every quarter that it fills. A week (ISO 8601) belongs whole
    to the quarter in which its Thursday lies, as it does to a year; any other period across the edge of a quarter that
    fills none belongs to none. A total (roll_up sum) over longer than the indicator's own frequency
    cannot be divided without a guess and is left out.
    """
    thursday = rows["period_start"] + ibis.interval(days=_TO_THURSDAY)
    is_week = rows["period_end"].epoch_days() - rows["period_start"].epoch_days() == _WEEK_DAYS - 1
    rows = rows.mutate(
        first=is_week.ifelse(quarter_of(thursday), quarter_of(rows["period_start"])),
        last=is_week.ifelse(quarter_of(thursday), quarter_of(rows["period_end"])),
        starts_whole=is_first_day(rows["period_start"]),
        ends_whole=is_last_day(rows["period_end"]),
        start_day=rows["period_start"].epoch_days(),
        end_day=rows["period_end"].epoch_days(),
    )
    is_inside = rows["first"] == rows["last"]
    rows = rows.mutate(
        is_inside=is_inside,
        from_quarter=(rows["starts_whole"] | is_inside).ifelse(rows["first"], rows["first"] + 1),
        to_quarter=(rows["ends_whole"] | is_inside).ifelse(rows["last"], rows["last"] - 1),
        days=rows["end_day"] - rows["start_day"] + 1,
    )
    count = rows["to_quarter"] - rows["from_quarter"] + 1
    longest = rows["frequency"].cases(*_FREQUENCY_QUARTERS.items(), else_=1)
    rows = rows.filter((count > 0) & ~((rows["roll_up"] == "sum") & (count > longest)))
    inside, days = rows["is_inside"], rows["days"]
    fit = ibis.cases(
        (inside & rows["starts_whole"] & rows["ends_whole"], 0),
        (inside & (days >= _SHORTEST_MONTH_DAYS), 1),
        (inside & (days >= _WEEK_DAYS), _WEEKS_FIT),
        (inside, 3),
        else_=rows["to_quarter"] - rows["from_quarter"] + 3,
    )
    quarters = ibis.range(rows["from_quarter"], rows["to_quarter"] + 1)
    return rows.mutate(fit=fit, quarter=quarters.unnest())


def closest_rows(rows: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The rows that make each report: those of the best fit, one per period of a roll-up (`slot`).

    Among rows of one period the best graded counts, then the newest; of a roll-up by `last` only the last period does.
    Of two longer periods that fill the quarter alike, such as a calendar and a financial year, the better graded counts,
    then the one that ends later. Graded best to worst: usable with grades, usable but not to be judged, unusable.
    """
    key = report_key(partition_by)
    rows = rows.mutate(word=rows["origin"].lower())
    rows = rows.mutate(origin=rows["origin"].min().over(group_by=[*cell_key(partition_by), "word"])).drop("word")
    rows = rows.mutate(best=rows["fit"].min().over(group_by=key))
    rows = rows.filter(rows["fit"] == rows["best"])
    is_part = rows["fit"].between(1, 3)
    is_last = is_part & (rows["roll_up"] == "last")
    rows = rows.mutate(
        recency=is_last.ifelse(rows["end_day"], 0),
        slot=(is_part & (rows["roll_up"] != "last")).ifelse(rows["start_day"], 0),
    )
    best_first = [
        *(ibis.desc(rows[name], nulls_first=False) for name in ("recency", "is_usable", "quality", "period_end")),
        ibis.desc(rows["recorded_from"], nulls_first=False),
        *(ibis.asc(rows[name], nulls_first=False) for name in ("source_id", "fact_id", "value")),
    ]
    rows = rows.mutate(position=ibis.row_number().over(group_by=[*key, "slot"], order_by=best_first))
    return rows.filter(rows["position"] == 0)


def roll_up(rows: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """One row per report: value and error in the indicator's unit, grade of its worst part, status flags, marks.

    Parts of a quarter give their mean, their sum (only where they cover every day of it, and weeks every Thursday, else
    there is no report) or the last. The error of a roll-up follows from those of its parts where all of them state one. One unusable part makes
    the whole unusable, one that cannot be judged leaves it ungraded; it is doubted (U) only where every part is.
    """
    order = [rows["slot"]]
    linked = {"link_error": rows["link_error"].max()} if "link_error" in rows.columns else {}
    united = ["fact_ids", *(["crosswalk_ids"] if linked else [])]
    parts = rows.group_by([*report_key(partition_by), "roll_up", "fit"]).aggregate(
        count=rows.count(),
        total=ordered_sum(rows["value"], order),
        variance=ordered_sum(rows["error"] * rows["error"], order),
        error_count=rows["error"].count(),
        worst=rows["quality"].min(),
        graded_count=rows["quality"].count(),
        days=rows["days"].sum(),
        since=rows["from_quarter"].max(),  # in later ones it says nothing new
        is_usable=rows["is_usable"].all(),
        is_doubted=(rows["status"] == "U").all(),
        **{name: (rows["status"] == code).any() for name, code in _FLAGS.items()},
        **linked,
        **collected_marks(rows, united),
    )
    parts = with_marks(parts, united)
    is_sum = (parts["roll_up"] == "sum") & parts["fit"].between(1, 3)
    whole = (parts["fit"] == _WEEKS_FIT).ifelse(_days_of_weeks(parts["quarter"]), _days_of(parts["quarter"]))
    share = is_sum.ifelse(1.0, 1 / parts["count"])
    missing = ibis.null("float64")
    # what translating adds is one error: every part of a sum has it
    of_all = {"link_error": parts["link_error"] * is_sum.ifelse(parts["count"], 1)} if linked else {}
    reports = parts.mutate(
        **of_all,
        value=parts["total"] * share,
        error=(parts["error_count"] == parts["count"]).ifelse(parts["variance"].sqrt() * share, missing),
        quality=(parts["graded_count"] == parts["count"]).ifelse(parts["worst"], missing),
    )
    reports = reports.filter(~is_sum | (parts["days"] == whole))
    return reports.drop("roll_up", "fit", "total", "variance", "error_count", "worst", "graded_count", "days")


def _days_of(quarter: ir.IntegerValue) -> ir.IntegerValue:
    return last_day_number(quarter) - first_day_number(quarter) + 1


def _days_of_weeks(quarter: ir.IntegerValue) -> ir.IntegerValue:
    """Days of the weeks whose Thursday lies in a quarter; day 0 was a Thursday."""
    weeks = last_day_number(quarter) // _WEEK_DAYS - (first_day_number(quarter) - 1) // _WEEK_DAYS
    return weeks * _WEEK_DAYS


def independent_reports(reports: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The reports with `set_aside`, why each does not count, empty where it does: QUOTED or UNUSABLE.

    Of several that are one word, one counts: usable before unusable, said oneself before quoted, then the best graded,
    then by organisation. Graded E or 5 it counts only in a cell that has no other.
    """
    cell = cell_key(partition_by)
    reports = reports.mutate(is_own=reports["origin"] == "", word=word_of(reports))
    best_first = [
        *(ibis.desc(reports[name], nulls_first=False) for name in ("is_usable", "is_own", "quality")),
        ibis.asc(reports["org"]),
    ]
    position = ibis.row_number().over(group_by=[*cell, "word"], order_by=best_first)
    ranked = reports.mutate(is_repeated=position > 0)
    has_usable = (ranked["is_usable"] & ~ranked["is_repeated"]).any().over(group_by=cell)
    ranked = ranked.mutate(has_usable=has_usable)
    set_aside = ibis.cases(
        (ranked["is_repeated"], "QUOTED"),
        (~ranked["is_usable"] & ranked["has_usable"], "UNUSABLE"),
        else_=ibis.null("string"),
    )
    return ranked.mutate(set_aside=set_aside).drop("is_own", "word", "is_repeated", "has_usable")


def _grades(codes: ir.StringValue, numbers: Mapping[str, float | None]) -> ir.NumericValue:
    known = [(code, float(number)) for code, number in numbers.items() if number is not None]
    return codes.cases(*known, else_=ibis.null("float64"))
