"""A table that comes in batches is the table read at once; texts that repeat are held in codes."""

from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from idtracker.model.packed import packings
from idtracker.model.packed.array import packing_of
from idtracker.model.packed.packings import CodedTexts
from idtracker.model.tables import TABLES, frame_of, frame_of_batches

CELL = TABLES["merged_cell"]
SCHEMA = pa.schema(
    {
        "submission_ids": pa.string(),
        "place_id": pa.string(),
        "waivers": pa.string(),
        "age_days": pa.int64(),
        "value": pa.float64(),
        "is_carried": pa.bool_(),
        "period_end": pa.date32(),
        "recorded_from": pa.timestamp("us"),
        "known_from": pa.timestamp("us"),
    }
)


def rows(count: int) -> pa.Table:
    """Identifiers that are all different, places that repeat, and every kind of column with gaps."""
    dice = random.Random(5)

    def maybe(value: object) -> object:
        return None if dice.random() < 0.2 else value

    cells = [
        [f"f{n:05d}" for n in range(count)],
        [maybe(dice.choice(["JO-AM", "JO-AZ", "عمّان"])) for _ in range(count)],
        [None] * count,
        [maybe(n) for n in range(count)],
        [maybe(n / 3) for n in range(count)],
        [maybe(n % 2 == 0) for n in range(count)],
        [maybe(20_000 + n) for n in range(count)],
        [maybe(10**15 + n) for n in range(count)],
        [10**15 + n for n in range(count)],
    ]
    return pa.table([pa.array(c, kind) for c, kind in zip(cells, SCHEMA.types, strict=True)], schema=SCHEMA)


def in_batches(table: pa.Table, size: int) -> pa.RecordBatchReader:
    pieces: Iterable[pa.RecordBatch] = table.to_batches(max_chunksize=size)
    return pa.RecordBatchReader.from_batches(SCHEMA, pieces)


def held_in_codes(frame: pd.DataFrame) -> set[str]:
    texts = [name for name in frame if isinstance(frame[name].dtype, pd.StringDtype)]
    return {str(name) for name in texts if isinstance(packing_of(frame[name]), CodedTexts)}


@pytest.mark.parametrize(("count", "size"), [(0, 8), (5, 8), (8, 8), (9, 8), (500, 7), (500, 499), (500, 1)])
def test_in_batches_it_is_what_it_is_at_once(monkeypatch: pytest.MonkeyPatch, count: int, size: int) -> None:
    monkeypatch.setattr(packings, "FEWEST_ROWS", 100)
    table = rows(count)
    found, expected = frame_of_batches(in_batches(table, size), CELL), frame_of(table, CELL)
    assert held_in_codes(found) == ({"place_id", "waivers"} if count >= 100 else set())
    assert found.dtypes.to_dict() == expected.dtypes.to_dict() and len(found) == count
    pd.testing.assert_frame_equal(found, expected)
    chosen = np.arange(count)[::3]
    pd.testing.assert_frame_equal(found.take(chosen), expected.take(chosen))


def test_short_tables_are_held_as_they_are() -> None:
    assert held_in_codes(frame_of_batches(in_batches(rows(500), 7), CELL)) == set()
