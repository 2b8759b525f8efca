"""Frameworks as data: the shipped one, and what is wrong with another, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs_builder.metrics import shipped_framework
from idtracker.analyse.metrics.registry import metrics
from idtracker.model.config.json_schema import framework_json_schema
from idtracker.model.framework.load import Known, LoadedFramework, framework_fingerprint, load_framework
from idtracker.model.register.register import Register

KNOWN = Known({"IM-01": ["value", "share"], "IM-27": ["median", "median_change"]}, ["Q1", "Q2"])
OWN = """\
id: OURS
version: "3"
title: {en: Our framework, ar: إطارنا}
source: the country team
stages:
  - {code: SEED, label: {en: Seed, ar: بذر}}
  - {code: GROW, label: {en: Grow, ar: نمو}, activity_status: ["2"]}
evidence:
  - {metric: IM-01}
  - {code: local, metric: IM-27, measure: median, scope: "barrier=B1"}
  - {code: moved, metric: IM-27, measure: median_change, is_change: true}
groups:
  - {code: AIM, label: {en: Aims, ar: أهداف}}
elements:
  - {code: A1, group: AIM, label: {en: An aim, ar: هدف}, evidence: [IM-01]}
  - {code: A2, group: AIM, label: {en: A change, ar: تغير}, states: change, evidence: [moved]}
questions:
  - {code: Q1, stage: SEED, label: {en: "Is it so?", ar: "هل هو كذلك؟"}, evidence: [IM-01, local]}
  - {code: Q2, stage: GROW, label: {en: "And now?", ar: "والآن؟"}, evidence: [local]}
"""


def load(tmp_path: Path, text: str, known: Known = KNOWN) -> LoadedFramework:
    folder = tmp_path / "sources" / "_framework"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.yml").write_text(text, encoding="utf-8")
    return load_framework(tmp_path / "sources", "_framework/own.yml", known)


def test_a_teams_own_framework_is_read_with_other_stages_and_questions(tmp_path: Path) -> None:
    loaded = load(tmp_path, OWN)
    assert (loaded.problems, loaded.advice) == ((), ())
    assert loaded.framework is not None
    assert [stage.code for stage in loaded.framework.stages] == ["SEED", "GROW"]
    assert [(q.code, q.stage) for q in loaded.framework.questions] == [("Q1", "SEED"), ("Q2", "GROW")]


def test_it_may_be_named_with_the_folder_of_sources_in_front(tmp_path: Path) -> None:
    load(tmp_path, OWN)
    named = load_framework(tmp_path / "sources", "sources/_framework/own.yml", KNOWN)
    assert named.framework is not None and named.framework.id == "OURS"


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "lost"),
    [
        ("{metric: IM-01}", "{metric: IM-99}", 9, "there is no metric `IM-99`", {"A1"}),
        ("measure: median, ", "measure: mean, ", 10, "IM-27 has no figure `mean`: median, median_change", {"Q2"}),
        ("stage: GROW", "stage: GROWS", 19, "there is no stage `GROWS`: GROW, SEED", {"Q2"}),
        ("code: Q2", "code: Q1", 19, "`Q1` stands here a second time; the first counts", {"Q2"}),
        ("code: A2", "code: A1", 16, "`A1` stands here a second time; the first counts", {"A2"}),
        ("code: GROW,", "code: SEED,", 7, "`SEED` stands here a second time; the first counts", {"Q2"}),
        ("evidence: [local]", "evidence: []", 19, "`Q2` has no evidence: name at least one series", {"Q2"}),
        ("evidence: [local]", "evidence: [nowhere]", 19, "there is no usable series `nowhere`", {"Q2"}),
        ("evidence: [local]", "evidence: [local, local]", 19, "`local` is cited twice", set()),
        ("evidence: [moved]", "evidence: [IM-01]", 16, "`A2` states change alone, and `IM-01` is a level", {"A2"}),
        ("code: A2, group: AIM", "code: A2, group: AIMS", 16, "there is no group `AIMS`: AIM", {"A2"}),
        ("code: local, ", "code: IM-01, ", 10, "`IM-01` stands here a second time; the first counts", {"Q2"}),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_the_rest_goes_on(
    tmp_path: Path, old: str, new: str, line: int, said: str, lost: set[str]
) -> None:
    assert OWN.count(old) == 1
    loaded = load(tmp_path, OWN.replace(old, new))
    assert loaded.framework is not None
    assert any(said in problem and f"sources/_framework/own.yml:{line}: " in problem for problem in loaded.problems)
    left = {subject.code for subject in loaded.framework.subjects()}
    assert left == {"Q1", "Q2", "A1", "A2"} - lost


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("source: the country team\n", "", "source"),
        ("source: the", "sources: the", ":4: sources"),
        ("ar: إطارنا", "arabic: إطارنا", ":3: title.arabic"),
        ("evidence: [IM-01, local]", "evidence: [IM-01, local", "not YAML"),
    ],
)
def test_a_file_that_is_no_framework_leaves_none(tmp_path: Path, old: str, new: str, said: str) -> None:
    loaded = load(tmp_path, OWN.replace(old, new))
    assert loaded.framework is None
    assert any(said in problem for problem in loaded.problems), loaded.problems


def test_where_no_question_is_sound_there_is_no_framework(tmp_path: Path) -> None:
    loaded = load(tmp_path, OWN.replace("stage: SEED", "stage: X").replace("stage: GROW", "stage: Y"))
    assert loaded.framework is None
    assert len(loaded.problems) == 2


def test_a_file_that_is_not_there_is_named_beside_those_that_ship(tmp_path: Path) -> None:
    loaded = load_framework(tmp_path, "_framework/none.yml", KNOWN)
    assert loaded.framework is None
    assert "_framework/none.yml" in loaded.problems[0] and "IDF-1" in loaded.problems[0]


def test_a_question_that_nobody_can_answer_is_advice_and_stays(tmp_path: Path) -> None:
    loaded = load(tmp_path, OWN, Known(KNOWN.measures, ["Q1"]))
    assert loaded.framework is not None and len(loaded.framework.questions) == 2
    assert loaded.problems == ()
    assert len(loaded.advice) == 1 and "own.yml:19: " in loaded.advice[0] and "`Q2`" in loaded.advice[0]


def test_the_content_of_the_file_has_a_fingerprint(tmp_path: Path) -> None:
    before = load(tmp_path, OWN).fingerprint
    assert load(tmp_path, OWN.replace("Seed", "Sow")).fingerprint != before
    assert framework_fingerprint(tmp_path, "IDF-1") == framework_fingerprint(tmp_path / "other", "IDF-1")


def test_the_schema_offers_what_a_file_may_say() -> None:
    schema = framework_json_schema()
    assert set(schema["required"]) == {"id", "version", "title", "source", "stages", "evidence", "questions"}
    assert schema["additionalProperties"] is False


def test_the_shipped_framework_maps_to_metrics_as_the_metrics_say() -> None:
    framework = shipped_framework()
    series = framework.series()
    stated = {s.code: {series[name].metric for name in s.evidence} for s in framework.subjects() if s.code[0] != "T"}
    registered: dict[str, set[str]] = {}
    for metric in metrics().values():
        for code in (*metric.elements, *metric.kpqs):
            registered.setdefault(code, set()).add(metric.id)
    assert stated == registered
    assert len(stated) == 26


def test_the_shipped_framework_says_what_the_codelists_say() -> None:
    codes = Register.load().codelists
    labels = {(r.scheme, r.code): (r.label_en, r.label_ar) for r in codes.itertuples()}
    framework = shipped_framework()
    lists = {"DEFINITION": "definition_point", "BARRIER": "barrier", "USE": "tool_use", "TIER": "effect_tier"}
    for element in framework.elements:
        assert labels[lists[element.group], element.code] == (element.label.en, element.label.ar)
    for scheme, entries in (
        ("kpq", framework.questions),
        ("programme_stage", framework.stages),
        ("framework_function", framework.functions),
    ):
        expected = {code: label for (of, code), label in labels.items() if of == scheme}
        assert {entry.code: (entry.label.en, entry.label.ar) for entry in entries} == expected
    parents = dict(codes.loc[codes["scheme"] == "kpq", ["code", "parent_code"]].itertuples(index=False, name=None))
    assert {q.code: f"programme_stage:{q.stage}" for q in framework.questions} == parents


def test_every_stage_has_its_status_of_activities() -> None:
    statuses = set(Register.load().codes("activity_status"))
    assert all(set(stage.activity_status) <= statuses and stage.activity_status for stage in shipped_framework().stages)


def test_working_practices_are_reported_as_change_alone() -> None:
    framework = shipped_framework()
    series = framework.series()
    changes = {e.code for e in framework.elements if e.states == "change"}
    assert changes == {"U4"}
    assert all(series[name].is_change for e in framework.elements if e.code in changes for name in e.evidence)
    levels = [name for subject in framework.subjects() if subject.code != "U4" for name in subject.evidence]
    assert not any(series[name].is_change for name in levels)


COMPOSITE = """\
composite:
  agreed_by: [steering board]
  agreed_on: 2026-06-01
  figures:
    - {series: IM-01, worst: 0, best: 100}
    - {series: local, worst: 1, best: 5, weight: 2}
"""


def test_a_composite_needs_who_agreed_it_and_when(tmp_path: Path) -> None:
    agreed = load(tmp_path, OWN + COMPOSITE)
    assert agreed.problems == () and agreed.framework is not None and agreed.framework.composite is not None
    for line, why in (
        ("  agreed_by: [steering board]\n", "who agreed"),
        ("  agreed_on: 2026-06-01\n", "when goalposts"),
    ):
        refused = load(tmp_path, OWN + COMPOSITE.replace(line, ""))
        assert refused.framework is not None and refused.framework.composite is None
        (problem,) = refused.problems
        assert "the composite is refused: " + why in problem
    assert load(tmp_path, OWN).framework.composite is None  # type: ignore[union-attr]


def test_the_shipped_framework_has_no_composite() -> None:
    """Nobody agreed goalposts for every country."""
    assert shipped_framework().composite is None
