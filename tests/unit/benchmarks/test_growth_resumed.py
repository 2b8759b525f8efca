"""A series of growth that was stopped goes on where it stood, and only over the same code and scale."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.performance.growth import KeptSizes, Series, measure_growth
from benchmarks.performance.measure import Usage


@dataclass
class Shop:
    """Measures nothing: a size costs three times itself, and the shop is closed before size `closed`."""

    closed: int | None = None
    scale: float = 1
    measured: list[int] = field(default_factory=list)

    def first_run(self, place: int, name: str) -> tuple[Usage, None]:
        if place == self.closed:
            raise KeyboardInterrupt
        self.measured.append(place)
        return Usage(3.0 * place, 100.0), None

    def forget(self, place: int) -> None:
        """Nothing was made."""


SERIES: Any = Series("growth_rows", "rows", (10, 100, 1000), lambda shop, size: size)  # type: ignore[arg-type,return-value]


def kept(folder: Path, resumes: bool = True, scale: float = 1) -> KeptSizes:
    return KeptSizes(folder, scale, resumes)


def test_what_was_measured_is_not_measured_again(tmp_path: Path) -> None:
    stopped: Any = Shop(closed=1000)
    with pytest.raises(KeyboardInterrupt):
        measure_growth(stopped, SERIES, None, kept(tmp_path))
    again: Any = Shop()
    growth = measure_growth(again, SERIES, None, kept(tmp_path))
    assert (stopped.measured, again.measured) == ([10, 100], [1000])
    assert [u.seconds for u in growth.usages] == [30, 300, 3000] and growth.exponent == pytest.approx(1)


def test_other_code_another_scale_or_no_wish_measures_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first: Any = Shop()
    measure_growth(first, SERIES, None, kept(tmp_path))
    for kept_sizes in (kept(tmp_path, resumes=False), kept(tmp_path, scale=0.5)):
        shop: Any = Shop()
        measure_growth(shop, SERIES, None, kept_sizes)
        assert shop.measured == [10, 100, 1000]
    monkeypatch.setattr("benchmarks.performance.growth.code_version", lambda: "another")
    other: Any = Shop()
    measure_growth(other, SERIES, None, kept(tmp_path))
    assert other.measured == [10, 100, 1000]


def test_larger_sizes_are_left_out_and_one_size_is_no_growth() -> None:
    shop: Any = Shop()
    assert measure_growth(shop, SERIES, 100).sizes == [10, 100] == shop.measured
    with pytest.raises(SystemExit, match="fewer than two sizes"):
        measure_growth(shop, SERIES, 99)
