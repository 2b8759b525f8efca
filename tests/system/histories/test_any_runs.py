"""The same deliveries in any order and cut into any number of runs leave the same store: every table, every vintage."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.proofs.small_programme import stamp
from benchmarks.proofs.splits import Whole, differing, plan_of, whole_home
from idtracker.model.home import Home
from idtracker.store.connection import open_store

PLANS = 1  # tests/system works off more, `python -m benchmarks.proofs.splits` two hundred


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Whole]:
    folder = tmp_path_factory.mktemp("whole")
    return folder, whole_home(folder, seed=25)


def test_any_order_and_any_split_leave_the_same_tables(whole: tuple[Path, Whole], tmp_path: Path) -> None:
    dice = random.Random(3)
    for number in range(PLANS):
        plan = plan_of(whole[1].sent, dice)
        assert len(plan) > 1
        assert differing(whole[1], plan, tmp_path / str(number)) == [], plan


def test_the_deliveries_are_of_every_kind(whole: tuple[Path, Whole]) -> None:
    folder, made = whole
    with open_store(Home(folder / "home", made.sources)) as store:
        states = {state for (state,) in store.execute("SELECT state FROM submission").fetchall()}
        assert {"accepted", "partly_accepted", "superseded", "withdrawn"} <= states
        (waived, corrected) = store.execute(
            "SELECT count(waiver), count(*) FILTER (sheet = 'activity') FROM activity WHERE source_id = 'returns'"
        ).fetchone()  # type: ignore[misc]
        assert waived > 0 and corrected > 0
    before = [d for d in made.sent if d.waives and stamp(d.until) < stamp(max(s.at for s in made.sent))]
    assert before, "no waiver ends while reports still come"
