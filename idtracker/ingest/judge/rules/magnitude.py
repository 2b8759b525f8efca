"""A file of which all values are a hundredth, or a hundred times, of what is usual is in another unit: it waits for a person.

One such value may be true, and is a warning (`history.unit`). Where nearly all values of a measure that can be compared lie
about one factor from the usual level of their series, after three earlier periods each, the whole sheet is held; where only
those of one indicator do, its rows. Once a person has let such a file through, the next one of its level is no news.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.judge.judged_table import Judged
from idtracker.ingest.judge.rules.history import UNIT_FACTORS, UNIT_POINTS, Window, earlier_values, figure
from idtracker.ingest.judge.rules.series import EarlierReports, series_of
from idtracker.model.findings import Findings
from idtracker.model.messages import message
from idtracker.model.tables import ColumnSpec

RULE = "bounds.magnitude"
FEWEST = 3
"""Values compared: one or two may be wrong, or true, by themselves."""
NEARLY_ALL = 0.9
NEAR = 0.5
"""In powers of ten: between a third and three times of the factor."""
SAME_LEVEL = 1.0
"""In powers of ten: a value that is so near to the latest one is on a level that is known."""
_INDICATOR = "indicator_id"


@dataclass(frozen=True, slots=True)
class _Slip:
    """Values of one measure that are about one factor from the usual: the first of them, how many, and the rows concerned."""

    spec: ColumnSpec
    factor: float
    value: float
    usual: float
    count: int
    rows: npt.NDArray[np.bool_] | None = None


def hold_magnitudes(judged: Sequence[Judged], history: EarlierReports) -> Findings:
    """Hold the sheets, or the rows of the indicators, of which all values are about one factor from the usual."""
    findings = Findings()
    for table in judged:
        slips = list(_slips(table, history))
        whole = next((slip for slip in slips if slip.rows is None), None)
        for slip in slips if whole is None else [whole]:
            details: dict[str, Any] = {
                "measure": table.rows.heading_in_both(slip.spec.name),
                "count": slip.count,
                "factor": message("ingest/judge/rules", f"factor_{slip.factor:g}"),
                "value": figure(slip.value),
                "usual": figure(slip.usual),
            }
            if slip.rows is None:
                table.hold_all(findings, RULE, **details)
            else:
                mask = pd.Series(slip.rows, index=table.rows.facts.index)
                table.rows.report(findings, RULE, mask, _INDICATOR, **details)
                table.held = table.held | slip.rows
    return findings


def _slips(table: Judged, history: EarlierReports) -> Iterator[_Slip]:
    part, live = table.rows.part, table.live
    series, known = series_of(part), history.frames.get(part.id)
    left_out = part.history is False or (part.history is not True and "unit" in part.history)
    if left_out or series is None or known is None or known.empty or not live.any():
        return
    for spec in series.measures:
        window = earlier_values(table.rows, live, series, spec, known)
        compared = (window.count >= UNIT_POINTS) & (window.usual != 0)
        if factor := _factor(window, compared):
            yield _slip(spec, factor, window, compared)
        elif _INDICATOR in series.by:
            indicators = table.rows.facts[_INDICATOR].to_numpy(dtype=object)
            for indicator in dict.fromkeys(indicators[window.index[compared]]):
                own = compared & (indicators[window.index] == indicator)
                if factor := _factor(window, own):
                    yield _slip(spec, factor, window, own, live & (indicators == indicator))


def _slip(
    spec: ColumnSpec,
    factor: float,
    window: Window,
    own: npt.NDArray[np.bool_],
    rows: npt.NDArray[np.bool_] | None = None,
) -> _Slip:
    first = np.flatnonzero(own & (window.values != 0))[0]
    return _Slip(spec, factor, float(window.values[first]), float(window.usual[first]), int(own.sum()), rows)


def _factor(window: Window, own: npt.NDArray[np.bool_]) -> float:
    """The one factor that separates nearly all of these values from the usual; 0 where there is none."""
    if own.sum() < FEWEST:
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        apart, since = (np.log10(window.values[own] / level[own]) for level in (window.usual, window.latest))
    is_new = ~(np.abs(since) < SAME_LEVEL)
    shares = {f: float((is_new & (np.abs(apart - np.log10(f)) <= NEAR)).mean()) for f in UNIT_FACTORS}
    return next((f for f, share in shares.items() if share >= NEARLY_ALL), 0.0)
