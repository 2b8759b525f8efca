"""What each column of the tables of draws is computed from."""

from __future__ import annotations

from collections.abc import Mapping

_MADE = (
    *("score.score", "merged_cell.score", "merged_cell.value", "indicator.goalpost_low", "indicator.goalpost_high"),
    *("indicator.direction", "indicator.weight", "indicator.dimension_code", "method.definition"),
)
_DRAWN = (
    *_MADE,
    *("merged_cell.score_error", "merged_cell.standard_error", "merged_cell.spread", "merged_cell.is_carried"),
    *("merged_cell.origin_period", "cell_report.fact_ids"),
)
"""What draws of a score rest on: cells with their errors, and what says which of these are one and the same."""
_RANKED = (*_DRAWN, "place.level")
_BANDED = (*_DRAWN, "method.definition")
_WEIGHTED = ("indicator.weight", "indicator.dimension_code", "method.definition")
_PARTS = {
    "missing": ("merged_cell.score", "merged_cell.is_carried", *_WEIGHTED),
    "age": ("merged_cell.age_days", "indicator.max_age_days", *_WEIGHTED),
    "quality": ("cell_report.quality", "cell_report.weight", *_WEIGHTED),
    "single": ("merged_cell.org_count", *_WEIGHTED),
    "ungraded": ("cell_report.quality", *_WEIGHTED),
}
_TRUSTED = tuple(f"score_reliability.{part}" for part in ("missing", "age", "quality", "single"))
_WHERE = {name: (f"score.{name}",) for name in ("place_id", "period", "node_code")}
_MARKED = {name: (f"score.{name}",) for name in ("classification", "releasable_to")}

OF_DRAWS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "score_uncertainty": {
        **_WHERE,
        **{name: (f"score.{name}",) for name in ("period_start", "period_end", "method_version")},
        "score": _MADE,
        **dict.fromkeys(("low", "median", "high", "undefined_draws"), _DRAWN),
        "rank": ("score.score", "place.level"),
        "ranked_count": ("score.score", "place.level"),
        **dict.fromkeys(("rank_low", "rank_median", "rank_high"), _RANKED),
        "change": ("score.score", "score.period"),
        **dict.fromkeys(("change_low", "change_high", "change_probability"), (*_DRAWN, "score.period")),
        "draws": ("method.definition",),
        "varied": _DRAWN,
        **_MARKED,
    },
    "rank_acceptability": {**_WHERE, "rank": _RANKED, "share": _RANKED, **_MARKED},
    "band_probability": {**_WHERE, "band": ("method.definition",), "share": _BANDED, **_MARKED},
    "sensitivity": {
        **_WHERE,
        **dict.fromkeys(("output", "analysis"), ("method.definition",)),
        "subject": ("merged_cell.indicator_id", "method.definition"),
        **dict.fromkeys(("first_order", "total_order", "difference"), _RANKED),
        "why": _DRAWN,
        **_MARKED,
    },
    "score_reliability": {
        **_WHERE,
        "reliability_index": _TRUSTED,
        "reliability_level": ("score_reliability.reliability_index",),
        **_PARTS,
        **_MARKED,
    },
}
