"""Trust in the numbers: plain loops and the tables of calibration give the same, and nothing known later is looked at."""

from __future__ import annotations

import statistics
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from metrics_given import Case, Frames, case_of, cases, read_reference, table

from idtracker.analyse.judgement.assessments import assessments_of
from idtracker.analyse.judgement.tables import judgement_tables
from idtracker.analyse.metrics.registry import metrics
from idtracker.analyse.metrics.values import measure

AT = pd.Timestamp("2026-06-30")
VERSIONED = [case for case in cases() if metrics()[case.metric_id].versions]
HISTORIES = st.lists(st.lists(st.integers(0, 10), min_size=1, max_size=4), min_size=1, max_size=6)
WIDTHS = {"crime": 10, "rating": 4}


@given(HISTORIES, st.integers(0, 4))
@settings(max_examples=25, phases=[Phase.generate], deadline=None)
def test_revisions_are_those_of_plain_loops(histories: list[list[int]], known: int) -> None:
    rows = [
        {
            "fact_id": f"f{n}",
            "indicator_id": sorted(WIDTHS)[n % 2],
            "place_id": "JO-MA",
            "period": "2026-Q1",
            "org_id": "GB-GOV-1",
            "value": value,
            "revision_type": "INITIAL" if version == 0 else "R1",
            "recorded_from": pd.Timestamp("2026-04-01") + pd.Timedelta(days=version),
            "recorded_to": pd.Timestamp("2026-04-02") + pd.Timedelta(days=version)
            if version < len(values) - 1
            else None,
        }
        for n, values in enumerate(histories)
        for version, value in enumerate(values)
    ]
    at = pd.Timestamp("2026-04-01") + pd.Timedelta(days=known)
    given_ = {"observation": table("observation", pd.DataFrame(rows))}
    found = measure(given_, read_reference(), ["2026-Q1"], at, metric_ids=["IM-46"])
    found = found[found["scope"] == "programme"].set_index("measure")
    steps: dict[str, list[tuple[int, int]]] = {name: [] for name in WIDTHS}
    for n, values in enumerate(histories):
        steps[sorted(WIDTHS)[n % 2]] += [(a, b) for a, b in pairwise(values[: known + 1]) if a != b]
    points = [100 * (b - a) / WIDTHS[name] for name, made in steps.items() for a, b in made]
    assert found.loc["mar", "n"] == len(points)
    assert found.loc["mr", "numerator"] == pytest.approx(sum(points))
    revised = sum(any(a != b for a, b in pairwise(values[: known + 1])) for values in histories)
    assert (found.loc["revised", "numerator"], found.loc["revised", "n"]) == (revised, len(histories))
    if len(points) >= 5:
        assert found.loc["mar", "value"] == pytest.approx(statistics.mean(map(abs, points)))
    sized = {name: made for name, made in steps.items() if any(b for _, b in made)}
    if sum(map(len, sized.values())) >= 5:
        shares = [sum(abs(b - a) for a, b in made) / sum(b for _, b in made) for made in sized.values() for _ in made]
        assert found.loc["rmar", "value"] == pytest.approx(statistics.mean(shares))


@pytest.mark.parametrize("day", ["2026-04-15", "2026-05-15", "2026-06-30"])
@pytest.mark.parametrize("case", VERSIONED, ids=str)
def test_what_became_known_later_changes_no_figure(case: Case, day: str) -> None:
    at, whole = pd.Timestamp(day), case.given()
    earlier = {name: _known_by(frame, at) for name, frame in whole.items()}
    found = [measure(g, read_reference(), case.periods, at, metric_ids=[case.metric_id]) for g in (whole, earlier)]
    pd.testing.assert_frame_equal(*found)


def _known_by(frame: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    for begins, ends in (("recorded_from", "recorded_to"), ("known_from", "known_to")):
        if begins in frame and ends in frame:
            known = frame[frame[begins] <= at]
            return known.assign(**{ends: known[ends].where(known[ends] <= at)})
    return frame[frame["decided_at"] <= at] if "decided_at" in frame else frame


def test_versions_are_declared_as_inputs_too() -> None:
    for chosen in metrics().values():
        assert set(chosen.versions) <= set(chosen.inputs)


@pytest.mark.parametrize("name", ["IM-48_brier", "IM-48_few"])
def test_calibration_is_that_of_the_table(name: str) -> None:
    case = case_of(name)
    rows = case.given()["judgement"]
    tables = judgement_tables(assessments_of(rows[rows["scenario"] != "S12"]), [], AT)["calibration"]
    row = next(r for r in tables if (r["assessor"], r["scheme"], r["horizon"]) == ("ALL", "phia_yardstick", "ALL"))
    found = case.measured()
    found = found[(found["scope"] == "programme") & (found["period"] == "2026-Q1")].set_index("measure")
    value = found.loc["brier", "value"]
    assert row["question_count"] == found.loc["brier", "n"]
    assert (row["brier"] is None and pd.isna(value)) or row["brier"] == pytest.approx(value)


def test_a_missing_value_makes_no_place_more_reliable() -> None:
    case = case_of("IM-45_levels")

    def indices(tables: Frames) -> pd.Series:
        found = measure(tables, read_reference(), ["2026-Q1"], AT, metric_ids=["IM-45"])
        return found[(found["measure"] == "value") & found["scope"].str.startswith("place=JO-A")].set_index("scope")[
            "value"
        ]

    cells = case.given()["merged_cell"]
    fewer = cells.drop(cells.index[(cells["indicator_id"] == "b") & (cells["place_id"] == "JO-AM")])
    assert (indices(case.given() | {"merged_cell": fewer}) >= indices(case.given())).all()
    assert indices(case.given() | {"merged_cell": fewer})["place=JO-AM"] > 0
