"""Records edited on a form server: one record stays one record, whatever identifier the server gives to each version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register

CATALOGUE = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(), {})


def judge(heading: str, *records: dict[str, Any]) -> Assessment:
    source = Source.model_validate(
        {"title": "Survey", "publisher": "GB-GOV-11", "format": {"kind": "json", "records": "results"}}
        | {"cadence": {"every": "as_needed"}, "feeds": "survey_response", "key": ["response_id", "question"]}
        | {
            "columns": [
                {"field": "response_id", "heading": heading},
                {"field": "question", "constant": "trust"},
                {"field": "period", "constant": "2026-Q3"},
                {"field": "place", "constant": "JO"},
                {"field": "answer"},
            ]
        }
        | {"ignore": ["_*", "meta*"]}
    ).located("survey", Path(), "x")
    content = json.dumps({"results": [{"answer": "yes", **r} for r in records]})
    at = pd.Timestamp("2026-10-20")
    return assess(content.encode(), "s.json", source, CATALOGUE, submission_id="s", received_at=at)


FIRST = {"_id": 101, "_uuid": "u-a", "meta/instanceID": "uuid:u-a"}
EDITED = {"_id": 101, "_uuid": "u-d", "meta/instanceID": "uuid:u-d", "meta/rootUuid": "uuid:u-a"}


@pytest.mark.parametrize("heading", ["_uuid", "meta/instanceID", "_id"])
def test_an_edited_record_is_the_same_record(heading: str) -> None:
    (before,), (after,) = (judge(heading, r).facts["survey_response"]["fact_id"] for r in (FIRST, EDITED))
    assert before == after


def test_a_key_that_edits_change_is_told_where_another_stays() -> None:
    (group,) = judge("_uuid", FIRST).findings.groups
    assert (group.rule.id, group.column) == (
        "heading.changing_key",
        "_uuid",
    ) and "“_id” stays the same" in group.message()
    assert not judge("_id", FIRST).findings.groups
    assert not judge("_uuid", {"_uuid": "u-a"}).findings.groups


def test_records_without_a_first_identifier_keep_their_own() -> None:
    found = judge("_uuid", {"_uuid": "u-b", "meta/rootUuid": ""}, {"_uuid": "u-c"}, EDITED)
    assert list(found.facts["survey_response"]["response_id"]) == ["u-b", "u-c", "u-a"]
