"""The programme of the tests of the command line, run once with every step; copies of it for what changes something."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from idtracker.model.home import Home
from tests.support.built import built, copy_of
from tests.support.cli_programme import (
    COURSE_ROWS,
    PRODUCT_ROWS,
    SECRET,
    SURVEY_ROWS,
    Prepared,
    Program,
    spare_suites,
)
from tests.support.small_programme import COURSES_HEAD, PRODUCTS_HEAD, SURVEY_HEAD, drop, text_of, write_programme

HELD_ROW = "C-8,Zarqa,2025-10-08,many"
SAID = "said.json"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The programme after one run: two files accepted, one partly, one refused before landing."""
    made = built(tmp_path_factory, "commands", _run_first)
    home = copy_of(made, tmp_path_factory.mktemp("programme"))
    return Prepared(home, **json.loads((made.root.parent / SAID).read_text("utf-8")))


def _run_first(home: Home) -> None:
    """Make that home, and keep beside it what the run said."""
    write_programme(home.sources)
    root = home.root
    drop(root, "survey", "survey_2025-Q3.csv", text_of(SURVEY_HEAD, SURVEY_ROWS[::2]), "2025-10-10T09:00:00Z")
    drop(root, "courses", "courses_1.csv", text_of(COURSES_HEAD, [*COURSE_ROWS, HELD_ROW]), "2026-01-05T09:00:00Z")
    drop(root, "products", "products_1.csv", text_of(PRODUCTS_HEAD, PRODUCT_ROWS), "2026-01-06T09:00:00Z")
    drop(root, "courses", "courses_annex.csv", SECRET, "2026-01-07T09:00:00Z")
    with pytest.MonkeyPatch.context() as patch:
        spare_suites(patch)
        ran = Program(home)("run")
    said = {"stdout": ran.stdout, "stderr": ran.stderr, "output": ran.output}
    (home.root.parent / SAID).write_text(json.dumps(said), "utf-8")


@pytest.fixture
def published(prepared: Prepared) -> Program:
    """The command line over the prepared home, for commands that change nothing."""
    return Program(prepared.home)


@pytest.fixture
def copied(prepared: Prepared, tmp_path: Path) -> Program:
    """The same over a copy, for commands that change something."""
    return Program(copy_of(prepared.home, tmp_path))


@pytest.fixture
def fresh(home: Home) -> Program:
    """The same sources over a home in which nothing ever ran."""
    home.sources.rmdir()
    write_programme(home.sources)
    return Program(home)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file to report with; returns its path."""

    def to(name: str, content: str | bytes) -> Path:
        path = tmp_path / "outside" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return to
