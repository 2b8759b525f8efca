"""Homes for the tests of this package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from claims_home import ClaimsHome

from idtracker.model.config.programme import PeriodLock
from idtracker.model.home import Home
from idtracker.model.register.register import Register

Make = Callable[..., ClaimsHome]


@pytest.fixture(scope="session")
def register() -> Register:
    return Register.load()


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory, register: Register) -> Make:
    """A fresh home; keys are changes of the source's definition."""

    def home(locks: list[dict[str, Any]] | None = None, **changes: Any) -> ClaimsHome:
        path = tmp_path_factory.mktemp("home")
        closed = [PeriodLock.model_validate(k) for k in locks or []]
        return ClaimsHome(Home(path, path), register, changes, closed)

    return home
