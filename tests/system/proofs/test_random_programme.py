"""The proofs over random programmes, further than the component tests go: more instants, more plans, other seeds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.proofs import instants, splits

INSTANTS, PLANS = 3, 2


@pytest.mark.parametrize("first", ["2024-Q4", None], ids=["stated first quarter", "first quarter observed"])
def test_past_instants_equal_homes_that_received_no_more(first: str | None, tmp_path: Path) -> None:
    home, sent = instants.whole_home(tmp_path / "whole", first, seed=5)
    for number, at in enumerate(instants.instants(sent, INSTANTS, seed=8)):
        assert instants.differing(home, sent, at, tmp_path / str(number)) == [], at


def test_any_order_and_any_split_leave_the_same_tables(tmp_path: Path) -> None:
    whole, dice = splits.whole_home(tmp_path / "whole", seed=26), random.Random(4)
    for number in range(PLANS):
        plan = splits.plan_of(whole.sent, dice)
        assert splits.differing(whole, plan, tmp_path / str(number)) == [], plan
