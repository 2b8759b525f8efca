"""The home over which a round was held, made once; copies of it for what changes something."""

from __future__ import annotations

from pathlib import Path

import pytest
from held_round import hold

from idtracker.model.home import Home
from tests.support.built import built, copy_of
from tests.support.cli_programme import Program, alone, spare_suites


@pytest.fixture(scope="module")
def held_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return built(tmp_path_factory, "held_round", hold)


@pytest.fixture
def held(held_home: Home) -> Program:
    """For commands that change nothing."""
    return Program(held_home)


@pytest.fixture
def copied_round(held_home: Home, tmp_path: Path) -> Program:
    """A copy, for commands that change something."""
    return Program(copy_of(held_home, tmp_path))


@pytest.fixture(autouse=True)
def by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    spare_suites(monkeypatch)
