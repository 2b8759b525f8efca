"""What `reference check`, `list`, `show` and `rates` print."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from idtracker.model.document import Count, Document, RowNumber
from idtracker.model.register.problems import ProblemRule

Entry = dict[str, Any]
"""Column and value."""


class TableRows(Document):
    """one table"""

    table: str = Field(description="reference table")
    rows: Count = Field(description="rows")
    own: Count = Field(description="rows of them that stand in the programme's own files")


class Scheme(Document):
    """one scheme"""

    scheme: str = Field(description="scheme of identifiers")
    codes: Count = Field(description="codes of the scheme")
    organisations: Count = Field(description="organisations that have one")


class Coverage(Document):
    """how far organisations have public identifiers"""

    organisations: Count = Field(description="organisations")
    schemes: list[Scheme] = Field(description="schemes of identifiers")
    only_local: list[str] = Field(description="organisations with no identifier but a local one")


class ReferenceProblem(Document):
    """one problem"""

    rule: ProblemRule = Field(description="what is broken")
    file: str = Field(description="file in which it stands")
    line: RowNumber | None = Field(description="line of the file; null where it is about the whole of it")
    message: str = Field(description="what is wrong")
    expected: str | None = Field(description="what was expected; null where that has no one answer")
    message_ar: str | None = Field(default=None, description="the same in Arabic, where the rule has a text in it")
    expected_ar: str | None = Field(default=None, description="what was expected, in Arabic")
    stops_run: bool = Field(description="whether a run refuses to begin because of it")


class ReferenceCheck(Document):
    """Whether the reference data is sound, and every problem where it is not."""

    sound: bool = Field(description="whether there is no problem")
    stops_run: bool = Field(description="whether a run refuses to begin")
    published: bool = Field(description="whether a published store was there to be compared with")
    tables: list[TableRows] = Field(description="every reference table")
    coverage: Coverage = Field(description="how far organisations have public identifiers")
    problems: list[ReferenceProblem] = Field(description="every problem, those of the files first")


class ReferenceList(Document):
    """The reference tables, or one of them."""

    tables: list[TableRows] = Field(default=[], description="every reference table")
    table: str = Field(default="", description="the table asked for")
    columns: list[str] = Field(default=[], description="its columns")
    rows: list[Entry] = Field(default=[], description="its rows")


class History(Document):
    """One codelist, organisation or place with its history; of a place also the columns of its row."""

    model_config = ConfigDict(extra="allow")

    kind: Literal["codelist", "organisation", "place"] = Field(description="what it is")
    id: str = Field(description="scheme or identifier")
    versions: list[Entry] = Field(default=[], description="of a codelist: versions in order of time with their codes")
    also_read: list[Entry] = Field(default=[], description="of a codelist: other spellings of codes")
    name: str | None = Field(default=None, description="name as it is last")
    stretches: list[Entry] = Field(default=[], description="of an organisation: its rows in order of time")
    parents: list[Entry] = Field(default=[], description="of an organisation: those above it, from near to far")
    successors: list[Entry] = Field(default=[], description="of an organisation: those that followed it, in order")
    predecessors: list[Entry] = Field(default=[], description="of an organisation: those that it followed")
    identifiers: list[Entry] = Field(default=[], description="of an organisation: its codes in other schemes")
    lies_in: list[Entry] = Field(default=[], description="of a place: those it lies in, from near to far")
    holds: list[Entry] = Field(default=[], description="of a place: those that lie in it")
    codes: list[Entry] = Field(default=[], description="of a place: its codes by scheme")
    also_called: list[str] = Field(default=[], description="reviewed other names")


class Rates(Document):
    """Rates taken over from a file."""

    file: str = Field(description="the programme's file of rates")
    read: Count = Field(description="rates read")
    added: Count = Field(description="rates that were not there before")
    changed: Count = Field(description="rates that say otherwise than before")
    unknown: dict[str, int] = Field(description="currencies left out because they are not known, with their rows")
    contradictions: list[str] = Field(
        description="days left out because the file says two rates: file, line and both rates",
    )
