"""What a source said before, and what in a new file does not go with it. Warnings only: rows and facts never depend on them.

A series is the key of a part without its period. Its usual level is the median of its latest earlier periods, its spread
their median absolute deviation, so that one odd value of the past does not hide the next. Reasons for the thresholds
stand beside them; decision record 0014 says why history never holds a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.judge.rules.rows import Rows
from idtracker.ingest.judge.rules.series import History, Series, beside, series_of
from idtracker.model.config.part import HistoryRule
from idtracker.model.findings import Findings
from idtracker.model.periods import period
from idtracker.model.tables import ColumnSpec

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
_FACTOR_WORDS = {
    100.0: ("100 times", "100 ضعف"),
    1000.0: ("1,000 times", "1,000 ضعف"),
    0.01: ("one hundredth of", "جزء من مئة من"),
    0.001: ("one thousandth of", "جزء من ألف من"),
}


def check_history(rows: Rows, live: Mask, history: History) -> Findings:
    """Outliers, unit slips, changed signs and copies among the `live` rows of one table, against earlier periods."""
    findings = Findings()
    series, known = series_of(rows.part), history.frames.get(rows.part.id)
    left_out = rows.part.history
    if left_out is False or series is None or known is None or known.empty or not live.any():
        return findings
    skipped = set() if left_out is True else set(left_out)
    for spec in series.measures:
        window = _earlier(rows, live, series, spec, known)
        for rule in _judge(window):
            if rule.name not in skipped:
                _report(findings, rows, spec, window, rule)
    if "copy" not in skipped:
        _copies(findings, rows, live, series, known)
    return findings


@dataclass(frozen=True, slots=True)
class _Window:
    """Of one measure: rows that have a value, the value, and its latest earlier values (NaN where there are fewer)."""

    index: npt.NDArray[np.int64]
    values: Values
    count: npt.NDArray[np.int64]
    usual: Values
    spread: Values
    low: Values
    high: Values
    is_count: Mask  # whole numbers only: their chance variation is the square root of the level


def _earlier(rows: Rows, live: Mask, series: Series, spec: ColumnSpec, known: pd.DataFrame) -> _Window:
    facts = rows.facts
    value = np.asarray(facts[spec.name].astype("float64"), dtype=np.float64)
    index = np.flatnonzero(live & ~np.isnan(value) & facts[series.start].notna().to_numpy())
    before = known[known[spec.name].notna() & known[series.start].notna()]
    by = [*series.by, *beside(rows.part, spec)]
    group, ago = _groups(facts.iloc[index], before, by, series)
    start = facts[series.start].iloc[index].to_numpy().astype("int64")
    then = before[series.start].to_numpy().astype(facts[series.start].to_numpy().dtype).astype("int64")
    order = np.lexsort((then, ago))
    instants = np.unique(np.concatenate([start, then]))
    width = len(instants) + 1
    place = ago[order] * width + np.searchsorted(instants, then[order])
    end = np.searchsorted(place, group * width + np.searchsorted(instants, start))
    begin = np.searchsorted(place, group * width)
    said = before[spec.name].astype("float64").to_numpy()[order]
    steps = end[:, None] - 1 - np.arange(WINDOW)[None, :]
    inside = steps >= begin[:, None]
    past: Values = np.full(inside.shape, np.nan)
    past[inside] = said[steps[inside]]
    has_any = inside.any(axis=1)
    index, past, count = index[has_any], past[has_any], inside.sum(axis=1)[has_any]
    return _window(index, value[index], past, count)


def _window(index: npt.NDArray[np.int64], values: Values, past: Values, count: npt.NDArray[np.int64]) -> _Window:
    if not len(index):
        nothing = np.empty(0)
        return _Window(index, values, count, nothing, nothing, nothing, nothing, np.empty(0, dtype=bool))
    usual = np.nanmedian(past, axis=1)
    spread = np.nanmedian(np.abs(past - usual[:, None]), axis=1) * MAD_TO_SD
    is_count = np.nanmax(np.abs(past - np.round(past)), axis=1) == 0
    return _Window(index, values, count, usual, spread, np.nanmin(past, axis=1), np.nanmax(past, axis=1), is_count)


def _groups(
    now: pd.DataFrame, before: pd.DataFrame, by: list[str], series: Series
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """A number for the series of each row, the same for both frames; periods of different length are different series."""
    both = pd.concat([now[by], before[by]], ignore_index=True)
    if series.code is not None:
        codes = pd.concat([now[series.code], before[series.code]], ignore_index=True)
        lengths = {code: period(str(code)).length for code in codes.dropna().unique()}
        both["length"] = codes.map(lengths)
    if both.shape[1] == 0:
        both["none"] = 0
    numbers = np.asarray(both.groupby(list(both.columns), dropna=False, sort=False).ngroup(), dtype=np.int64)
    return numbers[: len(now)].copy(), numbers[len(now) :].copy()


@dataclass(frozen=True, slots=True)
class _Broken:
    name: HistoryRule
    mask: Mask
    factor: float = 1.0


def _judge(window: _Window) -> Iterator[_Broken]:
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


def _report(findings: Findings, rows: Rows, spec: ColumnSpec, window: _Window, broken: _Broken) -> None:
    places = np.flatnonzero(broken.mask)
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
            details |= dict(zip(("factor", "factor_ar"), _FACTOR_WORDS[broken.factor], strict=True))
        rows.report(
            findings, f"history.{broken.name}", pd.Series(mask, index=rows.facts.index), spec.name,
            suggestions=meant if broken.name == "unit" else None, **details,
        )  # fmt: skip


def figure(value: float) -> str:
    """A number for people: four significant digits, thousands marked."""
    rounded = float(f"{value:.4g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:.10g}"


def _copies(findings: Findings, rows: Rows, live: Mask, series: Series, known: pd.DataFrame) -> None:
    """Periods of which every value equals that of the period before, while the two periods before differed."""
    if series.code is None:
        return
    names = [spec.name for spec in series.measures]
    facts = rows.facts[live]
    past = {str(code): frame for code, frame in known.dropna(subset=[series.code]).groupby(series.code)}
    for code, now in facts.dropna(subset=[series.code]).groupby(series.code):
        length, start = period(str(code)).length, period(str(code)).start
        earlier = sorted((period(c).start, c) for c in past if period(c).length == length and period(c).start < start)
        if len(earlier) < 2:
            continue
        last, second = (past[c].set_index(list(series.by))[names] for _, c in (earlier[-1], earlier[-2]))
        copied = _copied(now.set_index(list(series.by))[names], last, second)
        if copied:
            heading = rows.shaped.headings.get(rows.field_of(series.code), series.code)
            said: dict[str, Any] = {"count": copied, "period": code, "before": earlier[-1][1]}
            findings.add("history.copy", sheet=rows.shaped.sheet, column=heading, **said)


def _copied(now: pd.DataFrame, last: pd.DataFrame, second: pd.DataFrame) -> int:
    """How many values are copied; 0 unless all are, and enough of them belong to series that moved before."""
    if not (now.index.is_unique and last.index.is_unique and second.index.is_unique):
        return 0
    last, second = last.reindex(now.index), second.reindex(now.index)
    present = now.notna().to_numpy()
    here, then, before = (frame.astype("float64").to_numpy(na_value=np.nan) for frame in (now, last, second))
    if not present.any() or not (here[present] == then[present]).all():
        return 0
    comparable = present & (here != 0) & ~np.isnan(before)
    moved = comparable & (then != before)
    is_telling = moved.sum() >= COPY_VALUES and moved.sum() >= COPY_MOVED * comparable.sum()
    return int(present.sum()) if is_telling else 0
