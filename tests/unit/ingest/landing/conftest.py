"""A source of quarterly returns whose inbox takes every name."""

from __future__ import annotations

from pathlib import Path

import pytest

from idtracker.model.config.source import Source


@pytest.fixture
def source() -> Source:
    return source_of()


@pytest.fixture
def history() -> Source:
    """The same with the right to state instants before the arrival of what it sends."""
    return source_of(may_backdate=True)


def source_of(**received: bool) -> Source:
    definition = {
        "title": "Returns",
        "publisher": "GB-GOV-11",
        "received": received,
        "format": {"kind": "csv"},
        "cadence": {"every": "quarter"},
        "feeds": "activity",
        "key": ["reference"],
        "columns": [{"field": "reference"}],
    }
    return Source.model_validate(definition).located("returns", Path(), "x")
