"""Survey answers -> the mean of a scale, or the share of respondents who gave certain answers, with its standard error.

Weighted by the survey's weights. With weights w, what the respondents said x and the weighted mean m over n respondents:
standard error = sqrt(n/(n - 1)·sum(w²·(x - m)²))/sum(w), the linearised error of a weighted mean; s/sqrt(n) where all
weigh the same. Empty where all answered alike, because such a sample shows no error. Fewer than five respondents make
no figure (small-cell rule), nor do weights that add up to 0. A mean is in the units of answer_score, a share in percent;
errors are in the unit of their figure. The number of respondents is the sample size, obs_status is A. A round counts
where its period ends in or after the first quarter asked about and begins before the last one ends. Sums are added by
respondent, in the order of their identifiers.

A figure bears the marking of the answers behind it and is known since the last of them arrived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.merge.computed_indicators.places import located, requested_levels, with_country
from idtracker.analyse.merge.keys import PartitionBy
from idtracker.analyse.merge.marks import collected_marks, with_marks
from idtracker.analyse.merge.sums import ordered_sum, ratio

if TYPE_CHECKING:
    import ibis.expr.types as ir

FEWEST_RESPONDENTS = 5
_ROUND = ("period", "period_start", "period_end")
_MARKS = ("classification", "handling", "releasable_to", "recorded_from")


def requested_answers(
    response: ir.Table, requested: ir.Table, wanted: ir.Table, quarters: ir.Table, partition_by: PartitionBy = ()
) -> ir.Table:
    """The answers once for every indicator that asks for them, with `score` and whether the whole round `is_weighted`.

    `wanted` are the answers that a share counts: columns indicator_id, answer.
    """
    span = quarters.aggregate(first=quarters["period_start"].min(), last=quarters["period_end"].max())
    rows = response.join(requested.select("indicator_id", "question", "is_share"), "question").cross_join(span)
    is_said = rows["is_share"].ifelse(rows["answer"].notnull(), rows["answer_score"].notnull())
    rows = rows.filter(is_said & (rows["period_end"] >= rows["first"]) & (rows["period_start"] <= rows["last"]))
    counted = wanted.mutate(counts=ibis.literal(True))
    shares = rows.left_join(counted, ["indicator_id", "answer"])
    rows = shares.select(*(rows[name] for name in rows.columns), counts=counted["counts"])
    a_round = [*partition_by, "indicator_id", "source_id", "period"]
    return rows.mutate(
        score=rows["is_share"].ifelse(rows["counts"].fill_null(False).ifelse(100.0, 0.0), rows["answer_score"]),
        is_weighted=rows["weight"].notnull().all().over(group_by=a_round),
    )


def placed_answers(answers: ir.Table, requested: ir.Table, place: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The answers once for every place that they make a figure for."""
    rows = located(with_country(answers, place, [*partition_by, "indicator_id"]))
    rows = rows.join(
        requested_levels(requested).select("indicator_id", "place_level", "level"), ["indicator_id", "place_level"]
    )
    return rows.filter((rows["level"] != "both") | (rows["place_level"] == "adm1") | rows["is_weighted"])


def respondents(placed: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """One row per respondent and figure, with `score` and `weight`; a row without a respondent counts for none."""
    rows = placed.filter(placed["response_id"].notnull())
    mean = ordered_sum(rows["score"], [rows["answer"], rows["fact_id"]]) / rows.count()
    return rows.group_by([*_figure(partition_by), "response_id"]).aggregate(
        score=rows["is_share"].any().ifelse(rows["score"].max(), mean), weight=rows["weight"].max().fill_null(1.0)
    )


def average_answers(people: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """One row per survey, place and round: mean of answer_score, or percent of respondents with one of the answers.

    Rows without an answer (without a score for the mean) are left out. A respondent counts once in a figure: what several
    answers of one to the question score is averaged, for a share any of the answers counts. A respondent weighs the
    largest weight that is stated in these rows, 1 where there is none. Where the level is `both` a national figure of a
    survey's round is made from its answers only if all of them carry a weight; the national cell otherwise follows from
    the governorates and their populations.
    """
    order, weight = [people["response_id"]], people["weight"]
    return people.group_by(_figure(partition_by)).aggregate(
        sample_size=people.count(),
        weights=ordered_sum(weight, order),
        value=ratio(ordered_sum(weight * people["score"], order), ordered_sum(weight, order)),
        is_alike=people["score"].min() == people["score"].max(),
    )


def with_errors(averages: ir.Table, people: ir.Table, partition_by: PartitionBy = ()) -> ir.Table:
    """The averages over enough respondents with `standard_error`."""
    figure = _figure(partition_by)
    averages = averages.filter((averages["sample_size"] >= FEWEST_RESPONDENTS) & averages["value"].notnull())
    rows = people.join(averages.select(*figure, "value"), figure)
    distance = rows["score"] - rows["value"]
    squared = (rows["weight"] * rows["weight"]) * (distance * distance)
    squares = rows.group_by(figure).aggregate(squares=ordered_sum(squared, [rows["response_id"]]))
    figures = averages.join(squares, figure)
    size = figures["sample_size"]
    error = (figures["squares"] * size / (size - 1)).sqrt() / figures["weights"]
    return figures.mutate(standard_error=figures["is_alike"].ifelse(ibis.null("float64"), error))


def survey_figures(
    averages: ir.Table, placed: ir.Table, requested: ir.Table, partition_by: PartitionBy = ()
) -> ir.Table:
    """The averages with the marks of the answers behind them."""
    figure = _figure(partition_by)
    marks = with_marks(placed.group_by(figure).aggregate(**collected_marks(placed)))
    rows = averages.join(marks, figure).join(requested.select("indicator_id", "indicator_name", "unit"), "indicator_id")
    publisher = rows["org_ids"].split(";")[0]
    return rows.select(
        *(*partition_by, "source_id", "indicator_id", "indicator_name", "unit", "place_id", *_ROUND),
        *(*_MARKS, "value", "standard_error", "sample_size"),
        obs_status=ibis.literal("A"),
        submission_id="submission_ids",
        waiver="waivers",
        org_id=publisher,
        originator_org_id=publisher,
    )


def _figure(partition_by: PartitionBy) -> list[str]:
    """Columns that name a figure."""
    return [*partition_by, "indicator_id", "source_id", "place_id", *_ROUND]
