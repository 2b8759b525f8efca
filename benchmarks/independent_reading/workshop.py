"""A temporary home in which every file goes through `check` and `run`; what is then stored, held and said of each."""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
from click.testing import CliRunner

from benchmarks.independent_reading.comparison import Held, Outcome, Said, Stored, compare
from benchmarks.independent_reading.register import write_sources
from benchmarks.independent_reading.specimen import Specimen
from idtracker.cli import cli
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.landing.placing import place_in_inbox
from idtracker.model.home import Home
from idtracker.model.tables import FACTS
from tests.support.runs import FIGURES, SUITES, runner_without

WORKBOOKS = (".xlsx", ".xls", ".ods")


@dataclass(slots=True)
class File:
    """One file of one specimen and what became of it."""

    specimen: Specimen
    name: str
    outcome: Outcome = field(default_factory=Outcome)
    checked: Mapping[str, Any] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.outcome.faults and not self.trouble


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the shared data and the cases lie."""

    data: Path
    cases: Path

    def path_of(self, specimen: Specimen, name: str) -> Path:
        return (self.cases if specimen.is_case else self.data) / name


def examine(specimens: Sequence[Specimen], folders: Folders, work: Path) -> list[File]:
    """Every file that is there, checked, run and compared."""
    there = [s for s in specimens if all(folders.path_of(s, name).is_file() for name in s.files)]
    home = Home(root=work / "home", sources=write_sources(work / "sources", there))
    files = [File(s, name) for s in there for name in s.files]
    with _environment(home):
        for one in files:
            _check(one, folders.path_of(one.specimen, one.name))
    catalogue = load_catalogue(home.sources)
    for one in files:
        path = folders.path_of(one.specimen, one.name)
        place_in_inbox(home, catalogue.sources[one.specimen.source], path.read_bytes(), path.name, None)
    report = runner_without(SUITES, *FIGURES)(home).run()
    if report.failures:
        raise RuntimeError(f"the run did not go through: {report.failures}")
    store = _Store(home)
    for one in files:
        _compare(one, store, folders)
    return files


@contextmanager
def _environment(home: Home) -> Iterator[None]:
    with mock.patch.dict(os.environ, {"IDTRACKER_HOME": str(home.root), "IDTRACKER_SOURCES": str(home.sources)}):
        yield


def _check(one: File, path: Path) -> None:
    done = CliRunner().invoke(
        cli, ["check", str(path), "--source", one.specimen.source, "--json"], prog_name="idtracker"
    )
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        one.trouble.append(f"check failed: {done.exception!r}")
        return
    one.checked = json.loads(done.stdout)


def _compare(one: File, store: _Store, folders: Folders) -> None:
    path = folders.path_of(one.specimen, one.name)
    submission = store.submission_of(one.specimen.source, path)
    if submission is None:
        one.trouble.append("the run has no submission of it")
        return
    is_alone = len(one.specimen.files) == 1
    one.trouble += store.unlike_check(submission, one.checked, ("read", "accepted", "held") if is_alone else ("read",))
    expected = one.specimen.read(path, folders.data)
    stored = store.facts[one.specimen.source]
    own = [s for s in stored if s.submission == submission]
    earlier = [s for s in stored if s.submission != submission]
    said = store.said[submission]
    try:
        one.outcome = compare(expected, own, store.held[submission], said, one.specimen.headings, earlier)
    except (LookupError, UnicodeError, ValueError) as error:
        one.trouble.append(f"the independent reading failed: {error!r}")


class _Store:
    """What a home holds after the run, by source and by submission."""

    def __init__(self, home: Home) -> None:
        database = home.published / "hmg" / "current" / "idtracker.duckdb"
        self._connection = duckdb.connect(str(database), read_only=True)
        self.facts: dict[str, list[Stored]] = defaultdict(list)
        self.held: dict[str, list[Held]] = defaultdict(list)
        self.said: dict[str, list[Said]] = defaultdict(list)
        for table in FACTS:
            for row in self._rows(f'SELECT * FROM "{table}"'):
                fact = Stored(table, row["submission_id"], row["sheet"] or "", row["row_number"], row)
                self.facts[row["source_id"]].append(fact)
        for row in self._rows("SELECT submission_id, sheet, row_number, rules FROM held_row"):
            self.held[row["submission_id"]].append(Held(row["sheet"] or "", row["row_number"], row["rules"]))
        for row in self._rows('SELECT submission_id, rule, severity, sheet, "row", "column" FROM finding'):
            one = Said(row["rule"], row["severity"], row["sheet"] or "", row["row"], row["column"] or "")
            self.said[row["submission_id"]].append(one)
        self.submissions = list(self._rows("SELECT * FROM submission"))

    def _rows(self, question: str) -> Iterator[dict[str, Any]]:
        answer = self._connection.execute(question)
        names = [d[0] for d in answer.description or ()]
        for row in answer.fetchall():
            yield dict(zip(names, row, strict=True))

    def submission_of(self, source: str, path: Path) -> str | None:
        """The submission of a file, by its source and its content."""
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        fitting = (r for r in self.submissions if (r["source_id"], r["sha256"]) == (source, content))
        return next((r["submission_id"] for r in fitting), None)

    def unlike_check(self, submission: str, checked: Mapping[str, Any], counts: Sequence[str]) -> list[str]:
        """Where `check`, asked before anything had arrived, counted other rows than the run did."""
        row = next(r for r in self.submissions if r["submission_id"] == submission)
        both = {name: (checked.get("rows", {}).get(name), row[f"rows_{name}"]) for name in counts}
        return [f"check says {one} rows {name}, the run {two}" for name, (one, two) in both.items() if one != two]
