"""Homes that tests of several tiers share: over small programmes, empty or made once for a session."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.model.home import Home
from tests.support import quarterly_programme as quarterly
from tests.support.built import built, copy_of

if TYPE_CHECKING:
    from benchmarks.proofs.small_programme import Delivery

    Received = tuple[Home, list[Delivery]]

SENT = "sent.pickle"


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


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A published home of three small sources (custody_home.py)."""
    from tests.support.custody_home import make_home

    return copy_of(built(tmp_path_factory, "custody", make_home), tmp_path_factory.mktemp("custody"))


@pytest.fixture(scope="session")
def received(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str | None], Received]:
    """A copy of the home of a random programme, by its first quarter (None: the first that is observed), and what was sent to it.

    It received everything that a seed sends, in several runs (benchmarks/proofs).
    """
    from benchmarks.proofs.instants import whole_home

    def copied(first: str | None) -> Received:
        def make(home: Home) -> None:
            _, sent = whole_home(home.root.parent, first, seed=4)
            (home.root.parent / SENT).write_bytes(pickle.dumps(sent))

        whole = built(tmp_path_factory, f"received_{first}", make)
        sent: list[Delivery] = pickle.loads((whole.root.parent / SENT).read_bytes())
        return copy_of(whole, tmp_path_factory.mktemp("received")), sent

    return copied
