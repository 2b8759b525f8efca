"""The programme of the tests of the command line, run once; copies of it for what changes something."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_programme import (
    COURSE_ROWS,
    COURSES,
    PRODUCT_ROWS,
    SECRET,
    SURVEY,
    SURVEY_ROWS,
    Prepared,
    Program,
    drop,
    text_of,
    write_sources,
)

from idtracker.cli.output import installed
from idtracker.model.home import Settings
from tests.support.runs import SUITES, runner_without


@pytest.fixture(autouse=True)
def no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output does not depend on the terminal that runs the tests."""
    for name in ("COLUMNS", "FORCE_COLOR", "IDTRACKER_HOME", "IDTRACKER_SOURCES"):
        monkeypatch.delenv(name, raising=False)


def _without_suites(group: str, remedy: str) -> object:
    """What is installed behind an entry point; the orchestrator is the library's own, without the suites."""
    return runner_without(SUITES) if group == "idtracker.orchestrator" else installed(group, remedy)


@pytest.fixture(autouse=True)
def without_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idtracker.cli.output.installed", _without_suites)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The programme after one run: two files accepted, one partly, one refused at the door."""
    root = tmp_path_factory.mktemp("programme")
    settings = Settings(home=root / "home", sources=root / "sources")
    write_sources(settings.sources)
    drop(settings, "survey", "survey_2025-Q3.csv", text_of(SURVEY, SURVEY_ROWS[::2]), "2025-10-10T09:00:00Z")
    drop(settings, "courses", "courses_1.csv", text_of(COURSES, [*COURSE_ROWS, "C-8,Zarqa,2025-10-08,many"]), "2026-01-05T09:00:00Z")  # fmt: skip
    drop(
        settings, "products", "products_1.csv", text_of("Product,Type,Completed", PRODUCT_ROWS), "2026-01-06T09:00:00Z"
    )
    drop(settings, "courses", "courses_annex.csv", SECRET, "2026-01-07T09:00:00Z")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("idtracker.cli.output.installed", _without_suites)
        return Prepared(settings, Program(settings)("run"))


@pytest.fixture
def published(prepared: Prepared) -> Program:
    """The command line over the prepared home, for commands that change nothing."""
    return Program(prepared.settings)


@pytest.fixture
def copied(prepared: Prepared, tmp_path: Path) -> Program:
    """The same over a copy, for commands that change something."""
    settings = Settings(home=tmp_path / "home", sources=tmp_path / "sources")
    shutil.copytree(prepared.settings.home, settings.home, symlinks=True)
    shutil.copytree(prepared.settings.sources, settings.sources)
    return Program(settings)


@pytest.fixture
def fresh(settings: Settings) -> Program:
    """The same sources over a home in which nothing ever ran."""
    settings.sources.rmdir()
    write_sources(settings.sources)
    return Program(settings)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file to report with; returns its path."""

    def to(name: str, content: str | bytes) -> Path:
        path = tmp_path / "outside" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return to
