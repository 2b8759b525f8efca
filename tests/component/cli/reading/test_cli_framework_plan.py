"""`framework plan`: options and file, both languages, the noise of the past, and what cannot be planned for."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import jsonschema
import numpy as np
import pandas as pd
import pytest

from docs_builder.json_schemas import schema_of
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.services.plans.past_noise import past_noise
from tests.support.cli_programme import Program

ASKED = ("--effect", "9", "--places", "16", "--noise", "3", "--cost", "100")
FILE = """\
outcome: Municipal revenue
effect: 9
places: 16
noise: {neither: 3, a: 3, b: 3, both: 4}
cost: {neither: 20, a: 100, b: 100, both: 150}
periods: 4
icc: 0.5
"""


@pytest.fixture
def program(home: Home) -> Program:
    return Program(home)


def test_a_plan_of_options_and_one_of_a_file(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_text(FILE, "utf-8")
    for words, kinds in (((*ASKED,), {"four_cells"}), ((file,), {"four_cells", "at_once", "staggered"})):
        document = program.document("framework", "plan", *words)
        jsonschema.validate(document, schema_of("framework plan"))
        assert {design["kind"] for design in document["designs"]} == kinds
        assert all(design["power"] >= 0.5 and design["places"] <= 16 for design in document["designs"])
        assert {limit for design in document["designs"] for limit in design["limits"]} <= set(document["limits"])
    over = program.document("framework", "plan", file, "--effect", "12", "--noise", "2")
    assert (over["effect"], over["noise"]["sd"], over["costs"]["neither"]) == (
        12,
        dict.fromkeys(("neither", "a", "b", "both"), 2),
        20,
    )


def test_figures_are_the_same_in_both_languages_and_the_words_are_not(program: Program) -> None:
    words = ("framework", "plan", *ASKED, "--budget", "1200", "--effect", "6")
    english, arabic = (program(*words, "--lang", lang, code=1).stdout for lang in ("en", "ar"))
    (refused,) = (of for of in program.document(*words, code=1)["refused"] if of["kind"] == "four_cells")
    assert refused["reason"] == "low_power"
    assert refused["largest"]["power"] is None
    assert refused["needed"]["price"] > 1_200
    assert refused["sentence"] in english
    assert f"{refused['needed']['price']:,.0f}" in english
    assert re.search("[\u0600-\u06ff]", arabic) and not re.search("[\u0600-\u06ff]", english)
    assert f"{refused['needed']['price']:,.0f}" in arabic


@pytest.mark.parametrize(
    "words, said",
    [
        (("--cost", "0"), "cost of one place"),
        (("--cost", "both=3"), "one for each arm"),
        (("--cost", "many"), "many"),
        (("--noise", "-2"), "noise in the arm neither is -2"),
        (("--places", "1"), "One place"),
        (("--places", "3"), "fewer than the four arms"),
        (("--effect", "0"), "effect"),
        (("--effect", "nan"), "nan"),
        (("--waves", "1"), "waves"),
        (("--icc", "2"), "icc"),
        (("--from-indicator", "BSF4-WATER"), "one of the two"),
        (("nowhere.yml",), "nowhere.yml"),
    ],
)
def test_what_cannot_be_planned_ends_with_two(program: Program, words: tuple[str, ...], said: str) -> None:
    asked = [
        word for name, value in zip(ASKED[::2], ASKED[1::2], strict=True) if name != words[0] for word in (name, value)
    ]
    document = program.document("framework", "plan", *asked, *words, code=2)
    assert said in document["error"]


def test_what_is_missing_or_wrong_in_the_file_is_named(program: Program, tmp_path: Path) -> None:
    assert "effect, cost, noise" in program.document("framework", "plan", "--places", "9", code=2)["error"]
    error = program.document("framework", "plan", "--places", "9", "--lang", "ar", code=2)["error"]
    assert re.search("[\u0600-\u06ff]", error) and "effect, cost, noise" in error
    file = tmp_path / "plan.yml"
    file.write_text(FILE.replace("places: 16", "places: many").replace("icc", "ic"), "utf-8")
    error = program.document("framework", "plan", file, code=2)["error"]
    assert "plan.yml:3" in error and "plan.yml:7" in error


PLACES = pd.DataFrame(
    [("JO", "country", None), *((f"JO-{n}", "adm1", "JO") for n in range(9)), ("JO-0-1", "adm2", "JO-0")],
    columns=["place_id", "level", "parent_id"],
)


def published(cells: pd.DataFrame, results: pd.DataFrame | None = None) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    database.register("place", PLACES)
    database.register("merged_cell", cells)
    columns = [
        "activity_id",
        "result_indicator",
        "place_id",
        "period_end",
        "end_on",
        "actual",
        "unit",
        "is_ascending",
        "disaggregation",
    ]
    database.register("result_value", results if results is not None else pd.DataFrame([[""] * 9], columns=columns))
    return database


def cell_rows(values: np.ndarray, last: int = 3) -> pd.DataFrame:
    rows = [
        (
            "WATER",
            f"JO-{place}",
            f"202{(last + 4 * 5 - values.shape[1] + 1 + t) // 4}-Q{(last + 4 * 5 - values.shape[1] + 1 + t) % 4 + 1}",
            value,
            False,
        )
        for (place, t), value in np.ndenumerate(values)
    ]
    return pd.DataFrame(rows, columns=["indicator_id", "place_id", "period", "value", "is_carried"])


def test_noise_is_read_from_the_last_eight_quarters_of_divisions_and_not_from_what_is_carried() -> None:
    values = np.random.default_rng(0).normal(size=(9, 10))
    rows = cell_rows(values)
    rows.loc[(rows["place_id"] == "JO-8") & (rows["period"] == "2025-Q4"), "is_carried"] = True
    country = rows[rows["place_id"] == "JO-0"].assign(place_id="JO", value=1e6)
    seen = past_noise(published(pd.concat([rows, country])), "WATER")
    assert (seen.places, seen.periods, seen.left_out) == (8, 8, 1)
    assert seen.sd == pytest.approx(np.sqrt(values[:8, 2:].var(axis=0, ddof=1).mean()))


def test_a_result_indicator_has_noise_and_several_activities_are_named() -> None:
    values = np.random.default_rng(0).normal(size=(4, 1))
    results = pd.DataFrame(
        [
            ("ACT", "Revenue", f"JO-{place}", pd.Timestamp("2026-03-31"), None, value, "%", True, None)
            for (place, _), value in np.ndenumerate(values)
        ],
        columns=[
            "activity_id",
            "result_indicator",
            "place_id",
            "period_end",
            "end_on",
            "actual",
            "unit",
            "is_ascending",
            "disaggregation",
        ],
    ).astype({"end_on": "datetime64[ns]", "disaggregation": "string"})
    cells = cell_rows(np.zeros((2, 2)))
    assert past_noise(published(cells, results), "Revenue").sd == pytest.approx(values.std(ddof=1))
    assert past_noise(published(cells, results), "Revenue", "ACT").places == 4
    for wrong, said in (
        (pd.concat([results, results.assign(activity_id="B")]), "Several activities"),
        (pd.concat([results, results.assign(unit="people")]), "differ in unit"),
    ):
        with pytest.raises(UsageError, match=said):
            past_noise(published(cells, wrong), "Revenue")
    with pytest.raises(UsageError, match="Nothing is published"):
        past_noise(published(cells, results), "Nobody")


def test_options_before_the_subcommand_are_refused_and_not_lost(program: Program) -> None:
    assert "Options belong behind `plan`." in program("framework", "--period", "2026-Q1", "plan", code=2).stderr
