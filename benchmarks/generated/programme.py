"""Homes and catalogues for the generated reports: one source, as many places and quarters as the rows need."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from benchmarks.generated import observations as generator
from benchmarks.generated.activities import as_csv
from benchmarks.generated.spelling import iso_quarter

HERE = Path(__file__).parent
BUNDLED = HERE.parents[1] / "sources"
OBSERVATIONS, ACTIVITY_CELLS = "benchmark_observations", "benchmark_activity_cells"
MOST_ROWS = 3_000_000
"""Of one file; as a programme may set it that expects such files. Without, it is 2,000,000."""
LAST_ARRIVAL = datetime(2026, 11, 10, 9, tzinfo=UTC)
_INDICATOR_COLUMNS = [
    "indicator_id",
    "name",
    "name_ar",
    "dimension_code",
    "unit",
    "direction",
    "goalpost_low",
    "goalpost_high",
    "weight",
    "level",
    "frequency",
    "roll_up",
    "max_age_days",
    "merge_policy",
    "priority_org_id",
    "derived_from",
    "owner_org_id",
    "retired_on",
]


def write_sources(folder: Path, source_id: str, places: int = 0, quarters: int = generator.QUARTERS) -> Path:
    """A catalogue of one source; with invented places and indicators in a country of which none are bundled, if asked for."""
    shutil.copytree(BUNDLED / "_reference", folder / "_reference")
    shutil.copytree(HERE / source_id, folder / source_id)
    country = "IS" if places else "JO"
    first = iso_quarter(generator.LAST_QUARTER + 1 - quarters)
    (folder / "programme.yml").write_text(
        f'title: Benchmark\ncountry: {country}\nnotice: "Invented figures."\nclock: 2026-11-15\n'
        f"tracker: {{first: {first}, last: {iso_quarter(generator.LAST_QUARTER)}}}\nlimits: {{rows: {MOST_ROWS}}}\n",
        "utf-8",
    )
    if places:
        _write(folder / "_reference" / "indicators.csv", _INDICATOR_COLUMNS, _indicators())
        heads = ["place_id", "name", "name_ar", "level", "parent_id", "population"]
        _write(folder / "_reference" / "places.csv", heads, _places(places))
    return folder


def drop(home: Path, source_id: str, name: str, frame: pd.DataFrame, at: datetime = LAST_ARRIVAL) -> Path:
    """Put a report into the inbox of its source, with the envelope that says when it came."""
    inbox = home / "inbox" / source_id
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{name}.envelope.json").write_text(json.dumps({"received_at": at.isoformat()}), "utf-8")
    (inbox / name).write_bytes(as_csv(frame))
    return inbox / name


def drop_apart(home: Path, source_id: str, frame: pd.DataFrame, files: int) -> None:
    """The rows in so many files, a day apart; each file but the first also corrects one in twenty rows of the one before."""
    size = max(1, len(frame) // files)
    for n in range(files):
        rows = frame.iloc[n * size : (n + 1) * size if n < files - 1 else None]
        before = generator.corrected(frame.iloc[: n * size].tail(size), max(1, size // 20)) if n else rows.head(0)
        at = LAST_ARRIVAL - timedelta(days=files - 1 - n)
        drop(home, source_id, f"report_{n:04d}.csv", pd.concat([rows, before]), at)


def _indicators() -> Iterable[list[object]]:
    for n in range(generator.INDICATORS):
        name, dimension = generator.indicator_name(n), f"BSF{1 + n % 5}"
        yield [
            *(generator.indicator_id(n), name, f"مؤشر رقم {n:02d}", dimension, "%", 1 if n % 2 else -1, 0, 100, 1),
            *("adm1", "quarter", "mean", 100, "quality_weighted", "", "", "GB-GOV-1", ""),
        ]


def _places(count: int) -> Iterable[list[object]]:
    for n in range(count):
        yield [generator.place_id(n), generator.place_name(n), generator.place_name_ar(n), "adm1", "IS", 100_000 + n]


def _write(path: Path, heads: list[str], rows: Iterable[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([heads, *rows])
