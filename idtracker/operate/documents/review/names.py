"""What `names suggest`, `accept` and `check` print."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from idtracker.ingest.resolve.name_review import Fault
from idtracker.ingest.resolve.suggest import SHOWN, Why
from idtracker.model.document import Count, Document, Moment, Some
from idtracker.model.register.reviewed_names import NameKind


class SuggestedName(Document):
    """one known name"""

    identifier: str = Field(description="identifier of the register")
    name: str = Field(description="the name of it that is most like the one typed")
    known_as: str = Field(
        "", description="its name in the register, in the language asked for; empty where it has none"
    )
    score: Annotated[int, Field(ge=0, le=100)] = Field(description="likeness")
    why: Why = Field(description="what they have in common")
    reason: str = Field(description="the same in words")


class FirstSeen(Document):
    """where it stood first"""

    file_name: str = Field(description="file name as received")
    sheet: str | None = Field(description="sheet")
    row: Count = Field(description="one-based row")
    received_at: Moment = Field(description="arrival of the file, ISO 8601, UTC")


class UnknownName(Document):
    """one name"""

    source: str = Field(description="source")
    kind: NameKind = Field(description="what the name stands for")
    typed: str = Field(description="name as typed")
    times: Some = Field(description="cells in which it stands")
    files: Some = Field(description="files in which it stands")
    held: bool = Field(description="whether rows are held for it")
    provisional: str | None = Field(
        description="provisional identifier under which rows are kept; null where there is none"
    )
    first_seen: FirstSeen = Field(description="where it stood first")
    candidates: list[SuggestedName] = Field(description=f"up to {SHOWN} known names, best first")


class Suggestions(Document):
    """Names typed in received files that no register and no reviewed entry knows."""

    names: list[UnknownName] = Field(description="most frequent first within each source")


class Accepted(Document):
    """An entry of names.csv."""

    source: str = Field(description="source")
    kind: NameKind = Field(description="what the name stands for")
    typed: str = Field(description="name as typed")
    identifier: str = Field(description="what it means from now on")
    name: str = Field(
        "", description="name of that in the register, in the language asked for; empty where it has none"
    )
    added: bool = Field(description="false where it meant that already")
    file: str = Field(description="path of names.csv")


class DoubtfulName(Document):
    """one entry"""

    source: str = Field(description="source")
    line: Annotated[int, Field(ge=2)] = Field(description="line of names.csv")
    kind: NameKind = Field(description="what the name stands for")
    typed: str = Field(description="name of the entry")
    identifier: str = Field(description="identifier of the entry")
    name: str = Field(
        "", description="name of that in the register, in the language asked for; empty where it has none"
    )
    fault: Fault = Field(description="what speaks against it")
    message: str = Field(description="the same in words")


class NameCheck(Document):
    """Whether the reviewed names still serve."""

    sound: bool = Field(description="whether there is nothing to look at")
    entries: Count = Field(description="reviewed entries")
    doubts: list[DoubtfulName] = Field(description="entries to look at")
