"""Where things are, given as arguments. Nothing here is read at import; every module receives a Settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_AUDIENCE = "hmg"


@dataclass(frozen=True, slots=True)
class Settings:
    """The home of one country programme and the folder of its source definitions."""

    home: Path
    sources: Path

    @classmethod
    def resolve(cls, home: str | Path | None = None, sources: str | Path | None = None) -> Settings:
        """Arguments first, then IDTRACKER_HOME and IDTRACKER_SOURCES, then ./var and ./sources."""
        return cls(
            home=Path(home or os.environ.get("IDTRACKER_HOME") or "var").resolve(),
            sources=Path(sources or os.environ.get("IDTRACKER_SOURCES") or "sources").resolve(),
        )

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def accepted(self) -> Path:
        return self.home / "accepted"

    @property
    def store(self) -> Path:
        return self.home / "store" / "idtracker.duckdb"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def dagster(self) -> Path:
        return self.home / "dagster"
