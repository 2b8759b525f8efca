"""Rules about expert judgements: terms and numbers, four-point ranges, outcomes. None of them holds a row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from idtracker.ingest.judge.rules.judged import Judged, Mask
from idtracker.ingest.resolve.yardstick import BANDS, ICD203_BANDS, Band
from idtracker.ingest.shape.values import bounds_details

_RANGES = (
    ("probability_low_pct", "probability_pct", "probability_high_pct"),
    ("value_low", "value_best", "value_high"),
)


def check_judgements(judged: Judged) -> None:
    """Every rule about the rows of the table `judgement`."""
    _terms(judged, "yardstick_code", BANDS)
    _terms(judged, "icd203_code", ICD203_BANDS)
    if judged.rows.maps("yardstick_code", "icd203_code"):
        both = judged["yardstick_code"].notna() & judged["icd203_code"].notna()
        judged.report("judgement.two_schemes", both, "icd203_code", other="yardstick_code")
    if judged.rows.maps("confidence_pct"):
        stated = judged["confidence_pct"].astype("float64")
        judged.report("judgement.confidence", (stated <= 0) | (stated > 100), "confidence_pct")
    _one_sided(judged)
    _outcomes(judged)


def _terms(judged: Judged, column: str, bands: tuple[Band, ...]) -> None:
    """A number that belongs to another term than the one beside it; one in a gap of the scheme is told by itself."""
    if not judged.rows.maps(column, "probability_pct"):
        return
    stated = judged["probability_pct"].astype("float64")
    in_a_gap = ~np.logical_or.reduce([stated.between(b.low, b.high).to_numpy() for b in bands])
    if column == "icd203_code":
        in_a_gap = np.zeros(len(stated), dtype=bool)  # no gaps but the two certainties, which are no term of it
    for band in bands:
        other = judged[column].eq(band.code) & stated.notna() & ~stated.between(band.low, band.high)
        details = bounds_details(int(band.low), int(band.high))
        judged.report("judgement.yardstick_term", other & ~in_a_gap, "probability_pct", term=band.code, **details)


def _one_sided(judged: Judged) -> None:
    """One end of a range without the other, or both without a best estimate between them."""
    for low, best, high in _RANGES:
        filled = {name: judged[name].notna() for name in (low, best, high)}
        alone = filled[low] ^ filled[high]
        bare = filled[low] & filled[high] & ~filled[best]
        if low == "probability_low_pct":
            bare &= judged["yardstick_code"].isna() & judged["icd203_code"].isna()
        for name in (low, high):
            if judged.rows.maps(name):
                here = alone & filled[name] if name == high else (alone & filled[name]) | bare
                judged.report("judgement.one_sided", here, name)


def _outcomes(judged: Judged) -> None:
    named = [name for name in ("has_occurred", "resolved_value") if judged.rows.maps(name)]
    if judged.rows.maps("resolved_on") and named:
        known: Mask = np.logical_or.reduce([_filled(judged[name]) for name in named])
        judged.report("judgement.outcome_missing", judged["resolved_on"].notna() & ~known, "resolved_on")


def _filled(cells: pd.Series) -> Mask:
    return cells.notna().to_numpy(dtype=bool)
