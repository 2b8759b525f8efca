"""Where things are, given as arguments. Nothing here is read at import; every module receives a Home."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_AUDIENCE = "hmg"


@dataclass(frozen=True, slots=True)
class Home:
    """The home of one country programme and the folder of its source definitions."""

    root: Path
    sources: Path

    @classmethod
    def resolve(cls, home: str | Path | None = None, sources: str | Path | None = None) -> Home:
        """Arguments first, then IDTRACKER_HOME and IDTRACKER_SOURCES, then ./var and ./sources."""
        return cls(
            root=Path(home or os.environ.get("IDTRACKER_HOME") or "var").resolve(),
            sources=Path(sources or os.environ.get("IDTRACKER_SOURCES") or "sources").resolve(),
        )

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def accepted(self) -> Path:
        return self.root / "accepted"

    @property
    def store(self) -> Path:
        return self.root / "store" / "idtracker.duckdb"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def definitions(self) -> Path:
        """The last sound definition of each source."""
        return self.root / "definitions"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"
