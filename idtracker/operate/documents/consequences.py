"""What `explain consequences` prints."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Moment

KindOfConsequence = Literal[
    "score",
    "trend",
    "metric",
    "warning",
    "scenario",
    "round",
    "product",
    "decision",
    "answer",
    "judgement",
    "claim",
    "publication",
]


class Consequence(Document):
    """one figure, statement or publication"""

    kind: KindOfConsequence = Field(description="what it is")
    key: dict[str, str] = Field(description="what names it: the key of its table")
    rests_on: bool = Field(description="facts of the submission are among the rows behind it")
    differs_without: bool | None = Field(
        description="worked out without the submission it is another, or there is none; null where it was not worked out"
    )
    before: float | str | None = Field(description="its value with the submission")
    after: float | str | None = Field(description="its value without; null where there is none")


class KindCount(Document):
    """how many of a kind"""

    kind: KindOfConsequence = Field(description="kind")
    rests_on: Count = Field(description="that rest on the submission")
    differs_without: Count = Field(description="that are another without it")


class Consequences(Document):
    """What rested on a submission."""

    submission_id: str = Field(description="submission")
    source: str = Field(description="source")
    file_name: str = Field(description="file")
    state: str = Field(description="what became of it")
    at: Moment | None = Field(description="instant of knowledge that is looked at; null where it never counted")
    counts_now: bool = Field(description="whether its facts count in the latest store")
    counts: list[KindCount] = Field(description="how many of each kind")
    consequences: list[Consequence] = Field(description="every one, by kind and key")
    sentence: str = Field(description="the same in one sentence")
