"""Commands are tested as they are called, in this process, over homes that are made once."""

from __future__ import annotations

import pytest

from tests.support.cli_programme import alone, spare_figures


@pytest.fixture(autouse=True)
def by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    spare_figures(monkeypatch)
