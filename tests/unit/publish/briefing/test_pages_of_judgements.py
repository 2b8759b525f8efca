"""The page about judgements over a few rows: what is expected, what came about, and that too few questions say nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from idtracker.model.messages import LANGS, Lang
from idtracker.publish.briefing.pages.judgements import pages
from idtracker.publish.briefing.parts import Chart
from tests.unit.publish.briefing.pages_of_rows import (
    HOSTILE,
    QUARTER,
    check_numbers,
    edition,
    fact,
    published,
    row_with,
    said,
    section,
    tables,
)
from tests.unit.publish.export.published_rows import Rows, row_of

NUMBERS = (
    *("estimate", "low", "high", "lowest", "highest", "spread", "change", "agreement", "outcome", "resolved_on"),
    *("resolution_basis", "warning_indicators", "ancr", "crowd_error", "individual_error", "diversity"),
)


def question(name: str, **values: Any) -> dict[str, Any]:
    same = {
        "question_id": f"q-{name}",
        "scenario_id": f"s-{name}",
        "scenario": name,
        "place_id": "P1",
        "unit": "%",
        "assessor_count": 1,
    }
    same |= {"scheme": "phia_yardstick", "horizon_on": pd.Timestamp("2026-12-31"), **dict.fromkeys(NUMBERS)}
    return row_of("scenario", **{**QUARTER, **same, **values})


def record(assessor: str, **values: Any) -> dict[str, Any]:
    empty = ("brier", "brier_low", "brier_high", "hit_rate", "hit_low", "hit_high", "diversity")
    return row_of(
        "calibration", assessor=assessor, scheme="phia_yardstick", horizon="ALL", **{**dict.fromkeys(empty), **values}
    )


def rows() -> Rows:
    past = {"resolution_basis": "REPORT", "resolved_on": pd.Timestamp("2026-07-01")}
    method = {"method_version": "M", "role": "headline", "root_code": "ROOT"}
    bands = (
        '{"band_scheme": {"bands": [{"label": "low", "low": 0, "high": 50}, {"label": "top", "low": 50, "high": 100}]}}'
    )
    return {
        "place": [row_of("place", place_id="P1", name="First", name_ar="الأول", level="adm1", parent_id=None)],
        "method": [row_of("method", **method, definition=bands)],
        "codelist": [row_of("codelist", scheme="phia_yardstick", version="1", code="P3", label_en="unlikely", label_ar="مستبعد", valid_from=None)],
        "scenario": [
            question(HOSTILE, estimate=30.0, lowest=25.0, highest=35.0, change=-5.0, assessor_count=2, ancr="LOW"),
            question("Passed", estimate=None, horizon_on=pd.Timestamp("2026-07-31")),
            question("Held", estimate=80.0, outcome=100.0, **past),
            question("Held", estimate=70.0, outcome=0.0, **{**past, **QUARTER, "period": "2026-Q1"}),
            question("Families", estimate=1250.5, low=900.0, high=1600.0, unit="families", scheme="quantity", outcome=1100.0, **past),
            question("Argued", estimate=50.0, resolution_basis="DISPUTED"),
        ],
        "judgement": [
            fact("judgement", n, scenario=HOSTILE, place_id="P1", yardstick_code=code, icd203_code=None) for n, code in ((1, "P3"), (2, "P3"))
        ],
        "calibration": [
            record("ALL", question_count=12, brier=0.125, brier_low=0.05, brier_high=0.2), record("A", question_count=4),
        ],
        "band_probability": [
            row_of("band_probability", place_id="P1", period=period, node_code=node, band=band, share=share)
            for period, node, band, share in (("2026-Q2", "ROOT", "top", 0.75), ("2026-Q2", "ROOT", "low", 0.25), ("2026-Q2", "D1", "low", 1.0), ("2026-Q1", "ROOT", "low", 1.0))
        ],
    }  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_has_its_address(lang: Lang) -> None:
    source = published(rows())
    figures, counts = check_numbers(source, pages(source, edition(lang)))
    assert figures > 25 and counts == 4


def test_open_questions_are_told_from_those_whose_date_has_passed() -> None:
    made = pages(published(rows()), edition())
    opened = section(made, "open")
    assert row_with(opened, HOSTILE) == [
        HOSTILE,
        "First",
        "2026-Q2",
        "2026-12-31",
        "30 · unlikely",
        "",
        "LOW",
        "2",
        "-5",
        "",
    ]
    assert row_with(opened, "Passed")[3:5] == ["2026-07-31: passed, the outcome is not known", ""]
    assert (
        "without an outcome so far: 2. With an outcome that was reported: 3, decided on record: 0, disputed: 1."
        in said(opened)
    )
    with pytest.raises(AssertionError):
        row_with(opened, "Held")


def test_terms_that_differ_are_not_said() -> None:
    judged = [{**row, "yardstick_code": code} for row, code in zip(rows()["judgement"], ("P3", "P4"), strict=True)]
    opened = section(pages(published({**rows(), "judgement": judged}), edition()), "open")
    assert row_with(opened, HOSTILE)[4] == "30"


def test_outcomes_are_words_for_likelihoods_and_numbers_for_quantities() -> None:
    time = section(pages(published(rows()), edition()), "time")
    assert row_with(time, "Held")[-2:] == ["did not come about", "REPORT"]
    assert row_with(time, "Families")[4:6] + row_with(time, "Families")[-2:-1] == ["1250.5", "", "1100"]
    assert row_with(time, "Argued")[-2:] == ["not known", "DISPUTED"]


def test_the_picture_has_likelihoods_alone_and_keeps_questions_that_look_alike_apart() -> None:
    alike = [*rows()["scenario"], question("Held", scenario_id="other", question_id="other", estimate=10.0)]
    time = section(pages(published({**rows(), "scenario": alike}), edition()), "time")
    spec: Any = next(block for block in time.blocks if isinstance(block, Chart)).spec
    values = spec["data"]["values"]
    held = {v["question"]: [] for v in values if "Held" in v["question"]}  # type: dict[str, list[float]]
    for value in values:
        if value["question"] in held:
            held[value["question"]].append(value["likelihood"])
    assert {name: sorted(found) for name, found in held.items()} == {
        "First: Held": [70.0, 80.0],
        "First: Held (2)": [10.0],
    }
    assert not any("Families" in value["question"] for value in values)
    assert {v["outcome"] for v in values if v["likelihood"] in (70.0, 80.0)} == {"came about", "did not come about"}


def test_a_question_that_is_judged_twice_in_a_quarter_has_points_and_no_line() -> None:
    twice = [
        *rows()["scenario"],
        question("Held", question_id="q2", estimate=60.0, horizon_on=pd.Timestamp("2027-12-31")),
    ]
    time = section(pages(published({**rows(), "scenario": twice}), edition()), "time")
    spec: Any = next(block for block in time.blocks if isinstance(block, Chart)).spec
    assert {v["is_line"] for v in spec["data"]["values"] if "Held" in v["question"]} == {False}
    assert {v["is_line"] for v in spec["data"]["values"] if "Argued" in v["question"]} == {True}


def test_too_few_questions_say_nothing_of_calibration() -> None:
    found = section(pages(published(rows()), edition()), "record")
    assert row_with(found, "every judgement")[4:6] == ["0.125", "0.05 to 0.2"]
    assert row_with(found, "A")[4:7] == ["too few questions", "", "too few questions"]


def test_bands_stand_in_the_order_of_the_method_for_the_whole_index_of_the_latest_round() -> None:
    bands = section(pages(published(rows()), edition()), "bands")
    assert row_with(bands, "First") == ["First", "0.25", "0.75"]


def test_nothing_judged_is_said() -> None:
    for source in (published({}), published({"scenario": [], "calibration": [], "band_probability": []})):
        (only,) = pages(source, edition())
        assert [one.id for one in only.sections] == ["open", "record"]
        assert "has no judgements" in said(only) and "Nothing is known of how good judgements were" in said(only)


def test_a_long_list_is_cut_to_the_latest_quarters_and_says_so() -> None:
    source = published(
        {
            "scenario": [
                question(f"Q{n:03}", estimate=50.0, **{**QUARTER, "period": f"20{n // 13:02}-Q1"}) for n in range(260)
            ]
        }
    )
    made = section(pages(source, edition()), "time")
    (table,) = tables(made)
    assert len(table.rows) == 250
    assert {said(row[0]) for row in table.rows} == {f"Q{n:03}" for n in (*range(3), *range(13, 260))}
    assert "it is not whole" in said(made)
    assert "it is not whole" not in said(section(pages(published(rows()), edition()), "time"))
    spec: Any = next(block for block in made.blocks if isinstance(block, Chart)).spec
    assert {v["question"][-4:] for v in spec["data"]["values"]} == {f"Q{n}" for n in range(248, 260)}
