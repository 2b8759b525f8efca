"""What `feedback` writes and prints for one reporting body."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from idtracker.model.document import Count, Document, Moment, Share


class RuleFindings(Document):
    """what one rule found in a file"""

    rule: str = Field(description="rule")
    severity: str = Field(description="severity")
    count: Count = Field(description="findings")
    message: str = Field(description="what is wrong, of the first of them")
    remedy: str = Field(description="what to do")
    places: list[str] = Field(description="the first places, as sheet!row")


class SentFile(Document):
    """one file that the body sent"""

    submission_id: str = Field(description="submission")
    source: str = Field(description="source")
    file_name: str = Field(description="name of the file")
    received_at: Moment = Field(description="arrival, UTC")
    state: str = Field(description="state of the submission")
    corrects: str | None = Field(description="submissions that it corrects")
    periods: str | None = Field(description="periods that it covers")
    rows_read: Count = Field(description="rows read")
    rows_accepted: Count = Field(description="rows that say something new")
    rows_held: Count = Field(description="rows held back on arrival")
    rows_unchanged: Count = Field(description="rows that repeat what was known")
    rows_superseded: Count = Field(description="rows outdone by a later edition")
    still_held: Count = Field(description="rows that are held now")
    findings: list[RuleFindings] = Field(description="what was found in it, by rule")


class Punctuality(Document):
    """reports owed that were due within a span"""

    first_day: Moment = Field(description="first due day counted")
    last_day: Moment = Field(description="last due day counted")
    owed: Count = Field(description="reports owed, without those by derogation and those not overdue yet")
    on_time: Count = Field(description="of these, that came by the due day")
    late: Count = Field(description="of these, that came after it")
    missing: Count = Field(description="of these, that have not come")
    waiting: Count = Field(description="reports due that are not overdue yet")
    derogated: Count = Field(description="reports not owed by derogation")
    median_days_late: float | None = Field(
        description="middle of the days after the due day, negative is early; null where none came"
    )
    missing_reports: list[str] = Field(description="those that have not come, as source period")


class CellUse(Document):
    """how reports of one indicator in one quarter count"""

    indicator_id: str = Field(description="indicator")
    indicator: str = Field(description="its name")
    period: str = Field(description="quarter")
    places: list[str] = Field(description="places that the body reported about, by name")
    cells: Count = Field(description="values published for those places")
    share: Share = Field(
        description="mean share of the weight that its own reports have in those values, to the whole percent"
    )
    sole: Count = Field(description="of these, values that rest on its reports alone: there would be none without")


class ScoreUse(Document):
    """a score that rests on one of those values"""

    node_code: str = Field(description="node of the index")
    place: str = Field(description="name of the place")
    place_id: str = Field(description="place")
    period: str = Field(description="quarter")
    score: float | None = Field(default=None, description="its value; left out for a body that may not see it")


class MetricUse(Document):
    """an integration metric that counts among rows of tables which the body fills"""

    metric_id: str = Field(description="metric")
    name: str = Field(description="its name")
    tables: list[str] = Field(description="tables of the body's rows that it reads")
    questions: list[str] = Field(description="key questions of the framework that it is evidence for")
    elements: list[str] = Field(description="elements of the framework that it is evidence for")


class DecisionUse(Document):
    """a decision that cites a product of the body"""

    decision_id: str = Field(description="decision")
    title: str = Field(description="its title")
    decided_on: Moment | None = Field(description="day")
    product_ids: list[str] = Field(description="products of the body that it cites")


class HelpfulReport(Document):
    """a report that is owed, and what it would cover"""

    source: str = Field(description="source")
    report_period: str = Field(description="period that is owed")
    indicators: list[str] = Field(description="indicators that it would cover, by name")
    node_code: str = Field(description="score whose interval it would narrow most")
    place: str = Field(description="place of that score")
    period: str = Field(description="quarter of that score")
    narrowing: float | None = Field(
        default=None,
        description="points by which that interval would be narrower; left out for a body that may not see it",
    )


class OpenCorrections(Document):
    """rows of one source that wait for a correction"""

    source: str = Field(description="source")
    rows: Count = Field(description="rows that are held now")
    workbook: str | None = Field(description="workbook beside the pack with these rows; null where none was written")


class FeedbackPack(Document):
    """What one reporting body sent in a span, what became of it, how it is used, and what would help most next."""

    org_id: str = Field(description="organisation")
    organisation: str = Field(description="its name")
    lang: Literal["en", "ar"] = Field(description="language")
    programme: str = Field(description="programme")
    notice: str = Field(description="what every reader must know; empty where there is nothing")
    publication: str = Field(description="publication that it was made from")
    as_known_at: Moment = Field(description="its instant of knowledge")
    first_day: Moment = Field(description="first day of the span")
    last_day: Moment = Field(description="last day of the span")
    classification: str = Field(description="high-water mark of its own rows that are shown")
    sees_values: bool = Field(description="whether values of figures are shown that others' reports are behind as well")
    sources: list[str] = Field(description="sources that it reports to")
    files: list[SentFile] = Field(description="files that arrived within the span, by arrival")
    punctuality: Punctuality = Field(description="reports owed within the span")
    punctuality_before: Punctuality = Field(description="the same of a span of the same length before it")
    cells: list[CellUse] = Field(description="how its reports count, by quarter and indicator, the latest first")
    score_count: Count = Field(description="scores that rest on those values")
    scores: list[ScoreUse] = Field(description="those of the latest quarter with any")
    metrics: list[MetricUse] = Field(description="metrics that count among its rows")
    decisions: list[DecisionUse] = Field(
        description="decisions that cite its products; none for a body that may not see them"
    )
    helpful: list[HelpfulReport] = Field(description="reports that it owes, the most helpful first")
    corrections: list[OpenCorrections] = Field(description="rows that wait for a correction")


class FeedbackPacks(Document):
    """The packs that were written."""

    folder: str = Field(description="folder")
    files: list[str] = Field(description="files below it, by name")
    packs: list[FeedbackPack] = Field(description="packs, by organisation and language")
