"""adjudicate list, show, decide and revoke: documents, words, exit codes, and names as people type them."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from docs_builder.json_schemas import schema_of
from tests.support.cli_programme import SURVEY_ROWS, Program
from tests.support.small_programme import SURVEY_HEAD, drop, text_of

PARTNER = """
title: Partner survey
publisher: GB-GOV-8
received: {pattern: "partner_*.csv", may_backdate: true}
format: {kind: csv}
cadence: {every: as_needed}
feeds: observation
key: [indicator, place, period]
columns:
  - {field: indicator, heading: Indicator, required: true}
  - {field: place, heading: Area, required: true}
  - {field: period, heading: Quarter, required: true}
  - {field: value, heading: Value, required: true}
"""
CELL = ("VOICE", "Zarqa", "2025-Q3")
BY = ("--by", "data team", "--why", "seen on the spot")


def told(program: Program, *words: str, code: int = 0) -> Any:
    """The document of a command, held against its published schema."""
    document = program.document("adjudicate", *words, code=code)
    jsonschema.Draft202012Validator(schema_of(f"adjudicate {words[0]}")).validate(document)
    return document


def test_a_disagreement_is_listed_decided_and_revoked(copied: Program) -> None:
    """One home: a second organisation contradicts the survey, somebody decides, and takes it back."""
    (copied.home.sources / "partner").mkdir()
    (copied.home.sources / "partner" / "source.yml").write_text(PARTNER.lstrip(), "utf-8")
    drop(copied.home.root, "partner", "partner_1.csv", text_of(SURVEY_HEAD, ["VOICE,Zarqa,2025-Q3,20"]), "2026-01-08T09:00:00Z")  # fmt: skip
    copied("run")
    listed = told(copied, "list", code=1)
    (cell,) = listed["cells"]
    assert (listed["waiting"], cell["report_count"], cell["place_id"], cell["spread"]) == (1, 2, "JO-AZ", 40)
    assert [(r["org_id"], r["value"], r["file_name"]) for r in cell["reports"]] == [
        ("GB-GOV-8", 20, "partner_1.csv"),
        ("GB-GOV-24", 60, "survey_2025-Q3.csv"),
    ]
    words = copied("adjudicate", "list", code=1)
    assert "GB-GOV-8 MOD 20 · GB-GOV-24 ONS 60" in words.stdout and "1 cell waits for a decision." in words.stdout
    assert "Invented figures [of a test]." in words.stderr

    outside = told(copied, "decide", *CELL, "--value", "61", *BY)
    assert (outside["warning"], outside["value"], outside["place_id"]) == ("outside", 61, "JO-AZ")
    made = told(copied, "decide", "Residents with a voice", "الزرقاء", "Q3 2025", "--value", "50", "--standard-error", "2", *BY)  # fmt: skip
    assert (made["warning"], made["indicator_id"], made["period"]) == (None, "VOICE", "2025-Q3")
    assert told(copied, "list", code=1)["waiting"] == 1, "nothing changes before a run"
    assert "The next `idtracker run`" in copied("adjudicate", "decide", *CELL, "--value", "50", "--standard-error", "2", *BY).stdout  # fmt: skip
    copied("run")
    assert told(copied, "list") == {"waiting": 0, "cells": []}
    (decided,) = told(copied, "list", "--all")["cells"]
    assert (decided["method"], decided["value"], decided["obs_status"]) == ("ADJUDICATED", 50, "A")
    shown = told(copied, "show", *CELL)
    assert [d["value"] for d in shown["decisions"]] == [61, 50, 50]
    assert {r["use"] for r in shown["reports"]} == {"DECIDED"}
    assert "decided: 61  data team: seen on the spot" in copied("adjudicate", "show", *CELL).stdout

    assert told(copied, "revoke", *CELL, *BY)["value"] is None
    assert "is in force" in copied("adjudicate", "revoke", *CELL, *BY, code=2).stderr


def test_a_decision_about_no_report_says_so(copied: Program) -> None:
    assert SURVEY_ROWS[0].startswith("VOICE,Zarqa,2025-Q3")
    assert told(copied, "decide", "VOICE", "Irbid", "2025-Q3", "--value", "50", *BY)["warning"] == "no_reports"
    said = copied("adjudicate", "decide", "VOICE", "Irbid", "2025-Q3", "--value", "50", *BY).stdout
    assert "no effect until one comes" in said
    assert told(copied, "show", "VOICE", "Irbid", "2025-Q3")["reports"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "VOIC", "Zarqa", "2025-Q3"), "Did you mean VOICE"),
        (("show", "VOICE", "Zarqua", "2025-Q3"), "Did you mean Zarqa (JO-AZ)"),
        (("show", "VOICE", "Zarqa", "2025-09"), "is not a quarter"),
        (("show", "VOICE", "Zarqa", "soon"), "is not a quarter"),
        (("decide", *CELL, "--value", "inf", *BY), "--value must be a number"),
        (("decide", *CELL, "--value", "5", "--standard-error", "-1", *BY), "--standard-error a number of 0 or more"),
        (("decide", *CELL, "--value", "much", *BY), "is not a valid float"),
        (("decide", *CELL, *BY), "Missing option '--value'"),
        (("decide", *CELL, "--value", "5", "--by", "a@b.example", "--why", "seen"), "no person's address"),
        (("decide", *CELL, "--value", "5", "--by", "data team", "--why", " "), "--why is empty"),
        (("revoke", *CELL, *BY), "No decision about VOICE JO-AZ 2025-Q3 is in force"),
    ],
)
def test_what_cannot_be_is_refused(published: Program, words: tuple[str, ...], said: str) -> None:
    assert said in published("adjudicate", *words, code=2).stderr


def test_the_queue_needs_a_publication(fresh: Program) -> None:
    assert "idtracker run" in fresh("adjudicate", "list", code=2).stderr
