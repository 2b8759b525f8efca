"""The frozen inputs of a round made again from the store, as known at its cut-off, and held against what was frozen.

A round keeps the definitions of the methods that merged and scored. Where the programme has others now, cells and scores
are made again with those of the round, in a copy of the store that is removed. Where that differs and other definitions have
changed as well, the received files are judged again by those that the round keeps, in a home that is removed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from idtracker.analyse.history.cells import derive_cells
from idtracker.analyse.history.obligations import derive_obligations
from idtracker.analyse.history.scores import derive_scores
from idtracker.analyse.round.frozen import FROZEN, frozen_inputs
from idtracker.ingest.decisions.kept_definitions import KeptDefinitions
from idtracker.ingest.decisions.rounds import TrackerRound
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition_set import catalogue_of_set, definition_set
from idtracker.ingest.judged.judging import judge_waiting
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.errors import DamagedFileError, IdtrackerError
from idtracker.model.files import private_folder
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc, naive_utc
from idtracker.model.methods.published import MERGING, methods_frame, methods_of
from idtracker.operate.definition_versions import versions_of
from idtracker.operate.documents.rounds import RebuiltRound
from idtracker.operate.steps.facts import refresh_store
from idtracker.operate.steps.figures.derived import derived_tables
from idtracker.operate.steps.registers import write_registers
from idtracker.store.connection import open_store

_WORDS = {
    "rule_set": "rules that judge files",
    "register": "reference data",
    "matches": "decisions about matches",
    "steps": "version of the program's steps",
    "sources": "source definitions",
}
_OF_SET = ("register", "matches", "sources")
"""What the kept definitions say themselves, so that a change of it is no reason where they were used."""
_METHOD = ("method_id", "method_version", "role", "definition")


@dataclass(slots=True)
class MadeAgain:
    """A store that says what was known at a cut-off, what differs there from what was frozen, and by which definitions.

    `problem` keeps the kept definitions from being used.
    """

    connection: duckdb.DuckDBPyConnection
    differing: list[str]
    problem: str = ""
    is_by_kept: bool = False


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """A home with its definitions, in which rounds are made again.

    Rounds that keep the same definitions share what is judged again in a folder `judged`, where one is named.
    """

    home: Home
    catalogue: ProgrammeCatalogue
    judged: Path | None = None

    def has_its_method(self, known: TrackerRound) -> bool:
        """Whether the programme still merges and scores by the definitions that the round keeps."""
        frame = methods_frame(self.catalogue.methods)
        rows = frame[frame["role"].isin(["headline", MERGING])]
        now = [{name: str(row[name]) for name in _METHOD} for row in rows.to_dict("records")]
        return _by_role(now) == _by_role(known.inputs["methods"])

    @contextmanager
    def opened(self, known: TrackerRound) -> Iterator[duckdb.DuckDBPyConnection]:
        """A store whose vintages are those of the round's own method."""
        if self.has_its_method(known):
            with open_store(self.home) as connection:
                yield connection
            return
        with TemporaryDirectory(dir=self.home.root, prefix=".round-") as folder:
            copy = self._copy(Path(folder), known)
            with open_store(copy) as connection:
                yield connection

    def _copy(self, folder: Path, known: TrackerRound) -> Home:
        """A copy of the store with cells and scores made by the round's method up to the cut-off."""
        copy = Home(folder / "home", self.home.sources)
        private_folder(copy.store.parent)
        copy.landing.symlink_to(self.home.landing.resolve(), target_is_directory=True)
        with open_store(self.home) as connection:
            connection.execute("CHECKPOINT")
        shutil.copyfile(self.home.store, copy.store)
        catalogue = replace(self.catalogue, methods=methods_of(known.inputs["methods"]))
        write_registers(copy, catalogue)
        _derive(copy, catalogue, known.cutoff_at)
        return copy

    @contextmanager
    def made_again(self, known: TrackerRound, *, by_kept: bool = True) -> Iterator[MadeAgain]:
        """What was known at the cut-off, from the store.

        Where that differs, `by_kept` makes it by the definitions that the round keeps, if others hold now: every file is
        judged again.
        """
        with ExitStack() as opened:
            again = MadeAgain(opened.enter_context(self.opened(known)), [])
            again.differing = self._differing(again.connection, known, self.catalogue)
            if by_kept and again.differing and self._has_other_definitions(known):
                opened.close()
                try:
                    then = opened.enter_context(self._definitions_of(known))
                    connection = opened.enter_context(self._judged_again(known, then))
                except IdtrackerError as problem:
                    again = MadeAgain(opened.enter_context(self.opened(known)), again.differing, str(problem))
                else:
                    again = MadeAgain(connection, self._differing(connection, known, then), is_by_kept=True)
            yield again

    def _has_other_definitions(self, known: TrackerRound) -> bool:
        """Whether a round keeps its definitions, and they are not those of today."""
        assert known.frozen is not None
        kept = known.frozen.content.get("definition_set")
        if not kept:
            return False
        then, now = known.frozen.content["definitions"], versions_of(self.home, self.catalogue)
        today = KeptDefinitions(self.home).name_of(definition_set(self.home, self.catalogue))
        return kept != today or any(then.get(name) != now.get(name) for name in _OF_SET)

    @contextmanager
    def _definitions_of(self, known: TrackerRound) -> Iterator[ProgrammeCatalogue]:
        """The definitions that a round keeps, with its own methods, and marked as they are handled today."""
        assert known.frozen is not None
        files = KeptDefinitions(self.home).read(str(known.frozen.content["definition_set"]))
        with TemporaryDirectory(dir=self.home.root, prefix=".round-") as folder:
            day = date.fromisoformat(known.frozen.content["definitions_on"])
            then = catalogue_of_set(files, Path(folder) / "sources", day)
            handled = {
                name: source.model_copy(update={"handling": self.catalogue.sources[name].handling})
                for name, source in then.sources.items()
                if name in self.catalogue.sources
            }
            programme = then.programme.model_copy(update={"handling": self.catalogue.programme.handling})
            methods = methods_of(known.inputs["methods"])
            yield replace(then, programme=programme, sources=then.sources | handled, methods=methods)

    @contextmanager
    def _judged_again(self, known: TrackerRound, then: ProgrammeCatalogue) -> Iterator[duckdb.DuckDBPyConnection]:
        """A store made of the received files by the definitions of then, up to the cut-off. DamagedFileError."""
        with TemporaryDirectory(dir=self.home.root, prefix=".round-") as folder:
            fresh = Home(Path(folder) / "home", self.home.sources)
            private_folder(fresh.root)
            fresh.landing.symlink_to(self.home.landing.resolve(), target_is_directory=True)
            if self.judged is not None:
                assert known.frozen is not None
                content = known.frozen.content
                shared = private_folder(self.judged / f"{content['definition_set']}-{content['definitions_on']}")
                fresh.accepted.symlink_to(shared.resolve(), target_is_directory=True)
            for source in then.sources.values():
                _, damaged = judge_waiting(fresh, then, source)
                if damaged:
                    raise DamagedFileError(damaged[0])
            write_registers(fresh, then)
            refresh_store(fresh, then, known.cutoff_at, known.cutoff_at)
            _derive(fresh, then, known.cutoff_at)
            with open_store(fresh) as connection:
                yield connection

    def _differing(
        self, connection: duckdb.DuckDBPyConnection, known: TrackerRound, catalogue: ProgrammeCatalogue
    ) -> list[str]:
        """What a connection says was known at the cut-off, over the columns that were frozen, held against that."""
        columns = {name: known.inputs["tables"][name]["columns"] for name in FROZEN}
        cutoff = naive_utc(known.cutoff_at)
        try:
            again = frozen_inputs(connection, known.period, cutoff, catalogue.programme.country, columns)
        except duckdb.Error as problem:
            return [f"the store cannot be read as it was ({str(problem).splitlines()[0]})"]
        return differences(known.inputs, again)

    def compare(self, known: TrackerRound) -> RebuiltRound:
        """What was frozen beside what is made again; the round is frozen."""
        with self.made_again(known) as again:
            return RebuiltRound(
                is_same=not again.differing,
                differing=again.differing,
                reasons=self._reasons(known, again) if again.differing else [],
                with_kept_method=again.is_by_kept or not self.has_its_method(known),
                with_kept_definitions=again.is_by_kept,
            )

    def _reasons(self, known: TrackerRound, again: MadeAgain) -> list[str]:
        assert known.frozen is not None
        then, now = known.frozen.content["definitions"], versions_of(self.home, self.catalogue)
        others = {name: text for name, text in _WORDS.items() if not (again.is_by_kept and name in _OF_SET)}
        reasons = [again.problem] if again.problem else []
        reasons += [f"changed since: {text}" for name, text in others.items() if then.get(name) != now.get(name)]
        return reasons + [
            f"{file_name} of {source_id} came on {arrived:%Y-%m-%d %H:%M} UTC and counts from before the cut-off"
            for source_id, file_name, arrived in backdated_files(self.home, self.catalogue, known)
        ]


def _derive(home: Home, catalogue: ProgrammeCatalogue, until: datetime) -> None:
    """Cells and scores up to an instant."""
    with derived_tables(home, catalogue, until, until) as (connection, line, _):
        derive_obligations(connection, catalogue, line)
        derive_cells(connection, catalogue, line, catalogue.methods.merging)
        derive_scores(connection, catalogue, line)


def backdated_files(home: Home, catalogue: ProgrammeCatalogue, known: TrackerRound) -> list[tuple[str, str, datetime]]:
    """Source, name and arrival of the files that came after the freeze and count from an instant before the cut-off."""
    assert known.frozen is not None
    frozen_at = aware_utc(known.frozen.acted_at)
    return [
        (source_id, r.file_name, r.arrived_at)
        for source_id in catalogue.known
        for r in Ledger(home).receipts(source_id)
        if r.received_at <= known.cutoff_at and r.arrived_at and r.arrived_at > frozen_at
    ]


def _by_role(rows: Any) -> list[tuple[str, str, str]]:
    return sorted((row["role"], row["method_version"], row["definition"]) for row in rows)


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is not as it was frozen, in words; methods apart, which the round keeps."""
    found = []
    for name, table in then["tables"].items():
        again = now["tables"][name]
        if table["sha256"] != again["sha256"]:
            rows = (
                f"{again['rows']} rows instead of {table['rows']}"
                if again["rows"] != table["rows"]
                else "other content"
            )
            found.append(f"{name}: {rows}")
    if then["headline"] != now["headline"]:
        found.append(f"headline: {_score(now['headline'])} instead of {_score(then['headline'])}")
    if then["organisations"] != now["organisations"]:
        both = {*then["organisations"], *now["organisations"]}
        other = sorted(org for org in both if then["organisations"].get(org) != now["organisations"].get(org))
        found.append(f"contributions: those of {', '.join(other)} are others")
    if then["submissions"] != now["submissions"]:
        found.append(f"submissions: {len(now['submissions'])} instead of {len(then['submissions'])}, or others")
    return found


def _score(headline: Mapping[str, Any] | None) -> str:
    score = None if headline is None else headline["score"]
    return "no score" if score is None else f"{score!r}"
