"""Records that a source says are deleted, by a flag in the row or by a log: the key alone counts, and unknown ones are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition import check_source
from idtracker.ingest.judge.deletions import IS_DELETED
from idtracker.ingest.judge.rules.series import EarlierReports
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register

CATALOGUE = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(), {})
EVENTS: dict[str, Any] = {
    "feeds": "event",
    "key": ["reference"],
    "columns": [
        {"field": "reference", "heading": "id"},
        {"field": "event_on", "heading": "day"},
        {"field": "fatalities"},
    ],
}
FLAGGED = {**EVENTS, "deleted": {"heading": "Status", "values": ["deleted", "removed"]}}
LOG = {"name": "log", "feeds": "event", "key": ["reference"], "deletes": "event", "ignore": ["deleted_at"],
       "columns": [{"field": "reference", "heading": "id"}]}  # fmt: skip
HEAD = "id,day,fatalities,status\n"


def source(*parts: dict[str, Any], kind: str = "csv", **more: Any) -> Source:
    return Source.model_validate(
        {"title": "Feed", "publisher": "GB-GOV-11", "format": {"kind": kind}, "cadence": {"every": "as_needed"}}
        | {"parts": list(parts), **more}
    ).located("feed", Path(), "x")


def judge(of: Source, content: str, known: list[str] | None = None) -> Assessment:
    frame = pd.DataFrame({"scope": known or [], "fact_id": known or [], "is_deleted": False, "day": pd.NaT})
    return judge_after(of, content, frame, CATALOGUE)


def judge_after(of: Source, content: str, known: pd.DataFrame, catalogue: ProgrammeCatalogue) -> Assessment:
    """A file judged after rows that are in force."""
    history = EarlierReports({}, "v", {"event": known})
    name, at = f"feed.{of.format.kind}", pd.Timestamp("2026-10-20")
    return assess(content.encode(), name, of, catalogue, submission_id="s", received_at=at, history=history)


def rules(found: Assessment) -> list[str]:
    return sorted(g.rule.id for g in found.findings.groups)


def ids(found: Assessment) -> list[str]:
    return list(found.facts["event"]["fact_id"])


@pytest.mark.parametrize("said", ["deleted", " Removed ", "DELETED"])
def test_a_row_that_says_it_is_deleted_needs_its_key_alone(said: str) -> None:
    of = source(FLAGGED)
    known = ids(judge(of, HEAD + "A,2026-03-01,1,live\nB,2026-03-01,1,live\n"))
    found = judge(of, HEAD + f"A,,many,{said}\nB,2026-03-02,2,live\n", known)
    assert (found.verdict, rules(found)) == ("accepted", [])
    assert list(found.facts["event"][IS_DELETED]) == [True, False] and ids(found) == known


def test_a_row_without_a_key_deletes_nothing_and_waits() -> None:
    found = judge(source(FLAGGED), HEAD + ",2026-03-01,1,deleted\nB,2026-03-02,2,live\n")
    assert (found.rows_held, found.rows_accepted) == (1, 1)


def test_a_deletion_of_what_never_came_is_told() -> None:
    found = judge(source(FLAGGED), HEAD + "A,2026-03-01,1,deleted\n", ["something else"])
    assert (rules(found), found.rows_accepted) == (["row.deleted_unknown"], 1)
    assert "never reported one with this id" in found.findings.groups[0].message()


def test_a_flag_that_the_file_does_not_have_is_told() -> None:
    assert rules(judge(source(FLAGGED), "id,day,fatalities\nA,2026-03-01,1\n")) == ["heading.missing_optional"]


def test_a_log_of_keys_is_a_file_of_its_own_and_names_the_same_records() -> None:
    of = source(EVENTS, LOG)
    assert check_source(of, CATALOGUE.register) == [] or of.folder == Path()
    records = judge(of, "id,day,fatalities\nA,2026-03-01,1\nB,2026-03-01,1\n")
    assert (rules(records), list(records.facts["event"][IS_DELETED])) == ([], [False, False])
    log = judge(of, "id,deleted_at\nA,2026-09-01\n", ids(records))
    assert (log.verdict, rules(log), ids(log)) == ("accepted", [], ids(records)[:1])
    assert list(log.facts["event"][IS_DELETED]) == [True]
    assert log.coverage.periods == () and log.coverage.last_day is None  # no report of anything


def test_a_log_beside_the_records_of_one_document() -> None:
    parts = [{**EVENTS, "layout": {"records": "results"}, "optional": True},
             {**LOG, "layout": {"records": "gone"}, "optional": True}]  # fmt: skip
    of = source(*parts, kind="json")
    first = judge(of, json.dumps({"results": [{"id": n, "day": "2026-03-01", "fatalities": 0} for n in range(3)]}))
    assert rules(first) == []
    later = {
        "results": [{"id": 7, "day": "2026-03-02", "fatalities": 1}],
        "gone": [{"id": 1, "deleted_at": "2026-09-01"}],
    }
    found = judge(of, json.dumps(later), ids(first))
    assert rules(found) == [] and sorted(zip(ids(found), found.facts["event"][IS_DELETED], strict=True)) == sorted(
        [(ids(found)[0], False), (ids(first)[1], True)]
    )


@pytest.mark.parametrize("deleted", [2, 3])
def test_a_log_that_deletes_much_waits(deleted: int) -> None:
    of = source(EVENTS, LOG)
    rows = "".join(f"E{n},2026-03-01,1\n" for n in range(10))
    known = ids(judge(of, "id,day,fatalities\n" + rows))
    found = judge(of, "id,deleted_at\n" + "".join(f"E{n},2026-09-01\n" for n in range(deleted)), known)
    assert (found.rows_held, rules(found)) == ((3, ["bounds.removal"]) if deleted > 2 else (0, []))
    assert len(found.waivable.get("event", [])) == found.rows_held  # a person may confirm it


@pytest.mark.parametrize(
    "log",
    [{**LOG, "deletes": "other"}, {**LOG, "key": ["event_on"], "columns": [{"field": "event_on"}]},
     {**LOG, "deleted": {"heading": "x", "values": ["y"]}}],
)  # fmt: skip
def test_a_log_that_fits_no_part_is_refused(log: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        source(EVENTS, log)


def test_a_log_for_a_part_whose_files_are_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="ends there without a log"):
        source({**EVENTS, "revision": "replace_all"}, LOG)


@pytest.mark.parametrize("by", ["flag", "log"])
def test_a_deletion_of_a_record_about_closed_days_waits_and_says_so(by: str) -> None:
    lock = {"through": "2026-Q1", "on": "2026-06-30", "why": "published"}
    programme = Programme.model_validate({"title": "-", "country": "", "locks": [lock]})
    locked = ProgrammeCatalogue(programme, {}, Register.load(), {})
    before = judge(source(FLAGGED), HEAD + "E1,2026-03-31,1,live\nE2,2026-04-01,1,live\n").facts["event"]
    known = pd.DataFrame({"scope": "", "fact_id": before["fact_id"], "is_deleted": False, "day": before["event_on"]})
    if by == "flag":
        found = judge_after(source(FLAGGED), HEAD + "E1,,,deleted\nE2,,,deleted\n", known, locked)
    else:
        found = judge_after(source(EVENTS, LOG), "id,deleted_at\nE1,2026-10-01\nE2,2026-10-01\n", known, locked)
    assert [(g.rule.id, list(g.rows)) for g in found.findings.groups if g.rule.id == "period.locked"] == [
        ("period.locked", [2])
    ]
    assert ids(found) == before["fact_id"].tolist()[1:] and found.held["held_id"].size == 1
