"""What the benchmarks make of what they measure."""

from __future__ import annotations

import pytest

from benchmarks.performance.growth import Growth, Series, exponent
from benchmarks.performance.measure import Usage, measure, middle, python
from benchmarks.performance.report import document_of, growth_document, table_line
from benchmarks.performance.rows import Measured, rows


def test_the_exponent_is_the_slope_of_the_logarithms():
    assert exponent([10, 100, 1_000], [3, 30, 300]) == pytest.approx(1)
    assert exponent([10, 100], [5, 5]) == pytest.approx(0)
    assert exponent([1, 10, 100], [1, 100, 10_000]) == pytest.approx(2)


def test_memory_is_flat_where_it_grows_by_less_than_a_fifth():
    series = Series("s", "rows", (1, 2), lambda shop, n: pytest.fail("not asked for"))
    usages = [Usage(1, 100), Usage(1, 119)]
    assert growth_document(Growth(series, [1, 2], usages), 1)["memory_is_flat"]
    assert not growth_document(Growth(series, [1, 2], [*usages[:1], Usage(1, 121)]), 1)["memory_is_flat"]


def test_the_median_of_each_figure():
    assert middle([Usage(1, 9), Usage(3, 7), Usage(2, 8)]) == Usage(2, 8)


def test_a_goal_is_kept_or_missed_or_not_judged_at_another_size():
    row = next(r for r in rows() if r.name == "observations")
    script = Usage(10, 100)
    assert document_of(row, Measured(Usage(29, 1_000), script, 30, 1_500), 1)["kept"] is True
    assert document_of(row, Measured(Usage(31, 1_000), script, 30, 1_500), 1)["kept"] is False
    assert document_of(row, Measured(Usage(29, 1_600), script, 30, 1_500), 1)["kept"] is False
    small = document_of(row, Measured(Usage(31, 1_000), script, 30, 1_500), 0.01)
    assert small["kept"] is None
    assert "other size" in table_line(small)


def test_names_of_rows_are_different():
    names = [row.name for row in rows()]
    assert len(names) == len(set(names)) == 13


def test_an_unexpected_exit_code_ends_the_measurement():
    assert measure(python("-c", "pass")).megabytes > 0
    with pytest.raises(SystemExit, match="exit code 3"):
        measure(python("-c", "raise SystemExit(3)"))
