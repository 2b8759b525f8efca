"""How cost grows with rows, files and quarters: each series with its exponent, the slope of the logarithms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.performance.measure import Usage
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


def measure_growth(shop: Workshop, series: Series) -> Growth:
    """The first run at each size. Rows and files follow the scale; quarters do not."""
    if series.sizes == QUARTERS:
        sizes = list(series.sizes)
    else:
        sizes = sorted({max(2 + n, round(size * shop.scale)) for n, size in enumerate(series.sizes)})
    usages = []
    for size in sizes:
        place = series.place(shop, size)
        usages.append(shop.first_run(place, f"{series.name}_{size}")[0])
        shop.forget(place)
    return Growth(series, sizes, usages)
