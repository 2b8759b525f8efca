"""What `method compare` prints."""

from __future__ import annotations

from pydantic import Field

from idtracker.model.document import Document


class ComparedScore(Document):
    """one place, quarter and node under both methods"""

    place_id: str = Field(description="place")
    place: str = Field(description="its name")
    period: str = Field(description="quarter")
    node: str = Field(description="node of the first method")
    other_node: str = Field(description="node of the other; differs only where both are the roots")
    score: float | None = Field(description="score under the first; null where it is withheld")
    other_score: float | None = Field(description="score under the other; null where it is withheld")
    difference: float | None = Field(description="other minus first, in points; null where one is withheld")
    rank: int | None = Field(description="rank under the first among the places of one level; 1 is the highest score")
    other_rank: int | None = Field(description="rank under the other")


class MethodComparison(Document):
    """Two published methods side by side."""

    method: str = Field(description="first method")
    method_version: str = Field(description="its version")
    other: str = Field(description="the other method")
    other_version: str = Field(description="its version")
    is_break: bool = Field(
        description="one is an earlier version of the headline: its series does not go on in the other"
    )
    scores: list[ComparedScore] = Field(
        description="the roots first, then nodes that both have; the latest quarter first"
    )
