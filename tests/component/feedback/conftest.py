"""The desk that the tests of the answer share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from answer_files import Desk

from idtracker.model.home import Home


@pytest.fixture
def desk(home: Home, write_source: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(home, write_source, monkeypatch)
