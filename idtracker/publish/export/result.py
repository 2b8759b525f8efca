"""What an export wrote, and what it left out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from idtracker.model.marking import Marking
from idtracker.model.published.formats import FORMATS
from idtracker.model.published.formats import FileFormat as Format

__all__ = ["FORMATS", "SPATIAL", "USUAL", "Exported", "ExportedFile", "Format", "LeftOut"]
USUAL: tuple[Format, ...] = ("csv", "xlsx", "parquet", "sdmx")
"""What is written where nobody says otherwise: for any table, with what is always installed."""
SPATIAL: tuple[Format, ...] = ("gpkg", "geoparquet")
"""Formats with boundaries; they need the extra `geo`, and the table of places."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file of an export. `path` is relative to its folder; `table` is None where it holds several."""

    path: str
    table: str | None
    format: Format
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A table that one format cannot hold, and why."""

    table: str
    format: Format
    why: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished export. `marking` is the high-water mark of every row in it, `as_known_at` the instant (UTC, ISO 8601)."""

    folder: Path
    audience: str
    as_known_at: str
    notice: str
    marking: Marking
    handling: tuple[str, ...]
    tables: tuple[str, ...]
    files: tuple[ExportedFile, ...]
    left_out: tuple[LeftOut, ...]
