"""From reports to the country's score: one example worked out by hand, which the library and its recomputation both give."""

from typing import Any, NamedTuple

import pandas as pd
import pytest

from idtracker.model.method import Method
from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place
from idtracker.model.tables.reporting import Observation
from tests.support.oracle import compare, grid
from tests.support.oracle.given import method_of, rows_of
from tests.support.oracle.scores import scores as score_again
from tests.unit.analyse.figures import merge_cells, method_frame, score_cells

PEOPLE = {"JO-AM": 400, "JO-IR": 250, "JO-MA": 350}
GOALPOSTS = {"BSF1_a": (0, 50, 1), "BSF1_b": (10, 90, -1), "BSF2_a": (1, 5, 1)}
REPORTS = pd.DataFrame(
    [
        ("BSF1_a", "JO-AM", "GB-GOV-1", "A1", 20.0, 1.0),
        ("BSF1_a", "JO-AM", "GB-GOV-8", "C3", 24.0, 3.0),
        ("BSF1_a", "JO-IR", "GB-GOV-1", "A1", 35.0, 1.0),
        ("BSF1_a", "JO-MA", "GB-GOV-1", "A1", 41.0, 1.0),
        ("BSF1_b", "JO-AM", "GB-GOV-6", "B2", 30.0, None),
        ("BSF1_b", "JO-MA", "GB-GOV-6", "B2", 50.0, None),
        ("BSF2_a", "JO-AM", "GB-GOV-24", "A2", 3.4, 0.1),
        ("BSF2_a", "JO-IR", "GB-GOV-24", "A2", 2.9, 0.1),
        ("BSF2_a", "JO-MA", "GB-GOV-24", "A2", 4.1, 0.1),
    ],
    columns=["indicator_id", "place_id", "org_id", "grade", "value", "standard_error"],
)


PERIODS = ["2026-Q2"]
NATIONAL = [
    # Amman (20 + 24 / 2) / 1.5 = 21.33, and 0.4 · 21.33 + 0.25 · 35 + 0.35 · 41 = 31.63 of 50.
    # Amman states (2/3)² · 1 + (1/3)² · 9 = 1.44, its reports differ as if by 5/9 · 8 = 4.44: (4 · 1.44 + 4.44) / 5 = 2.04;
    # √(0.4² · 2.04 + 0.25² + 0.35²) = 0.716 of 50
    ("BSF1_a", 63.2666666666667, 1.4312387796746022),
    # (400 · 30 + 350 · 50) / 750 = 39.33, between 90 and 10; nobody states an error and there is
    # no history: 4 of 80 are assumed for a governorate's percentage, 4² · (0.5333² + 0.4667²) = 8.04;
    # Irbid is absent and governorates vary by 200, 200 · (0.25² + 0.25² · 0.5022) = 18.78; √(8.04 + 18.78) = 5.18 of 80
    ("BSF1_b", 63.3333333333333, 6.472699076377128),
    # 0.4 · 3.4 + 0.25 · 2.9 + 0.35 · 4.1 = 3.52, and the error 0.1 · √(0.4² + 0.25² + 0.35²) = 0.0587, on a scale of 1 to 5
    ("BSF2_a", 63.0, 1.468417515559),
]


class Example(NamedTuple):
    """What was given, and what the library makes of it."""

    facts: pd.DataFrame
    indicators: pd.DataFrame
    places: pd.DataFrame
    cells: pd.DataFrame
    scores: pd.DataFrame
    method: Method


@pytest.fixture(scope="module")
def example(indicators: Any, method: Method) -> Example:
    facts = REPORTS.assign(
        reliability=REPORTS["grade"].str[0],
        credibility=REPORTS["grade"].str[1],
        period="2026-Q2",
        period_start="2026-04-01",
        period_end="2026-06-30",
        fact_id=REPORTS.index.astype("str"),
        source_id="returns",
        submission_id="s1",
        sheet="Sheet1",
        content_hash="0",
        recorded_from="2026-07-20",
        classification="OFFICIAL",
        releasable_to="HMG",
    )
    expected = indicators(
        **{
            name: {"goalpost_low": low, "goalpost_high": high, "direction": sign}
            for name, (low, high, sign) in GOALPOSTS.items()
        }
    )
    rows = [{"place_id": "JO", "name": "Jordan", "level": "country"}]
    rows += [
        {"place_id": code, "name": code, "level": "adm1", "parent_id": "JO", "population": people}
        for code, people in PEOPLE.items()
    ]
    places = conform_types(pd.DataFrame(rows), Place)
    reports = conform_types(facts, Observation)
    cells = merge_cells(reports, expected, places, method, PERIODS)
    return Example(reports, expected, places, cells, score_cells(cells, expected, places, method, PERIODS), method)


def test_the_recomputation_agrees(example):
    facts, expected, places, cells, scores, method = example
    definition, terms, where = method_of(rows_of(method_frame(method))), rows_of(expected), rows_of(places)
    again = grid.merge(rows_of(facts), terms, where, definition, PERIODS)
    assert compare.differences(rows_of(cells), again, ["indicator_id", "place_id", "period"], list(cells.columns)) == []
    scored = score_again(again, terms, where, definition, PERIODS)
    key = ["place_id", "period", "node_code"]
    assert compare.differences(rows_of(scores), scored, key, list(scores.columns)) == []


@pytest.mark.parametrize(("name", "score", "error"), NATIONAL)
def test_the_national_cells(example, name, score, error):
    cells = example.cells
    country = cells[cells["place_id"] == "JO"].set_index("indicator_id")
    assert country.loc[name, "score"] == pytest.approx(score)
    assert country.loc[name, "score_error"] == pytest.approx(error)
    assert country.loc[name, "method"] == "NATIONAL_MEAN"


def test_the_national_dimensions_and_their_whole(example):
    scores = example.scores[example.scores["place_id"] == "JO"].set_index("node_code")
    assert scores.loc["BSF1", "score"] == pytest.approx(63.3)
    assert scores.loc["BSF1", "high"] == pytest.approx(68.75239200428608)  # √(1.4312² + 6.4727²) / 2 = 3.3145
    assert scores.loc["BSF2", "score"] == pytest.approx(63)
    assert scores.loc["STABILITY", "score"] == pytest.approx(63.14982185248031)  # √(63.3 · 63)
    assert scores.loc["STABILITY", "low"] == pytest.approx(60.172812601760384)
    assert scores.loc["STABILITY", "error_coverage"] == pytest.approx(0.75)
    assert scores.loc["STABILITY", ["error_estimated", "error_assumed"]].tolist() == pytest.approx([0, 0.25])
    assert scores.loc["STABILITY", "completeness"] == 1
