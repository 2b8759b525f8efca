"""A published home of three small sources, made once by the library's own steps; tests take copies of it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.collect import collect
from idtracker.model.home import Home
from idtracker.operate.custody.rebuild import derive_everything
from idtracker.operate.run_log import log_run
from idtracker.operate.steps.publication import publish
from tests.support.small_programme import write_programme
from tests.support.small_year import YEAR_SOURCES, drop_first, drop_rest

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)


def take_in(home: Home, catalogue: ProgrammeCatalogue) -> None:
    for source in catalogue.sources.values():
        collect(home, source, NOW)
        Chain(home).seal(NOW, source.id)
        assert judge_waiting(home, catalogue, source)[1] == []


def make_home(home: Home) -> None:
    write_programme(home.sources, YEAR_SOURCES)
    drop_first(home.root)
    drop_rest(home.root)
    catalogue = load_catalogue(home.sources)
    take_in(home, catalogue)
    assert derive_everything(home, catalogue, NOW, None) == []
    publish(home, catalogue, NOW, None)
    run = {"run_id": "first", "started_at": NOW.isoformat(), "ended_at": NOW.isoformat(), "submissions_count": 14}
    log_run(home, run | {"outcome": "done", "message": None, **Chain(home).anchor()})


def copy_home(home: Home, folder: Path) -> Home:
    copy = Home(folder / "home", home.sources)
    shutil.copytree(home.root, copy.root, symlinks=True)
    return copy
