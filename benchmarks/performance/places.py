"""Where measured commands run: homes made once and copied for each measurement, so that none meets the traces of another."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.generated import observations as generator
from benchmarks.generated import programme as generated
from benchmarks.generated.activities import activity_cells
from benchmarks.performance.measure import ROOT, Usage, environment, idtracker, measure, middle, profile, python
from benchmarks.sql.lists import write_lists
from idtracker.ingest.judge.catalogue import load_catalogue

Command = Callable[["MeasuredHome"], list[str]]


@dataclass(frozen=True, slots=True)
class MeasuredHome:
    """A home and the definitions of its sources."""

    root: Path
    sources: Path

    def words(self, *words: str) -> list[str]:
        return idtracker(self.root, self.sources, *words)

    def query(self, sql: str) -> list[dict[str, object]]:
        """Rows of what is published."""
        words = self.words("query", sql, "--format", "json")
        done = subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, check=True)
        rows: list[dict[str, object]] = json.loads(done.stdout)
        return rows


def run(place: MeasuredHome) -> list[str]:
    """The one command that every measured run goes by."""
    return place.words("run")


@dataclass
class Workshop:
    """The folder of one session of measurements: sizes, places that have been made, and runs that have been measured."""

    folder: Path
    scale: float = 1.0
    profiles: Path | None = None
    repeats: int = 3
    _places: dict[str, MeasuredHome] = field(default_factory=dict)
    _runs: dict[str, tuple[Usage, MeasuredHome]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def rows(self, count: int) -> int:
        """So many rows at this scale."""
        return max(20, round(count * self.scale))

    def copy(self, place: MeasuredHome) -> MeasuredHome:
        """A home of its own with the same content."""
        home = self.folder / f"copy_{next(self._numbers)}"
        shutil.copytree(place.root, home, symlinks=True)
        return MeasuredHome(home, place.sources)

    def measured(
        self, place: MeasuredHome, command: Command, *, times: int = 1, expected: Collection[int] = (0,), name: str = ""
    ) -> tuple[Usage, MeasuredHome]:
        """A command on fresh copies of a place: the median, and the last copy as the command left it."""
        samples, last = [], place
        for number in range(times):
            if number:
                shutil.rmtree(last.root)
            last = self.copy(place)
            samples.append(measure(command(last), expected))
        if self.profiles and name:
            again = self.copy(place)
            profile(command(again), self.profiles / f"{name}.txt")
            shutil.rmtree(again.root)
        return middle(samples), last

    def bundled(self) -> MeasuredHome:
        """The bundled programme with a full inbox; at a small scale only the latest files of each source."""
        return self._once("bundled", self._fill_bundled)

    def observations(self, rows: int, quarters: int = generator.QUARTERS, files: int = 1) -> MeasuredHome:
        """Observations that wait in the inbox, in one file or in several that arrived apart."""

        def fill(folder: Path) -> MeasuredHome:
            frame, source = generator.observations(rows, quarters), generated.OBSERVATIONS
            generated.write_sources(folder / "sources", source, generator.places_for(rows, quarters), quarters)
            if files > 1:
                generated.drop_apart(folder / "home", source, frame, files)
            else:
                generated.drop(folder / "home", source, "report_0000.csv", frame)
            return MeasuredHome(folder / "home", folder / "sources")

        return self._once(f"observations_{rows}_{quarters}_{files}", fill)

    def activity_cells(self, rows: int) -> MeasuredHome:
        """A return of who does what where that waits in the inbox."""

        def fill(folder: Path) -> MeasuredHome:
            generated.write_sources(folder / "sources", generated.ACTIVITY_CELLS)
            generated.drop(folder / "home", generated.ACTIVITY_CELLS, "report_0000.csv", activity_cells(rows))
            return MeasuredHome(folder / "home", folder / "sources")

        return self._once(f"activity_cells_{rows}", fill)

    def first_run(self, place: MeasuredHome, name: str = "") -> tuple[Usage, MeasuredHome]:
        """A run over what waits at a place, measured once however often it is asked for, and the home it made."""
        key = str(place.root)
        if key not in self._runs:
            self._runs[key] = self.measured(place, run, name=name)
        return self._runs[key]

    def forget(self, place: MeasuredHome) -> None:
        """Remove what a first run made of a place. Asked for again, it is measured again."""
        _, done = self._runs.pop(str(place.root))
        shutil.rmtree(done.root)

    def script(self, place: MeasuredHome, kind: str, source_id: str) -> tuple[Usage, Path]:
        """The same file by the SQL script alone, and the folder of its tables."""
        folder = self.folder / f"script_{next(self._numbers)}"
        lists = write_lists(load_catalogue(place.sources), folder / "lists")
        file = next((place.root / "inbox" / source_id).glob("*.csv"))
        words = python("-m", "benchmarks.sql.script", kind, str(file), str(lists), str(folder / "tables"))
        return measure(words), folder / "tables"

    def _once(self, name: str, fill: Callable[[Path], MeasuredHome]) -> MeasuredHome:
        if name not in self._places:
            (self.folder / name).mkdir()
            self._places[name] = fill(self.folder / name)
        return self._places[name]

    def _fill_bundled(self, folder: Path) -> MeasuredHome:
        words = python("-m", "programme", "--into", str(folder / "home"))
        subprocess.run(words, cwd=ROOT, env=environment(), capture_output=True, check=True)
        if self.scale < 1:
            for inbox in (folder / "home" / "inbox").iterdir():
                files = sorted(f for f in inbox.iterdir() if not f.name.endswith(".json") or _is_report(f))
                for file in files[: -max(1, round(len(files) * self.scale))]:
                    for each in inbox.glob(f"{file.name}*"):
                        each.unlink()
        return MeasuredHome(folder / "home", ROOT / "sources")


def _is_report(file: Path) -> bool:
    return not file.name.endswith((".envelope.json", ".withdrawal.json"))
