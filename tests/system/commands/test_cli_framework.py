"""`framework` over a small home whose team reviews a framework of its own, with stages and questions of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

import idtracker
from docs_builder.json_schemas import schema_of
from idtracker.analyse.framework.derive import derive_framework, framework_of
from idtracker.analyse.framework.rows import TABLES
from idtracker.ingest.judge.catalogue import catalogue_of
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.step import Context
from idtracker.operate.steps.figures.framework import FRAMEWORK
from idtracker.publish.tracker import open_snapshot
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from tests.support.built import built, copy_of
from tests.support.cli_programme import PRODUCT_ROWS, Program
from tests.support.runs import run_all
from tests.support.small_programme import (
    PRODUCTS,
    PRODUCTS_HEAD,
    PROGRAMME,
    SURVEY,
    SURVEY_HEAD,
    drop,
    text_of,
    write_programme,
)

NOW = datetime(2026, 2, 10, tzinfo=UTC)
REVIEW = """\
title: Review
publisher: GB-GOV-1
received: {pattern: "review_*.csv", may_backdate: true}
format: {kind: csv}
cadence: {every: quarter, due_after_days: 20, grace_days: 10, since: 2025-07-01}
feeds: kpq_response
key: [kpq, scope, organisation, period]
columns:
  - {field: kpq, heading: Question, required: true}
  - {field: scope, heading: Scope, required: true}
  - {field: stage, heading: Stage}
  - {field: period, heading: Quarter, required: true}
  - {field: organisation, heading: Organisation, required: true}
  - {field: answer, heading: Answer}
  - {field: ancr, heading: Confidence}
  - {field: evidence, heading: Evidence}
bounds: {held_rate: 0.5}
"""
HEAD = "Question,Scope,Stage,Quarter,Organisation,Answer,Confidence,Evidence"
CODES = """\
scheme,version,code,label_en,label_ar,rank,parent_code,valid_from,valid_to,source
kpq,1,Q1,Do we look together?,هل ننظر معاً؟,,,,,the team
kpq,1,Q2,Do we act together?,هل نعمل معاً؟,,,,,the team
"""
OURS = """\
id: OURS
version: "2"
title: {en: How we work, ar: كيف نعمل}
source: the team
stages:
  - {code: LOOK, label: {en: Look, ar: النظر}}
  - {code: ACT, label: {en: Act, ar: العمل}}
evidence:
  - {metric: IM-01, interval: counts}
  - {metric: IM-04}
groups: [{code: AIM, label: {en: Aims, ar: الأهداف}}]
elements:
  - {code: A1, group: AIM, label: {en: To see together, ar: أن نرى معاً}, evidence: [IM-01, IM-04]}
questions:
  - {code: Q1, stage: LOOK, label: {en: "Do we look together?", ar: "هل ننظر معاً؟"}, evidence: [IM-01, IM-04]}
  - {code: Q2, stage: ACT, label: {en: "Do we act together?", ar: "هل نعمل معاً؟"}, evidence: [IM-01]}
"""
FIRST = [f"Q1,JO-IDP,ANALYSE,2025-Q3,{org},{answer},HIGH," for org, answer in (("GB-GOV-1", "NO"), ("GB-GOV-8", "NO"))]
SECOND = [
    "Q1,JO-IDP,ANALYSE,2025-Q4,GB-GOV-1,YES,,Minutes",
    "Q1,JO-IDP,ANALYSE,2025-Q4,GB-GOV-24,PARTLY,LOW,",
    "K3,JO-IDP,DESIGN,2025-Q4,GB-GOV-24,YES,LOW,",
    "K99,JO-IDP,DESIGN,2025-Q4,GB-GOV-24,YES,LOW,",
]


def make(home: Home, now: datetime = NOW) -> None:
    """The home at an instant: it received nothing that came later."""
    sources = {"survey": SURVEY, "products": PRODUCTS, "review": REVIEW}
    programme = PROGRAMME.replace("clock: 2026-02-10\n", "framework: _framework/ours.yml\n")
    write_programme(home.sources, sources, programme, codelists=CODES)
    (home.sources / "_framework").mkdir()
    (home.sources / "_framework" / "ours.yml").write_text(OURS, "utf-8")
    survey = [f"VOICE,{place},{q},{v}" for place in ("Zarqa", "Karak") for q, v in (("2025-Q3", 60), ("2025-Q4", 64))]
    for source, head, rows, at in (
        ("survey", SURVEY_HEAD, survey[::2], "2025-10-10T09:00:00Z"),
        ("review", HEAD, FIRST, "2025-10-15T09:00:00Z"),
        ("products", PRODUCTS_HEAD, PRODUCT_ROWS, "2026-01-06T09:00:00Z"),
        ("review", HEAD, SECOND, "2026-01-20T09:00:00Z"),
    ):
        if datetime.fromisoformat(at) <= now:
            drop(home.root, source, f"{source}_{at[:10]}.csv", text_of(head, rows), at)
    run_all(home, catalogue_of(home), now)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(built(tmp_path_factory, "framework", make))


@pytest.fixture
def changed(program: Program, tmp_path: Path) -> Program:
    """A copy, for whoever changes its framework."""
    return Program(copy_of(program.home, tmp_path))


def page(program: Program, *words: str, code: int = 0) -> dict[str, Any]:
    document: dict[str, Any] = program.document("framework", *words, code=code)
    jsonschema.validate(document, schema_of("framework"))
    return document


def test_stages_and_questions_are_those_of_the_team(program: Program) -> None:
    document = page(program)
    assert (document["framework"], document["period"], document["problems"]) == ("OURS 2", "2025-Q4", [])
    assert [(s["stage"], [q["question"] for q in s["questions"]]) for s in document["stages"]] == [
        ("LOOK", ["Q1"]),
        ("ACT", ["Q2"]),
    ]
    assert [e["element"] for e in document["elements"]] == ["A1"]


def test_a_question_says_who_answered_what_who_is_silent_and_who_differs(program: Program) -> None:
    (stage,) = page(program, "--question", "q1")["stages"]
    answers = stage["questions"][0]["answers"]
    assert (answers["roster"], answers["answered"], answers["is_disagreement"]) == (3, 2, True)
    assert answers["by_answer"] == {"YES": 1, "PARTLY": 1, "NO": 0, "NOT_YET": 0, "NA": 0}
    assert answers["by_confidence"] == {"HIGH": 0, "MODERATE": 0, "LOW": 1, "UNSTATED": 1}
    said = {team["org_id"]: (team["answer"], team["confidence"], team["baseline_answer"]) for team in answers["teams"]}
    assert said == {
        "GB-GOV-1": ("YES", None, "NO"),
        "GB-GOV-24": ("PARTLY", "LOW", None),
        "GB-GOV-8": (None, None, "NO"),
    }
    silent = [m for m in stage["questions"][0]["missing"] if m["gap"] == "SILENT_TEAM"]
    assert [(m["org_id"], m["sentence"]) for m in silent] == [("GB-GOV-8", "no answer of MOD (last in 2025-Q3)")]


def test_the_page_is_read_in_both_languages(program: Program) -> None:
    english = program("framework").stdout
    assert "Answers: 2 of 3 teams: 1 yes, 1 partly; confidence 1 low, 1 unstated." in english
    assert "Departments disagree: the middle answer is partly; FCDO says yes (unstated)." in english
    assert "Answers: none of 3 teams that are asked, now or before." in english
    arabic = program("framework", "--lang", "ar").stdout
    assert "هل ننظر معاً؟" in arabic and "الإجابات: 2 من 3 فرق" in arabic and "Answers" not in arabic
    assert "Invented figures" in program("framework").stderr
    assert "IM-01" in program("framework", "--question", "Q1").stdout


def test_what_is_not_there_is_refused_with_the_nearest_name(program: Program) -> None:
    assert "Did you mean `LOOK`?" in program("framework", "--stage", "LOOKS", code=2).stderr
    assert "There are: Q1, Q2." in program("framework", "--question", "X", code=2).stderr
    assert "is not reviewed at the stage" in program("framework", "--question", "Q1", "--stage", "ACT", code=2).stderr
    assert "2025-Q4" in program("framework", "--period", "2031-Q1", code=2).stderr


def test_at_a_past_instant_it_says_what_was_known_then(program: Program) -> None:
    (stage,) = page(program, "--question", "Q1", "--as-known-at", "2026-01-15")["stages"]
    answers = stage["questions"][0]["answers"]
    assert (answers["roster"], answers["answered"], answers["last_answered"]) == (2, 0, "2025-Q3")
    with idtracker.open(program.home.root, program.home.sources) as tracker, tracker.as_known_at("2026-01-15") as then:
        rows = then.table("framework_answer").to_pandas()
        assert set(rows["org_id"]) == {"GB-GOV-1", "GB-GOV-8"} and len(
            tracker.table("framework_answer").to_pandas()
        ) > len(rows)
        assert then.framework("look", period="2025-Q3").stages[0].questions[0].answers.answered == 2
        with pytest.raises(UsageError, match="no stage"):
            tracker.framework("nowhere")


@pytest.mark.parametrize("at", ["2026-01-15T12:00:00", "2025-12-01T00:00:00"])
def test_at_a_past_instant_the_tables_are_those_of_a_home_of_that_instant(
    program: Program, tmp_path: Path, at: str
) -> None:
    then = Home(tmp_path / "home", tmp_path / "sources")
    make(then, datetime.fromisoformat(at).replace(tzinfo=UTC))
    with open_snapshot(program.home, at=pd.Timestamp(at)) as later, open_store(then) as store:
        seen, expected = content_hashes(later, TABLES), content_hashes(store, TABLES)
        assert seen == expected
        assert len(set(seen.values())) == len(TABLES), "none of them is empty"


def test_an_answer_to_an_unknown_question_is_held_and_one_to_another_framework_is_told(program: Program) -> None:
    with idtracker.open(program.home.root, program.home.sources) as tracker:
        held = tracker.sql("SELECT * FROM held_row").to_dict("records")
    assert len(held) == 1 and "K99" in str(held[0])
    (check,) = FRAMEWORK.run(Context(program.home, catalogue_of(program.home), NOW)).checks
    assert not check.passed and not check.is_error
    assert check.description == "`K3` is no question of the framework; answers about it: 1"


def test_nothing_is_made_again_until_something_changes(changed: Program) -> None:
    catalogue = catalogue_of(changed.home)
    at, sources, own = pd.Timestamp(NOW).tz_localize(None), catalogue.sources.values(), catalogue.programme.marking
    with open_store(changed.home) as store:
        assert not derive_framework(store, framework_of(changed.home, catalogue), sources, own, at)
        (changed.home.sources / "_framework" / "ours.yml").write_text(OURS.replace("To see", "To look"), "utf-8")
        assert derive_framework(store, framework_of(changed.home, catalogue), sources, own, at)
        store.execute("UPDATE kpq_response SET answer = 'NO' WHERE answer = 'YES'")
        assert derive_framework(store, framework_of(changed.home, catalogue), sources, own, at)
        row = store.execute(
            "SELECT yes_count, no_count FROM kpq_view WHERE question_code = 'Q1' AND period = '2025-Q4' AND scope = 'programme'"
        )
        assert row.fetchone() == (0, 1)


def test_a_framework_that_is_wrong_leaves_its_tables_empty_and_says_why(changed: Program) -> None:
    (changed.home.sources / "_framework" / "ours.yml").write_text(OURS.replace("questions:", "question:"), "utf-8")
    result = FRAMEWORK.run(Context(changed.home, catalogue_of(changed.home), NOW))
    assert result.error is None and result.figures["kpq_view"] == 0
    assert "sources/_framework/ours.yml:14: question" in str(result.checks[0].description)
    assert "no framework can be used" in str(result.checks[0].description)
    document = page(changed, code=1)
    assert (document["framework"], document["stages"]) == (None, []) and document["problems"]
    assert "No framework can be used" in changed("framework", code=1).stdout


def test_what_is_published_of_an_earlier_version_is_called_that(changed: Program) -> None:
    (changed.home.sources / "_framework" / "ours.yml").write_text(OURS.replace('version: "2"', 'version: "3"'), "utf-8")
    document = page(changed, code=1)
    assert document["framework"] == "OURS 2" and "OURS 3" in document["problems"][0]


COMPOSITE = """\
composite:
  agreed_by: [steering board]
  agreed_on: 2026-01-15
  figures:
    - {series: IM-01, worst: 0, best: 100, weight: 3}
    - {series: IM-04, worst: 0, best: 100}
"""


def test_a_composite_is_given_only_where_it_is_asked_for_and_was_agreed(changed: Program) -> None:
    file = changed.home.sources / "_framework" / "ours.yml"
    assert page(changed)["composite"] is None
    assert "no composite" in page(changed, "--composite", code=1)["problems"][0]
    file.write_text(OURS + COMPOSITE.replace("  agreed_by: [steering board]\n", ""), "utf-8")
    assert "composite is refused: who agreed" in page(changed, "--composite", code=1)["problems"][0]
    file.write_text(OURS + COMPOSITE, "utf-8")
    assert page(changed)["composite"] is None
    document = page(changed, "--composite")
    figures = {f["evidence"]: f["value"] for q in document["stages"][0]["questions"] for f in q["figures"]}
    assert figures["IM-01"] is not None
    composite = document["composite"]
    stages = {stage["stage"]: stage for stage in composite["stages"]}
    assert (composite["agreed_by"], list(stages)) == (["steering board"], ["LOOK", "ACT"])
    assert stages["ACT"]["value"] == pytest.approx(figures["IM-01"]), "the other figure is no evidence of this stage"
    is_known = figures["IM-04"] is not None
    whole = (3 * figures["IM-01"] + figures["IM-04"]) / 4 if is_known else figures["IM-01"]
    assert stages["LOOK"]["value"] == pytest.approx(whole) and stages["LOOK"]["coverage"] == (1 if is_known else 0.75)
    assert {v["choice"] for v in stages["LOOK"]["sensitivity"]} >= {"worst", "best", "weight", "left_out"}
    shown = changed("framework", "--composite", "--lang", "ar").stdout
    assert "steering board" in shown and "المؤشر المركب" in shown
