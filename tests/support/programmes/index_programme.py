"""A programme without sources that names indices: its files, its steps, and what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import yaml

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.model.config.programme import load_programme
from idtracker.model.home import Home
from idtracker.operate.pipeline import run_steps
from idtracker.operate.step import Context, StepResult
from idtracker.operate.steps.figures.indices import INDICES
from idtracker.store.connection import open_store
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import read_table

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HD = """\
district,LE,EYS,MYS,GNI
North,71.5,12.4,9.1,6100
East,69,11,7.5,4800
South,74.25,13.9,10.4,
West,66,9.8,5.2,3300
"""
"""Invented figures for the index HDI; one is missing."""


def name_indices(home: Home, *entries: Mapping[str, Any], **keys: Any) -> None:
    """Write a programme.yml that names indices."""
    home.sources.mkdir(parents=True, exist_ok=True)
    document = {
        "title": "Programme of a test",
        "country": "JO",
        "notice": "Invented figures.",
        **keys,
        "indices": list(entries),
    }
    (home.sources / "programme.yml").write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")


def put(home: Home, name: str, content: str | bytes) -> None:
    """Write a data file below the folder of programme.yml."""
    path = home.sources / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


@cache
def _without_programme() -> ProgrammeCatalogue:
    """The catalogue of no sources: reading the bundled register takes longer than all that is tested here."""
    with TemporaryDirectory() as folder:
        return load_catalogue(Path(folder))


def step(home: Home, now: datetime = NOW, until: datetime | None = None, **further: bool) -> StepResult:
    """The step of the indices as every run has it; what it said."""
    catalogue = replace(_without_programme(), programme=load_programme(home.sources))
    with open_store(home) as connection:
        ensure_tables(connection)
    done = run_steps([INDICES], Context(home, catalogue, now, until, **further))
    assert not done.failures, done.failures
    return done.results[INDICES.name]


def stored(home: Home, name: str, index_id: str | None = None) -> pd.DataFrame:
    """Rows of a table of the store."""
    with open_store(home) as connection:
        return read_table(connection, name, "TRUE" if index_id is None else f"index_id = '{index_id}'")
