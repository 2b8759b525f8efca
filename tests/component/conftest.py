"""The quarterly programme of the small ones (tests/support), over a home in which nothing has arrived."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.model.home import Home
from tests.support import quarterly_programme as quarterly


@pytest.fixture
def programme(home: Home) -> Home:
    """Sources `courses`, `survey` and `visits`; nothing has arrived."""
    home.sources.rmdir()
    quarterly.write_quarterly(home.sources)
    return home


@pytest.fixture
def catalogue(programme: Home) -> ProgrammeCatalogue:
    return load_catalogue(programme.sources)


@pytest.fixture
def drop(programme: Home) -> Callable[..., Path]:
    """Put a file into an inbox, with an envelope that says when it came."""
    return partial(quarterly.drop_rows, programme.root)
