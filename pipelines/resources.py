"""Thin shells that hand library objects to assets."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.ingest.landing.ledger import parse_instant
from idtracker.model.home import Settings
from idtracker.operate.step import Context


class Home(dg.ConfigurableResource):
    """The home that a run works on, and the instant up to which it may know anything."""

    path: str
    sources: str
    as_of: str | None = None

    @classmethod
    def of(cls, settings: Settings, as_of: datetime | None = None) -> "Home":
        return cls(path=str(settings.home), sources=str(settings.sources), as_of=as_of.isoformat() if as_of else None)

    @property
    def settings(self) -> Settings:
        return Settings(home=Path(self.path), sources=Path(self.sources))

    @property
    def until(self) -> datetime | None:
        """The instant named for the run; None: everything that has arrived."""
        return parse_instant(self.as_of) if self.as_of else None

    def context(self, catalogue: Catalogue) -> Context:
        """What a step works on."""
        return Context(self.settings, catalogue, self.now(), self.until)

    def now(self) -> datetime:
        return self.until or datetime.now(UTC).replace(microsecond=0)
