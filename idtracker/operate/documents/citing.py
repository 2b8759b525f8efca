"""What `cite` and `reproduce` print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from idtracker.model.document import Document, Moment, Share

if TYPE_CHECKING:
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
