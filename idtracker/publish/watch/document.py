"""What `watch show` prints, and what is written for each subscriber with a publication in which something moved."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Moment

State = Literal[
    "appeared", "vanished", "changed", "withheld", "given", "interval", "circumstances", "unchanged", "never"
]
"""`never`: neither before nor now; `withheld` and `given`: the value is no longer, or again, published."""
Reason = Literal["explanation", "cause", "report", "submission", "correction", "withdrawal", "rows", "definition"]


class FigureValues(Document):
    """a figure as one of the two publications has it"""

    value: float | int | str | bool | None = Field(
        description="value of the column that is followed; null where it has none"
    )
    interval: dict[str, Any] = Field(
        description="columns that say how sure it is, such as `low` and `high`; empty where it has none"
    )
    circumstances: dict[str, Any] = Field(description="other columns that say what it rests on")


class WatchReason(Document):
    """one thing that is known of why"""

    kind: Reason = Field(description="what kind of reason")
    text: str = Field(description="one sentence")
    points: float | None = Field(default=None, description="contribution of a cause, in points")
    submission_id: str | None = Field(default=None, description="submission that it is about")


class FigureChange(Document):
    """what became of one figure"""

    address: str = Field(description="address of the figure; `source/…` of a source")
    label: str = Field(description="the figure in words")
    state: State = Field(description="what became of it")
    sentence: str = Field(description="the same in one sentence")
    before: FigureValues | None = Field(description="as the earlier publication has it; null where it has not")
    now: FigureValues | None = Field(description="as this publication has it; null where it has not")
    difference: float | None = Field(description="now less before; null where either has no number")
    reasons: list[WatchReason] = Field(description="what is known of why, the explanation first")
    unknown: list[str] = Field(description="what is not known or was not worked out")


class WatchedChanges(Document):
    """what became of what one watch follows"""

    figure: str = Field(description="what is followed, as it was added")
    followed: Count = Field(description="figures that it stands for, before or now")
    unchanged: Count = Field(description="of these, figures that are in every column what they were")
    is_gone: bool = Field(description="whether nothing published has this address any more")
    changes: list[FigureChange] = Field(description="the others, by address")


class WatchReport(Document):
    """What changed in what one subscriber follows, between two publications of one audience."""

    audience: str = Field(description="audience whose publications are compared")
    subscriber: str = Field(description="who follows it")
    lang: Literal["en", "ar"] = Field(description="language of the sentences")
    notice: str = Field(description="what every reader must know; empty where there is nothing")
    publication: str = Field(description="publication")
    as_known_at: Moment = Field(description="its instant of knowledge")
    since: str = Field(description="earlier publication, or the instant that stands for it where it is no longer kept")
    since_known_at: Moment = Field(description="instant of knowledge of that")
    basis: Literal["PUBLICATION", "KNOWLEDGE"] = Field(
        description="whether the earlier publication itself was read, or this one as it was known then"
    )
    classification: str = Field(description="high-water mark of every row that is shown")
    releasable_to: list[str] = Field(description="groups that may see all of it")
    changed: Count = Field(description="figures and sources that are not what they were")
    watches: list[WatchedChanges] = Field(description="what is followed, by address")


class Watched(Document):
    """one watch"""

    watch_id: str = Field(description="identifier of the act")
    figure: str = Field(description="what is followed")
    audience: str = Field(description="audience")
    subscriber: str = Field(description="who follows it")
    lang: Literal["en", "ar"] = Field(description="language")
    since: Moment = Field(description="when it was added")


class WatchList(Document):
    """What is followed; of `watch add` and `watch remove` the one that was added or removed."""

    watches: list[Watched] = Field(description="watches, by audience, subscriber and figure")


class WatchReports(Document):
    """What changed in what is followed, one report for each subscriber and language."""

    reports: list[WatchReport] = Field(description="reports, by audience, subscriber and language")
