"""The bundled register."""

from __future__ import annotations

import pytest

from idtracker.model.register.register import Register


@pytest.fixture(scope="session")
def register() -> Register:
    return Register.load()
