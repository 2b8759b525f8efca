"""What `run` prints: what arrived, what became of it, and what is late."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from idtracker.model.document import Count, Document, MovedScore, Points, RowCounts, Share, code_of

_HEADLINE = (
    "the whole index of the country, else of the first place, in the latest quarter that has a score; "
    "null before there is any"
)


class ArrivedSubmission(Document):
    """one submission"""

    submission_id: str = Field(description="submission")
    source: str = Field(description="source")
    file_name: str = Field(description="file name as received")
    state: Annotated[str, code_of("submission_state")] = Field(description="what became of it")
    rows_read: Count = Field(description="rows read")
    rows_accepted: Count = Field(description="rows that say something new")
    rows_held: Count = Field(description="rows held back with reasons")
    rows_unchanged: Count = Field(description="rows that repeat what was known on arrival")
    rows_superseded: Count = Field(description="rows outdone by a later edition, or repeated in the file")
    first_finding: str | None = Field(description="rule of the gravest finding")
    superseded_by: list[str] = Field(
        default_factory=list,
        description="files received before that count for more, where this one stood back on arrival",
    )
    remedy: str = Field(
        "", description="what to do where this file is the right one; empty where it did not stand back"
    )


class Headline(Document):
    """The whole index of the country, else of the first place, in the latest quarter that has a score."""

    place_id: str = Field(description="place")
    place: str = Field(description="name of the place")
    period: str = Field(description="quarter")
    score: Points | None = Field(description="score, 100 is stable; null below the coverage rule")
    low: Points | None = Field(description="lower bound, 90 %")
    high: Points | None = Field(description="upper bound, 90 %")
    band: str | None = Field(description="band")
    completeness: Share = Field(description="share of the weight that is present")
    trend: Annotated[str, code_of("trend_class")] | None = Field(description="where the score is heading")
    moved: str | None = Field(
        default=None,
        description="why the score moved since the quarter before, in one sentence; null where nothing moved it or there is none",
    )


class MovedMetric(Document):
    """one metric"""

    metric: Annotated[str, Field(pattern="^IM-")] = Field(description="metric")
    name: str = Field(description="name")
    period: str = Field(description="later quarter")
    unit: str = Field(description="unit")
    before: float | None = Field(description="value in the quarter before")
    now: float | None = Field(description="value in the later quarter")


class MethodChange(Document):
    """the method that makes the scores is another"""

    before: str = Field(description="method that made the published scores before")
    version_before: str = Field(description="its version")
    now: str = Field(description="method that makes them now; the same where its file was edited")
    version_now: str = Field(description="its version")
    is_kept: bool = Field(description="whether the scores of the version before stay published beside them")
    scores: Count = Field(
        description="scores of the whole index published before that are others now, whatever moved each"
    )


class OverdueSource(Document):
    """one source"""

    source: str = Field(description="source")
    state: Annotated[str, code_of("freshness_state")] = Field(description="state")
    whose_turn: str | None = Field(description="who has to act")
    why: str = Field(description="the state in one sentence")


class Run(Document):
    """What a run did."""

    submissions: list[ArrivedSubmission] = Field(description="submissions that arrived since the last run")
    rows: RowCounts = Field(description="rows of these submissions: read = the other four together")
    headline: Headline | None = Field(description=_HEADLINE)
    moved: list[MovedMetric] = Field(
        description="metrics of the whole programme that differ between the last two quarters"
    )
    moved_scores: list[MovedScore] = Field(
        description="scores published before that are others now, latest quarter first; none where another method makes them"
    )
    method_change: MethodChange | None = Field(
        default=None,
        description="that another method makes the scores, the cause of all that moved; null where none does",
    )
    warning_count: Count = Field(description="warnings that stand in the latest quarter")
    warnings: list[str] = Field(description="the first of them, a sentence each")
    overdue: list[OverdueSource] = Field(description="sources that are neither fresh nor due")
    published: dict[str, str] = Field(description="audience -> folder of its publication")
    briefings: dict[str, str] = Field(
        default_factory=dict, description="audience -> page to open of the briefing in its publication"
    )
    formats: dict[str, list[str]] = Field(
        default_factory=dict, description="audience -> formats in its publication beside database and Parquet files"
    )
    failed_steps: list[str] = Field(description="steps that failed")
    failures: dict[str, str] = Field(description="failed step -> what it said: the place and the remedy")
    unknown_inboxes: list[str] = Field(description="folders of the inbox that belong to no source")
    not_taken: list[str] = Field(
        description="files that wait in an inbox because they could not be taken in, with the reason"
    )
    notice: str = Field(description="notice of the programme; empty where there is none")
    changed: bool = Field(description="whether anything was computed again")
    seconds: Annotated[float, Field(ge=0)] = Field(description="how long it took")
    outcome: Literal["done", "nothing_new", "failed"] = Field(description="how it ended")
