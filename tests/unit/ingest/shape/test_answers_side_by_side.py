"""A form's questions side by side in the file: the answers are judged, each by its own question, the questions are not."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import load_catalogue

SOURCE = r"""
title: Household survey
publisher: GB-GOV-1
format: {kind: csv, delimiter: ",", codebook: form.json}
cadence: {every: as_needed}
feeds: survey_response
key: [response_id, question]
unpivot: {columns: '%s'}
columns:
  - {field: response_id, heading: id, required: true}
  - {field: question%s}
  - {field: period, constant: 2026-Q1}
  - {field: place, constant: JO}
  - {field: answer, heading: %s%s}
"""
FORM = {
    "survey": [
        {"type": "select_one", "name": "trust", "select_from_list_name": "yn"},
        {"type": "select_one", "name": "safe", "select_from_list_name": "degree"},
        {"type": "select_multiple", "name": "problems", "select_from_list_name": "problem"},
        {"type": "select_one", "name": "town", "select_from_list_name": "town"},
    ],
    "choices": [
        {"list_name": "yn", "name": "y", "label": ["Yes", "نعم"]},
        {"list_name": "yn", "name": "n", "label": ["No", "لا"]},
        {"list_name": "degree", "name": "1", "label": ["Yes", "نعم"]},
        {"list_name": "degree", "name": "2", "label": ["1", "جزئيا"]},
        {"list_name": "problem", "name": "cost", "label": ["High cost", "الكلفة"]},
        {"list_name": "problem", "name": "taste", "label": ["Bad taste", "الطعم"]},
        {"list_name": "town", "name": "centre_n", "label": ["Centre", "الوسط"]},
        {"list_name": "town", "name": "centre_s", "label": ["Centre", "الوسط"]},
    ],
}
SIDE_BY_SIDE = r"^(?:views/)?(?P<question>trust|safe|problems|town)$"


def judged(
    folder: Path, text: str, columns: str = SIDE_BY_SIDE, answer: str = "value", question: str = "", more: str = ""
) -> Assessment:
    source = folder / "household"
    source.mkdir()
    (source / "source.yml").write_text(SOURCE % (columns, question, answer, more), "utf-8")
    (source / "form.json").write_text(json.dumps(FORM), "utf-8")
    catalogue = load_catalogue(folder)
    at = pd.Timestamp("2026-05-01")
    return assess(text.encode(), "a.csv", catalogue.source("household"), catalogue, submission_id="s", received_at=at)


def answers(found: Assessment) -> list[str]:
    return list(found.facts["survey_response"].sort_values(["response_id", "question"])["answer"])


def test_questions_side_by_side_are_no_answers(tmp_path: Path) -> None:
    found = judged(tmp_path, "id,views/trust\nA,y\nB,n\nC,y\n")
    assert (found.rows_accepted, found.rows_held) == (3, 0), found.findings.to_frame()[["rule", "row", "value"]]


def test_only_the_answer_that_is_not_offered_is_held(tmp_path: Path) -> None:
    found = judged(tmp_path, "id,trust,safe\nA,y,1\nB,perhaps,2\n")
    group = next(g for g in found.findings if g.rule.id == "choice.unknown")
    assert (group.column, list(group.rows), list(group.values)) == ("trust", [3], ["perhaps"])
    assert (found.rows_accepted, found.rows_held) == (3, 1)


def test_a_label_in_either_language_means_the_choice_of_its_own_question(tmp_path: Path) -> None:
    found = judged(tmp_path, "id,trust,safe\nA,Yes,Yes\nB,نعم,نعم\n")
    assert answers(found) == ["1", "y", "1", "y"]


def test_the_name_of_a_choice_counts_before_the_label_of_another(tmp_path: Path) -> None:
    assert answers(judged(tmp_path, "id,safe\nA,1\nB,2\n")) == ["1", "2"]


def test_a_label_that_two_choices_share_is_held(tmp_path: Path) -> None:
    found = judged(tmp_path, "id,town\nA,Centre\nB,centre_s\n")
    assert (answers(found), found.rows_held) == (["centre_s"], 1)


@pytest.mark.parametrize("typed", ["cost taste", "High cost;Bad taste", "الكلفة; الطعم"])
def test_several_choices_in_one_cell_are_read_as_their_names(tmp_path: Path, typed: str) -> None:
    assert answers(judged(tmp_path, f"id,problems\nA,{typed}\n")) == ["cost taste"]


def test_several_choices_with_one_unknown_are_held(tmp_path: Path) -> None:
    assert judged(tmp_path, "id,problems\nA,cost sabotage\nB,taste\n").rows_held == 1


def test_divided_choices_are_each_read(tmp_path: Path) -> None:
    found = judged(tmp_path, "id,problems\nA,High cost|Bad taste\n", more=', split: "|"')
    assert "choice.unknown" not in found.findings.to_frame()["rule"].tolist()


def test_a_question_named_by_a_group_beside_a_measure_is_found(tmp_path: Path) -> None:
    columns = r"^(?P<question>trust|safe)/(?P<measure>reply|weight)$"
    found = judged(tmp_path, "id,trust/reply,safe/reply\nA,Yes,Yes\nB,perhaps,2\n", columns, "reply")
    assert (answers(found), found.rows_held) == (["1", "y", "2"], 1)


def test_the_columns_own_map_counts_before_the_form(tmp_path: Path) -> None:
    found = judged(tmp_path, "id,trust\nA,Yes\nB,n\n", more=", map: {Yes: agreed, n: refused}")
    assert answers(found) == ["agreed", "refused"]


def test_one_choice_with_a_column_of_its_own_is_no_question(tmp_path: Path) -> None:
    columns = r"^(?P<question>problems/\w+)$"
    found = judged(tmp_path, "id,problems/cost,problems/taste\nA,1,0\n", columns)
    assert (found.rows_accepted, found.rows_held) == (2, 0)
