"""Scenarios as known at an instant: pools, schemes, outcomes and their revocation; and a plain recomputation."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from judged import FOREVER, assessments, frame, row

from idtracker.analyse.judgement.outcomes import Decision
from idtracker.analyse.judgement.tables import judgement_tables


def scenarios(*rows: dict[str, Any], at: str | pd.Timestamp = FOREVER, decisions: Any = ()) -> list[dict[str, Any]]:
    return judgement_tables(assessments(*rows), decisions, pd.Timestamp(at))["scenario"]


def test_several_organisations_are_pooled_with_one_voice_each() -> None:
    (found,) = scenarios(
        row("1", "A", probability_pct=20.0, ancr="HIGH"),
        row("2", "B", probability_pct=40.0, ancr="LOW"),
        row("3", "B", probability_pct=60.0, made_on="2026-03-01", ancr="MODERATE"),
    )
    assert (found["estimate"], found["assessor_count"], found["org_ids"], found["spread"]) == (40, 2, "A;B", 40)
    assert found["ancr"] == "MODERATE", "confidence stands beside the likelihood, the lowest of those that count"
    assert (found["weights"], found["past_count"], found["estimate_weighted"]) == ("EQUAL", 0, 40)


def test_an_assessor_alone() -> None:
    (found,) = scenarios(row("1", probability_pct=20.0, has_occurred=False, resolved_on="2026-06-30"))
    assert (found["estimate"], found["spread"], found["agreement"], found["diversity"]) == (20, None, None, 0)
    assert found["crowd_error"] == found["individual_error"] == pytest.approx(0.04)


def test_a_term_stands_for_its_middle_only_where_no_number_is_stated() -> None:
    (found,) = scenarios(row("1", "A", yardstick_code="P5"), row("2", "B", yardstick_code="P5", probability_pct=60.0))
    assert found["estimate"] == 62.5 and found["derived_count"] == 1
    assert (found["lowest"], found["highest"]) == (55, 75)


def test_a_number_in_a_gap_stays_the_number() -> None:
    (found,) = scenarios(row("1", probability_pct=52.0))
    assert (found["estimate"], found["derived_count"]) == (52, 0)


def test_two_schemes_stand_side_by_side() -> None:
    found = scenarios(row("1", "A", yardstick_code="P5"), row("2", "B", icd203_code="I5"))
    assert [(f["scheme"], f["estimate"], f["assessor_count"]) for f in found] == [
        ("icd203_yardstick", 67.5, 1),
        ("phia_yardstick", 65, 1),
    ]
    assert len({f["question_id"] for f in found}) == 1


def test_a_range_is_published_only_if_everybody_states_one() -> None:
    ranged = {
        "probability_low_pct": 30.0,
        "probability_pct": 40.0,
        "probability_high_pct": 60.0,
        "confidence_pct": 45.0,
    }
    (alone,) = scenarios(row("1", "A", **ranged))
    assert (alone["low"], alone["high"]) == (20, 80)
    (mixed,) = scenarios(row("1", "A", **ranged), row("2", "B", probability_pct=90.0))
    assert (mixed["low"], mixed["high"], mixed["lowest"], mixed["highest"]) == (None, None, 30, 90)
    (wrong,) = scenarios(row("1", "A", **{**ranged, "confidence_pct": 0.0}))
    assert (wrong["low"], wrong["estimate"]) == (None, 40)


def test_what_cannot_be_pooled_is_counted() -> None:
    (found,) = scenarios(row("1", "A"), row("2", "B", probability_pct=30.0, reliability="E"))
    assert (found["estimate"], found["assessor_count"], found["left_out_count"]) == (None, 0, 2)


def test_quantities_have_their_own_unit_limits_and_outcome() -> None:
    asked = {"value_low": 5.0, "value_best": 10.0, "value_high": 20.0, "confidence_pct": 30.0, "value_unit": "people"}
    (found,) = scenarios(row("1", value_min=0.0, **asked, resolved_value=45.0, resolved_on="2026-06-30"))
    assert (found["scheme"], found["unit"], found["low"], found["high"]) == ("quantity", "people", 0, 40)
    assert (found["outcome"], found["crowd_error"]) == (45, 35**2)


def test_change_follows_a_horizon_that_moves_along() -> None:
    found = scenarios(
        row("1", probability_pct=20.0, made_on="2026-02-01", horizon_on="2026-06-30"),
        row("2", probability_pct=35.0, made_on="2026-05-01", horizon_on="2026-09-30"),
        row("3", probability_pct=90.0, made_on="2026-05-01", horizon_on="2027-12-31"),
    )
    assert {(f["period"], f["estimate"]): f["change"] for f in found} == {
        ("2026-Q1", 20): None,
        ("2026-Q2", 35): 15,
        ("2026-Q2", 90): None,
    }


def test_a_resolution_on_record_counts_for_more_until_it_is_revoked() -> None:
    said = row("1", probability_pct=20.0, has_occurred=False, resolved_on="2026-06-30", known_from="2026-07-01")
    question = scenarios(said)[0]["question_id"]
    day, kept, revoked = pd.Timestamp("2026-06-20").date(), pd.Timestamp("2026-08-01"), pd.Timestamp("2026-09-01")
    acts = [Decision(question, 100.0, day, kept), Decision(question, None, day, revoked)]
    seen = [scenarios(said, at=at, decisions=acts)[0] for at in ("2026-07-15", "2026-08-15", "2026-09-15")]
    assert [(f["outcome"], f["resolution_basis"]) for f in seen] == [(0, "REPORT"), (100, "ACT"), (0, "REPORT")]
    assert [round(f["crowd_error"], 9) for f in seen] == [0.04, 0.64, 0.04]


def test_contradicting_reports_leave_the_outcome_open() -> None:
    (found,) = scenarios(
        row("1", "A", probability_pct=20.0, has_occurred=False),
        row("2", "B", probability_pct=30.0, has_occurred=True),
    )
    assert (found["outcome"], found["resolution_basis"], found["crowd_error"]) == (None, "DISPUTED", None)


def test_what_was_said_after_the_outcome_is_no_forecast() -> None:
    late = row("1", probability_pct=99.0, made_on="2026-03-01", has_occurred=True, resolved_on="2026-02-01")
    (found,) = scenarios(late)
    assert (found["outcome"], found["crowd_error"]) == (100, None)
    assert judgement_tables(assessments(late), [], FOREVER)["calibration"] == []


def test_a_pool_is_marked_as_all_that_stands_behind_it() -> None:
    (found,) = scenarios(
        row("1", "A", probability_pct=20.0),
        row("2", "B", probability_pct=30.0, classification="OFFICIAL-SENSITIVE", releasable_to="HMG"),
    )
    assert (found["classification"], found["releasable_to"]) == ("OFFICIAL-SENSITIVE", "HMG")


def history(known_from: str) -> list[dict[str, Any]]:
    """Five questions that A judged well and B badly, resolved in 2025; the outcomes known from a day on."""
    return [
        row(f"{org}{n}", org, scenario=f"Past {n}", probability_pct=p, made_on="2025-02-01", horizon_on="2025-06-30",
            has_occurred=True, resolved_on="2025-06-30", known_from=known_from)
        for n in range(5)
        for org, p in (("A", 80.0), ("B", 60.0))
    ]  # fmt: skip


def now_judged() -> list[dict[str, Any]]:
    return [row("a", "A", probability_pct=20.0), row("b", "B", probability_pct=70.0)]


def test_the_record_weighs_where_it_is_long_enough() -> None:
    found = next(f for f in scenarios(*history("2025-07-15"), *now_judged()) if f["period"] == "2026-Q1")
    assert (found["weights"], found["past_count"], found["estimate"]) == ("PERFORMANCE", 5, 45)
    assert found["estimate_weighted"] == pytest.approx(0.8 * 20 + 0.2 * 70)


def test_weights_use_no_knowledge_of_later() -> None:
    """Outcomes that came about before, but were known only after the judgement, do not weigh in it."""
    found = next(f for f in scenarios(*history("2026-02-02"), *now_judged()) if f["period"] == "2026-Q1")
    assert (found["weights"], found["past_count"], found["estimate_weighted"]) == ("EQUAL", 0, 45)


def test_the_record_of_another_scheme_does_not_weigh() -> None:
    other = [r | {"icd203_code": "I5"} for r in now_judged()]
    found = next(f for f in scenarios(*history("2025-07-15"), *other) if f["period"] == "2026-Q1")
    assert (found["scheme"], found["weights"]) == ("icd203_yardstick", "EQUAL")


def test_a_plain_recomputation_agrees() -> None:
    rng = np.random.default_rng(7)
    rows = [
        row(f"{org}-{n}-{quarter}", org, scenario=f"S{n}", probability_pct=float(rng.integers(0, 101)),
            made_on=f"2025-{3 * quarter - 1:02d}-15", horizon_on="2026-06-30",
            has_occurred=bool(n % 2), resolved_on="2026-06-30", known_from="2026-07-01")
        for n in range(12)
        for quarter in (1, 2, 3, 4)
        for org in ("A", "B", "C")
        if rng.random() < 0.8
    ]  # fmt: skip
    found = judgement_tables(assessments(*rows), [], FOREVER)
    said: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _, r in frame(*rows).iterrows():
        said[r["scenario"], str(pd.Period(r["made_on"], "Q")).replace("Q", "-Q")].append(r["probability_pct"] / 100)
    assert {(f["scenario"], f["period"]) for f in found["scenario"]} == set(said)
    for f in found["scenario"]:
        p, o = np.array(said[f["scenario"], f["period"]]), float(int(f["scenario"][1:]) % 2)
        assert f["estimate"] == pytest.approx(100 * p.mean())
        assert f["crowd_error"] == pytest.approx((p.mean() - o) ** 2, abs=1e-12)
        assert f["individual_error"] == pytest.approx(((p - o) ** 2).mean(), abs=1e-12)
        assert f["diversity"] == pytest.approx(p.var(), abs=1e-12)
        assert abs(f["crowd_error"] - (f["individual_error"] - f["diversity"])) <= 1e-12
        earlier = f"2025-Q{int(f['period'][-1]) - 1}"
        if (f["scenario"], earlier) in said:
            assert f["change"] == pytest.approx(100 * (p.mean() - np.mean(said[f["scenario"], earlier])))
    crowd = next(c for c in found["calibration"] if c["assessor"] == "CROWD" and c["horizon"] == "ALL")
    assert abs(crowd["crowd_error"] - (crowd["individual_error"] - crowd["diversity"])) <= 1e-12
    everybody = next(c for c in found["calibration"] if c["assessor"] == "ALL" and c["horizon"] == "ALL")
    by_question: dict[str, list[float]] = defaultdict(list)
    for (scenario, _), values in said.items():
        by_question[scenario] += [(v - int(scenario[1:]) % 2) ** 2 for v in values]
    assert everybody["brier"] == pytest.approx(np.mean([np.mean(v) for v in by_question.values()]))
    assert everybody["question_count"] == 12 and everybody["judgement_count"] == len(rows)
