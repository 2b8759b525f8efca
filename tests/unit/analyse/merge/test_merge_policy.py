"""Grades, origins, policies, errors, disagreement, marking: one cell at a time, against figures worked out by hand."""

import math

import pandas as pd
import pytest

from idtracker.model.errors import DefinitionError
from tests.unit.analyse.figures import EARLIER

A, B, C = {"org_id": "GB-GOV-1"}, {"org_id": "GB-GOV-8"}, {"org_id": "GB-GOV-24"}
A1, B2, D4 = (dict(zip(("reliability", "credibility"), grade, strict=True)) for grade in ("A1", "B2", "D4"))
E3, A5, F6, F1 = (dict(zip(("reliability", "credibility"), grade, strict=True)) for grade in ("E3", "A5", "F6", "F1"))


def test_quality_weighs_reports(merge):
    cell = merge([{**A, **A1, "value": 60}, {**B, **D4, "value": 50}]).iloc[0]
    assert cell["value"] == pytest.approx((1.0 * 60 + 0.25 * 50) / 1.25)
    assert (cell["method"], cell["obs_count"], cell["org_count"]) == ("WEIGHTED_MEAN", 2, 2)
    assert not cell["is_ungraded"]


@pytest.mark.parametrize("grade", [F6, F1, {"reliability": "A", "credibility": "6"}, {}])
def test_what_cannot_be_judged_has_the_declared_weight_and_a_flag(merge, method, grade):
    cell = merge([{**A, **A1, "value": 60}, {**B, **grade, "value": 50}]).iloc[0]
    weight = method.grading.ungraded_weight
    assert cell["value"] == pytest.approx((60 + weight * 50) / (1 + weight))
    assert cell["is_ungraded"]


@pytest.mark.parametrize("grade", [E3, A5, {"reliability": "E", "credibility": "6"}])
def test_unreliable_or_improbable_counts_only_alone(merge, grade):
    beside = merge([{**A, **B2, "value": 60}, {**B, **grade, "value": 10}]).iloc[0]
    assert (beside["value"], beside["method"], beside["org_ids"], beside["obs_status"]) == (
        60,
        "SINGLE",
        "GB-GOV-1",
        "A",
    )
    alone = merge([{**B, **grade, "value": 10}]).iloc[0]
    assert (alone["value"], alone["obs_status"]) == (10, "U")


def test_unusable_reports_alone_weigh_the_same(merge):
    cell = merge([{**A, **E3, "value": 20}, {**B, **E3, "value": 30}]).iloc[0]
    assert (cell["value"], cell["obs_status"]) == (25, "U")


@pytest.mark.parametrize("status", ["M", "L", "O"])
def test_missing_statuses_and_empty_values_are_not_merged(merge, status):
    assert merge([{"value": 0, "obs_status": status}, {**B, "value": None}]).empty
    assert merge([{"value": 0, "obs_status": status}, {**B, "value": 40}])["value"].tolist() == [40]


def test_breakdowns_are_not_merged(merge):
    rows = [{"value": 40, "disaggregation": "sex=f"}, {"value": 50}, {**B, "value": 60, "disaggregation": "  "}]
    assert merge(rows).iloc[0]["value"] == pytest.approx(55)


def test_two_departments_quoting_one_origin_count_once(merge):
    rows = [
        {**A, "value": 50, "origin": "ACLED", **B2},
        {**B, "value": 54, "origin": "ACLED", **A1, "submission_id": "sub-2"},
    ]
    cell = merge(rows).iloc[0]
    assert (cell["value"], cell["method"], cell["obs_count"], cell["org_count"]) == (54, "SINGLE", 1, 1)
    assert (cell["org_ids"], cell["submission_ids"]) == ("GB-GOV-8", "sub-2")
    own = merge([*rows, {**C, "value": 60, **A1}]).iloc[0]
    assert (own["value"], own["org_count"]) == (57, 2)


def test_one_origin_of_equal_grade_keeps_the_first_organisation(merge):
    rows = [{**B, "value": 54, "origin": "ACLED"}, {**A, "value": 50, "origin": "ACLED"}]
    assert merge(rows)["value"].tolist() == [50]


def test_an_origin_is_the_same_in_any_case_and_with_any_blanks(merge):
    rows = [{**A, "value": 50, "origin": "ACLED  data"}, {**B, "value": 54, "origin": " acled Data"}]
    cell = merge(rows).iloc[0]
    assert (cell["value"], cell["org_count"]) == (50, 1)


def test_an_organisation_quoted_by_name_is_one_origin_in_whatever_language(merge):
    rows = [
        {**A, "value": 50, "origin": "World Health Organization", "origin_org_id": "XM-DAC-41143"},
        {**B, "value": 54, "origin": "منظمة الصحة العالمية", "origin_org_id": "XM-DAC-41143"},
    ]
    assert merge(rows)[["value", "org_count"]].values.tolist() == [[50, 1]]
    itself = {**C, "org_id": "XM-DAC-41143", "value": 60, "origin": "WHO", "origin_org_id": "XM-DAC-41143"}
    assert merge([*rows, itself])[["value", "org_ids"]].values.tolist() == [[60, "XM-DAC-41143"]]


def test_an_organisation_quoted_by_another_counts_once_by_its_own_word(merge):
    rows = [{**A, **A1, "value": 50, "origin": B["org_id"].lower()}, {**B, **B2, "value": 54}]
    cell = merge(rows).iloc[0]
    assert (cell["value"], cell["method"], cell["org_ids"]) == (54, "SINGLE", B["org_id"])
    itself = merge([{**B, "value": 54, "origin": B["org_id"]}, {**B, "value": 54}]).iloc[0]
    assert (itself["method"], itself["obs_count"]) == ("SINGLE", 1)


def test_an_unusable_word_of_its_own_gives_way_to_a_usable_quote(merge):
    rows = [{**A, **A1, "value": 50, "origin": B["org_id"]}, {**B, "reliability": "E", "credibility": "1", "value": 54}]
    assert merge(rows)["value"].tolist() == [50]


def test_an_organisation_has_one_word_the_best_graded_then_the_newest(merge):
    rows = [
        {**A, **B2, "value": 50, "source_id": "workbook", "recorded_from": "2026-08-01"},
        {**A, **A1, "value": 60, "source_id": "return", "recorded_from": "2026-07-01"},
    ]
    assert merge(rows)["value"].tolist() == [60]
    rows[1].update(B2)
    assert merge(rows)["value"].tolist() == [50]


def test_the_designated_owner_goes_first(merge):
    priority = {"merge_policy": "priority", "priority_org_id": "GB-GOV-24"}
    rows = [{**A, **A1, "value": 60}, {**C, **D4, "value": 50, "standard_error": 2.0}]
    cell = merge(rows, priority).iloc[0]
    assert (cell["value"], cell["method"], cell["obs_count"], cell["org_count"]) == (50, "PRIORITY", 2, 2)
    assert (cell["standard_error"], cell["spread"]) == (2.0, 10)
    without = merge([{**A, **A1, "value": 60}, {**B, **A1, "value": 50}], priority).iloc[0]
    assert (without["value"], without["method"]) == (55, "WEIGHTED_MEAN")
    assert merge([{**C, "value": 50}], priority)["method"].tolist() == ["SINGLE"]


@pytest.mark.parametrize(
    ("owner", "other", "status"), [("U", "A", "U"), ("A", "U", "A"), ("A", "B", "A"), ("E", "P", "E"), ("P", "E", "P")]
)
def test_a_priority_has_the_status_of_its_owner(merge, owner, other, status):
    priority = {"merge_policy": "priority", "priority_org_id": "GB-GOV-24"}
    rows = [{**A, "value": 52, "obs_status": other}, {**C, "value": 50, "obs_status": owner}]
    assert merge(rows, priority)["obs_status"].tolist() == [status]


def test_an_owner_that_states_no_error_has_none_of_the_others(merge):
    priority = {"merge_policy": "priority", "priority_org_id": "GB-GOV-24"}
    rows = [{**A, "value": 60, "standard_error": 1.0}, {**C, "value": 50}]
    assert merge(rows, priority)["error_basis"].tolist() == ["ASSUMED"]


def test_the_median(merge):
    rows = [{**A, **A1, "value": 40}, {**B, **D4, "value": 44}, {**C, **D4, "value": 60}]
    cell = merge(rows, {"merge_policy": "median"}, by=EARLIER).iloc[0]
    assert (cell["value"], cell["method"]) == (44, "MEDIAN")
    scatter = pd.Series([40, 44, 60]).var() / 3
    assert cell["standard_error"] == pytest.approx(math.sqrt(scatter * math.pi / 2))


def test_no_policy_means_the_methods_own(merge):
    assert merge([{**A, **A1, "value": 60}, {**B, **D4, "value": 50}], {"merge_policy": None})["value"].tolist() == [58]


def test_errors_of_several_organisations(merge):
    rows = [{**A, "value": 60, "standard_error": 2.0}, {**B, "value": 56, "standard_error": 4.0}]
    within = 0.25 * 4 + 0.25 * 16
    between = (60 - 56) ** 2 / 4  # half the difference, squared: the squared standard error of a mean of two
    assert merge(rows, by=EARLIER).iloc[0]["standard_error"] == pytest.approx(math.sqrt(within + between))
    rows[1].pop("standard_error")
    assert merge(rows, by=EARLIER).iloc[0]["standard_error"] == pytest.approx(math.sqrt(0.25 * 4 + 0.25 * 4 + between))


def test_no_stated_error(merge):
    assert merge([{"value": 60}])["error_basis"].tolist() == ["ASSUMED"]
    apart = merge([{**A, "value": 60}, {**B, "value": 56}], by=EARLIER).iloc[0]
    assert apart["standard_error"] == pytest.approx(2.0)
    assert merge([{**A, "value": 60.1}, {**B, "value": 60.1}])["error_basis"].tolist() == ["ASSUMED"]


def test_an_interval_becomes_an_error(merge):
    cell = merge([{"value": 60, "lower": 56.71, "upper": 63.29}], {"goalpost_high": 200.0}).iloc[0]
    assert cell["standard_error"] == pytest.approx(2.0)
    assert cell["score_error"] == pytest.approx(1.0)
    for lower, upper in ((70, 50), (60, 60)):
        assert merge([{"value": 60, "lower": lower, "upper": upper}])["error_basis"].tolist() == ["ASSUMED"]


@pytest.mark.parametrize(("other", "disagrees"), [(65, False), (65.1, True), (34.9, True)])
def test_reports_more_than_fifteen_points_apart_disagree(merge, other, disagrees):
    cell = merge([{**A, "value": 50}, {**B, "value": other}]).iloc[0]
    assert cell["spread"] == pytest.approx(abs(other - 50))
    assert (bool(cell["is_disagreement"]), cell["obs_status"]) == (disagrees, "U" if disagrees else "A")


def test_disagreement_is_judged_between_goalposts_not_in_units(merge):
    rows = [{**A, "value": 50}, {**B, "value": 90}]
    assert not merge(rows, {"goalpost_high": 400.0}).iloc[0]["is_disagreement"]
    assert merge([{**A, "value": 110}, {**B, "value": 190}]).iloc[0]["spread"] == 0


def test_one_report_has_no_spread(merge):
    cell = merge([{"value": 50}]).iloc[0]
    assert pd.isna(cell["spread"])
    assert not cell["is_disagreement"]


@pytest.mark.parametrize(
    ("statuses", "merged"), [("AP", "P"), ("PE", "E"), ("EB", "B"), ("UA", "A"), ("UU", "U"), ("AA", "A")]
)
def test_the_status_of_a_cell(merge, statuses, merged):
    rows = [{**org, "value": 50, "obs_status": status} for org, status in zip((A, B), statuses, strict=True)]
    assert merge(rows)["obs_status"].tolist() == [merged]


@pytest.mark.parametrize(
    ("value", "direction", "score"),
    [(0.2, 1, 20), (0.2, -1, 80), (1.5, 1, 100), (1.5, -1, 0), (-1, 1, 0), (-1, -1, 100), (0, -1, 100)],
)
def test_goalposts_and_direction(merge, value, direction, score):
    ends = {"goalpost_low": 0.0, "goalpost_high": 1.0, "direction": direction}
    assert merge([{"value": value}], ends).iloc[0]["score"] == pytest.approx(score)
    turned = {**ends, "goalpost_low": 1.0, "goalpost_high": 0.0}
    assert merge([{"value": value}], turned).iloc[0]["score"] == pytest.approx(score)


def test_equal_values_do_not_change_their_own_scale(merge):
    rows = [{"place_id": place, "value": 30} for place in ("JO-AM", "JO-IR", "JO-MA")]
    assert merge(rows)["score"].tolist() == [30, 30, 30]


def test_an_indicator_that_is_kept_and_not_scored_needs_no_goalposts(merge):
    cell = merge([{"value": 30}], {"dimension_code": None, "goalpost_low": None, "goalpost_high": None}).iloc[0]
    assert cell["value"] == 30
    assert pd.isna(cell["score"])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"goalpost_high": 0.0}, "goalposts"),
        ({"goalpost_high": None}, "goalposts"),
        ({"direction": 0}, "direction"),
        ({"dimension_code": "BSF9"}, "BSF1, BSF2"),
        ({"merge_policy": "loudest"}, "merge_policy"),
        ({"roll_up": "max"}, "roll_up"),
        ({"level": "village"}, "level"),
        ({"frequency": "daily"}, "frequency"),
    ],
)
def test_an_indicator_that_cannot_work_is_named(merge, change, named):
    with pytest.raises(DefinitionError, match=f"trust.*{named}"):
        merge([{"value": 30}], change)


def test_a_repeated_indicator_is_named(merge):
    with pytest.raises(DefinitionError, match="trust: the identifier is used twice"):
        merge([{"value": 30}], {}, {"name": "again"})


def test_the_marking_of_a_cell(merge):
    first = {**A, "value": 50, "handling": "COMMERCIAL", "releasable_to": "HMG;PARTNERS", "submission_id": "s2"}
    second = {
        **B,
        "value": 52,
        "classification": "OFFICIAL-SENSITIVE",
        "handling": "LOCSEN;COMMERCIAL",
        "releasable_to": "HMG",
        "submission_id": "s1",
        "recorded_from": "2026-08-02",
    }
    cell = merge([first, second]).iloc[0]
    assert cell["classification"] == "OFFICIAL-SENSITIVE"
    assert cell["handling"] == "COMMERCIAL;LOCSEN"
    assert cell["releasable_to"] == "HMG"
    assert cell["submission_ids"] == "s1;s2"
    assert cell["recorded_from"] == pd.Timestamp("2026-08-02")
    nobody = merge([first, {**second, "releasable_to": None}]).iloc[0]
    assert pd.isna(nobody["releasable_to"])
