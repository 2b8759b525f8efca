"""Documents are made strictly, printed as they were made, and promise a reader no more than their required keys."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field, ValidationError

from idtracker.model.document import Document, Moment, Share, code_of


class Reading(Document):
    """One reading."""

    at: Moment = Field(description="when")
    share: Share | None = Field(description="share")
    note: str = Field(default="", description="a note")


def test_what_is_not_promised_is_printed_only_where_it_was_given() -> None:
    assert list(Reading(share=None, at="2026-01-31T10:00:00").printed().items()) == [
        ("at", "2026-01-31T10:00:00"),
        ("share", None),
    ]
    assert Reading(at="2026-01-31", share=0.5, note="").printed()["note"] == ""


@pytest.mark.parametrize(
    "given",
    [
        {"at": "2026-01-31"},
        {"at": "31.1.2026", "share": 0.5},
        {"at": "NaT", "share": 0.5},
        {"at": "2026-01-31", "share": float("nan")},
        {"at": "2026-01-31", "share": 1.5},
        {"at": "2026-01-31", "share": "0.5"},
        {"at": "2026-01-31", "share": True},
        {"at": "2026-01-31", "share": 0.5, "nte": "misspelt"},
    ],
)
def test_a_document_that_would_say_something_else_is_not_made(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Reading(**given)


def test_the_schema_leaves_room_for_further_keys_and_asks_for_those_promised() -> None:
    schema = Reading.model_json_schema()
    assert (schema["required"], schema["additionalProperties"]) == (["at", "share"], True)


def test_values_of_a_code_are_those_of_its_list() -> None:
    assert "OVERDUE" in code_of("freshness_state").values()
