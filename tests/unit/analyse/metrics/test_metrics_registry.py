"""What is said about every metric: complete, true to the tables, and found by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from metrics_given import cases

from docs_builder.metrics import catalogue_index, metric_page
from idtracker.analyse.metrics import families as families_of
from idtracker.analyse.metrics.registry import Metric, families, family, metric, metric_of, metrics
from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.register.register import Register
from idtracker.model.tables import TABLES, columns_of

SOURCES = Path(families_of.__file__).parent
WRITTEN = dict(
    sorted(
        (metric_id, family)
        for path in SOURCES.rglob("*.py")
        for metric_id, family in re.findall(
            r'^@metric\(\s*"(IM-\d+)",\s*family="(\w+)"', path.read_text("utf-8"), re.MULTILINE
        )
    )
)
"""Every metric that a module of the families defines, and its family, as the modules are written."""
IDS = list(WRITTEN)
SECTIONS = ["Formula", "Example", "Measures", "Denominator and suppression", "Scopes", "Inputs", "Limitations"]


def test_the_families_are_complete() -> None:
    assert len(IDS) >= 48
    assert [f"IM-{number:02d}" for number in range(1, len(IDS) + 1)] == IDS, "a number is left out"
    assert list(metrics()) == IDS
    assert families() == ["analysis", "flow", "network", "culture", "overlap", "effect", "trust"]
    assert {m.id: name for name in families() for m in family(name)} == WRITTEN


@pytest.mark.parametrize("metric_id", IDS)
def test_a_catalogue_page_is_complete(metric_id: str) -> None:
    found = metric_of(metric_id)
    page = metric_page(found)
    told = [found.id, found.name, found.name_ar, found.question, found.formula, found.unit, found.denominator]
    told += [found.source, found.version, found.limitations, found.detail, *found.kpqs, *found.elements]
    for text in told:
        assert text
        assert text in page or text.replace("|", "\\|") in page
    assert re.findall(r"^## (.+)$", page, flags=re.MULTILINE) == SECTIONS
    assert all(f"| `{name}` |" in page for name in found.all_measures())
    assert "below_minimum_denominator" in page
    scopes = re.findall(
        r"^\| (country|governorate|objective|department|portfolio) \| (yes|no) \| (.+) \|$", page, re.MULTILINE
    )
    assert [name for name, _, _ in scopes] == ["country", "governorate", "objective", "department", "portfolio"]
    assert all(text.endswith("`") == (given == "yes") for _, given, text in scopes)
    assert re.search(r"[\u0600-\u06ff]", found.name_ar)


@pytest.mark.parametrize("metric_id", IDS)
def test_a_definition_names_tables_columns_elements_and_questions_that_exist(metric_id: str) -> None:
    found = metric_of(metric_id)
    for name, columns in found.inputs.items():
        assert set(columns) <= {spec.name for spec in columns_of(TABLES[name])}, name
    assert all(re.fullmatch(r"D[1-4]|B[1-6]|U[1-4]", element) for element in found.elements)
    assert found.kpqs
    assert all(re.fullmatch(r"K([1-9]|1[0-2])", kpq) for kpq in found.kpqs)
    assert set(found.measure_units) <= set(found.measures)
    assert set(found.measure_directions) <= set(found.measures)
    assert {found.direction_of(measure) for measure in found.all_measures()} <= {"higher", "lower", "none"}


def test_the_index_links_every_metric() -> None:
    index = catalogue_index().split("## What they answer")[0]
    linked = [re.findall(r"\[(IM-\d+)\]\(\1\.md\)", part) for part in index.split("\n## ")[1:]]
    assert linked == [[i for i, family in WRITTEN.items() if family == name] for name in families()]


def test_no_element_of_the_framework_and_no_question_is_without_a_metric() -> None:
    codes = Register.load().codelists
    schemes = ("definition_point", "barrier", "tool_use", "effect_tier", "kpq")
    asked = [code for scheme in schemes for code in codes.loc[codes["scheme"] == scheme, "code"] if code != "T0"]
    assert len(asked) == 4 + 6 + 4 + 4 + 12
    rows = dict(re.findall(r"^\| ([DBUTK]\d+) \| .*? \| (.*) \|$", catalogue_index(), re.MULTILINE))
    assert list(rows) == asked
    assert [code for code in asked if "IM-" not in rows[code]] == []


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"'im-02x'.*did you mean 'IM-02'"):
        metric_of("im-02x")
    with pytest.raises(UsageError, match=r"'netwrok'; did you mean 'network'"):
        family("netwrok")
    with pytest.raises(UsageError, match="there are: analysis, flow, network, culture, overlap, effect, trust"):
        family("zzz")


def test_an_identifier_is_given_once() -> None:
    taken: Metric = metric_of("IM-01")
    with pytest.raises(DefinitionError, match="IM-01 is defined twice"):
        metric(
            "IM-01",
            family=taken.family,
            name=taken.name,
            name_ar=taken.name_ar,
            question=taken.question,
            formula=taken.formula,
            unit=taken.unit,
            direction=taken.direction,
            denominator=taken.denominator,
            inputs=taken.inputs,
            source=taken.source,
            measures=taken.measures,
            limitations=taken.limitations,
        )(taken.compute)
    assert metric_of("IM-01") is taken


def test_no_case_is_left_without_its_metric() -> None:
    assert {case.metric_id for case in cases()} == set(IDS)


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        ("D1", [1, 3, 4, 5, 6]),
        ("D2", [2, 18, 21, 22, 23, 44]),
        ("D3", [7, 24, 25, 26, 27, 31]),
        ("D4", [36, 37, 39, 40, 41, 42]),
        ("B1", [24, 25, 26, 27]),
        ("B2", [8, 9, 10, 11, 12, 13, 14, 27]),
        ("B3", [7, 27, 35]),
        ("B4", [6, 27, 28]),
        ("B5", [13, 14, 27, 29]),
        ("B6", [27, 30]),
        ("U1", [7, 32, 33, 34, 35]),
        ("U2", [1, 2, 8, 9, 10, 11, 16, 17, 18, 19, 20, 24]),
        ("U3", [36, 37, 38, 39, 40, 41, 43]),
        ("U4", [25, 26, 27, 28, 29, 30, 31]),
        ("K1", [1, 2, 3, 4, 5, 45]),
        ("K2", [32, 33, 34, 35]),
        ("K3", [6, 7]),
        ("K4", [20, 21, 22, 23]),
        ("K5", [28, 29]),
        ("K6", [30]),
        ("K7", [8, 9, 10, 11, 12, 13, 14, 15]),
        ("K8", [16, 17, 18, 19, 24, 25, 26, 27, 31]),
        ("K9", [31]),
        ("K10", [36, 37, 38, 42]),
        ("K11", [39, 40, 41, 43, 44]),
        ("K12", [45, 46, 47, 48]),
    ],
)
def test_what_the_metrics_answer(answer: str, numbers: list[int]) -> None:
    found = [m.id for m in metrics().values() if answer in (*m.elements, *m.kpqs)]
    assert found == [f"IM-{number:02d}" for number in numbers]


def test_every_question_and_unit_has_its_arabic() -> None:
    """What is kept in both languages is what the metrics say, and none is kept of a metric that is not there."""
    folder = Path(families_of.__file__).parents[1] / "messages"
    questions, units = (yaml.safe_load((folder / f"{name}.yml").read_text("utf-8")) for name in ("questions", "units"))
    assert {name: text["en"] for name, text in questions.items()} == {m.id: m.question for m in metrics().values()}
    assert set(units) == {m.unit_of(name) for m in metrics().values() for name in m.all_measures()}
    for m in metrics().values():
        assert re.search("[\u0621-\u064a]", m.asked("ar")) and m.asked("ar").endswith("؟"), m.id
        assert m.asked("en") == m.question
    assert len({m.asked("ar") for m in metrics().values()}) == 48
    assert metrics()["IM-08"].unit_of("median", "ar") == "أيام"
