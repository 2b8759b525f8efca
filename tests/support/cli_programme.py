"""Rows for the small programme (tests/support), and the command line called in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from idtracker.cli import cli
from idtracker.cli.output import installed
from idtracker.model.home import Home
from tests.support.runs import METRICS, SUITES, runner_without
from tests.support.small_programme import COURSES_HEAD

SURVEY_ROWS = [
    f"{i},{place},{quarter},{v}"
    for i, v in (("VOICE", 60), ("WORK", 25))
    for place in ("Zarqa", "Karak")
    for quarter in ("2025-Q3", "2025-Q4")
]
COURSE_ROWS = [f"C-{n},Zarqa,2025-10-0{n},{10 + n}" for n in range(1, 6)]
PRODUCT_ROWS = [f"P-{n},SITREP,2025-11-0{n}" for n in range(1, 7)]
CODEWORD = "zebra falcon"
SECRET = f"SECRET\n{COURSES_HEAD}\nC-9,Zarqa,2025-10-09,9\n{CODEWORD},Zarqa,2025-10-10,7\n"


@dataclass(frozen=True)
class Program:
    """The command line over one home and one folder of sources."""

    home: Home

    def __call__(self, *words: str | Path, code: int | None = 0) -> Result:
        """Call it; the exit code must be as told (None: any) and no other exception may come through."""
        place = ["--home", str(self.home.root), "--sources", str(self.home.sources)]
        result = CliRunner().invoke(cli, [*place, *map(str, words)], prog_name="idtracker")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise AssertionError(f"{words}: {result.exception!r}") from result.exception
        assert code is None or result.exit_code == code, result.output
        return result

    def document(self, *words: str | Path, code: int = 0) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self(*words, "--json", code=code).stdout)


@dataclass(frozen=True)
class Prepared:
    """A home after its first run: where it is, and what the run said."""

    home: Home
    stdout: str
    stderr: str
    output: str


def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output does not depend on the terminal that runs the tests, nor the home on its environment."""
    for name in ("COLUMNS", "FORCE_COLOR", "IDTRACKER_HOME", "IDTRACKER_SOURCES"):
        monkeypatch.delenv(name, raising=False)


def spare_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    """The orchestrator is the library's own, without the suites of expectations."""
    monkeypatch.setattr("idtracker.cli.output.installed", _without_suites)


def spare_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same without metrics, draws, judgements and warnings too: a run costs half. Those of the first run stay."""
    monkeypatch.setattr("idtracker.cli.output.installed", _without_figures)


def _without_figures(group: str, remedy: str) -> object:
    left_out = (SUITES, METRICS, "tracker/uncertainty", "tracker/judgements", "tracker/warnings", "tracker/framework")
    return runner_without(*left_out) if group == "idtracker.orchestrator" else installed(group, remedy)


def _without_suites(group: str, remedy: str) -> object:
    return runner_without(SUITES) if group == "idtracker.orchestrator" else installed(group, remedy)
