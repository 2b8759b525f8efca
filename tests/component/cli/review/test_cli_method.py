"""Methods of indices from the command line: the list, one in words and against data, one computed; and what goes wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from docs_builder.json_schemas import schema_of
from idtracker.model.home import Home
from tests.support.cli_programme import Program

OWN = """\
method_version: OWN-2
title: Basic services
source: the programme's own note
indicators:
  WATER: {label: Water, denominator: people, normalise: {method: goalposts, low: 0, high: 2}}
  POWER: {label: Power, normalise: {method: goalposts, low: 0, high: 10}}
  LIGHT: {label: Light, normalise: {method: goalposts, low: 0, high: 10}}
tree: {code: BASIC, label: Basic services, aggregation: geometric, children: [WATER, POWER, LIGHT]}
bands: [{classes: [{label: bad, high: 0.5}, {label: good, low: 0.5}]}]
"""
DATA = """\
place,people,WATER,POWER,LIGHT
NA,10,10,5,5
Karak,0,10,8,8
Zarqa,20,20,0,0
Irbid,10,5,2,2.1
Ajloun,10,8,7,7.1
"""


@pytest.fixture
def program(home: Home) -> Program:
    """No home at all; the programme keeps one index."""
    (home.sources / "_methods").mkdir()
    (home.sources / "_methods" / "BASIC.yml").write_text(OWN, "utf-8")
    return Program(home)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "places.csv"
    path.write_text(DATA, "utf-8")
    return path


def valid(document: Any, command: str) -> Any:
    jsonschema.validate(document, schema_of(command))
    return document


def test_list_names_those_of_the_programme_and_those_shipped(program: Program) -> None:
    document = valid(program.document("method", "list"), "method list")
    listed = {m["name"]: (m["kind"], m["where"], m["method_version"]) for m in document["methods"]}
    assert listed["BASIC"] == ("index", "programme", "OWN-2")
    assert listed["HDI"] == ("index", "shipped", "HDI-2014")
    assert listed["STAB-1.1"] == ("tracker", "shipped", "STAB-1.1")
    said = program("method", "list").stdout
    assert "Basic services" in said and "Human Development Index" in said


def test_list_says_what_each_method_does_in_this_programme(program: Program) -> None:
    def roles() -> dict[str, str]:
        listed = valid(program.document("method", "list"), "method list")["methods"]
        return {m["name"]: m["role"] for m in listed if m["role"]}

    assert roles() == {"STAB-1.2": "headline"}
    path = program.home.sources / "programme.yml"
    text = path.read_text("utf-8") if path.is_file() else "title: Own\ncountry: JO\n"
    path.write_text(f"{text}method: {{headline: basic, also: [STAB-1.1], earlier: [STAB-1.2]}}\n", "utf-8")
    assert roles() == {"BASIC": "headline", "STAB-1.1": "also", "STAB-1.2": "earlier"}
    named = program.document("method", "check", code=1)
    assert (named["name"], named["method_version"]) == ("BASIC", "OWN-2"), "without a name the headline"
    said = program("method", "check", code=1).stdout
    assert "there is no indicator `WATER` in the register" in said, "what keeps it from scoring the tracker"
    assert "nothing `people` to divide by" in said.replace("\n", " ") and "scale from 0 to 100" in said
    assert not program.document("method", "check", "HDI")["problems"], "one that the programme does not name"
    assert "headline" in program("method", "list").stdout
    path.write_text("method: 3\n", "utf-8")
    assert roles() == {}, "nothing is said where programme.yml is wrong"


def test_a_wrong_definition_is_listed_with_its_line(program: Program) -> None:
    path = program.home.sources / "_methods" / "WRONG.yml"
    path.write_text(OWN.replace("high: 2}", "high: 0}"), "utf-8")
    document = valid(program.document("method", "list", code=1), "method list")
    wrong = next(m for m in document["methods"] if m["name"] == "WRONG")
    assert wrong["title"] is None and wrong["problems"][0].startswith(f"{path}:5: ")
    assert "goalposts are equal" in program("method", "list", code=1).stdout
    checked = valid(program.document("method", "check", "WRONG", code=1), "method check")
    assert checked["problems"] == wrong["problems"]
    assert "goalposts are equal" in program("method", "compute", "WRONG", path, code=2).stderr


def test_check_says_an_index_in_words_with_the_weights_that_count(program: Program) -> None:
    document = valid(program.document("method", "check", "HDI"), "method check")
    weights = {node["code"]: node["effective_weight"] for node in document["tree"]}
    assert weights["EYS"] == pytest.approx(1 / 6)
    assert program.document("method", "check", "HDI-2014") == document
    said = program("method", "check", "hdi").stdout
    for words in ("HDI Human development · geometric mean", "    MYS", "16.7%", "between goalposts 20 and 85", "UNDP"):
        assert words in said


def test_check_says_the_trackers_own_method_too(program: Program) -> None:
    for words in ((), ("STAB-1.0",)):
        document = valid(program.document("method", "check", *words), "method check")
        assert (document["kind"], document["source"]) == ("tracker", None)
        assert [n["parent"] for n in document["tree"]] == [None, *["STABILITY"] * 5]
    said = program("method", "check").stdout
    assert "geometric mean of the dimensions" in said and "BSF1 Fair power structures · 20.0%" in said


TREND = """\
trend: {window: 8, minimum_points: 6, maximum_carried_share: 0.25, p: 0.05, exact_up_to: 10, tie_correction: false,
  dead_band: 0.5, strong: 4, volatile: 2}
"""


def test_check_says_how_a_tree_judges_trends_in_both_languages(program: Program) -> None:
    assert valid(program.document("method", "check", "BASIC"), "method check")["trend"] == [], "its file does not say"
    path = program.home.sources / "_methods" / "BASIC.yml"
    path.write_text(OWN + TREND, "utf-8")
    said = valid(program.document("method", "check", "BASIC"), "method check")["trend"]
    assert said == [
        "over the last 8 quarters, from 6 scores on; one of which more than 25% of the weight is carried forward does not count",
        "a direction counts where p is below 0.05 (Mann-Kendall; exact up to 10 scores without ties, equal scores do not reduce the variance)",
        "less than 0.5 points per quarter is stable, 2 and more a strong movement (Theil-Sen)",
        "without a direction, scores in the median more than 1 points off the line are volatile",
        "no change of level is looked for",
    ]
    arabic = program.document("method", "check", "BASIC", "--lang", "ar")["trend"]
    assert len(arabic) == 5 and "لا يُبحث عن تغير في المستوى" in arabic[-1] and "25%" in arabic[0]
    assert "Trends:" in program("method", "check", "BASIC").stdout
    tracker = program.document("method", "check", "STAB-1.2")["trend"]
    assert any("equal scores reduce the variance" in words for words in tracker) and "Pettitt" in tracker[-1]


def test_check_against_data_finds_pairs_directions_and_gaps(program: Program, data: Path) -> None:
    document = valid(program.document("method", "check", "BASIC", "--data", data, code=1), "method check")
    assert [(p["first"], p["second"]) for p in document["correlated"]] == [("POWER", "LIGHT")]
    assert document["alphas"]["BASIC"] is not None
    assert {f["rule"] for f in document["findings"]} >= {"correlated", "no-denominator", "not-under-mean"}
    assert "say nearly the same" in program("method", "check", "BASIC", "--data", data, code=1).stdout


def test_compute_writes_every_node_with_rank_and_band(program: Program, data: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    done = program("method", "compute", "BASIC", data, "-o", target, code=1)
    rows = [line.split(",") for line in target.read_text("utf-8").splitlines()]
    assert rows[0] == ["unit", "BASIC", "BASIC_rank", "BASIC_coverage", "BASIC_band"]
    assert [row[0] for row in rows[1:]] == ["NA", "Karak", "Zarqa", "Irbid", "Ajloun"]
    assert float(rows[1][1]) == pytest.approx(0.5) and rows[1][4] == "good"
    assert rows[3][1:3] == ["", ""]
    assert done.stdout == "" and "Zarqa" in done.stderr
    on_stdout = program("method", "compute", program.home.sources / "_methods" / "BASIC.yml", data, code=1)
    assert on_stdout.stdout == target.read_text("utf-8")


def test_compute_as_a_document_and_at_every_stage(program: Program, data: Path) -> None:
    for stage in ("denominated", "imputed", "treated", "normalised", "weights", "nodes"):
        document = program.document("method", "compute", "BASIC", data, "--stage", stage, code=1)
        assert valid(document, "method compute")["stage"] == stage
        codes = ["BASIC"] if stage == "nodes" else ["WATER", "POWER", "LIGHT"]
        assert list(document["units"][0]["values"]) == codes
    assert document["units"][2] == {
        "unit": "Zarqa", "period": None, "values": {"BASIC": None}, "rank": None, "band": None, "coverage": 0.0,
    }  # fmt: skip
    assert [(f["rule"], f["unit"]) for f in document["findings"] if f["unit"] == "Zarqa"] == [
        ("not-under-mean", "Zarqa")
    ]


def test_sound_data_leave_nothing_to_say(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "dimensions.csv"
    path.write_text("iso;HAZARD;VULNERABILITY;COPING;;\nPHL;8.3;4.7;3.8;;\n", "utf-8")
    done = program("method", "compute", "INFORM-RISK", path)
    assert done.stdout.splitlines()[1] == "PHL,5.3,1.0,1.0,high"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no table"),
        (b"\xff\xfe\x00\x01", "not UTF-8"),
        (b"a,b\n1,2\n1,2,3,4\n", "no table"),
        (b"a,b,b\n1,2,3\n", "stands twice"),
        (b"SECRET\nplace,WATER\nx,1\n", "is marked SECRET"),
    ],
)
def test_files_that_are_no_data(program: Program, tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    assert told in program("method", "compute", "BASIC", path, code=4).stderr


def test_wrong_use(program: Program, data: Path, tmp_path: Path) -> None:
    assert "Did you mean `HDI`?" in program("method", "check", "HDL", code=2).stderr
    assert "no such file" in program("method", "compute", "HDI", tmp_path / "none.csv", code=2).stderr
    assert "tracker's own method" in program("method", "compute", "STAB-1.1", data, code=2).stderr
    assert "tracker's own method" in program("method", "check", "STAB-1.1", "--data", data, code=2).stderr
    assert "is the data itself" in program("method", "compute", "BASIC", data, "-o", data, code=2).stderr
    assert "no folder" in program("method", "compute", "BASIC", data, "-o", tmp_path / "no" / "x.csv", code=2).stderr
    assert "exit_code" in program.document("method", "check", "HDL", code=2)
