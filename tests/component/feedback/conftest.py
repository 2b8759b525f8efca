"""The desk that the tests of the answer share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from answer_files import Desk

from idtracker.model.home import Settings


@pytest.fixture
def desk(settings: Settings, write_source: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(settings, write_source, monkeypatch)
