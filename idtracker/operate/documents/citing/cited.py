"""What `cite` and `reproduce` print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from idtracker.model.document import Count, Document, Moment, Share

if TYPE_CHECKING:
    from idtracker.operate.custody.reproduce import Reproduction
    from idtracker.publish.citing.citation import Citation


class CitedFigure(Document):
    """A published figure with everything that a citation says of it."""

    address: str = Field(
        description="stable address: table, key of the row, column where it is not the main one, publication"
    )
    title: str = Field(description="what the figure is, in words")
    value: float | int | str | bool | None = Field(
        description="the published value, not rounded; null where there is none"
    )
    unit: str = Field(description="unit; empty where there is none")
    low: float | None = Field(description="lower end of the interval; null where there is none")
    high: float | None = Field(description="upper end of the same")
    interval_level: Share | None = Field(description="level of the interval; null where there is none")
    standard_error: float | None = Field(description="standard error; null where none is published")
    why_missing: str = Field(description="why there is no value; empty where there is one, or nobody says")
    place_id: str | None = Field(description="place; null where it is about none")
    place: str = Field(description="name of the place, or what else the figure is about")
    period: str | None = Field(description="quarter; null where it is about none")
    as_known_at: Moment = Field(description="instant of knowledge of the publication")
    programme: str = Field(description="title of the programme")
    notice: str = Field(description="what every reader must know; empty where there is nothing")
    publication: str = Field(description="name of the publication")
    method: str = Field(description="version of the method; empty where none was named")
    rules: str = Field(description="version of the rules that judged the files")
    classification: str = Field(description="marking of the row")
    releasable_to: list[str] = Field(description="groups that may see the row; empty: whoever marked it alone")
    citation: str = Field(description="the same in one line")


def citation_document(cited: Citation) -> CitedFigure:
    """The document of a citation."""
    same = {name: getattr(cited, name) for name in CitedFigure.model_fields if hasattr(cited, name)}
    return CitedFigure(
        **same | {"address": str(cited.address), "releasable_to": list(cited.releasable_to), "citation": cited.line}
    )


class TableAgain(Document):
    """one table of the publication, as published and as made again"""

    table: str = Field(description="table")
    rows: Count | None = Field(description="rows as published; null where it is no longer kept")
    rows_again: Count = Field(description="rows as made again")
    is_same: bool = Field(description="whether it is the same, as far as it can be compared")
    has_same_content: bool = Field(description="whether the rows are the same, in the database as well")
    has_same_bytes: bool | None = Field(
        description="whether the Parquet file is the same byte for byte; null where none is kept"
    )


class ReproducedPublication(Document):
    """A publication made again from what was on record then."""

    publication: str = Field(description="name of the publication")
    is_kept: bool = Field(description="whether its folder is kept; else the hash in its name alone tells")
    is_same: bool = Field(description="whether what was made again is the same")
    made: str = Field(description="name of what was made again; empty where nothing was")
    as_of: str = Field(description="instant of knowledge that it was made for; empty where nothing was")
    tried: Count = Field(description="states of the record that it was made from, until one gave the same")
    differing: list[str] = Field(description="tables that are not the same")
    tables: list[TableAgain] = Field(description="every table; those that tell of the work alone need not be the same")
    reasons: list[str] = Field(description="why it may not be the same")
    notes: list[str] = Field(description="what is worth knowing and harms nothing")


def reproduction_document(done: Reproduction) -> ReproducedPublication:
    """The document of a publication that was made again."""
    tables = [TableAgain(**{name: getattr(table, name) for name in TableAgain.model_fields}) for table in done.tables]
    same = ("publication", "is_kept", "is_same", "made", "as_of", "tried", "reasons", "notes")
    return ReproducedPublication(
        **{name: getattr(done, name) for name in same}, differing=[t.table for t in done.differing], tables=tables
    )
