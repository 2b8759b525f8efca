"""A source of quarterly returns whose inbox takes every name."""

from __future__ import annotations

from pathlib import Path

import pytest

from idtracker.model.config.source import Source


@pytest.fixture
def source() -> Source:
    definition = {
        "title": "Returns",
        "publisher": "GB-GOV-11",
        "format": {"kind": "csv"},
        "cadence": {"every": "quarter"},
        "feeds": "activity",
        "key": ["reference"],
        "columns": [{"field": "reference"}],
    }
    return Source.model_validate(definition).located("returns", Path(), "x")
