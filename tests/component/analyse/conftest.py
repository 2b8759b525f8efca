"""Homes of the random programme (benchmarks/proofs), made once: they received everything that a seed sends, in several runs."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from benchmarks.proofs.instants import whole_home
from benchmarks.proofs.small_programme import Delivery
from idtracker.model.home import Home
from tests.support.built import built, copy_of

Received = tuple[Home, list[Delivery]]
SENT = "sent.pickle"


@pytest.fixture(scope="session")
def received(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str | None], Received]:
    """A copy of the home of a programme by its first quarter (None: the first that is observed), and what it received."""

    def copied(first: str | None) -> Received:
        def make(home: Home) -> None:
            _, sent = whole_home(home.root.parent, first, seed=4)
            (home.root.parent / SENT).write_bytes(pickle.dumps(sent))

        made = built(tmp_path_factory, f"received_{first}", make)
        sent: list[Delivery] = pickle.loads((made.root.parent / SENT).read_bytes())
        return copy_of(made, tmp_path_factory.mktemp("received")), sent

    return copied
