"""What `method uncertainty` prints: a round under other errors, weights, aggregations and normalisations."""

from __future__ import annotations

from pydantic import Field

from idtracker.model.document import Count, Document, Share
from idtracker.operate.documents.methods.checked import MethodFinding


class UncertainScore(Document):
    """one place on the whole"""

    place: str = Field(description="place, or unit of a file")
    score: float | None = Field(description="score as stated; null where it is withheld")
    low: float | None = Field(description="lower bound of the draws")
    median: float | None = Field(description="median of the draws")
    high: float | None = Field(description="upper bound of the draws")
    rank: float | None = Field(description="rank as stated; null where nobody is beside it")
    rank_low: float | None = Field(description="best rank within the bounds")
    rank_high: float | None = Field(description="worst rank within the bounds")
    ranks: dict[str, float] = Field(description="rank -> share of the draws")
    bands: dict[str, float] = Field(description="band -> share of the draws")
    change: float | None = Field(description="difference from the round before; null where there is none")
    change_probability: Share | None = Field(
        description="share of the draws that moved as stated; null where the score did not move or nothing varied"
    )
    undefined_draws: Count = Field(description="draws left out because an aggregation is not defined there")


class InputShare(Document):
    """what one input explains of one output, in the median place"""

    input: str = Field(description="what was varied")
    output: str = Field(description="SCORE or RANK")
    first_order: float | None = Field(
        description="share of the variance that it explains alone, median over the places"
    )
    total_order: float | None = Field(description="with all its interactions, median over the places")


class OneChange(Document):
    """what one change does at most"""

    analysis: str = Field(description="DROP_ONE, SWAP_WEIGHTS, SWAP_AGGREGATION or SWAP_NORMALISATION")
    subject: str = Field(description="what was changed")
    score: float | None = Field(description="largest difference of a score, with its sign")
    rank: float | None = Field(description="largest difference of a rank, with its sign")


class MethodUncertainty(Document):
    """A round under other errors, weights and aggregations that were as reasonable."""

    method_version: str = Field(description="version of the method")
    period: str | None = Field(description="quarter; null for a file, and where there are no scores")
    root: str | None = Field(description="code of the whole; null where there are no scores")
    draws: Count = Field(description="draws")
    interval_level: Share = Field(description="level of the interval")
    varied: list[str] = Field(description="what was varied; where nothing was, a width of 0 says nothing")
    not_varied: dict[str, str] = Field(description="what could not be varied -> why")
    places: list[UncertainScore] = Field(description="one for each place with the whole")
    inputs: list[InputShare] = Field(description="what each input explains")
    changes: list[OneChange] = Field(description="one thing changed at a time, the largest difference first")
    findings: list[MethodFinding] = Field(
        description="what the data leave empty, and alternatives that are not defined for them"
    )
