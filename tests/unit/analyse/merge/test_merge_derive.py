"""Observations computed from events and survey answers."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.model.errors import DefinitionError
from idtracker.model.tables import TABLES, conform_types, schema_of
from idtracker.model.tables.reporting import Observation
from tests.support.programmes import recomputed_strategies as some
from tests.unit.analyse.figures import merge_cells

YEAR = ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
COUNT = {"derived_from": "event:count", "roll_up": "sum", "level": "adm1"}
FEED = [
    {"event_id": "1", "event_on": "2025-11-03", "fatalities": 2, "recorded_from": "2025-12-01"},
    {"event_id": "2", "event_on": "2026-02-01", "fatalities": 1, "recorded_from": "2026-04-02"},
    {"event_id": "3", "event_on": "2026-02-02", "fatalities": None, "recorded_from": "2026-04-02"},
    {"event_id": "4", "event_on": "2026-04-01", "fatalities": 4, "recorded_from": "2026-04-02", "place_id": "JO-MA"},
]


@pytest.fixture
def derive(indicators, places):
    def derived(change, periods=YEAR, **facts):
        return derive_observations(facts, indicators(change), places, periods)

    return derived


def table(rows):
    return rows.pivot(index="place_id", columns="period", values="value").to_dict("index")


def test_events_are_counted_with_zero_where_the_feed_looked(derive, events):
    rows = derive(COUNT, event=events(FEED))
    assert table(rows) == {
        "JO-AM": {"2025-Q4": 1, "2026-Q1": 2},
        "JO-IR": {"2025-Q4": 0, "2026-Q1": 0},
        "JO-MA": {"2025-Q4": 0, "2026-Q1": 0},
    }


@pytest.mark.parametrize(("arrival", "last"), [("2026-06-29", "2026-Q1"), ("2026-06-30 09:00", "2026-Q2")])
def test_a_quarter_is_covered_once_it_has_ended(derive, events, arrival, last):
    rows = derive(COUNT, event=events([*FEED, {**FEED[0], "event_id": "5", "recorded_from": arrival}]))
    assert rows["period"].max() == last


def test_a_late_event_covers_the_quarters_before_it(derive, events):
    rows = derive(COUNT, event=events([FEED[0], {**FEED[0], "event_id": "5", "event_on": "2026-08-01"}]))
    assert sorted(rows["period"].unique()) == ["2025-Q4", "2026-Q1", "2026-Q2"]


def test_deaths_are_added_and_a_missing_estimate_is_marked(derive, events):
    rows = derive({**COUNT, "derived_from": "event:fatalities"}, event=events(FEED)).set_index(["place_id", "period"])
    assert rows.loc[("JO-AM", "2026-Q1"), ["value", "obs_status"]].tolist() == [1, "E"]
    assert rows.loc[("JO-AM", "2025-Q4"), ["value", "obs_status"]].tolist() == [2, "A"]


def test_the_level_decides_which_places_are_derived(derive, events):
    unplaced = [*FEED, {**FEED[0], "event_id": "6", "place_id": None}]
    national = derive({**COUNT, "level": "country"}, event=events(unplaced))
    assert table(national) == {"JO": {"2025-Q4": 2, "2026-Q1": 2}}
    assert set(derive({**COUNT, "level": "both"}, event=events(FEED))["place_id"]) == {"JO", "JO-AM", "JO-IR", "JO-MA"}


def test_a_country_without_events_gets_no_zeros(indicators, places, events):
    other = places.iloc[[0]].assign(place_id="LB", name="Lebanon")
    world = pd.concat([places, other], ignore_index=True)
    rows = derive_observations({"event": events(FEED)}, indicators({**COUNT, "level": "country"}), world, YEAR)
    assert set(rows["place_id"]) == {"JO"}


def test_feeds_stay_apart(derive, events):
    rows = derive(COUNT, event=events([*FEED, {**FEED[1], "source_id": "other", "originator_org_id": "XM-DAC-41114"}]))
    quarter = rows[(rows["place_id"] == "JO-AM") & (rows["period"] == "2026-Q1")]
    assert quarter[["source_id", "org_id", "value"]].values.tolist() == [
        ["other", "XM-DAC-41114", 1],
        ["source", "GB-GOV-1", 2],
    ]


def test_what_a_count_knows_of_its_origin(derive, events):
    feed = [dict(row) for row in FEED]
    feed[1].update(submission_id="sub-2", classification="OFFICIAL-SENSITIVE", releasable_to="HMG")
    feed[2].update(submission_id="sub-3", releasable_to="HMG;PARTNERS")
    rows = derive(COUNT, event=events(feed)).set_index(["place_id", "period"])
    counted, zero = rows.loc[("JO-AM", "2026-Q1")], rows.loc[("JO-IR", "2025-Q4")]
    assert counted["submission_id"] == "sub-2;sub-3"
    assert (counted["classification"], counted["releasable_to"]) == ("OFFICIAL-SENSITIVE", "HMG")
    assert counted["recorded_from"] == pd.Timestamp("2026-04-02")
    assert zero["classification"] == "OFFICIAL-SENSITIVE"
    assert zero["recorded_from"] == pd.Timestamp("2026-04-02")  # the first arrival after the quarter's end
    assert pd.isna(counted["reliability"])


def test_derived_rows_are_canonical_and_do_not_depend_on_order(derive, events):
    rows = derive(COUNT, event=events(FEED))
    schema_of(Observation).validate(rows)
    assert rows["fact_id"].is_unique
    turned = derive(COUNT, event=events(FEED).iloc[::-1])
    pd.testing.assert_frame_equal(rows, turned)


MEAN = {"derived_from": "survey_response:safe", "goalpost_low": 1.0, "goalpost_high": 5.0}
SHARE = {"derived_from": "survey_response:safe=yes|mostly"}


def answers(*scores, **more):
    return [{"answer_score": score, "answer": "yes" if score > 3 else "no", **more} for score in scores]


def test_the_mean_of_a_scale_with_its_error(derive, responses):
    row = derive(MEAN, survey_response=responses(answers(1, 2, 3, 4, 5))).iloc[0]
    assert (row["value"], row["sample_size"], row["org_id"]) == (3, 5, "GB-GOV-1")
    assert row["standard_error"] == pytest.approx(math.sqrt(2.5 / 5))


def test_fewer_than_five_respondents_make_no_figure(derive, responses):
    assert derive(MEAN, survey_response=responses(answers(1, 2, 3, 4))).empty
    unanswered = [*answers(1, 2, 3, 4), {"answer": "refused"}]
    assert derive(MEAN, survey_response=responses(unanswered)).empty


def test_the_share_of_answers_in_percent(derive, responses):
    rows = [{"answer": text} for text in ("yes", "mostly", "no", "no", "no", None)]
    row = derive(SHARE, survey_response=responses(rows)).iloc[0]
    assert (row["value"], row["sample_size"]) == (40, 5)
    assert row["standard_error"] == pytest.approx(100 * math.sqrt(0.4 * 0.6 / 4))


def test_a_respondent_with_several_answers_counts_once(derive, responses):
    rows = [
        {"response_id": f"r{n}", "answer": text}
        for n, texts in enumerate(["yn", "yy", "n", "n", "n"])
        for text in texts
    ]
    row = derive({"derived_from": "survey_response:safe=y"}, survey_response=responses(rows)).iloc[0]
    assert (row["value"], row["sample_size"]) == (40, 5)


def test_survey_weights_count(derive, responses):
    rows = [{"answer_score": score, "weight": weight} for score, weight in ((5, 3), (1, 1), (1, 1), (1, 1), (1, 1))]
    row = derive(MEAN, survey_response=responses(rows)).iloc[0]
    mean = (5 * 3 + 4) / 7
    error = math.sqrt(5 / 4 * (9 * (5 - mean) ** 2 + 4 * (1 - mean) ** 2)) / 7
    assert (row["value"], row["standard_error"]) == (pytest.approx(mean), pytest.approx(error))


def test_a_unanimous_sample_shows_no_error(derive, responses):
    row = derive(MEAN, survey_response=responses(answers(4, 4, 4, 4, 4))).iloc[0]
    assert row["value"] == 4
    assert pd.isna(row["standard_error"])


def test_a_national_figure_from_answers_needs_weights(derive, responses):
    both = {**MEAN, "level": "both"}
    assert set(derive(both, survey_response=responses(answers(1, 2, 3, 4, 5)))["place_id"]) == {"JO-AM"}
    weighted = derive(both, survey_response=responses(answers(1, 2, 3, 4, 5, weight=1.0)))
    assert set(weighted["place_id"]) == {"JO", "JO-AM"}


def test_answers_without_a_weight_concern_their_own_survey_and_round_alone(derive, responses):
    whole = answers(1, 2, 3, 4, 5, weight=1.0)
    rounds = [
        *whole,
        *({**row, "period": "2026-Q1"} for row in answers(1, 2, 3, 4, 5)),
        *({**row, "source_id": "another"} for row in answers(1, 2, 3, 4, 5)),
    ]
    found = derive({**MEAN, "level": "both"}, survey_response=responses(rounds))
    national = found[found["place_id"] == "JO"]
    assert national[["source_id", "period"]].values.tolist() == [["source", "2026-Q2"]]
    assert len(found) == 4


def test_several_answers_of_a_respondent_are_averaged_and_weigh_the_largest_stated_weight(derive, responses):
    rows = [{"answer_score": score} for score in (1, 2, 3, 4)]
    several = [{"response_id": "r", "answer_score": s, "weight": w} for s, w in ((2, None), (5, 3.0), (2, 2.0))]
    row = derive(MEAN, survey_response=responses([*several, *rows])).iloc[0]
    assert (row["value"], row["sample_size"]) == (pytest.approx((3 * 3 + 10) / 7), 5)


def test_weights_that_add_up_to_nothing_make_no_figure(derive, responses):
    assert derive(MEAN, survey_response=responses(answers(1, 2, 3, 4, 5, weight=0.0))).empty


def test_averages_have_the_same_bits_whatever_the_order_of_answers(derive, responses):
    rows = [
        {"answer_score": 1 + n * 0.37 % 4, "weight": 0.1 + n * 0.73 % 2, "response_id": f"r{n % 60}"} for n in range(97)
    ]
    found = responses(rows)
    expected = derive(MEAN, survey_response=found)
    for seed in range(3):
        shuffled = found.sample(frac=1, random_state=seed)
        pd.testing.assert_frame_equal(derive(MEAN, survey_response=shuffled), expected, check_exact=True)


MOMENTS = [pd.Timestamp(day) for day in ("2025-05-01", "2025-10-01", "2025-12-31 11:00", "2026-06-01")]


@settings(max_examples=10, derandomize=True)
@given(told=some.facts_of_countries(), compared=st.sampled_from(MOMENTS))
def test_several_moments_at_once_are_each_moment_alone(told, compared):
    """All moments at once, of up to eight countries; one of them is derived alone in each example, the dear half."""
    frames = {name: conform_types(pd.DataFrame(rows), TABLES[name]) for name, rows in told[0].items()}
    indicator = conform_types(pd.DataFrame(some.computed_indicators()), TABLES["indicator"])
    place = conform_types(pd.DataFrame(told[1]), TABLES["place"])

    def known(at):
        return {name: frame[frame["recorded_from"] <= at] for name, frame in frames.items()}

    stacked = {name: pd.concat([known(at)[name].assign(known_at=at) for at in MOMENTS[::-1]]) for name in frames}
    together = derive_observations(stacked, indicator, place, some.QUARTERS, partition_by=["known_at"])
    assert together.columns[0] == "known_at"
    assert together["known_at"].is_monotonic_increasing
    alone = derive_observations(known(compared), indicator, place, some.QUARTERS)
    mine = together[together["known_at"] == compared].drop(columns="known_at").reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, alone, check_exact=True)


def test_a_feed_covers_at_each_moment_what_was_known_then(indicators, places, events):
    feed, moments = events(FEED), [pd.Timestamp("2026-01-05"), pd.Timestamp("2026-05-01")]
    late = events([{**FEED[0], "event_id": "5", "recorded_from": "2026-01-02"}])
    feed = pd.concat([feed, late], ignore_index=True)
    stacked = pd.concat([feed[feed["recorded_from"] <= at].assign(known_at=at) for at in moments])
    found = derive_observations({"event": stacked}, indicators(COUNT), places, YEAR, partition_by=["known_at"])
    amman = found[found["place_id"] == "JO-AM"].pivot(index="known_at", columns="period", values="value")
    assert amman.to_dict("list") == {"2025-Q4": [2, 2], "2026-Q1": [pytest.approx(math.nan, nan_ok=True), 2]}


def test_nothing_to_derive_has_the_further_key_columns_too(indicators, places, events):
    none = events(FEED).assign(known_at=pd.Timestamp("2026-07-01"))[:0]
    found = derive_observations({"event": none}, indicators(COUNT), places, YEAR, partition_by=["known_at"])
    assert found.empty and found.columns[0] == "known_at"
    schema_of(Observation).validate(found.drop(columns="known_at"))


def test_rounds_outside_the_quarters_are_left_out(derive, responses):
    rows = responses(answers(1, 2, 3, 4, 5))
    assert derive(MEAN, periods=["2026-Q1"], survey_response=rows).empty
    assert derive(MEAN, periods=[], survey_response=rows).empty
    assert derive(MEAN).empty


@pytest.mark.parametrize("form", ["event:injuries", "activity:count", "survey_response:", "safe"])
def test_a_form_that_does_not_exist_is_named(derive, form):
    with pytest.raises(DefinitionError, match=f"trust: derived_from `{form}`"):
        derive({"derived_from": form})


def test_derived_counts_become_cells_with_every_submission(derive, events, indicators, places, method):
    feed = [{**row, "submission_id": f"sub-{n}"} for n, row in enumerate(FEED)]
    change = {**COUNT, "goalpost_high": 10.0, "direction": -1, "merge_policy": "median"}
    rows = derive(change, event=events(feed))
    cells = merge_cells(rows, indicators(change), places, method, ["2025-Q4", "2026-Q1"])
    cells = cells.set_index(["place_id", "period"])
    assert cells.loc[("JO-AM", "2026-Q1"), ["value", "score", "submission_ids"]].tolist() == [2, 80, "sub-1;sub-2"]
    assert cells.loc[("JO-IR", "2026-Q1"), ["value", "score"]].tolist() == [0, 100]
    assert cells.loc[("JO", "2026-Q1"), ["value", "method"]].tolist() == [2, "NATIONAL_SUM"]
    assert cells["is_ungraded"].all()
