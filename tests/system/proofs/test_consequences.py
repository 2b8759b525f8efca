"""What `explain consequences` names of a random history, against homes that never went on; a few of the cases of the proof."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from benchmarks.proofs.consequence_histories import QUARTERS
from benchmarks.proofs.consequences import COLUMNS, CUTOFF, History, history_of, outcome_of
from docs_builder.json_schemas import schema_of
from idtracker.operate.services.consequences.found import consequences_of
from idtracker.operate.services.explanations.metric import explain_metric
from idtracker.publish.tracker import Tracker
from idtracker.store.connection import open_store
from tests.support.cli_programme import Program

SEED, FAMILY = 20, "analysis"
"""A history with a file that was withdrawn, its second edition, claims, and a round between its two runs."""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return history_of(tmp_path_factory.mktemp("history"), SEED, FAMILY)


def named(history: History, file: str) -> tuple[str, str, str, str]:
    return next(one for one in history.submissions() if one[2] == file)


def test_nothing_is_missed_and_nothing_named_wrongly(history: History, tmp_path: Path) -> None:
    chosen = named(history, "survey.csv")
    assert chosen[3] == "withdrawn"
    outcome = outcome_of(history, chosen, tmp_path)
    assert outcome.wrong == []
    kinds = {(column, kind) for column, kind, what in outcome.counts if what == "right"}
    assert kinds >= {(column, kind) for column in COLUMNS for kind in ("score", "trend", "warning", "metric")}


def test_what_is_named_with_the_metrics_whose_explanation_lists_it(history: History) -> None:
    """A metric of the programme rests on a file exactly where its own explanation lists a row of the file."""
    identifier, *_ = named(history, "survey_v2.csv")
    found = consequences_of(history.home, identifier, left_out=history.left_out)
    document = json.loads(found.model_dump_json())
    jsonschema.validate(document, schema_of("explain consequences"))
    assert document["counts_now"] and identifier == document["submission_id"]
    assert {c["kind"] for c in document["counts"]} >= {"score", "trend", "metric", "publication"}
    (published,) = (one for one in document["consequences"] if one["kind"] == "publication")
    assert (published["rests_on"], published["differs_without"]) == (True, True)
    with open_store(history.home) as store:
        keys = store.execute(
            """SELECT DISTINCT metric_id, scope, period FROM metric_value WHERE scope = 'programme'
            AND period = (SELECT max(period) FROM metric_value) ORDER BY ALL"""
        ).fetchall()
    rests = {
        (one["key"]["metric_id"], one["key"]["scope"], one["key"]["period"])
        for one in document["consequences"]
        if one["kind"] == "metric" and one["rests_on"]
    }
    explained = {
        key
        for key in keys
        if identifier in set(submissions(explain_metric(history.home, key[0], key[1], key[2], limit=None)))
    }
    assert explained
    assert rests & set(keys) == explained


def submissions(node: dict[str, Any]) -> Iterator[str]:
    """The submissions that a tree of an explanation names."""
    for name in ("submission_id", "submission_ids"):
        yield from str(node.get(name) or "").split(";")
    for inner in node["because"]:
        yield from submissions(inner)


def test_a_withdrawn_file_in_arabic_and_what_cannot_be_asked(history: History) -> None:
    identifier, *_ = named(history, "survey.csv")
    program = Program(history.home)
    said = program("explain", "consequences", identifier, "--lang", "ar").stdout
    assert "لم يعد الملف" in said and "منشور" not in said.splitlines()[1]
    assert re.search(r"^درجة .* نعم", said, re.M)
    for words, wrong in (((identifier, "--at", "2020-01-01"), "was known at"), (("nowhere.csv",), "no submission")):
        assert wrong in program.document("explain", "consequences", *words, code=2)["error"]


OF_KIND = {
    "score": "score",
    "trend": "trend",
    "round": "round",
    "claim": "effect_claim",
    "product": "analysis_product",
}


def test_the_table_names_what_the_command_names(history: History) -> None:
    """Of every submission whose facts ended as a whole, but for warnings, which the table has by the last end of a month."""
    with open_store(history.home) as store:
        rows = store.execute("SELECT submission_id, subject_table, subject FROM consequence").fetchall()
        kept = store.execute(
            "SELECT DISTINCT submission_id FROM (SELECT * FROM observation UNION ALL BY NAME SELECT * FROM effect_claim) "
            "WHERE recorded_to IS NULL"
        ).fetchall()
    ended = {identifier for identifier, _, _ in rows} - {identifier for (identifier,) in kept}
    assert ended == {named(history, "survey.csv")[0]}
    for identifier in ended:
        document = consequences_of(history.home, identifier, left_out=history.left_out)
        for kind, table in OF_KIND.items():
            by_command = {
                "/".join((table, *c.key.values())) for c in document.consequences if c.kind == kind and c.rests_on
            }
            by_table = {subject for one, of, subject in rows if (one, of) == (identifier, table)}
            assert by_table == by_command, kind
            assert by_table or kind in ("claim", "product")


def test_what_a_score_was_and_became_is_what_stood_at_both_instants(history: History) -> None:
    with open_store(history.home) as store:
        moments = "SELECT DISTINCT acted_at FROM consequence WHERE subject_table = 'score'"
        ((at,),) = store.execute(moments).fetchall()
        rows = store.execute(
            "SELECT place_id, period, subject, value_before, value_after, other_submission_ids FROM consequence "
            "WHERE subject_table = 'score'"
        ).fetchall()
    sides = []
    for moment in (at - timedelta(microseconds=1), at):
        with Tracker(history.home, at=pd.Timestamp(moment)) as tracker:
            frame = tracker.sql("SELECT place_id, period, node_code, score FROM score")
            sides.append({f"score/{r.place_id}/{r.period}/{r.node_code}": r.score for r in frame.itertuples()})
            assert set(tracker.sql("SELECT acted_at FROM consequence")["acted_at"]) == ({at} if moment == at else set())
    assert rows and {others for *_, others in rows} == {None}, "nothing else came at that instant"
    for _, _, subject, before, after, _ in rows:
        assert (before, after) == tuple(pytest.approx(side[subject]) for side in sides)


def test_a_round_that_was_held_later_rests_on_nothing_yet(history: History) -> None:
    identifier, *_ = named(history, "survey.csv")
    for at, rounds in ((CUTOFF - timedelta(days=1), []), (None, [{"round_id": QUARTERS[-1]}])):
        document = consequences_of(history.home, identifier, at, left_out=history.left_out)
        assert [c.key for c in document.consequences if c.kind == "round" and c.rests_on] == rounds
