"""How cost grows with rows, files and quarters: each series with its exponent, the slope of the logarithms."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.performance.measure import ROOT, Usage
from benchmarks.performance.places import MeasuredHome, Workshop

ROWS = (10_000, 100_000, 1_000_000, 3_000_000)
FILES, ROWS_OF_FILES = (10, 50, 200, 800), 20_000
QUARTERS, ROWS_OF_QUARTERS = (12, 24, 36, 60), 60_000
MOST_MEMORY_RATIO = 1.2
"""Memory is flat where three times the rows hold no more than this much more of it."""


@dataclass(frozen=True, slots=True)
class Series:
    """What grows, its sizes, and the place whose first run is measured at each."""

    name: str
    title: str
    sizes: tuple[int, ...]
    place: Callable[[Workshop, int], MeasuredHome]


@dataclass(frozen=True, slots=True)
class Growth:
    """A series as measured."""

    series: Series
    sizes: list[int]
    usages: list[Usage]

    @property
    def exponent(self) -> float:
        """Of all sizes; small ones are flattered by what every run costs."""
        return exponent(self.sizes, [u.seconds for u in self.usages])

    @property
    def last_exponent(self) -> float:
        """Of the two largest sizes."""
        return exponent(self.sizes[-2:], [u.seconds for u in self.usages[-2:]])

    @property
    def memory_exponent(self) -> float:
        return exponent(self.sizes, [u.megabytes for u in self.usages])

    @property
    def memory_ratio(self) -> float:
        """Most memory of the largest size to that of the one before."""
        return self.usages[-1].megabytes / self.usages[-2].megabytes


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The slope of a straight line through the logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def all_series() -> Iterator[Series]:
    """Rows of one file; files and quarters of as many rows each time."""
    yield Series("growth_rows", "rows of observations in one file", ROWS, lambda shop, n: shop.observations(n))
    yield Series(
        "growth_activity_cells", "rows of activity cells in one file", ROWS, lambda shop, n: shop.activity_cells(n)
    )
    yield Series(
        "growth_files",
        f"files that arrived apart, {ROWS_OF_FILES:,} rows in all",
        FILES,
        lambda shop, n: shop.observations(shop.rows(ROWS_OF_FILES), files=n),
    )
    yield Series(
        "growth_quarters",
        f"quarters, {ROWS_OF_QUARTERS:,} rows in all",
        QUARTERS,
        lambda shop, n: shop.observations(shop.rows(ROWS_OF_QUARTERS), quarters=n),
    )


def measure_growth(shop: Workshop, series: Series, most: int | None = None, kept: KeptSizes | None = None) -> Growth:
    """The first run at each size up to `most`. Rows and files follow the scale; quarters do not.

    A size that is kept of this code and scale is not measured again. SystemExit where fewer than two sizes are left.
    """
    if series.sizes == QUARTERS:
        sizes = list(series.sizes)
    else:
        sizes = sorted({max(2 + n, round(size * shop.scale)) for n, size in enumerate(series.sizes)})
    sizes = [size for size in sizes if most is None or size <= most]
    if len(sizes) < 2:
        raise SystemExit(f"{series.name} has fewer than two sizes up to {most}: there is no growth to measure.")
    usages = []
    for size in sizes:
        usage = kept.read(series, size) if kept else None
        if usage is None:
            place = series.place(shop, size)
            usage = shop.first_run(place, f"{series.name}_{size}")[0]
            shop.forget(place)
            if kept:
                kept.write(series, size, usage)
        usages.append(usage)
    return Growth(series, sizes, usages)


@dataclass(frozen=True, slots=True)
class KeptSizes:
    """What each size cost, a file for each: a series that was stopped goes on where it stood, as long as code and scale are the same."""

    folder: Path
    scale: float
    resumes: bool

    def read(self, series: Series, size: int) -> Usage | None:
        path = self._path(series, size)
        if not self.resumes or not path.is_file():
            return None
        document = json.loads(path.read_text("utf-8"))
        return Usage(document["seconds"], document["megabytes"]) if document["of"] == self._of() else None

    def write(self, series: Series, size: int, usage: Usage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path(series, size).write_text(json.dumps({"of": self._of(), **asdict(usage)}) + "\n", "utf-8")

    def _path(self, series: Series, size: int) -> Path:
        return self.folder / f"size_{series.name}_{size}.json"

    def _of(self) -> str:
        return f"{code_version()} at scale {self.scale}"


@cache
def code_version() -> str:
    """Changes with any file of the library, of its pipelines or of what is generated."""
    digest = hashlib.sha256()
    for folder in ("idtracker", "pipelines", "benchmarks/generated"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()
