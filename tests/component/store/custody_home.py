"""A published home of three small sources, made once by the library's own steps; tests take copies of it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from idtracker.ingest.judge.catalogue import Catalogue, load_catalogue
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.collect import collect
from idtracker.model.home import Settings
from idtracker.operate.custody.rebuild import derive_everything
from idtracker.operate.run_log import log_run
from idtracker.operate.steps.publication import publish
from tests.support.small_programme import write_programme
from tests.support.small_year import YEAR_SOURCES, drop_first, drop_rest

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)


def take_in(settings: Settings, catalogue: Catalogue) -> None:
    for source in catalogue.sources.values():
        collect(settings, source, NOW)
        Chain(settings).seal(NOW, source.id)
        assert judge_waiting(settings, catalogue, source)[1] == []


def make_home(settings: Settings) -> None:
    write_programme(settings.sources, YEAR_SOURCES)
    drop_first(settings.home)
    drop_rest(settings.home)
    catalogue = load_catalogue(settings.sources)
    take_in(settings, catalogue)
    assert derive_everything(settings, catalogue, NOW, None) == []
    publish(settings, catalogue, "hmg", NOW, None)
    run = {"run_id": "first", "started_at": NOW.isoformat(), "ended_at": NOW.isoformat(), "submissions_count": 14}
    log_run(settings, run | {"outcome": "done", "message": None, "chain": Chain(settings).head()})


def copy_home(settings: Settings, folder: Path) -> Settings:
    copy = Settings(folder / "home", settings.sources)
    shutil.copytree(settings.home, copy.home, symlinks=True)
    return copy
