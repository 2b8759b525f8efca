"""Tables of the latest round: how far its scores and ranks follow from errors of the data and from choices of the method."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import Integer, MadeOf, Moment, Table, column

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


class ScoreUncertainty(Table):
    """Interval and median of one score and rank of the latest round over draws of errors, weights and aggregations.

    A node of which nothing is expected has no row, here and in the tables beside this one.
    """

    key = ("place_id", "period", "node_code")
    has_series = False

    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter", "period", required=True)
    period_start: Moment = column("First day of the quarter", "date", required=True)
    period_end: Moment = column("Last day of the quarter", "date", required=True)
    node_code: str = column("Node of the index", "code", required=True)
    score: float = column(
        "Score as stated; empty where it is withheld, and with it all else", "number", ge=0, le=100, unit="0-100"
    )
    low: float = column("Lower bound of the draws, 90 % as the method states", "number", ge=0, le=100, unit="0-100")
    median: float = column("Median of the draws", "number", ge=0, le=100, unit="0-100")
    high: float = column("Upper bound of the draws", "number", ge=0, le=100, unit="0-100")
    rank: Integer = column("Rank as stated, 1 the highest score, ties share the better one; empty where nobody is beside it", "integer", ge=1)  # fmt: skip
    rank_low: float = column("Best rank within the bounds of the draws", "number", ge=1)
    rank_median: float = column("Median rank of the draws", "number", ge=1)
    rank_high: float = column("Worst rank within the bounds of the draws", "number", ge=1)
    ranked_count: Integer = column("Places of this level with a score; 1 means that there is no rank", "integer", ge=0)
    change: float = column("Difference from the score of the quarter before; empty where one is missing", "number")
    change_low: float = column("Lower bound of the difference, under the same choices in both quarters", "number")
    change_high: float = column("Upper bound of the difference", "number")
    change_probability: float = column(
        "Share of the draws in which the score moved as stated, up or down; empty where it did not move or nothing varied",
        "number",
        ge=0,
        le=1,
    )
    draws: Integer = column("Draws", "integer", required=True, ge=0)
    undefined_draws: Integer = column(
        "Draws left out because a value is not defined there (zero or below under a geometric mean or a logarithm)",
        "integer",
        ge=0,
    )
    varied: str = column("What was varied, `;` between; empty where nothing was: then the width says nothing", "text")
    method_version: str = column("Method that made the score", "text", required=True)
    made_of: ClassVar[MadeOf] = {
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
    }


class RankAcceptability(Table):
    """Share of the draws in which one place had one rank on one node; ranks without a draw are left out."""

    key = ("place_id", "period", "node_code", "rank")
    has_series = False

    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter", "period", required=True)
    node_code: str = column("Node of the index", "code", required=True)
    rank: Integer = column("Rank among places of its level, ties share the better one", "integer", required=True, ge=1)
    share: float = column(
        "Share of the draws; those of a place and node add up to 1", "number", required=True, ge=0, le=1
    )
    made_of: ClassVar[MadeOf] = {**_WHERE, "rank": _RANKED, "share": _RANKED, **_MARKED}


class BandProbability(Table):
    """Share of the draws in which one place was in one band on one node; every band has a row."""

    key = ("place_id", "period", "node_code", "band")
    has_series = False

    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter", "period", required=True)
    node_code: str = column("Node of the index", "code", required=True)
    band: str = column("Band", "text", required=True)
    share: float = column(
        "Share of the draws; those of a place and node add up to 1", "number", required=True, ge=0, le=1
    )
    made_of: ClassVar[MadeOf] = {**_WHERE, "band": ("method.definition",), "share": _BANDED, **_MARKED}


class Sensitivity(Table):
    """What one input or one change makes of score or rank of the whole in one place, or why an input was not varied."""

    key = ("place_id", "period", "node_code", "output", "analysis", "subject")
    has_series = False

    place_id: str = column("Place; empty where something was not varied anywhere", "place")
    period: str = column("Quarter", "period", required=True)
    node_code: str = column("Node of the index: the whole", "code", required=True)
    output: str = column("SCORE or RANK; empty where nothing was varied", "text")
    analysis: str = column(
        "VARIANCE (shares of the variance), DROP_ONE, SWAP_WEIGHTS, SWAP_AGGREGATION, SWAP_NORMALISATION, or NOT_VARIED",
        "text",
        required=True,
    )
    subject: str = column("What was varied: an input, an indicator, two children, a set of weights, a node or indicators and another choice", "text", required=True)  # fmt: skip
    first_order: float = column(
        "Share of the variance that the input explains alone; an estimate, which may lie a little outside 0 to 1",
        "number",
    )
    total_order: float = column("Share of the variance with all its interactions; an estimate", "number")
    difference: float = column("New less stated, of a change of one thing", "number")
    why: str = column("Why something was not varied or has no figure", "text")
    made_of: ClassVar[MadeOf] = {
        **_WHERE,
        **dict.fromkeys(("output", "analysis"), ("method.definition",)),
        "subject": ("merged_cell.indicator_id", "method.definition"),
        **dict.fromkeys(("first_order", "total_order", "difference"), _RANKED),
        "why": _DRAWN,
        **_MARKED,
    }


class ScoreReliability(Table):
    """How far one score of the latest round can be trusted: the reliability index (IM-45) and its parts."""

    key = ("place_id", "period", "node_code")
    has_series = False

    place_id: str = column("Place", "place", required=True)
    period: str = column("Quarter", "period", required=True)
    node_code: str = column("Node of the index", "code", required=True)
    reliability_index: float = column("10·(0.40·missing + 0.30·age + 0.20·quality + 0.10·single), 0 is best", "number", ge=0, le=10)  # fmt: skip
    reliability_level: str = column(
        "RELIABLE up to 5, LOW_RELIABILITY (SDMX U) up to 7, SUPPRESSED above, NO_VALUE without any value",
        "text",
        required=True,
    )
    missing: float = column("M: share of the expected weight that is missing or carried forward", "number", ge=0, le=1)
    age: float = column("A: mean of age by longest age, at most 1, by weight", "number", ge=0, le=1)
    quality: float = column(
        "Q: 1 less the mean quality of the sources, an ungraded one counting 0.5", "number", ge=0, le=1
    )
    single: float = column("K: share of the weight that rests on one organisation", "number", ge=0, le=1)
    ungraded: float = column("Share of the weight whose sources have no grade", "number", ge=0, le=1)
    made_of: ClassVar[MadeOf] = {
        **_WHERE,
        "reliability_index": _TRUSTED,
        "reliability_level": ("score_reliability.reliability_index",),
        **_PARTS,
        **_MARKED,
    }
