"""Policies of STAB-1.1 and what they leave behind: ordinal indicators, calibrated sources, decisions, the reports behind a cell."""

import math

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.analyse.engine import open_engine, types_of
from idtracker.analyse.merge.cells import merge_observations
from idtracker.analyse.merge.policies.calibration import calibrated_reports
from idtracker.analyse.merge.policies.components import calibrate
from idtracker.model.errors import DefinitionError
from idtracker.model.method import BUNDLED, load_method
from idtracker.model.tables import conform_types, schema_of
from idtracker.model.tables.derived import CellReport
from idtracker.model.tables.operations import Adjudication
from tests.unit.analyse.figures import merge_cells

A, B, C, D = ({"org_id": org} for org in ("GB-GOV-1", "GB-GOV-8", "GB-GOV-24", "GB-GOV-6"))
A1, C3, D4, E3 = (dict(zip(("reliability", "credibility"), grade, strict=True)) for grade in ("A1", "C3", "D4", "E3"))
ORDINAL = {"scale": "ordinal", "merge_policy": None, "goalpost_low": 1.0, "goalpost_high": 5.0}


def test_ordinal_reports_give_the_smallest_value_that_half_of_the_weight_reaches(merge):
    rows = [{**A, **A1, "value": 4}, {**B, **D4, "value": 1}, {**C, **D4, "value": 2}]
    cell = merge(rows, ORDINAL).iloc[0]  # weights 1, .25, .25: half of 1.5 is reached at 4
    assert (cell["value"], cell["method"]) == (4, "WEIGHTED_MEDIAN")
    equal = merge([{**A, "value": 2}, {**B, "value": 3}], ORDINAL).iloc[0]
    assert equal["value"] == 2  # the lower one where half lies between


@pytest.mark.parametrize(("other", "status"), [(3, "A"), (4, "U")])
def test_ordinal_reports_two_steps_apart_disagree(merge, other, status):
    cell = merge([{**A, "value": 2}, {**B, "value": other}], {**ORDINAL, "goalpost_high": 500.0}).iloc[0]
    assert (cell["obs_status"], bool(cell["is_disagreement"])) == (status, status == "U")


@pytest.mark.parametrize("policy", ["quality_weighted", "unobserved_components"])
def test_an_ordinal_indicator_is_not_averaged(merge, policy):
    with pytest.raises(DefinitionError, match=r"trust.*ordinal"):
        merge([{"value": 2}], {**ORDINAL, "merge_policy": policy})


def test_a_scale_that_does_not_exist_is_named(merge):
    with pytest.raises(DefinitionError, match=r"trust.*scale"):
        merge([{"value": 2}], {"scale": "nominal"})


def test_any_difference_waits_for_a_decision_where_the_policy_says_so(merge):
    change = {"merge_policy": "adjudicated"}
    differing = merge([{**A, **A1, "value": 50}, {**B, **D4, "value": 50.5}], change).iloc[0]
    assert (differing["obs_status"], differing["method"]) == ("U", "WEIGHTED_MEAN")
    assert differing["value"] == pytest.approx((50 + 0.25 * 50.5) / 1.25)
    assert merge([{**A, "value": 50}, {**B, "value": 50}], change)["obs_status"].tolist() == ["A"]


@pytest.mark.parametrize("change", [ORDINAL, {"merge_policy": "adjudicated"}])
def test_the_first_method_says_what_it_cannot_do(observations, indicators, places, change):
    first = load_method(BUNDLED.with_name("STAB-1.0.yml"))
    with pytest.raises(DefinitionError, match=r"STAB-1\.0 has no section `merging`"):
        merge_cells(observations([{"value": 2}]), indicators(change), places, first, ["2026-Q2"])


@pytest.fixture
def decided(observations, indicators, places, method):
    def merged(rows, decisions, change=None):
        about = {"indicator_id": "trust", "place_id": "JO-AM", "period": "2026-Q2", "decided_by": "Desk", "why": "seen"}
        made = [{**about, "adjudication_id": f"d{n}", **decision} for n, decision in enumerate(decisions)]
        frame = pd.DataFrame(made).assign(decided_at=lambda f: pd.to_datetime(f["decided_at"]))
        frame = conform_types(frame, Adjudication)
        return merge_observations(observations(rows), indicators(change or {}), places, method, ["2026-Q2"], frame)

    return merged


APART = [{**A, "value": 20}, {**B, "value": 80}]


def test_a_decision_settles_a_cell(decided):
    merged = decided(APART, [{"value": 90.0, "standard_error": 2.0, "decided_at": "2026-08-01"}])
    cell = merged.cells.iloc[0]
    assert (cell["value"], cell["standard_error"], cell["score"], cell["method"]) == (90, 2, 90, "ADJUDICATED")
    assert (cell["obs_status"], bool(cell["is_disagreement"]), cell["spread"]) == ("A", False, 60)
    assert cell["recorded_from"] == pd.Timestamp("2026-08-01")
    assert set(merged.reports["use"]) == {"DECIDED"}
    assert merged.reports["weight"].tolist() == [0, 0]


def test_the_latest_decision_counts_and_one_without_a_value_revokes(decided):
    first, later = {"value": 30.0, "decided_at": "2026-08-01"}, {"value": 40.0, "decided_at": "2026-08-02"}
    assert decided(APART, [later, first]).cells["value"].tolist() == [40]
    revoked = decided(APART, [first, {"value": None, "decided_at": "2026-08-03"}]).cells.iloc[0]
    assert (revoked["value"], revoked["obs_status"], revoked["method"]) == (50, "U", "WEIGHTED_MEAN")


@pytest.mark.parametrize(("value", "reopened"), [(45, False), (45.5, True)])
def test_a_later_report_further_away_than_allowed_opens_it_again(decided, value, reopened):
    rows = [*APART, {**C, "value": value, "recorded_from": "2026-09-01"}]
    cell = decided(rows, [{"value": 30.0, "decided_at": "2026-08-01"}]).cells.iloc[0]
    assert (cell["value"], bool(cell["is_disagreement"])) == (30, reopened)
    assert cell["obs_status"] == ("U" if reopened else "A")


def test_a_decision_about_a_cell_without_reports_makes_none(decided):
    decision = {"value": 30.0, "decided_at": "2026-08-01", "place_id": "JO-MA"}
    assert decided(APART, [decision]).cells["place_id"].tolist() == ["JO-AM"]


def test_reports_stay_visible_whether_used_or_not(observations, indicators, places, method):
    rows = [
        {**A, **A1, "value": 50, "origin": "ACLED"},
        {**B, **D4, "value": 54, "origin": "ACLED"},
        {**C, **E3, "value": 10},
        {**D, **C3, "value": 60, "period": "2026-04"},
        {**D, **C3, "value": 70, "period": "2026-05"},
    ]
    reports = merge_observations(observations(rows), indicators(), places, method, ["2026-Q2", "2026-Q3"]).reports
    schema_of(CellReport).validate(reports)
    assert not reports.duplicated(["indicator_id", "place_id", "period", "org_id", "origin"]).any()
    said = reports.set_index("org_id")
    assert said["use"].to_dict() == {
        "GB-GOV-1": "USED",
        "GB-GOV-8": "QUOTED",
        "GB-GOV-24": "UNUSABLE",
        "GB-GOV-6": "USED",
    }
    assert said["weight"].to_dict() == {
        "GB-GOV-1": pytest.approx(1 / 1.5),
        "GB-GOV-8": 0,
        "GB-GOV-24": 0,
        "GB-GOV-6": pytest.approx(0.5 / 1.5),
    }
    assert (said.loc["GB-GOV-6", "value"], said.loc["GB-GOV-6", "fact_ids"]) == (65, "f000003;f000004")
    assert set(reports["period"]) == {"2026-Q2"}  # not the copy that is carried into the next quarter


def test_the_owner_outranks(observations, indicators, places, method):
    terms = indicators({"merge_policy": "priority", "priority_org_id": "GB-GOV-24"})
    rows = observations([{**A, **A1, "value": 60}, {**C, **D4, "value": 50}])
    reports = merge_observations(rows, terms, places, method, ["2026-Q2"]).reports
    assert reports[["org_id", "use", "weight"]].values.tolist() == [
        ["GB-GOV-1", "OUTRANKED", 0],
        ["GB-GOV-24", "USED", 1],
    ]


def test_components_of_which_the_truth_is_known_are_found_again(method):
    bias, error = {"a": 4.0, "b": -1.0, "c": -3.0}, {"a": 2.0, "b": 3.0, "c": 5.0}
    pairs = [
        {
            "indicator_id": "trust",
            "first": first,
            "second": second,
            "cell_count": count,
            "difference": bias[first] - bias[second],
            "variance": error[first] ** 2 + error[second] ** 2,
        }
        for first, second, count in (("a", "b", 8), ("a", "c", 20), ("b", "c", 11))
    ]
    lonely = {**pairs[0], "second": "z"}
    found = calibrate(pd.DataFrame([*pairs, lonely]), method.merging.unobserved_components).set_index("component")
    assert found["bias"].to_dict() == pytest.approx(bias)
    assert found["deviation"].to_dict() == pytest.approx(error)
    few = pd.DataFrame([{**pair, "cell_count": 7} for pair in pairs])
    assert calibrate(few, method.merging.unobserved_components).empty


QUARTERS = [f"{year}-Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]


def test_a_cell_of_calibrated_sources_worked_out_again(observations, indicators, places, method):
    random = np.random.default_rng(7)
    shift, noise = (
        {"GB-GOV-1": 3.0, "GB-GOV-8": -1.0, "GB-GOV-24": -2.0},
        {"GB-GOV-1": 2.0, "GB-GOV-8": 3.0, "GB-GOV-24": 4.0},
    )
    truth = {quarter: 50 + 10 * math.sin(n) for n, quarter in enumerate(QUARTERS)}
    x = {(o, q): truth[q] + shift[o] + random.normal(0, noise[o]) for o in shift for q in QUARTERS}
    rows = [{"org_id": org, "period": quarter, "value": 200 - 2 * place} for (org, quarter), place in x.items()]
    rows.append({"org_id": "GB-GOV-6", "period": QUARTERS[-1], "value": 10.0})
    terms = indicators({"merge_policy": "unobserved_components", "goalpost_high": 200.0, "direction": -1})
    merged = merge_observations(observations(rows), terms, places, method, QUARTERS)

    names = sorted(shift)
    pairs = [(names[i], names[j]) for i in range(3) for j in range(i + 1, 3)]
    apart = {(k, m): np.array([x[k, q] - x[m, q] for q in QUARTERS]) for k, m in pairs}
    total = {k: sum(np.mean([x[k, q] - x[m, q] for q in QUARTERS]) for m in names) / 3 for k in names}
    v = {pair: apart[pair].var(ddof=1) for pair in pairs}
    (ab, ac, bc) = (v[pair] for pair in pairs)
    squares = dict(zip(names, ((ab + ac - bc) / 2, (ab + bc - ac) / 2, (ac + bc - ab) / 2), strict=True))
    assert min(squares.values()) > 1
    means = np.array([np.mean([x[k, q] - total[k] for k in names]) for q in QUARTERS])
    mu, tau = means.mean(), max(means.var(ddof=1), 1.0)
    precision = 1 / tau + sum(1 / s for s in squares.values())
    last = QUARTERS[-1]
    place = (mu / tau + sum((x[k, last] - total[k]) / squares[k] for k in names)) / precision

    cell = merged.cells[(merged.cells["period"] == last) & (merged.cells["place_id"] == "JO-AM")].iloc[0]
    assert cell["method"] == "UNOBSERVED_COMPONENTS"
    assert cell["score"] == pytest.approx(place)
    assert cell["value"] == pytest.approx(200 - 2 * place)
    assert cell["standard_error"] == pytest.approx(2 * precision**-0.5)
    told = merged.reports[merged.reports["period"] == last].set_index("org_id")
    assert told["use"].to_dict() == {**dict.fromkeys(names, "USED"), "GB-GOV-6": "UNCALIBRATED"}
    assert told["weight"].to_dict() == {
        **{k: pytest.approx(1 / squares[k] / precision) for k in names},
        "GB-GOV-6": 0,
    }


def test_the_published_vector_of_four_sources(method):
    scatter, step = {"a": 4.0, "b": 5.0, "c": 6.0, "d": 8.0}, math.sqrt(50)  # two cells 2·step apart: tau = 10
    reports = [
        {"indicator_id": "i", "place_id": place, "quarter": 8100, "org": org, "origin": "", "value": value}
        for place, value in (("p", 50 - step), ("q", 50 + step))
        for org in scatter
    ]
    terms = {
        "policy": "unobserved_components",
        "bottom": 0.0,
        "width": 100.0,
        "direction": 1,
        "weight": 0.0,
        "use": "USED",
    }
    weighed = pd.DataFrame(reports).assign(**terms)
    errors = pd.DataFrame(
        [{"indicator_id": "i", "component": k, "bias": 0.0, "deviation": s} for k, s in scatter.items()]
    )
    with open_engine() as engine:
        tables = {}
        for name, frame in {"weighed": weighed, "errors": errors}.items():
            types = types_of(frame, tuple(frame.columns))
            engine.put(name, frame, types)
            tables[name] = ibis.table(types, name=name)
        engine.keep("made", calibrated_reports(tables["weighed"], tables["errors"], method.merging))
        made = engine.content("made")
    assert made["estimate_error"].tolist() == [pytest.approx(2.533, abs=5e-4)] * 8
    weights = made[made["place_id"] == "p"].set_index("org")["weight"]
    assert weights.to_dict() == pytest.approx({"a": 0.4009, "b": 0.2566, "c": 0.1782, "d": 0.1002}, abs=5e-5)


def test_sources_that_share_too_little_are_weighed_by_quality(merge):
    rows = [{**A, **A1, "value": 60}, {**B, **D4, "value": 50}]
    assert merge(rows, {"merge_policy": "unobserved_components"})[["value", "method"]].values.tolist() == [
        [58, "WEIGHTED_MEAN"]
    ]


POLICIES = ("quality_weighted", "median", "priority", "adjudicated", "unobserved_components")
told = st.fixed_dictionaries(
    {
        "indicator_id": st.sampled_from(POLICIES),
        "place_id": st.sampled_from(["JO", "JO-AM", "JO-IR", "JO-MA"]),
        "period": st.sampled_from(["2026-Q1", "2026-Q2", "2026-05", "2025/26"]),
        "org_id": st.sampled_from(["GB-GOV-1", "GB-GOV-8", "GB-GOV-24"]),
        "value": st.floats(0, 100),
        "standard_error": st.none() | st.floats(0, 10),
        "reliability": st.sampled_from([None, "A", "D", "E"]),
        "credibility": st.sampled_from([None, "1", "4"]),
        "origin": st.sampled_from([None, "ACLED"]),
        "releasable_to": st.sampled_from([None, "HMG", "HMG;PARTNERS"]),
    }
)


@settings(max_examples=5, derandomize=True)
@given(snapshots=st.lists(st.lists(told, min_size=25, max_size=60), min_size=2, max_size=2))
def test_many_instants_at_once_are_the_single_merges(observations, indicators, places, method, snapshots):
    """Every policy in each example, by an indicator of its name."""
    terms = [{"indicator_id": p, "merge_policy": p, "priority_org_id": "GB-GOV-8", "level": "both"} for p in POLICIES]
    terms = indicators(*terms)
    instants = pd.date_range("2026-07-01", periods=len(snapshots), freq="D")
    frames = [observations(rows) for rows in snapshots]
    stacked = pd.concat([f.assign(known_at=at) for f, at in zip(frames, instants, strict=True)], ignore_index=True)
    periods = ["2026-Q1", "2026-Q2", "2026-Q3"]
    together = merge_observations(stacked, terms, places, method, periods, partition_by=("known_at",))
    for frame, at in zip(frames, instants, strict=True):
        alone = merge_observations(frame, terms, places, method, periods)
        for name in ("cells", "reports"):
            rows = getattr(together, name)
            mine = rows[rows["known_at"] == at].drop(columns="known_at").reset_index(drop=True)
            pd.testing.assert_frame_equal(mine, getattr(alone, name), check_exact=True)
