"""What every JSON document is made of: a model whose fields are promised, and the kinds of values that documents share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Document(BaseModel):
    """A JSON document, or an object in one.

    Fields without a default are promised; any other is left out where it was not given. A value of the wrong type, NaN or
    an unknown key is an error where the document is made. A reader is promised less: further keys may be added at any
    time, so that no schema closes a document.
    """

    model_config = ConfigDict(
        strict=True, extra="forbid", allow_inf_nan=False, json_schema_extra={"additionalProperties": True}
    )

    def printed(self) -> dict[str, Any]:
        """The document as it is printed, in the order of its fields."""
        return self.model_dump(mode="json", exclude_unset=True)


@dataclass(frozen=True, slots=True)
class OneOf:
    """Which values a text may have, for the schema; asked for when that is made, because they are in tables."""

    values: Callable[[], Iterable[str]]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"enum": list(self.values())}


def code_of(scheme: str) -> OneOf:
    """A code of a bundled codelist."""
    return OneOf(partial(_codes, scheme))


def _codes(scheme: str) -> list[str]:
    from idtracker.model.register.register import Register

    lists = Register.load().codelists
    return [str(code) for code in lists.loc[lists["scheme"] == scheme, "code"]]


Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}")]
"""A day or an instant, ISO 8601 and UTC."""
Count = Annotated[int, Field(ge=0)]
Some = Annotated[int, Field(ge=1)]
RowNumber = Some
Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0, le=100)]
Hash = Annotated[str, Field(pattern="^[0-9a-f]+$")]


class RowCounts(Document):
    """Rows by what became of them: read is the sum of the others."""

    read: Count = Field(description="rows read")
    accepted: Count = Field(description="rows that say something new")
    held: Count = Field(description="rows held back with reasons")
    unchanged: Count = Field(description="rows that repeat what was known on arrival")
    superseded: Count = Field(description="rows outdone by a later edition, or repeated in the file")


class SeverityCounts(Document):
    """findings of each severity"""

    critical: Count = Field(description="findings that make a file unusable")
    error: Count = Field(description="findings that hold rows")
    warning: Count = Field(description="findings to be looked at")
    advisory: Count = Field(description="findings worth knowing")


class MovedScore(Document):
    """one published score that is another, or would be"""

    place_id: str = Field(description="place")
    place: str = Field(description="name of the place")
    period: str = Field(description="quarter")
    before: Points | None = Field(
        description="score of the whole index before, 100 is stable; null where it is withheld"
    )
    after: Points | None = Field(description="the same after; null where it is withheld")
