"""From reports to the country's score once more in plain pandas and arithmetic, sharing no code with merging and scoring."""

import math

import pandas as pd
import pytest

from idtracker.model.tables import conform_types
from idtracker.model.tables.reference import Place
from idtracker.model.tables.reporting import Observation
from tests.unit.analyse.figures import merge_cells, score_cells

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


@pytest.fixture(scope="module")
def national(indicators, method):
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
    cells = merge_cells(conform_types(facts, Observation), expected, places, method, ["2026-Q2"])
    scores = score_cells(cells, expected, places, method, ["2026-Q2"])
    return cells, scores[scores["place_id"] == "JO"].set_index("node_code")


def expected_indicators():
    """National value and error on the 0-100 scale, by indicator, from the reports alone."""
    grades = {"A1": 1.0, "C3": 0.5, "B2": 0.75, "A2": math.sqrt(0.75)}
    found = {}
    for name, rows in REPORTS.groupby("indicator_id"):
        values, variances = {}, {}
        for place, reports in rows.groupby("place_id"):
            weight = reports["grade"].map(grades) / reports["grade"].map(grades).sum()
            values[place] = (weight * reports["value"]).sum()
            squares = (weight**2).sum()
            spread = (weight * (reports["value"] - values[place]) ** 2).sum()
            between = squares * spread / (1 - squares) if len(reports) > 1 else 0.0
            variances[place] = (weight**2 * reports["standard_error"] ** 2).sum(skipna=False) + between
        people = sum(PEOPLE[place] for place in values)
        low, high, sign = GOALPOSTS[name]
        mean = sum(PEOPLE[place] / people * value for place, value in values.items())
        error = math.sqrt(sum((PEOPLE[place] / people) ** 2 * variance for place, variance in variances.items()))
        score = 100 * (mean - low) / (high - low)
        found[name] = (score if sign == 1 else 100 - score, 100 * error / (high - low))
    return found


def test_the_national_cells(national):
    cells, _ = national
    country = cells[cells["place_id"] == "JO"].set_index("indicator_id")
    for name, (score, error) in expected_indicators().items():
        assert country.loc[name, "score"] == pytest.approx(score)
        assert country.loc[name, "score_error"] == pytest.approx(error, nan_ok=True)
        assert country.loc[name, "method"] == "NATIONAL_MEAN"


def test_the_national_dimensions_and_their_whole(national):
    _, scores = national
    (a, a_error), (b, _), (c, c_error) = expected_indicators().values()
    first = (a + b) / 2
    assert scores.loc["BSF1", "score"] == pytest.approx(first)
    assert scores.loc["BSF1", "high"] == pytest.approx(first + 1.645 * a_error / 2)
    assert scores.loc["BSF2", "score"] == pytest.approx(c)
    root = math.sqrt(first * c)
    error = root * math.sqrt((0.5 * a_error / 2 / first) ** 2 + (0.5 * c_error / c) ** 2)
    assert scores.loc["STABILITY", "score"] == pytest.approx(root)
    assert scores.loc["STABILITY", "low"] == pytest.approx(root - 1.645 * error)
    assert scores.loc["STABILITY", "error_coverage"] == pytest.approx(0.75)
    assert scores.loc["STABILITY", "completeness"] == 1
