"""Facts and analysis make of a random programme what they made when their versions were last raised."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from benchmarks.proofs.small_programme import Delivery
from idtracker.model.home import Home
from idtracker.model.tables import DERIVED, FACTS
from idtracker.store.connection import open_store
from idtracker.store.tables import read_table
from tests.support.step_results import hold_against_record

Received = tuple[Home, list[Delivery]]
OPERATIONS = ("submission", "submission_state", "held_row")
OF_BYTES = (
    "submission_id",
    "sha256",
    "size_bytes",
    "held_id",
    "rule_set_version",
    "corrected_by",
    "other_submission_ids",
)
"""What follows from the bytes of a workbook, which hold the time at which it was made, and from the wording of rules."""


def tables(home: Home, *names: str) -> dict[str, pd.DataFrame]:
    with open_store(home) as store:
        frames = {name: read_table(store, name) for name in names}
    return {name: frame.drop(columns=[c for c in OF_BYTES if c in frame]) for name, frame in frames.items()}


def test_facts_are_made_as_their_version_says(received: Callable[[str | None], Received]) -> None:
    made = tables(received("2024-Q4")[0], *FACTS, *OPERATIONS)
    assert len(made["observation"]) > 30
    hold_against_record("facts", made)


def test_analysis_makes_what_its_version_says(received: Callable[[str | None], Received]) -> None:
    made = tables(received("2024-Q4")[0], *DERIVED)
    assert len(made["merged_cell"]) > 50 and len(made["metric_value"]) > 50
    hold_against_record("analysis", made)
