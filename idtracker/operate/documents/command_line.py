"""What `query`, `publish`, `withdraw` and `docs build` print, and what every command prints where it fails."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, RootModel

from idtracker.model.document import Document, Some


class Rows(RootModel[list[dict[str, Any]]]):
    """Rows of the result, in its order: column -> value; instants are ISO 8601."""


class Publication(Document):
    """What was published."""

    published: dict[str, str] = Field(description="audience -> folder of its publication")
    changed: bool = Field(description="whether anything in it is new")


class Withdrawal(Document):
    """What was withdrawn."""

    submission_id: str = Field(description="submission")
    source: str = Field(description="source")
    state: Literal["withdrawn"] = Field(description="state from now on")


class DocsBuild(Document):
    """Which generated files were out of date."""

    files: Some = Field(description="generated files")
    stale: list[str] = Field(description="files that were missing, out of date or no longer defined")
    written: bool = Field(description="whether they were brought up to date")


class Failure(Document):
    """Why a command ended without its document."""

    error: str = Field(description="place and remedy; several problems stand on a line each")
    exit_code: Some = Field(description="exit code of the command")
