"""The pages about methods over a few rows: goalposts, where errors come from, what was varied and what could not be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from idtracker.analyse.metrics.registry import metrics
from idtracker.analyse.sensitivity.adapters.tracker import NOT_VARIED
from idtracker.model.messages import LANGS, Lang
from idtracker.publish.briefing.pages.methods import pages
from idtracker.publish.briefing.parts import Chart
from tests.unit.publish.briefing.pages_of_rows import (
    HOSTILE,
    QUARTER,
    check_numbers,
    edition,
    published,
    row_with,
    said,
    section,
)
from tests.unit.publish.export.published_rows import Rows, row_of

DEFINITION = {
    "band_scheme": {"bands": [{"label": "low", "low": 0, "high": 50}, {"label": "top", "low": 50, "high": 100}]},
    "dimensions": {"D1": {"label": "First part", "weight": 0.5}, "D2": {"label": "Second part", "weight": 0.5}},
    "interval_level": 0.8,
}


def varied(analysis: str, subject: str, **values: Any) -> dict[str, Any]:
    same = {"place_id": "XX", "period": "2026-Q2", "node_code": "ROOT", "output": "SCORE"}
    same |= dict.fromkeys(("first_order", "total_order", "difference", "why"))
    return row_of("sensitivity", analysis=analysis, subject=subject, **{**same, **values})


def rows() -> Rows:
    cells = [("P1", "STATED"), ("P2", "ASSUMED"), ("P3", "ASSUMED"), ("P4", None)]
    score = {
        "place_id": "XX",
        "node_code": "ROOT",
        "score": 61.5,
        "error_coverage": 0.25,
        "error_estimated": 0.5,
        "error_assumed": 0.25,
    }
    drawn = {"place_id": "XX", "node_code": "ROOT", "score": 61.5, "low": 58.25, "high": None, "draws": 100}
    nowhere = {"place_id": None, "output": None}
    return {
        "method": [row_of("method", method_version="M-1", role="headline", root_code="ROOT", title=HOSTILE, definition=json.dumps(DEFINITION))],
        "place": [row_of("place", place_id="XX", name="Land", name_ar="بلد", level="country", parent_id=None)],
        "indicator": [
            row_of("indicator", indicator_id="I1", name="One", name_ar=None, dimension_code="D1", direction=-1, goalpost_low=0.0, goalpost_high=12.5,
                   weight=2.0, max_age_days=190, owner_org_id=None, retired_on=None),
            row_of("indicator", indicator_id="I2", name="Two", name_ar=None, dimension_code=None, direction=1, goalpost_low=None, goalpost_high=None,
                   weight=1.0, max_age_days=90, owner_org_id=None, retired_on=None),
        ],
        "merged_cell": [row_of("merged_cell", indicator_id="I1", place_id=place, error_basis=basis, **QUARTER) for place, basis in cells],
        "score": [row_of("score", **score, **QUARTER)],
        "score_uncertainty": [row_of("score_uncertainty", **drawn, **QUARTER)],
        "sensitivity": [
            varied("VARIANCE", "measurement", first_order=0.25, total_order=0.5), varied("VARIANCE", "weights", first_order=0.75, total_order=0.625),
            varied("VARIANCE", "measurement", output="RANK", why="it does not vary, or is not defined in every draw"),
            varied("DROP_ONE", "I1", difference=-0.5), varied("DROP_ONE", "I2", difference=1.5),
            varied("SWAP_WEIGHTS", "I1 and I2", difference=0.125), varied("SWAP_AGGREGATION", "ROOT arithmetic", why="never told"),
            *(varied("NOT_VARIED", name, why=why, **nowhere) for name, why in NOT_VARIED.items()),
            varied("NOT_VARIED", "moods", why=HOSTILE, **nowhere),
            varied("VARIANCE", "weights", first_order=0.5, period="2026-Q1"),
        ],
        "codelist": [row_of("codelist", scheme="ancr", version="2025-03", code=code, label_en=code, label_ar=code, valid_from=None) for code in "XY"],
        "unit": [row_of("unit", unit="%")],
    }  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_has_its_address(lang: Lang) -> None:
    source = published(rows())
    figures, counts = check_numbers(source, pages(source, edition(lang)))
    assert figures > 15 and counts == 6


def test_indicators_show_goalposts_weights_and_which_values_are_better() -> None:
    made = pages(published(rows()), edition())
    assert row_with(section(made, "indicators"), "One")[1:9] == [
        "First part",
        "x",
        "lower",
        "0",
        "12.5",
        "2",
        "190",
        "",
    ]
    assert row_with(section(made, "indicators"), "Two")[1:8] == [
        "kept but not scored",
        "x",
        "higher",
        "",
        "",
        "1",
        "90",
    ]
    method = said(section(made, "method"))
    assert "all with the same weight: First part, Second part." in method and HOSTILE in method


def test_a_unit_has_its_arabic_name_where_the_register_has_one() -> None:
    named = {**rows(), "unit": [row_of("unit", unit="x", name="stroke", name_ar="ضربة")]}
    assert row_with(section(pages(published(named), edition("ar")), "indicators"), "One")[2] == "ضربة"
    assert row_with(section(pages(published(named), edition("en")), "indicators"), "One")[2] == "x"
    without = {**rows(), "unit": [row_of("unit", unit="y", name="other", name_ar="غيرها")]}
    assert row_with(section(pages(published(without), edition("ar")), "indicators"), "One")[2] == "x"


def test_weights_that_differ_are_not_called_equal() -> None:
    other = {
        **DEFINITION,
        "dimensions": {"D1": {"label": "First part", "weight": 0.7}, "D2": {"label": "Second part", "weight": 0.3}},
    }
    named = [{**rows()["method"][0], "definition": json.dumps(other)}]
    assert "with weights that differ" in said(
        section(pages(published({**rows(), "method": named}), edition()), "method")
    )


def test_where_the_errors_of_the_latest_quarter_come_from() -> None:
    text = said(section(pages(published(rows()), edition()), "intervals"))
    assert "that of 80 %" in text
    assert "STATED: 1" in text and "ESTIMATED: 0" in text and "ASSUMED: 2" in text and "No error is known: 1" in text
    assert "stated 0.25, estimated 0.5, assumed 0.25" in text


def test_what_the_score_depends_on_is_that_of_the_latest_round_the_largest_first() -> None:
    made = section(pages(published(rows()), edition()), "varied")
    chart = next(block for block in made.blocks if isinstance(block, Chart))
    assert [[said(c) for c in row[:3]] for row in chart.table.rows] == [
        ["weights", "0.75", "0.625"],
        ["errors of the values", "0.25", "0.5"],
    ]
    assert "The stated score is 61.5; over 100 draws it lies between 58.25 and not known (80 %)." in said(made)
    assert row_with(made, "Two") == ["Two", "1.5"]
    assert row_with(made, "One and Two") == ["One and Two", "0.125"]
    assert row_with(made, "Whole index: arithmetic")[1] == "never told"


@pytest.mark.parametrize("lang", LANGS)
def test_what_could_not_be_varied_is_said_in_plain_words(lang: Lang) -> None:
    """Every reason that the analysis may give has words of its own in both languages; another one stands as it is published."""
    made = section(pages(published(rows()), edition(lang)), "not-varied")
    assert len(NOT_VARIED) >= 2
    assert not any(why in said(made) for why in NOT_VARIED.values())
    assert row_with(made, "moods") == ["moods", HOSTILE]


def test_every_metric_has_its_question_formula_and_limits() -> None:
    text = said(pages(published({}), edition())[1])
    assert len(metrics()) >= 48
    for metric in metrics().values():
        assert f"{metric.id} {metric.name}: {metric.question}" in text
        assert metric.formula in text and metric.limitations in text


def test_versions_are_named_and_counted() -> None:
    made = section(pages(published(rows()), edition()), "versions")
    assert row_with(made, "ancr") == ["ancr", "v2025-03", "2"]
    assert "Publication 2026-08-15-abc" in said(made)


def test_nothing_published_is_said() -> None:
    for source in (published({}), published({"method": [], "indicator": [], "sensitivity": []})):
        text = said(pages(source, edition())[0])
        assert "names no method" in text and "has no indicators" in text
        assert (
            "it is not known what the scores depend on" in text
            and "Nothing is published of what was not varied" in text
        )
