"""`python -m benchmarks.proofs.consequences`: what `explain consequences` names, against programmes that never went on.

Of a random history one submission is chosen, accepted, corrected or withdrawn. Two homes are filled from nothing with what had arrived by the
instant that the command looks at: one as it was, one with a notice that withdraws the submission at that instant. What
differs between their tables, by SQL, is what differs. What rests on it is read from the reports behind cells and from the explanation of
each metric. Recall and precision must be whole. The tests do a few; here it is two hundred, or as many as asked for. Exit code 1 where anything
is missed or named wrongly.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.proofs.small_deliveries import deliveries
from benchmarks.proofs.small_programme import END, Delivery, judge, receive, run, write_sources
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant
from idtracker.operate.documents.consequences import Consequences
from idtracker.operate.services.consequences.found import consequences_of
from idtracker.operate.services.consequences.worlds import LEFT_OUT
from idtracker.store.connection import open_store
from tests.support.runs import run_store

Named = tuple[str, tuple[str, ...]]
CASES_EACH = 10
"""Submissions of each history."""
_META = (
    *("fact_id", "source_id", "submission_id", "sheet", "row_number", "content_hash", "recorded_from", "recorded_to"),
    *(
        "revision_type",
        "waiver",
        "classification",
        "handling",
        "releasable_to",
        "originator_org_id",
        "as_of_on",
        "submission_ids",
    ),
)
_TABLES = {
    "score": ("score", ("place_id", "period", "node_code")),
    "trend": ("trend", ("place_id", "period", "node_code")),
    "metric": ("metric_value", ("metric_id", "measure", "scope", "period")),
    "warning": ("warning", ("rule_id", "place_id", "period")),
    "decision": ("decision", ("fact_id",)),
}


@dataclass
class Outcome:
    """One submission of a history: what was missed, what was named wrongly, how many were right."""

    name: str
    state: str
    right: int
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class History:
    """A home that received everything, and what it was sent."""

    home: Home
    sent: list[Delivery]

    def submissions(self) -> list[tuple[str, str, str, str]]:
        """Identifier, source, file and state of every submission that said something."""
        with open_store(self.home) as store:
            rows = store.execute(
                """SELECT submission_id, source_id, file_name, state FROM submission
                WHERE state NOT IN ('rejected', 'refused', 'held') ORDER BY ALL"""
            ).fetchall()
        return [(str(identifier), str(source), str(name), str(state)) for identifier, source, name, state in rows]


def history_of(folder: Path, seed: int) -> History:
    """A random history, received and published."""
    sources = write_sources(folder / "sources", "2024-Q4" if seed % 2 else None)
    sent = deliveries(seed, sources)
    home = Home(folder / "home", sources)
    receive(home, sent, END)
    run(home, END)
    return History(home, sent)


def outcome_of(history: History, submission: tuple[str, str, str, str], folder: Path) -> Outcome:
    """The command's word on a submission against both homes made from nothing."""
    identifier, source, name, state = submission
    document = consequences_of(history.home, identifier)
    if document.at is None:
        return Outcome(name, state, 0)
    at = parse_instant(document.at)
    kept, without = (_made(history, folder / part, at) for part in ("kept", "without"))
    receive(without, [Delivery(source, name, "", at, withdraws=True)], at)
    catalogue = load_catalogue(history.home.sources)
    for one in (kept, without):
        judge(one, catalogue, at)
        run_store(one, catalogue, at, None, "published/*", *LEFT_OUT)
    with open_store(kept) as one:
        behind = {("score", key) for key in _scores_behind(one, identifier)} | _decisions(one, identifier)
    outcome = Outcome(name, state, 0)
    _hold_against(outcome, "differs", _named(document, "differs_without"), _differing(kept, without))
    kinds = ("score", "decision")
    _hold_against(outcome, "rests on", {n for n in _named(document, "rests_on") if n[0] in kinds}, behind)
    return outcome


def _made(history: History, root: Path, at: datetime) -> Home:
    home = Home(root, history.home.sources)
    receive(home, history.sent, at)
    return home


def _named(document: Consequences, column: str) -> set[Named]:
    return {
        (one.kind, tuple(one.key.values()))
        for one in document.consequences
        if getattr(one, column) and one.kind not in ("publication", "round")
    }


def _hold_against(outcome: Outcome, what: str, named: set[Named], truth: set[Named]) -> None:
    outcome.right += len(named & truth)
    outcome.wrong += [f"{what}, missed: {one}" for one in sorted(truth - named)]
    outcome.wrong += [f"{what}, not so: {one}" for one in sorted(named - truth)]


def _differing(kept: Home, without: Home) -> set[Named]:
    """Keys of the rows that only one of both stores has, by SQL."""
    found: set[Named] = set()
    with duckdb.connect() as both:
        for name, home in (("a", kept), ("b", without)):
            both.execute(f"ATTACH '{home.store}' AS {name} (READ_ONLY)")
        for kind, (table, key) in _TABLES.items():
            columns = [row[0] for row in both.execute(f'DESCRIBE a."{table}"').fetchall()]
            kept_columns = [f'"{c}"' for c in columns if c in key or c not in _META]
            known = " WHERE recorded_to IS NULL" if key == ("fact_id",) else ""
            one, other = (f'SELECT {", ".join(kept_columns)} FROM {name}."{table}"{known}' for name in "ab")
            rows = both.execute(
                f"SELECT DISTINCT {', '.join(key)} FROM (({one} EXCEPT {other}) UNION ({other} EXCEPT {one}))"
            ).fetchall()
            found |= {(kind, tuple(map(str, row))) for row in rows}
    return found


def _scores_behind(store: duckdb.DuckDBPyConnection, submission_id: str) -> set[tuple[str, ...]]:
    """Scores of the places and quarters with a used report of the submission, by the register: its dimension, and the whole."""
    rows = store.execute(
        """SELECT DISTINCT s.place_id, s.period, s.node_code
        FROM merged_cell c JOIN indicator i USING (indicator_id) JOIN score s ON s.place_id = c.place_id AND s.period = c.period
        WHERE s.node_code IN (i.dimension_code, 'STABILITY') AND contains(c.submission_ids, $1) AND i.weight > 0 AND s.score IS NOT NULL""",
        [submission_id],
    ).fetchall()
    return {tuple(map(str, row)) for row in rows}


def _decisions(store: duckdb.DuckDBPyConnection, submission_id: str) -> set[Named]:
    query = "SELECT fact_id FROM decision WHERE submission_id = ? AND recorded_to IS NULL"
    return {("decision", (str(fact),)) for (fact,) in store.execute(query, [submission_id]).fetchall()}


def _cases(task: tuple[int, int]) -> list[str]:
    """A line for each of so many submissions of the history of a seed."""
    seed, count = task
    dice, lines = random.Random(seed), []
    with TemporaryDirectory() as place:
        history = history_of(Path(place), seed)
        every = history.submissions()
        for number, submission in enumerate(dice.sample(every, min(count, len(every)))):
            outcome = outcome_of(history, submission, Path(place) / str(number))
            verdict = "; ".join(outcome.wrong[:3]) or f"{outcome.right} right"
            lines.append(f"seed {seed}, {outcome.name} ({outcome.state}): {verdict}")
    return lines


def _tasks(cases: int, seed: int, each: int) -> Iterator[tuple[int, int]]:
    for n in range(0, cases, each):
        yield seed + n // each, min(each, cases - n)


def main() -> int:
    """0 where nothing is missed and nothing named wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--each", type=int, default=CASES_EACH)
    parser.add_argument("--seed", type=int, default=60)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    done = wrong = 0
    with ProcessPoolExecutor(options.processes) as pool:
        for lines in pool.map(_cases, _tasks(options.cases, options.seed, options.each)):
            done += len(lines)
            wrong += sum(not line.endswith("right") for line in lines)
            print(*lines, sep="\n", flush=True)
    print(f"{done - wrong} of {done} submissions: recall and precision 100 %")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
