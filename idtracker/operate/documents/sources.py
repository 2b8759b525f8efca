"""What `sources list`, `show`, `check` and `new` and `template` print."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from idtracker.ingest.judge.assessment import Verdict
from idtracker.model.config.part import FieldType
from idtracker.model.config.source import Every, Kind
from idtracker.model.document import Count, Document, Moment, OneOf, SeverityCounts
from idtracker.model.tables import FACTS

Table = Annotated[str, OneOf(lambda: FACTS)]
AsWritten = dict[str, Any]
"""Part of a definition, as in source.yml."""


class StoppedSource(Document):
    """one source whose definition is wrong"""

    id: str = Field(description="source, the name of its folder")
    problems: list[str] = Field(description="what is wrong, each with file and line")


class Listed(Document):
    """one source"""

    id: str = Field(description="source, the name of its folder")
    title: str = Field(description="name as people know it")
    publisher: str = Field(description="organisation that reports")
    format: Kind = Field(description="kind of file")
    cadence: Every = Field(description="how often a report is owed")
    feeds: list[Table] = Field(description="tables that it feeds")


class SourceList(Document):
    """The catalogue of sources."""

    sources: list[Listed] = Field(description="every source; of one that is stopped, its last sound definition")
    stopped: list[StoppedSource] = Field(
        description="sources from which nothing is taken, for their definition is wrong"
    )


class Column(Document):
    """one column"""

    field: str = Field(description="field of the table")
    kind: FieldType = Field(description="what it holds")
    heading: list[str] | None = Field(description="headings in the file, first found wins; null for a constant")
    constant: str | None = Field(description="fixed value instead of a heading")
    required: bool = Field(description="whether an empty cell holds the row")
    key: bool = Field(description="whether it identifies the row")


class DescribedPart(Document):
    """one table of the file"""

    part: str = Field(description="name of the part")
    feeds: Table = Field(description="table")
    key: list[str] = Field(description="fields that identify a row")
    revision: Literal["upsert", "append", "replace_period", "replace_all"] = Field(
        description="how later files change earlier rows"
    )
    layout: AsWritten = Field(description="where the table stands, as in source.yml")
    across: str | None = Field(description="headings whose columns become rows")
    columns: list[Column] = Field(description="fields and where they come from")
    ignored: list[str] = Field(description="headings that are known and not read: shell patterns")


class NextReport(Document):
    """the next report; null where none is owed"""

    period: str = Field(description="period")
    due_on: Moment = Field(description="day on which it is due, ISO 8601, UTC")
    overdue_on: Moment = Field(description="day from which it is overdue, ISO 8601, UTC")


class Described(Listed):
    """One source in full."""

    publisher_name: str | None = Field(description="name of the organisation that reports")
    description: str = Field(description="what one row is; empty where nobody wrote it")
    owner: str = Field(description="team that answers for the source; empty where nobody does")
    pattern: str = Field(description="shell pattern of file names")
    parts: list[DescribedPart] = Field(description="the tables of a file")
    bounds: AsWritten = Field(description="what is usual, as in source.yml")
    handling: AsWritten = Field(description="marking of every row, as in source.yml")
    due_after_days: Count = Field(description="days after the end of a period at which the report is due")
    grace_days: Count = Field(description="further days before it is overdue")
    owed_next: NextReport | None = Field(description="the next report; null where none is owed")
    definition: str = Field(description="path of source.yml")
    example: str | None = Field(description="path of the example; null where there is none")
    inbox: str = Field(description="folder in which files are dropped")


class RowsRead(Document):
    """rows of a file that nothing is known before"""

    read: Count = Field(description="rows read")
    accepted: Count = Field(description="rows that say something new")
    held: Count = Field(description="rows held back with reasons")
    superseded: Count = Field(description="rows outdone by a later edition, or repeated in the file")


class ExampleVerdict(Document):
    """its example, judged; null where there is none"""

    path: str = Field(description="path")
    verdict: Verdict = Field(description="verdict")
    rows: RowsRead = Field(description="rows of the example")
    findings: SeverityCounts = Field(description="findings of each severity")
    differences: list[str] = Field(description="where it differs from what is expected of it")


class SourceVerdict(Document):
    """one source"""

    id: str = Field(description="source")
    sound: bool = Field(description="whether nothing is wrong with it")
    problems: list[str] = Field(
        description="what is wrong with the definition: file, line, key and what was expected",
    )
    to_review: list[str] = Field(description="lines that a draft left to a person")
    example: ExampleVerdict | None = Field(description="its example, judged; null where there is none")


class SourceCheck(Document):
    """Whether definitions and their examples hold."""

    sound: bool = Field(description="whether nothing is wrong at all")
    problems: list[str] = Field(description="what is wrong with what all sources share")
    sources: list[SourceVerdict] = Field(description="every source, or the one asked for")


class Draft(Document):
    """What was drafted."""

    source: str = Field(description="source")
    definition: str = Field(description="path of the draft")
    format: Kind = Field(description="kind of file")
    feeds: list[Table] = Field(description="tables that it feeds")
    to_review: Count = Field(description="lines to review")
    rows: RowsRead = Field(description="rows of the file as the draft reads it")
    next: list[str] = Field(description="what to do next")


class Template(Document):
    """The template that was written."""

    source: str = Field(description="source")
    form: str = Field(description="version of the form that the workbook carries")
    lang: Literal["en", "ar"] = Field(description="language")
    file: str = Field(description="path of the workbook")
