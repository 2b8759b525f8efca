"""Drift against history: found where it was made, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.model.tables import FACTS, conform_types
from idtracker.quality.expectations.drift import measure_drift, thresholds
from idtracker.store.connection import in_memory

QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2")


def observations(sizes: dict[str, int], shift: float = 0.0, noted: float = 1.0) -> pd.DataFrame:
    """Normal values by quarter; the last quarter's are moved by `shift`, and only a share `noted` of it has a note."""
    dice, frames = np.random.default_rng(3), []
    for quarter, size in sizes.items():
        is_last = quarter == list(sizes)[-1]
        ends = pd.Period(quarter.replace("-", ""), freq="Q").end_time.normalize()
        values = dice.normal(50 + shift * is_last, 10, size)
        note = np.where(dice.random(size) < (noted if is_last else 1.0), "n", None)
        frames.append(pd.DataFrame({"period": quarter, "period_end": ends, "value": values, "note": note}))
    rows = pd.concat(frames, ignore_index=True)
    return conform_types(rows.assign(source_id="s", indicator_id="i"), FACTS["observation"])


def measured(frame: pd.DataFrame) -> pd.DataFrame:
    with in_memory() as connection:
        connection.register("observation", frame)
        return measure_drift(connection, ["observation"])


def drifting(frame: pd.DataFrame) -> set[tuple[str, object]]:
    found = measured(frame)
    rows = found[found["is_drift"]]
    return {(m, None if pd.isna(c) else c) for m, c in zip(rows["measure"], rows["column_name"], strict=True)}


def test_a_steady_source_does_not_drift_and_every_comparison_is_told() -> None:
    found = measured(observations(dict.fromkeys(QUARTERS, 60)))
    assert not found["is_drift"].any()
    assert set(found["measure"]) == {"volume", "fill", "distribution"} and set(found["period"]) == {"2026-Q2"}


def test_volume_fill_and_distribution_are_told_apart() -> None:
    usual = dict.fromkeys(QUARTERS, 60)
    assert drifting(observations(usual | {"2026-Q2": 20})) == {("volume", None)}
    assert drifting(observations(usual, noted=0.3)) == {("fill", "note")}
    assert drifting(observations(usual, shift=30)) == {("distribution", "value")}


def test_too_little_history_and_periods_of_another_length_are_not_compared() -> None:
    assert measured(observations(dict.fromkeys(QUARTERS[: thresholds().periods], 60))).empty
    months = observations(dict.fromkeys(QUARTERS, 60)).assign(period="2026-06", period_end=pd.Timestamp("2026-06-30"))
    assert measured(months).empty
