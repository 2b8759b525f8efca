"""What `check` and `submit` print: the verdict on one file, or what a rule means."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from idtracker.feedback.check.changes import EXAMPLES
from idtracker.ingest.judge.assessment import Verdict
from idtracker.model.document import Count, Document, Moment, MovedScore, RowCounts, RowNumber, SeverityCounts, Some
from idtracker.model.findings.rules import Dimension, Severity

RuleId = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
RuleSetVersion = Annotated[str, Field(pattern="^[0-9a-f]{12}$")]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Changes(Document):
    """against what is published"""

    added: Count = Field(description="rows that are not known yet")
    changed: Count = Field(description="known rows that would say something else")
    removed: Count = Field(description="known rows that the file would take away")


class PeriodChanges(Document):
    """one period of one part of the file"""

    part: str = Field(description="part of the source")
    period: str | None = Field(description="period; null where rows have none")
    added: Count = Field(description="rows that are not known yet")
    changed: Count = Field(description="known rows that would say something else")
    unchanged: Count = Field(description="known rows that are left alone")
    removed: Count = Field(description="known rows that the file would take away")
    superseded: Count = Field(description="rows that a stronger report speaks about")


class ChangedValue(Document):
    """one value"""

    column: str = Field(description="column of the file")
    before: str = Field(description="value published")
    after: str = Field(description="value of the file")


class Example(Document):
    """one row"""

    part: str = Field(description="part of the source")
    period: str | None = Field(description="period; null where the row has none")
    sheet: str = Field(description="sheet or section")
    row: RowNumber | None = Field(description="one-based row of the file; null for a row that is not in it")
    key: dict[str, str] = Field(description="column of the file -> value, for each column of the key")
    is_held: bool = Field(description="whether the file does hold this removed row, among its held rows")
    differences: list[ChangedValue] = Field(description="what a changed row would say otherwise")


class Examples(Document):
    """the first rows of each kind"""

    added: list[Example] = Field(description="rows added")
    changed: list[Example] = Field(description="rows changed")
    removed: list[Example] = Field(description="rows removed")


class GroupOfFindings(Document):
    """the same mistake in one column of one sheet"""

    group: Count = Field(description="number of the group, which its findings carry")
    rule: RuleId = Field(description="rule broken")
    severity: Severity = Field(description="severity")
    dimension: Dimension = Field(description="dimension of data quality")
    sheet: str = Field(description="sheet or section; empty for the file as a whole")
    column: str = Field(
        description="column as headed in the file, or in words where no column holds the value; empty for the sheet as a whole"
    )
    column_ar: str = Field(description="the column; in Arabic where it is told in words")
    locations: Some = Field(description="places where it was found")
    rows: Count = Field(description="different rows among them")
    row_numbers: str = Field(description="these rows in short, such as `4-9, 12`; the findings name every one")
    message: str = Field(description="what is wrong")
    message_ar: str = Field(description="what is wrong, in Arabic")
    remedy: str = Field(description="how to put it right")
    remedy_ar: str = Field(description="how to put it right, in Arabic")
    data_team: str | None = Field(description="what the data team does about it in the definitions; null where nothing")
    data_team_ar: str | None = Field(description="the same in Arabic")
    consequence: str = Field(description="what follows")
    consequence_ar: str = Field(description="what follows, in Arabic")
    allowed: str | None = Field(description="allowed values, where there is a list")


class Finding(Document):
    """one location of one finding"""

    rule: RuleId = Field(description="rule broken")
    severity: Severity = Field(description="severity")
    sheet: str = Field(description="sheet or section; empty for the file as a whole")
    row: RowNumber | None = Field(description="one-based row")
    column: str = Field(
        description="column as headed in the file, or in words where no column holds the value; empty for the sheet as a whole"
    )
    cell: str = Field(description="spreadsheet address; empty where there is none")
    value: str | None = Field(description="value as typed")
    message: str = Field(description="what is wrong")
    message_ar: str = Field(description="what is wrong, in Arabic")
    remedy: str = Field(description="how to put it right")
    remedy_ar: str = Field(description="how to put it right, in Arabic")
    suggestion: str | None = Field(description="nearest allowed value")
    group: Count = Field(description="number of its group")


class CheckedFile(Document):
    """the file as it was given"""

    name: str = Field(description="name of the file")
    sha256: Sha256 | None = Field(description="hash of its bytes; null where nothing may be kept of it")
    checked_at: Moment | None = Field(description="when it was checked, ISO 8601, UTC")
    received_before_at: Moment | None = Field(
        description="when the very same file arrived before, ISO 8601, UTC; null where it did not"
    )
    outdone_by: list[str] = Field(description="names of files whose word counts for more where both speak")


class Checked(Document):
    """The verdict on one file."""

    submission_id: str = Field(description="submission; empty where the file was refused unread")
    source: str = Field(description="source")
    verdict: Verdict = Field(description="verdict")
    sentence: str = Field(description="the verdict in one line with its consequence, and what would change")
    sentence_ar: str = Field(description="the same in Arabic")
    rows: RowCounts = Field(description="rows of the file: read = the other four together")
    changes: Changes = Field(description="against what is published")
    by_period: list[PeriodChanges] = Field(description="the same by period")
    examples: Examples = Field(description=f"the first {EXAMPLES} rows of each kind")
    moved_scores: list[MovedScore] | None = Field(
        description="published scores that the file would move, latest quarter first; null where that was not worked out"
    )
    groups: list[GroupOfFindings] = Field(description="findings, the same mistake in the same column once")
    findings: list[Finding] = Field(description="every location of every finding, gravest first")
    counts: SeverityCounts = Field(description="findings of each severity")
    file: CheckedFile = Field(description="the file as it was given")
    title: str = Field(description="title of the source")
    publisher: str = Field(description="organisation that publishes the source")
    publisher_name: str = Field(description="its name")
    publisher_name_ar: str = Field("", description="its name in Arabic, else in English")
    notice: str = Field(description="notice of the programme; empty where there is none")
    rule_set_version: RuleSetVersion = Field(description="version of the rules")
    written: list[str] = Field(default=[], description="paths of the files written beside the document")


class Submitted(Checked):
    """The verdict on one file, and where it was placed."""

    placed: str | None = Field(description="where the file waits; null where it was not placed")


class ExplainedRule(Document):
    """What a rule means (check --explain)."""

    rule: RuleId = Field(description="rule")
    severity: Severity = Field(description="severity")
    dimension: Dimension = Field(description="dimension of data quality")
    consequence: str = Field(description="what follows")
    consequence_ar: str = Field(description="what follows, in Arabic")
    text: str = Field(description="what it says; words in braces are filled in where it is reported")
    text_ar: str = Field(description="what it says, in Arabic")
    remedy: str = Field(description="how to put it right")
    remedy_ar: str = Field(description="how to put it right, in Arabic")
    data_team: str | None = Field(description="what the data team does about it in the definitions; null where nothing")
    data_team_ar: str | None = Field(description="the same in Arabic")
    valid: str = Field(description="a case that keeps the rule")
    invalid: str = Field(description="a case that breaks it")
    rule_set_version: RuleSetVersion = Field(description="version of the rules")
