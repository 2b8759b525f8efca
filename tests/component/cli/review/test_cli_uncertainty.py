"""`method uncertainty` of an index file, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from docs_builder.json_schemas import schema_of
from idtracker.model.home import Home
from tests.support.cli_programme import Program

DATA = "unit,LE,EYS,MYS,GNI\nA,70,12,8,9000\nB,75,13,9,15000\nC,62,9,5,3000\n"


@pytest.fixture
def program(home: Home) -> Program:
    return Program(home)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "countries.csv"
    path.write_text(DATA, "utf-8")
    return path


def test_an_index_file_under_other_choices(program: Program, data: Path) -> None:
    document = program.document("method", "uncertainty", "HDI", "--data", data, "--draws", 200)
    jsonschema.validate(document, schema_of("method uncertainty"))
    assert document["varied"] == ["weights", "aggregation"]
    assert set(document["not_varied"]) == {"measurement", "disagreement", "carried", "imputation", "normalisation"}
    assert [place["place"] for place in document["places"]] == ["A", "B", "C"]
    for place in document["places"]:
        assert place["low"] <= place["median"] <= place["high"]
        assert sum(place["ranks"].values()) == pytest.approx(1) == sum(place["bands"].values())
    assert program.document("method", "uncertainty", "HDI", "--data", data, "--draws", 200) == document
    said = program("method", "uncertainty", "HDI", "--data", data, "--draws", 200).stdout
    assert "Not varied: measurement (the data of an index file state no errors)." in said


def test_a_value_that_a_mean_does_not_allow_is_a_finding(program: Program, data: Path) -> None:
    data.write_text(DATA.replace("C,62", "C,10"), "utf-8")
    document = program.document("method", "uncertainty", "HDI", "--data", data, "--draws", 200, code=1)
    assert "not-under-mean" in {found["rule"] for found in document["findings"]}
    assert next(place for place in document["places"] if place["place"] == "C")["low"] is None


OPEN = """\
method_version: OPEN-1
title: Open
source: none
indicator_defaults: {normalise: min_max}
indicators: {LE: {label: l}, EYS: {label: e}, MYS: {label: m, missing: mean}}
tree: {code: R, children: [LE, {code: N, children: [EYS, MYS]}]}
alternatives:
  normalisation:
    - of: [N]
      choices: [percentile_rank, {normalise: {method: min_max, within: region}}]
  aggregation: [{of: [R], choices: [median]}]
  weights: {spread: 0}
"""


def test_alternatives_of_a_file_are_drawn_and_what_the_data_lack_is_a_finding(program: Program, data: Path) -> None:
    method = data.parent / "OPEN.yml"
    method.write_text(OPEN, "utf-8")
    data.write_text(DATA.replace("C,62,9,5,", "C,62,9,,"), "utf-8")
    document = program.document("method", "uncertainty", method, "--data", data, "--draws", 200, code=1)
    assert document["varied"] == ["imputation", "normalisation", "aggregation"]
    assert [(f["rule"], f["where"]) for f in document["findings"]] == [
        ("alternative-undefined", "EYS"),
        ("alternative-undefined", "MYS"),
    ]
    assert "no column `region`" in document["findings"][0]["message"]
    changes = {change["analysis"]: change["subject"] for change in document["changes"]}
    assert changes["SWAP_NORMALISATION"] == "EYS, MYS: percentile rank to 0-1"
    assert document["not_varied"]["weights"].startswith("the method says that they are certain")
    checked = program.document("method", "check", method, "--data", data, code=1)
    jsonschema.validate(checked, schema_of("method check"))
    assert checked["alternatives"][-1] == "weights: certain"
    assert "alternative-undefined" in {found["rule"] for found in checked["findings"]}
    assert "As reasonable" in program("method", "check", method, code=0).stdout
    method.write_text(OPEN.replace("percentile_rank", "z_score"), "utf-8")
    assert "has no ends" in program("method", "check", method, code=1).stdout


def test_wrong_use_is_told(program: Program, data: Path) -> None:
    assert "--data" in program("method", "uncertainty", "HDI", code=2).stderr
    with_period = program("method", "uncertainty", "HDI", "--data", data, "--period", "2026-Q1", code=2)
    assert "--period" in with_period.stderr
    assert program("method", "uncertainty", "HDI", "--data", data, "--draws", 1, code=2).stderr
