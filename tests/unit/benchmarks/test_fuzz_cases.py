"""Some cases of each target that makes them itself; minutes of them run by `python -m benchmarks.fuzz --target …`."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from benchmarks.fuzz import cases


@pytest.mark.parametrize("target", cases.TARGETS)
@pytest.mark.parametrize("seed", range(3))
def test_a_case_holds_its_invariants(target: str, seed: int, tmp_path: Path) -> None:
    cases.TARGETS[target](tmp_path, random.Random(seed))


def test_a_case_that_breaks_one_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(root: Path, rng: random.Random) -> None:
        raise AssertionError("lost")

    monkeypatch.setattr(signal, "alarm", lambda seconds: 0)
    monkeypatch.setitem(cases.TARGETS, "markings", broken)
    assert "AssertionError: lost" in (cases.run_case("markings", 7) or "")
