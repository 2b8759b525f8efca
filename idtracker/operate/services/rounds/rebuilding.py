"""The frozen inputs of a round made again from the store, as known at its cut-off, and held against what was frozen.

A round keeps the definitions of the methods that merged and scored. Where the programme has others now, cells and scores
are made again with those of the round, in a copy of the store that is removed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from idtracker.analyse.history.cells import derive_cells
from idtracker.analyse.history.obligations import derive_obligations
from idtracker.analyse.history.scores import derive_scores
from idtracker.analyse.round.frozen import FROZEN, frozen_inputs
from idtracker.ingest.decisions.rounds import TrackerRound
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.files import private_folder
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc, naive_utc
from idtracker.model.methods.published import MERGING, methods_frame, methods_of
from idtracker.operate.definition_versions import versions_of
from idtracker.operate.documents.rounds import RebuiltRound
from idtracker.operate.steps.derived import derived_tables
from idtracker.operate.steps.registers import write_registers
from idtracker.store.connection import open_store

_WORDS = {
    "rule_set": "rules that judge files",
    "register": "reference data",
    "matches": "decisions about matches",
    "steps": "version of the program's steps",
    "sources": "source definitions",
}
_METHOD = ("method_id", "method_version", "role", "definition")


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """A home with its definitions, in which rounds are made again."""

    home: Home
    catalogue: ProgrammeCatalogue

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
        until = known.cutoff_at
        with derived_tables(copy, catalogue, until, until) as (connection, line, _):
            derive_obligations(connection, catalogue, line)
            derive_cells(connection, catalogue, line, catalogue.methods.merging)
            derive_scores(connection, catalogue, line)
        return copy

    def inputs_again(self, connection: duckdb.DuckDBPyConnection, known: TrackerRound) -> dict[str, Any]:
        """What the connection says was known at the cut-off, over the columns that were frozen."""
        columns = {name: known.inputs["tables"][name]["columns"] for name in FROZEN}
        cutoff = naive_utc(known.cutoff_at)
        return frozen_inputs(connection, known.period, cutoff, self.catalogue.programme.country, columns)

    def compare(self, known: TrackerRound) -> RebuiltRound:
        """What was frozen beside what is made again; the round is frozen."""
        with self.opened(known) as connection:
            try:
                differing = differences(known.inputs, self.inputs_again(connection, known))
            except duckdb.Error as problem:
                differing = [f"the store cannot be read as it was ({str(problem).splitlines()[0]})"]
        return RebuiltRound(
            is_same=not differing,
            differing=differing,
            reasons=self._reasons(known) if differing else [],
            with_kept_method=not self.has_its_method(known),
        )

    def _reasons(self, known: TrackerRound) -> list[str]:
        assert known.frozen is not None
        then, now = known.frozen.content["definitions"], versions_of(self.home, self.catalogue)
        reasons = [f"changed since: {text}" for name, text in _WORDS.items() if then.get(name) != now.get(name)]
        return reasons + [
            f"{file_name} of {source_id} came on {arrived:%Y-%m-%d %H:%M} UTC and counts from before the cut-off"
            for source_id, file_name, arrived in backdated_files(self.home, self.catalogue, known)
        ]


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
