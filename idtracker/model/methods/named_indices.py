"""The published indices that a programme names: each a method and a file of data, worked out by a step of every run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, Field

from idtracker.model.config.handling import Handling
from idtracker.model.config.values import Identifier, Strict, Text


def _inside(value: str) -> str:
    path = PurePosixPath(value.replace("\\", "/"))
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise ValueError("name a file below the folder of programme.yml, such as `_indices/literacy.csv`")
    return path.as_posix()


InnerPath = Annotated[Text, AfterValidator(_inside)]
"""A file below the folder that the definition is in, with `/` between its parts."""


class IndexTitle(Strict):
    """What the index measures, as a heading."""

    en: Text = Field(description="In English.")
    ar: Text = Field(description="In Arabic.")


class IndexEntry(Strict):
    """One index: which method is worked out on which file."""

    id: Identifier = Field(description="Identifier of the index in the tables, such as `human_development`.")
    method: Text = Field(
        description="Method by the name of its file: in `_methods`, or one that ships with the package, such as `HDI`."
    )
    data: InnerPath = Field(
        description="CSV file below the folder of programme.yml: one row for each unit, as `idtracker method compute` reads it."
    )
    title: IndexTitle | None = Field(None, description="Heading; left out: the title of the method.")
    handling: Handling | None = Field(
        None,
        description="Marking of the index; left out: that of the programme. Nothing is public unless it is stated.",
    )


def repeated_ids(entries: Sequence[IndexEntry]) -> Iterator[tuple[int, str]]:
    """Entries whose identifier stands before them: their place and the identifier."""
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.id in seen:
            yield place, entry.id
        seen.add(entry.id)
