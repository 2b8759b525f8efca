"""Commands over homes that several runs make."""

from __future__ import annotations

import pytest

from tests.support.cli_programme import alone, spare_figures


@pytest.fixture(autouse=True)
def by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    spare_figures(monkeypatch)
