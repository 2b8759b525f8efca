"""What a source said before, and what in a new file does not go with it. Warnings only: no row is held for them.

A series is the key of a part without its period. Its usual level is the median of its latest earlier periods, its spread
their median absolute deviation, so that one odd value of the past does not hide the next. Reasons for the thresholds
stand beside them; decision record 0014 says why history never holds a row. What holds whole files is in `magnitude`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.ingest.judge.rules.series import EarlierReports, Series, beside, series_of
from idtracker.model.config.part import HistoryRule
from idtracker.model.findings import Findings
from idtracker.model.messages import message
from idtracker.model.periods import period
from idtracker.model.tables import ColumnSpec
from idtracker.model.text import arrow

Mask = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]

WINDOW = 12  # earlier periods that make the usual level: a year of months, three years of quarters
OUTLIER_POINTS = 8  # below eight values a median absolute deviation says little
UNIT_POINTS = 3  # a factor of 100 is visible after three
SIGN_POINTS = 4  # four values of one sign in a row are no chance of a coin (1 in 8)
OUTLIER_SPREADS = 6.0  # distance in robust standard deviations; 3.5 is customary for one series, here are thousands
OUTLIER_BEYOND = 1.0  # and outside the earlier range by its width, so that trends and restless series may go on
SPREAD_FLOOR = 0.1  # of the level: a constant series may move by half before it is news
MAD_TO_SD = 1.4826  # a median absolute deviation in standard deviations of a normal distribution
UNIT_FACTORS = (100.0, 1000.0, 0.01, 0.001)
UNIT_TOLERANCE = 0.05  # value / factor within 5 % of the usual level …
UNIT_SPREADS = 2.0  # … or within two standard deviations of it, in a series that is steady enough
UNIT_STEADY = 0.2  # largest spread, as a share of the level, at which a factor of 100 cannot be ordinary
COPY_VALUES = 6  # copied values that are not zero and belong to series that moved before
COPY_MOVED = 0.5  # least share of such series that moved between the two periods before
MOST_SEPARATE = 20  # from here on the rows of one rule and column are told together


def check_history(rows: JudgedRows, live: Mask, history: EarlierReports) -> Findings:
    """Outliers, unit slips, changed signs and copies among the `live` rows of one table, against earlier periods."""
    findings = Findings()
    series, known = series_of(rows.part), history.frames.get(rows.part.id)
    left_out = rows.part.history
    if left_out is False or series is None or known is None or known.empty or not live.any():
        return findings
    skipped = set() if left_out is True else set(left_out)
    for spec in series.measures:
        window = earlier_values(rows, live, series, spec, known)
        for rule in _judge(window):
            if rule.name not in skipped:
                _report(findings, rows, spec, window, rule)
    if "copy" not in skipped:
        _copies(findings, rows, live, series, known)
    return findings


@dataclass(frozen=True, slots=True)
class Window:
    """Of one measure: rows that have a value, the value, and what its earlier values were: how many, their usual level, spread
    and range, and the latest of them."""

    index: npt.NDArray[np.int64]
    values: Values
    count: npt.NDArray[np.int64]
    usual: Values
    spread: Values
    low: Values
    high: Values
    latest: Values
    is_count: Mask  # whole numbers only: their chance variation is the square root of the level


def earlier_values(rows: JudgedRows, live: Mask, series: Series, spec: ColumnSpec, known: pd.DataFrame) -> Window:
    """The `live` rows that have a value of a measure and earlier ones in their series, with those."""
    facts = rows.facts
    value, earlier = _numbers_of(facts[spec.name]), _numbers_of(known[spec.name])
    begun, begun_before = facts[series.start].to_numpy(), known[series.start].to_numpy()
    index = np.flatnonzero(live & ~np.isnan(value) & ~np.isnat(begun))
    before = np.flatnonzero(~np.isnan(earlier) & ~np.isnat(begun_before))
    group, ago = _groups(facts, index, known, before, [*series.by, *beside(rows.part, spec)], series)
    start = begun[index].astype("int64")
    then = begun_before[before].astype(begun.dtype).astype("int64")
    order = np.lexsort((then, ago))
    instants = np.unique(np.concatenate([start, then]))
    width = len(instants) + 1
    place = ago[order] * width + np.searchsorted(instants, then[order])
    end = np.searchsorted(place, group * width + np.searchsorted(instants, start))
    begin = np.searchsorted(place, group * width)
    values = earlier[before][order]
    steps = end[:, None] - 1 - np.arange(WINDOW)[None, :]
    inside = steps >= begin[:, None]
    past: Values = np.full(inside.shape, np.nan)
    past[inside] = values[steps[inside]]
    has_any = inside.any(axis=1)
    index, past, count = index[has_any], past[has_any], inside.sum(axis=1)[has_any]
    return _window(index, value[index], past, count)


def _numbers_of(cells: pd.Series) -> Values:
    return np.asarray(cells.to_numpy(dtype="float64", na_value=np.nan), dtype=np.float64)


def _window(index: npt.NDArray[np.int64], values: Values, past: Values, count: npt.NDArray[np.int64]) -> Window:
    usual = _median(past)
    spread = _median(np.abs(past - usual[:, None])) * MAD_TO_SD
    ordered = np.sort(past, axis=1)
    low, high = ordered[:, 0], ordered[np.arange(len(past)), count - 1]
    fraction = np.abs(past - np.round(past))
    is_count = ((fraction == 0) | np.isnan(fraction)).all(axis=1) & (fraction == 0).any(axis=1)
    return Window(index, values, count, usual, spread, low, high, past[:, 0], is_count)


def _median(rows: Values) -> Values:
    """The median of each row's numbers; NaN where it has none."""
    ordered, at = np.sort(rows, axis=1), np.arange(len(rows))
    last = np.maximum((~np.isnan(rows)).sum(axis=1), 1) - 1
    middle: Values = (ordered[at, last // 2] + ordered[at, (last + 1) // 2]) / 2
    return middle


def _groups(
    facts: pd.DataFrame,
    index: npt.NDArray[np.int64],
    known: pd.DataFrame,
    before: npt.NDArray[np.int64],
    by: list[str],
    series: Series,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """A number for the series of each row at `index` and `before`, the same for both frames; periods of different length
    are different series."""
    names = [*by, *([series.code] if series.code is not None else [])]
    numbers = np.zeros(len(index) + len(before), dtype=np.int64)
    for name in dict.fromkeys(names):
        codes, different = _coded(facts[name], index, known[name], before)
        if name == series.code:
            lengths = [None if code is None else period(code).length for code in different]
            codes = np.array([lengths.index(length) for length in lengths], dtype=np.int64)[codes]
        numbers = np.unique(numbers * (len(different) + 1) + codes, return_inverse=True)[1]
    return numbers[: len(index)], numbers[len(index) :]


def _coded(
    now: pd.Series, index: npt.NDArray[np.int64], past: pd.Series, before: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], list[Any]]:
    """The cells of two columns, one after the other, as places among the different ones; a missing cell is one of them."""
    cells = [pa.array(column.array.take(at), from_pandas=True) for column, at in ((now, index), (past, before))]
    pieces = [p for c in cells for p in (c.chunks if isinstance(c, pa.ChunkedArray) else [c])]
    coded = pa.chunked_array([p.cast(pieces[0].type) for p in pieces]).combine_chunks()
    coded = coded.dictionary_encode(null_encoding="encode")
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_pylist()


@dataclass(frozen=True, slots=True)
class _Broken:
    name: HistoryRule
    mask: Mask
    factor: float = 1.0


def _judge(window: Window) -> Iterator[_Broken]:
    """What is wrong with each value; a value has one name at most, the most telling one."""
    free = window.values != 0
    opposite = np.where(window.values > 0, window.high < 0, window.low > 0)
    sign = free & opposite & (window.count >= SIGN_POINTS)
    yield _Broken("sign", sign)
    level = np.abs(window.usual)
    steady = free & ~sign & (level > 0) & (window.spread <= UNIT_STEADY * level) & (window.count >= UNIT_POINTS)
    near = np.maximum(UNIT_TOLERANCE * level, UNIT_SPREADS * window.spread)
    slipped = np.zeros(len(window.values), dtype=bool)
    for factor in UNIT_FACTORS:
        mask = steady & ~slipped & (np.abs(window.values / factor - window.usual) <= near)
        slipped |= mask
        yield _Broken("unit", mask, factor)
    floor = np.maximum(SPREAD_FLOOR * level, np.sqrt(level) * window.is_count)
    scale = np.maximum(window.spread, floor)
    beyond = OUTLIER_BEYOND * (window.high - window.low)
    outside = (window.values > window.high + beyond) | (window.values < window.low - beyond)
    far = np.abs(window.values - window.usual) > OUTLIER_SPREADS * scale
    yield _Broken("outlier", ~sign & ~slipped & outside & far & (scale > 0) & (window.count >= OUTLIER_POINTS))


def _report(findings: Findings, rows: JudgedRows, spec: ColumnSpec, window: Window, broken: _Broken) -> None:
    places = np.flatnonzero(broken.mask)
    if not len(places):
        return
    together = len(places) > MOST_SEPARATE
    meant = pd.Series([None] * len(rows.facts), dtype="object")
    if broken.name == "unit":
        meant.iloc[window.index[places]] = [figure(v / broken.factor) for v in window.values[places]]
    for batch in [places] if together else [places[n : n + 1] for n in range(len(places))]:
        mask = np.zeros(len(rows.facts), dtype=bool)
        mask[window.index[batch]] = True
        first = batch[0]
        details: dict[str, Any] = {
            "value": figure(window.values[first]),
            "usual": figure(window.usual[first]),
            "low": figure(window.low[first]),
            "high": figure(window.high[first]),
            "count": int(window.count[first]),
        }
        if broken.name == "unit":
            details["factor"] = message("ingest/judge/rules", f"factor_{broken.factor:g}")
        rows.report(
            findings, f"history.{broken.name}", pd.Series(mask, index=rows.facts.index), spec.name,
            suggestions=meant if broken.name == "unit" else None, **details,
        )  # fmt: skip


def figure(value: float) -> str:
    """A number for people: four significant digits, thousands marked."""
    rounded = float(f"{value:.4g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:.10g}"


def _copies(findings: Findings, rows: JudgedRows, live: Mask, series: Series, known: pd.DataFrame) -> None:
    """Periods of which every value equals that of the period before, while the two periods before differed."""
    if series.code is None:
        return
    now, past = _rows_of_periods(rows.facts[series.code], live), _rows_of_periods(known[series.code])
    for code in sorted(now):
        length, start = period(code).length, period(code).start
        earlier = sorted((period(c).start, c) for c in past if period(c).length == length and period(c).start < start)
        if len(earlier) < 2:
            continue
        here = _statements(rows.facts, now[code], series)
        last, second = (_statements(known, past[c], series) for _, c in (earlier[-1], earlier[-2]))
        copied = _copied(here, last, second) if here and last is not None and second is not None else 0
        if copied:
            heading = rows.shaped.headings.get(rows.field_of(series.code), series.code)
            details: dict[str, Any] = {"count": copied, "period": code, "before": earlier[-1][1]}
            findings.add("history.copy", sheet=rows.shaped.sheet, column=heading, **details)


def _rows_of_periods(codes: pd.Series, live: Mask | None = None) -> dict[str, npt.NDArray[np.int64]]:
    """The rows of each period, of the `live` ones where given."""
    coded = arrow(codes).dictionary_encode()
    places = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    if live is not None:
        places = np.where(live, places, -1)
    order = np.argsort(places, kind="stable")
    ends = np.searchsorted(places[order], np.arange(len(coded.dictionary) + 1))
    texts = coded.dictionary.to_pylist()
    orders = {text: order[ends[n] : ends[n + 1]] for n, text in enumerate(texts)}
    return {text: at for text, at in orders.items() if len(at)}


Statements = dict[tuple[Any, ...], tuple[float, ...]]


def _statements(frame: pd.DataFrame, at: npt.NDArray[np.int64], series: Series) -> Statements | None:
    """The values of some rows by what they are about; None where two rows are about the same."""
    keys = [pa.array(frame[name].array.take(at), from_pandas=True).to_pylist() for name in series.by]
    values = [_numbers_of(frame[spec.name])[at].tolist() for spec in series.measures]
    about = list(zip(*keys, strict=True)) if keys else [()] * len(at)
    stated = dict(zip(about, zip(*values, strict=True), strict=True))
    return stated if len(stated) == len(at) else None


def _copied(now: Statements, last: Statements, second: Statements) -> int:
    """How many values are copied; 0 unless all are, and enough of them belong to series that moved before."""
    nothing = (np.nan,) * len(next(iter(now.values())))
    here = np.array(list(now.values()))
    then, before = (np.array([frame.get(key, nothing) for key in now]) for frame in (last, second))
    present = ~np.isnan(here)
    if not present.any() or not (here[present] == then[present]).all():
        return 0
    comparable = present & (here != 0) & ~np.isnan(before)
    moved = comparable & (then != before)
    is_telling = moved.sum() >= COPY_VALUES and moved.sum() >= COPY_MOVED * comparable.sum()
    return int(present.sum()) if is_telling else 0
