"""What a missing report would tell is what merging and scoring say once it has come with what is expected of it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from idtracker.analyse.missing.estimate import missing_rows
from idtracker.analyse.missing.usual import source_reports, usual_cells
from idtracker.model.composite.definition import Index
from idtracker.model.method import BUNDLED, load_method
from idtracker.model.methods.chosen import Scoring
from tests.unit.analyse.missing.small_frames import PLACES, QUARTERS, Row, Small

MINE, OTHERS = ("BSF1-A", "BSF1-B", "BSF3-A"), ("BSF2-A", "BSF4-A", "BSF5-A")
KEY = ["place_id", "period", "node_code"]


def values(source: str, org: str, indicators: tuple[str, ...], quarters: list[str], seed: int) -> list[Row]:
    draw = np.random.default_rng(seed)
    return [
        (source, org, i, place, quarter, round(float(draw.uniform(30, 70)), 1), round(float(draw.uniform(1, 4)), 1))
        for i in indicators
        for place in PLACES
        for quarter in quarters
    ]


def programme(age: int, missing_place: str = "") -> Small:
    """One source that stopped in 2026-Q1 (its values of that quarter are carried for `age` days), and one that goes on."""
    mine = [row for row in values("mine", "GB-GOV-1", MINE, QUARTERS[:-1], 1) if row[3] != missing_place]
    others = values("others", "GB-GOV-3", OTHERS, QUARTERS, 2)
    register = {i: {"dimension_code": i[:4], "max_age_days": age} for i in (*MINE, *OTHERS)}
    register["BSF3-A"] |= {"roll_up": "sum", "direction": -1, "goalpost_low": 80.0, "goalpost_high": 10.0}
    return Small(register, [*mine, *others])


def with_report(small: Small) -> pd.DataFrame:
    """The scores once the report has come: the values of the quarter before, as sure as they were."""
    last = [row for row in small.rows if row[0] == "mine" and row[4] == "2026-Q1"]
    cells, _ = small.merged([*small.rows, *((*row[:4], "2026-Q2", *row[5:]) for row in last)])
    return small.scores(cells)


DEEP = Index.model_validate(
    {
        "method_version": "DEEP-1",
        "title": "t",
        "source": "none",
        "defaults": {"weights": "equal", "coverage": 0.5},
        "indicators": {i: {"label": i, "normalise": "register"} for i in (*MINE, *OTHERS)},
        "tree": {
            "code": "ALL",
            "aggregation": "geometric",
            "floor": 1.0,
            "children": [
                {"code": "UPPER", "children": [{"code": "LOWER", "children": ["BSF1-A", "BSF2-A"]}, "BSF1-B"]},
                {"code": "REST", "children": ["BSF3-A", "BSF4-A", "BSF5-A"]},
            ],
        },
    }
)


@pytest.mark.parametrize("age", [400, 60], ids=["carried", "absent"])
@pytest.mark.parametrize("is_tree", [False, True], ids=["two levels", "tree"])
@pytest.mark.parametrize("missing_place", ["", "JO-MA"], ids=["whole", "one governorate never reports"])
def test_the_estimate_is_what_comes_once_the_report_is_there(age: int, is_tree: bool, missing_place: str) -> None:
    small = programme(age, missing_place)
    if is_tree:
        small.headline = Scoring("DEEP", "headline", DEEP)
    found = missing_rows(small.known([("mine", "2026-Q2", "2026-Q2")])).set_index(KEY)
    now, then = (frame.set_index(KEY) for frame in (small.scores(small.merged(small.rows)[0]), with_report(small)))
    assert set(found["estimate"]) == {"ESTIMATED"} and len(found) > 7
    assert {place for place, _, _ in found.index} == {"JO", *PLACES} - {missing_place}
    for at, row in found.iterrows():
        assert row["completeness_with"] == pytest.approx(then.loc[at, "completeness"], abs=1e-9)
        assert row["completeness"] == now.loc[at, "completeness"]
        before, after = (frame.loc[at, "high"] - frame.loc[at, "low"] for frame in (now, then))
        assert row["width_with"] == pytest.approx(after, abs=1e-6, nan_ok=True), at
        assert row["width"] == pytest.approx(before, abs=1e-9, nan_ok=True)
        if not math.isnan(row["narrowing"]):
            assert row["narrowing"] == pytest.approx(row["width_unknown"] - row["width_with"])
            assert row["narrowing"] > 0
            wider = row["width_unknown"] - row["width"]
            assert (math.isnan(wider) or wider >= 0) if age == 60 else wider == 0


ACROSS = DEEP.model_dump(exclude_unset=True) | {
    "method_version": "ACROSS-1",
    "indicator_defaults": {"scale": [0, 100], "normalise": {"method": "min_max"}},
    "indicators": {i: {"label": i} for i in (*MINE, *OTHERS)}
    | {
        "BSF1-B": {
            "label": "B",
            "normalise": "percentile_rank",
            "missing": {"method": "mean", "after": "normalisation"},
        }
    }
    | {"BSF2-A": {"label": "A", "denominator": "population"}},
}


@pytest.mark.parametrize("age", [400, 60], ids=["carried", "absent"])
def test_under_a_tree_that_looks_across_places_all_of_them_are_looked_at(age: int) -> None:
    """The interval with the report is that of the scores once it came, with all places of the quarter."""
    small = programme(age)
    small.headline = Scoring("ACROSS", "headline", Index.model_validate(ACROSS))
    found = missing_rows(small.known([("mine", "2026-Q2", "2026-Q2")])).set_index(KEY)
    now, then = (frame.set_index(KEY) for frame in (small.scores(small.merged(small.rows)[0]), with_report(small)))
    assert set(found["estimate"]) == {"ESTIMATED"} and len(found) > 7
    compared = 0
    for at, row in found.iterrows():
        assert row["completeness_with"] == pytest.approx(then.loc[at, "completeness"], abs=1e-9)
        before, after = (frame.loc[at, "high"] - frame.loc[at, "low"] for frame in (now, then))
        assert row["width_with"] == pytest.approx(after, abs=1e-6, nan_ok=True), at
        assert row["width"] == pytest.approx(before, abs=1e-9, nan_ok=True)
        compared += not math.isnan(row["width_with"])
    assert compared > 7


NODES = DEEP.model_dump(exclude_unset=True) | {"method_version": "NODES-1"}
NODES["tree"] = {
    "code": "ALL", "weights": "inverse_standard_deviation", "children": [
        {"code": "UPPER", "children": ["BSF1-A", "BSF2-A", "BSF1-B"], "normalise": {"method": "z_score", "mean": 50, "sd": 20, "clip": [0, 100]}},
        {"code": "REST", "children": ["BSF3-A", "BSF4-A", "BSF5-A"]},
    ],
}  # fmt: skip


@pytest.mark.parametrize("tree", [ACROSS, NODES], ids=["leaves", "nodes"])
def test_places_that_gain_through_others_alone_are_listed(tree: dict[str, Any]) -> None:
    """Another source reports of one place; every score that the missing report changes has a row."""
    small = programme(400, "JO-MA")
    small.rows += [row for row in values("third", "GB-GOV-24", MINE, QUARTERS, 3) if row[3] == "JO-MA"]
    small.headline = Scoring("WIDE", "headline", Index.model_validate(tree))
    found = missing_rows(small.known([("mine", "2026-Q2", "2026-Q2")])).set_index(KEY)
    now, then = (frame.set_index(KEY) for frame in (small.scores(small.merged(small.rows)[0]), with_report(small)))
    others = found[found["cells_count"] == 0]
    assert {place for place, _, _ in others.index} == {"JO-MA"} and len(others) >= 2
    changed = {
        at for at in now.index
        if at[1] in ("2026-Q1", "2026-Q2") and abs((then.loc[at, "high"] - then.loc[at, "low"]) - (now.loc[at, "high"] - now.loc[at, "low"])) > 1e-6
    }  # fmt: skip
    assert changed and changed <= set(found.index)
    assert set(others.index) <= changed
    for at, row in others.iterrows():
        assert row["width_with"] == pytest.approx(then.loc[at, "high"] - then.loc[at, "low"], abs=1e-6)
        assert set(row["indicator_ids"].split(";")) <= set(MINE) and row["completeness_with"] == row["completeness"]
        assert row["narrowing"] != 0 and row["reported_count"] >= 1


def test_nothing_is_expected_of_a_report_whose_cells_others_have_reported() -> None:
    small = programme(400)
    small.rows += [
        ("third", "GB-GOV-24", *row[2:4], "2026-Q2", *row[5:])
        for row in small.rows
        if row[4] == "2026-Q1" and row[0] == "mine"
    ]
    rows = missing_rows(small.known([("mine", "2026-Q2", "2026-Q2")]))
    assert rows["estimate"].tolist() == ["NOTHING_CHANGES"] and rows["place_id"].isna().all()


def test_without_a_known_error_there_is_coverage_and_no_width() -> None:
    """Under a method that completes no errors, values whose reports state none have none."""
    small = programme(60)
    small.merging = load_method(BUNDLED.with_name("STAB-1.1.yml"))
    small.headline = Scoring("STAB-1.1", "headline", small.merging)
    small.rows = [(*row[:6], None) if row[0] == "mine" else row for row in small.rows]
    rows = missing_rows(small.known([("mine", "2026-Q2", "2026-Q2")]))
    assert set(rows["estimate"]) == {"ERROR_UNKNOWN"}
    assert rows[["width_with", "narrowing"]].isna().all(axis=None)
    assert (rows["completeness_with"] > rows["completeness"]).any()


def test_reports_of_a_source_about_the_same_quarter_tell_the_same() -> None:
    known = programme(400).known([("mine", "2026-Q2", "2026-Q2")])
    months = pd.concat([known.owed.assign(report_period=f"2026-0{month}") for month in (4, 5, 6)], ignore_index=True)
    rows = missing_rows(replace(known, owed=months))
    parts = [rows[rows["report_period"] == f"2026-0{month}"].drop(columns="report_period") for month in (4, 5, 6)]
    once = missing_rows(known).drop(columns="report_period")
    for part in parts:
        pd.testing.assert_frame_equal(part.reset_index(drop=True), once)


@pytest.mark.parametrize(
    ("source", "period", "estimate"),
    [("never", "2026-Q2", "NO_HISTORY"), ("mine", "2026-Q3", "NO_SCORE_YET"), ("unscored", "2026-Q2", "NOT_SCORED")],
)
def test_a_report_of_which_nothing_can_be_said_says_so(source: str, period: str, estimate: str) -> None:
    small = programme(400)
    small.indicators["FREE"] = {"dimension_code": None, "goalpost_low": None, "goalpost_high": None}
    small.rows += values("unscored", "GB-GOV-24", ("FREE",), QUARTERS[:-1], 3)
    rows = missing_rows(small.known([(source, period, period)]))
    assert rows["estimate"].tolist() == [estimate] and rows["narrowing"].isna().all()


def test_a_report_of_an_earlier_quarter_shortens_the_carrying() -> None:
    """The error of 2026-Q2, carried from 2025-Q4 now, would grow for one quarter instead of two, in squares."""
    small = programme(400)
    small.rows = [row for row in small.rows if row[0] != "mine" or row[4] < "2026-Q1"]
    known = small.known([("mine", "2026-Q1", "2026-Q1")])
    cells = {(r.indicator_id, r.place_id, r.period): r for r in known.cells.itertuples()}
    found = missing_rows(known).set_index(KEY)
    row = found.loc["JO-AM", "2026-Q2", "BSF1"]
    squares = []
    for name in ("BSF1-A", "BSF1-B"):
        origin, carried = cells[name, "JO-AM", "2025-Q4"], cells[name, "JO-AM", "2026-Q2"]
        assert carried.origin_period == "2025-Q4"
        squares.append(origin.score_error**2 + (carried.score_error**2 - origin.score_error**2) / 2)
    expected = 2 * small.merging.interval_z * math.sqrt(sum(squares)) / 2
    assert row["width_with"] == pytest.approx(expected) and 0 < row["narrowing"] < row["width"]
    assert found.loc["JO-AM", "2026-Q1", "BSF1"]["narrowing"] > 0


def test_what_a_source_usually_reports_is_counted_quarter_by_quarter() -> None:
    """By plain loops over what each quarter has."""
    draw = np.random.default_rng(5)
    rows = [
        ("S" if draw.random() < 0.4 else "S;T", name, place, quarter, float(draw.uniform(0.2, 1)))
        for name in ("A", "B", "C")
        for place in ("P", "Q")
        for quarter in range(12)
        if draw.random() < (0.9 if name == "A" else 0.6)
    ]
    reports = pd.DataFrame(rows, columns=["submission_ids", "indicator_id", "place_id", "quarter", "weight"])
    sent = pd.DataFrame({"submission_id": ["S", "T"], "source_id": ["s", "t"]})
    cells = reports[["indicator_id", "place_id", "quarter"]].assign(
        value=1.0, score=50.0, standard_error=1.0, score_error=2.0, error_basis="STATED", crosswalk_ids=None
    )
    owed = pd.DataFrame({"number": [0, 1], "source_id": ["s", "t"], "first": [11, 9]})
    found, has_history = usual_cells(owed, source_reports(reports, sent), cells)
    expected = {}
    for number, source, first in ((0, "S", 11), (1, "T", 9)):
        own = [row for row in rows if source in row[0].split(";") and row[3] < first]
        quarters = sorted({row[3] for row in own})[-8:]
        for name in ("A", "B", "C"):
            for place in ("P", "Q"):
                count = sum(1 for row in own if row[1:3] == (name, place) and row[3] in quarters)
                if count and 2 * count >= len(quarters):
                    expected[number, name, place] = (count, len(quarters))
    told = {(r.number, r.indicator_id, r.place_id): (r.reported_count, r.of_count) for r in found.itertuples()}
    assert told == expected and has_history == {0, 1} and len(expected) > 3
    assert set(found["score_error"]) == {2.0}


def test_a_source_alone_is_less_sure_than_a_cell_that_others_share() -> None:
    """Three reports of equal weight: alone, one has three times the variance. One of weight 0.8 beside one of 0.2: at least twice."""
    rows = [("S", "A", 1 / 3), ("T", "A", 1 / 3), ("U", "A", 1 / 3), ("S", "B", 0.8), ("T", "B", 0.2)]
    reports = pd.DataFrame(rows, columns=["submission_ids", "indicator_id", "weight"]).assign(place_id="P", quarter=1)
    sent = pd.DataFrame({"submission_id": ["S", "T", "U"], "source_id": ["s", "t", "u"]})
    found = source_reports(reports, sent).set_index(["source_id", "indicator_id"])["wider"]
    assert found["s", "A"] == pytest.approx(3) and found["s", "B"] == pytest.approx(2)
