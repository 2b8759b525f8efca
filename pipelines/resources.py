"""Thin shells that hand library objects to assets."""

from datetime import datetime
from pathlib import Path

import dagster as dg

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.instants import next_second, parse_instant
from idtracker.operate.step import Context


class HomeResource(dg.ConfigurableResource):
    """The home that a run works on, and the instant up to which it may know anything."""

    path: str
    sources: str
    as_of: str | None = None

    @classmethod
    def of(cls, home: Home, as_of: datetime | None = None) -> "HomeResource":
        return cls(path=str(home.root), sources=str(home.sources), as_of=as_of.isoformat() if as_of else None)

    @property
    def home(self) -> Home:
        return Home(root=Path(self.path), sources=Path(self.sources))

    @property
    def until(self) -> datetime | None:
        """The instant named for the run; None: everything that has arrived."""
        return parse_instant(self.as_of) if self.as_of else None

    def context(self, catalogue: ProgrammeCatalogue, started_at: datetime) -> Context:
        """What a step works on. All steps of a run speak of the instant at which it started, or of the one named for it."""
        now = self.until or next_second(started_at)
        return Context(self.home, catalogue.on(now), now, self.until)
