"""The bundled programme run once through the command line, and a smaller copy of it for what needs several homes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from idtracker.cli import cli
from idtracker.model.home import Home
from tests.support.built import built
from tests.support.runs import SUITES, runner_without

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

STANDARD = "IDTRACKER_IATI_STANDARD"
"""Homes are judged by the published standard that is installed, as `make run` does; other tests leave it out."""
SMALL = [
    "ons_survey_indicators",
    "observatory_conflict_events",
    "wadi_university_barometer",
    "embassy_participation_register",
]


@dataclass(frozen=True)
class RunHome:
    """A home and its sources, driven through the installed command or, without its start, in this process."""

    path: Path
    sources: Path
    draws: bool = False
    """Whether its runs draw a briefing."""

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        script = Path(sys.executable).parent / "idtracker"
        env = {k: v for k, v in os.environ.items() if k != STANDARD} | {"GX_ANALYTICS_ENABLED": "false"}
        env |= {"IDTRACKER_FILES": "yes", "IDTRACKER_BRIEFING": "yes"} if self.draws else {}
        return subprocess.run(
            [str(script), *words, "--home", str(self.path), "--sources", str(self.sources)],
            capture_output=True, text=True, cwd=ROOT, env=env, timeout=600, check=False,
        )  # fmt: skip

    def run(self, *words: str) -> dict[str, Any]:
        done = self.command("run", "--json", *words)
        assert done.returncode == 0, done.stderr[-4000:]
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def run_here(self, *words: str) -> str:
        """The same run in this process, without judging the merged tables: that leaves pages, and no table differs."""
        place = ["--home", str(self.path), "--sources", str(self.sources)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("idtracker.cli.output.installed", lambda group, remedy: runner_without(SUITES))
            patch.delenv(STANDARD, raising=False)
            done = CliRunner().invoke(cli, ["run", *words, *place], prog_name="idtracker")
        assert done.exit_code == 0, done.output[-4000:]
        return done.stdout

    @property
    def published(self) -> Path:
        return (self.path / "published" / "hmg" / "current").resolve()

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.published / "idtracker.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def hashes(self) -> dict[str, str]:
        manifest = json.loads((self.published / "manifest.json").read_text("utf-8"))
        return {name: table["hash"] for name, table in manifest["tables"].items()}


@pytest.fixture(scope="session")
def programme(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """The whole programme after its first run; `report.json` in the home is what the run said.

    A copy of the home that `IDTRACKER_PROGRAMME` names, or else of one that is made once for all processes.
    """
    first = os.environ.get("IDTRACKER_PROGRAMME") or built(tmp_path_factory, "programme", run_programme).root
    home = RunHome(tmp_path_factory.mktemp("programme") / "home", ROOT / "sources")
    shutil.copytree(first, home.path, symlinks=True)
    return home


def run_programme(home: Home) -> None:
    """Fill the inbox with the programme, run once, and keep what the run said."""
    from programme.inbox import fill
    from programme.world import World

    first = RunHome(home.root, ROOT / "sources", draws=True)
    fill(home.root, World())
    (home.root / "report.json").write_text(json.dumps(first.run()), "utf-8")


@pytest.fixture(scope="session")
def small_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of four of the sources with a tracker of five quarters: corrections, edits, deletions, a withdrawal."""
    folder = tmp_path_factory.mktemp("small") / "sources"
    folder.mkdir()
    for name in ("_reference", "_indices"):
        shutil.copytree(ROOT / "sources" / name, folder / name)
    text = (ROOT / "sources" / "programme.yml").read_text("utf-8")
    (folder / "programme.yml").write_text(
        re.sub(r"first: \S+?([,}\s])", r"first: 2024-Q3\1", text).replace("2026-Q3", "2025-Q3"), "utf-8"
    )
    for name in SMALL:
        shutil.copytree(ROOT / "sources" / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def small_inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose inbox holds the files of those four, never run."""
    from programme import inbox
    from programme.world import World

    home, whole = tmp_path_factory.mktemp("inbox"), inbox.deliveries
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox, "deliveries", lambda world: [d for d in whole(world) if d.source in SMALL])
        inbox.fill(home, World())
    return home
