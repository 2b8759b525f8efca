"""Declared breaks: a recomputation in plain loops, and what must not run across."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from idtracker.analyse.merge.cells import merge_observations
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place
from tests.unit.analyse.merge.linking.declarations import QUARTERS, STATED, at, break_of, frames


def test_values_before_a_break_are_on_the_basis_of_after_it_and_say_so(link):
    rows = [{"period": "2024-Q4", "value": 20.0, "standard_error": 2.0}, {"period": "2025-Q1", "value": 46.0}]
    found = link(rows, frames([break_of()]))
    old, new = at(found.cells, "2024-Q4"), at(found.cells, "2025-Q1")
    assert (old["value"], old["crosswalk_ids"]) == (45.0, "b1")
    assert old["standard_error"] == pytest.approx(math.hypot(4.0, 3.0))
    assert old["score_error"] == pytest.approx(math.hypot(4.0, 3.0) / 2)
    assert (new["value"], new["obs_status"]) == (46.0, "A") and pd.isna(new["crosswalk_ids"])
    assert found.reports.loc[found.reports["period"] == "2024-Q4", "value"].tolist() == [45.0]


def test_a_translation_is_one_error_however_many_reports_and_governorates(link):
    rows = [
        {"period": "2024-Q4", "place_id": f"JO-{place}", "org_id": org, "value": value, "standard_error": 0.5}
        for place, value in (("AM", 20.0), ("IR", 22.0), ("MA", 24.0))
        for org in ("GB-GOV-1", "GB-GOV-3")
    ]
    nation = at(link(rows, frames([break_of()])).cells, "2024-Q4", "JO")
    own = sum(w * w * (2 * 0.5) ** 2 / 2 for w in (0.4, 0.3, 0.3))
    assert nation["value"] == pytest.approx(2 * (0.4 * 20 + 0.3 * 22 + 0.3 * 24) + 5)
    assert nation["standard_error"] == pytest.approx(math.sqrt(own + 3.0**2))


def test_only_the_source_that_changed_is_translated_and_not_what_it_restated(link):
    rows = [
        {"period": "2024-Q2", "value": 20.0, "source_id": "one"},
        {"period": "2024-Q3", "value": 20.0, "source_id": "two"},
        {"period": "2024-Q4", "value": 20.0, "source_id": "one", "recorded_from": "2026-08-01"},
    ]
    found = link(rows, frames([break_of(source_id="one", restated_on="2026-08-01")])).cells
    assert [at(found, q)["value"] for q in ("2024-Q2", "2024-Q3", "2024-Q4")] == [45.0, 20.0, 20.0]


def test_a_figure_about_both_sides_is_on_neither_basis(link):
    rows = [{"period": "2024-Q1", "value": 10.0}]
    across = {"period": "2024-Q4", "value": 20.0}
    found = link([*rows, across], frames([break_of(valid_from="2024-04-01")])).cells
    assert at(found, "2024-Q4")["value"] == 20.0
    yearly = link([*rows, {"period": "2024", "value": 20.0}], frames([break_of(valid_from="2024-07-01")])).cells
    assert set(yearly.loc[~yearly["is_carried"].astype(bool), "period"]) == {"2024-Q1"}
    assert at(yearly, "2024-Q1")["value"] == 25.0


def test_codes_are_translated_one_by_one_and_one_that_is_missing_does_not_count(link):
    coded = break_of(crosswalk="codes", factor=None, addend=None, crosswalk_error=0.5)
    codes = [
        {"break_id": "b1", "old_value": 1.0, "new_value": 2.0},
        {"break_id": "b1", "old_value": 2.0, "new_value": 4.0},
    ]
    rows = [
        {"period": q, "value": v} for q, v in (("2024-Q1", 1.0), ("2024-Q2", 2.0), ("2024-Q3", 3.0), ("2025-Q1", 3.0))
    ]
    found = link(rows, frames([coded], codes), {"scale": "ordinal", "merge_policy": "median"}).cells
    own = found[~found["is_carried"].astype(bool)]
    assert dict(zip(own["period"], own["value"], strict=True)) == {"2024-Q1": 2.0, "2024-Q2": 4.0, "2025-Q1": 3.0}


def test_a_decision_from_before_a_break_is_translated_and_a_later_one_is_not(observations, indicators, places):
    rows = observations([{"period": q, "value": 20.0} for q in ("2024-Q3", "2024-Q4")])
    decided = pd.DataFrame(
        {
            **{"adjudication_id": ["a", "b"], "indicator_id": "trust", "place_id": "JO-AM"},
            **{"period": ["2024-Q3", "2024-Q4"], "value": 30.0, "standard_error": 1.0},
            "decided_at": pd.to_datetime(["2024-12-31", "2025-01-01"]),
        }
    )
    links = frames([break_of(crosswalk_error=0.0)])
    cells = merge_observations(rows, indicators(), places, STATED, QUARTERS, decided, links=links).cells
    assert [at(cells, q)["value"] for q in ("2024-Q3", "2024-Q4")] == [65.0, 30.0]
    assert [at(cells, q)["standard_error"] for q in ("2024-Q3", "2024-Q4")] == [2.0, 1.0]


def test_without_a_crosswalk_nothing_is_carried_across_and_the_first_cell_says_so(link):
    none = break_of(crosswalk="none", factor=None, addend=None, crosswalk_error=None)
    found = link([{"period": "2024-Q4", "value": 20.0}, {"period": "2025-Q2", "value": 30.0}], frames([none])).cells
    assert at(found, "2024-Q4")["value"] == 20.0
    assert at(found, "2025-Q1") is None
    here = link([{"period": "2024-Q4", "value": 20.0}, {"period": "2025-Q1", "value": 30.0}], frames([none])).cells
    assert at(here, "2025-Q1")["obs_status"] == "B"
    assert at(here, "2024-Q4")["obs_status"] == "A"


def test_the_history_of_before_a_break_says_nothing_of_the_error_after_it(link, method):
    none = break_of(crosswalk="none", factor=None, addend=None, crosswalk_error=None)
    noisy = [{"period": q, "value": v} for q, v in zip(QUARTERS[:4], (10.0, 90.0, 15.0, 95.0), strict=True)]
    calm = [{"period": q, "value": 50.0 + n / 10} for n, q in enumerate(QUARTERS[4:])]
    alone = link(calm, None, method=method).cells
    after = link([*noisy, *calm], frames([none]), method=method).cells
    assert at(after, "2025-Q4")["standard_error"] == at(alone, "2025-Q4")["standard_error"]
    across = link([*noisy, *calm], None, method=method).cells
    assert at(across, "2025-Q4")["standard_error"] > 2 * at(alone, "2025-Q4")["standard_error"]


def test_without_declarations_nothing_is_another(link):
    rows = [{"period": q, "value": float(n)} for n, q in enumerate(QUARTERS)]
    one, other = link(rows, None), link(rows, frames())
    pd.testing.assert_frame_equal(one.cells, other.cells)
    pd.testing.assert_frame_equal(one.reports, other.reports)


numbers = st.floats(-50, 250, allow_nan=False).map(lambda v: round(v, 3))
broken = st.lists(
    st.tuples(
        st.integers(1, 7),
        st.sampled_from([0.5, -2.0, 3.0]),
        st.sampled_from([-4.0, 0.0, 7.0]),
        st.sampled_from([0.0, 1.5]),
    ),
    max_size=3,
    unique_by=lambda b: b[0],
)
reported = st.lists(
    st.tuples(st.integers(0, 7), numbers, st.none() | st.sampled_from([0.5, 4.0])), unique_by=lambda r: r[0]
)


@settings(max_examples=12, derandomize=True, phases=[Phase.generate])
@given(breaks=broken, rows=reported)
def test_translated_values_are_those_of_plain_loops(breaks, rows):
    from tests.unit.analyse.merge import conftest as given_frames

    first = [date(2024 + n // 4, n % 4 * 3 + 1, 1) for n in range(8)]
    stated = [
        break_of(break_id=f"b{n}", valid_from=str(first[q]), factor=f, addend=a, crosswalk_error=e)
        for n, (q, f, a, e) in enumerate(breaks)
    ]
    facts = [{"period": QUARTERS[q], "value": v, "standard_error": e} for q, v, e in rows]
    if not facts:
        return
    defaults = {**given_frames._FACT, "indicator_id": "trust", "place_id": "JO-AM", "org_id": "GB-GOV-1"}
    observation = given_frames.build(given_frames.Observation, defaults, facts)
    terms = conform_types(pd.DataFrame([{**given_frames._INDICATOR, "max_age_days": 0}]), given_frames.Indicator)
    place = conform_types(pd.DataFrame(given_frames._PLACES), Place)
    cells = merge_observations(observation, terms, place, STATED, QUARTERS, links=frames(stated)).cells
    cells = cells[cells["place_id"] == "JO-AM"].set_index("period")
    assert len(cells) == len(rows)
    for q, value, error in rows:
        link_error, names = 0.0, []
        for n in sorted(range(len(breaks)), key=lambda n: breaks[n][0]):
            begins, factor, addend, added = breaks[n]
            if q < begins:
                value = factor * value + addend
                error = None if error is None else abs(factor) * error
                link_error = math.sqrt((factor * link_error) ** 2 + added**2)
                names.append(f"b{n}")
        cell = cells.loc[QUARTERS[q]]
        whole = math.hypot(error or 0.0, link_error) if error is not None or link_error else None
        assert cell["value"] == pytest.approx(value)
        assert (None if pd.isna(cell["standard_error"]) else cell["standard_error"]) == pytest.approx(whole)
        assert (None if pd.isna(cell["crosswalk_ids"]) else cell["crosswalk_ids"]) == (";".join(sorted(names)) or None)
