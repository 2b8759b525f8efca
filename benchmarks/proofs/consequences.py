"""`python -m benchmarks.proofs.consequences`: what `explain consequences` names, of random histories, against recomputation and plain loops.

Of each history one submission or a few are chosen: accepted, corrected or withdrawn.

- **differs_without**: two homes are filled from nothing with what had arrived by the instant that the command looks at, one as it was, one
  with a notice that withdraws the submission at that instant. What differs between their tables, by SQL, is what differs.
- **rests_on**: read from the facts in plain loops (consequence_lineage.py); of publications, from their own files.
  Of metrics one has such a loop: the corroboration rate.

Of each kind recall and precision are printed. One family of metrics is derived in each history. Exit code 1 where
anything is missed or named wrongly.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.proofs.consequence_histories import QUARTERS, deliveries, write_sources
from benchmarks.proofs.consequence_lineage import CORROBORATION, Named, resting, resting_rounds
from benchmarks.proofs.small_programme import END, START, Delivery, judge, receive
from idtracker.analyse.metrics.registry import families
from idtracker.ingest.decisions.rounds import Rounds
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.instants import parse_instant
from idtracker.model.tables import FACTS
from idtracker.operate.documents.consequences import Consequences
from idtracker.operate.services.consequences.found import consequences_of
from idtracker.operate.services.consequences.worlds import LEFT_OUT
from idtracker.operate.services.rounds.acting import Asked, freeze_round, open_round
from idtracker.store.connection import kept_open, open_store
from tests.support.runs import run_store

EARLIER = START + timedelta(days=287)
"""Every fourth history is published then as well, and continued."""
CUTOFF = START + timedelta(days=285)
"""Of the round that such a history holds of its last quarter, frozen at EARLIER."""
_NO_KIND = ("tracker/indices", "tracker/framework")
"""Steps that write nothing which the command names here."""
COLUMNS = ("differs_without", "rests_on")
_META = (
    *("fact_id", "source_id", "submission_id", "sheet", "row_number", "content_hash", "recorded_from", "recorded_to"),
    *("revision_type", "waiver", "classification", "handling", "releasable_to", "originator_org_id", "as_of_on"),
    "submission_ids",
)
_TABLES = {
    "score": ("score", ("place_id", "period", "node_code")),
    "trend": ("trend", ("place_id", "period", "node_code")),
    "metric": ("metric_value", ("metric_id", "measure", "scope", "period")),
    "warning": ("warning", ("rule_id", "place_id", "period")),
    "scenario": ("scenario", ("question_id", "period", "scheme")),
    "product": ("analysis_product", ("fact_id",)),
    "round": ("round", ("round_id",)),
    "decision": ("decision", ("fact_id",)),
    "answer": ("kpq_response", ("fact_id",)),
    "judgement": ("judgement", ("fact_id",)),
    "claim": ("effect_claim", ("fact_id",)),
}
Counts = Counter[tuple[str, str, str]]
"""Column, kind and `right`, `missed` or `not so`."""


@dataclass
class Outcome:
    """One submission of a history: how many of each kind were right, missed or named wrongly, and which were not right."""

    name: str
    state: str
    counts: Counts = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def right(self) -> int:
        return sum(count for (_, _, what), count in self.counts.items() if what == "right")

    def hold(self, column: str, named: set[Named], truth: set[Named]) -> None:
        """Count what the command named in a column against what is true."""
        for what, found in (("right", named & truth), ("missed", truth - named), ("not so", named - truth)):
            self.counts.update((column, kind, what) for kind, _ in found)
            if what != "right":
                self.wrong += [f"{column} {what}: {one}" for one in sorted(found)]


@dataclass(frozen=True)
class History:
    """A home that received everything, what it was sent, and the steps that it does without."""

    home: Home
    sent: list[Delivery]
    left_out: tuple[str, ...]
    is_one_run: bool

    def submissions(self) -> list[tuple[str, str, str, str]]:
        """Identifier, source, file and state of every submission that said something."""
        with open_store(self.home) as store:
            rows = store.execute(
                """SELECT submission_id, source_id, file_name, state FROM submission
                WHERE state NOT IN ('rejected', 'refused', 'held') ORDER BY ALL"""
            ).fetchall()
        return [(str(identifier), str(source), str(name), str(state)) for identifier, source, name, state in rows]


def history_of(folder: Path, seed: int, family: str = "") -> History:
    """A random history, received and published, with one family of metrics; every fourth in two runs, with a round between them."""
    home = Home(folder / "home", write_sources(folder / "sources", seed))
    sent = deliveries(seed, home.sources)
    chosen = family or random.Random(seed).choice(sorted(families()))
    left_out = (*LEFT_OUT, *_NO_KIND, *(f"metrics/{name}" for name in families() if name != chosen))
    is_one_run = seed % 4 != 0
    for until in (END,) if is_one_run else (EARLIER, END):
        receive(home, [one for one in sent if is_one_run or until == EARLIER or one.at > EARLIER], until)
        derive(home, until, tuple(step for step in left_out if step != "tracker/consequences"))
        if until == EARLIER:
            _hold_round(home)
    return History(home, sent, left_out, is_one_run)


def _hold_round(home: Home) -> None:
    catalogue, by = load_catalogue(home.sources), "analysis team"
    asked = Asked(QUARTERS[-1], cutoff_at=CUTOFF, held_on=EARLIER.date())
    kept = open_round(home, catalogue, asked, by=by, now=EARLIER)
    try:
        freeze_round(home, catalogue, kept.round_id, by=by, record=None, now=EARLIER)
    except UsageError as refused:  # rightly, where no report of its quarter had come: the round stays open
        if "Nothing was known of" not in str(refused):
            raise


def derive(home: Home, now: datetime, left_out: tuple[str, ...]) -> None:
    """Judge what waits, and derive and publish everything but some steps."""
    catalogue = load_catalogue(home.sources)
    held = judge(home, catalogue, now)
    assert not any(held.values()), held
    with kept_open(home):
        run_store(home, catalogue, now, None, *left_out)


def outcome_of(history: History, submission: tuple[str, str, str, str], folder: Path) -> Outcome:
    """The command's word on a submission against homes made from nothing."""
    identifier, source, name, state = submission
    document = consequences_of(history.home, identifier, left_out=history.left_out)
    outcome = Outcome(name, state)
    if document.at is None:
        return outcome
    at = parse_instant(document.at)
    is_kept = history.is_one_run and at == END
    kept = history.home if is_kept else _made(history, folder / "kept", at)
    notice = Delivery(source, name, "", at, withdraws=True)
    without = _made(history, folder / "without", at, notice)
    outcome.hold("differs_without", _named(document, "differs_without"), _differing(kept, without, history.home, at))
    with open_store(kept) as store:
        truth = resting(store, identifier) | _publications(history.home, identifier)
    with open_store(history.home) as store:
        truth |= resting_rounds(store, identifier, Rounds(history.home).acts())
    named = _named(document, "rests_on")
    outcome.hold("rests_on", {one for one in named if one[0] != "metric" or one[1][0] == CORROBORATION}, truth)
    return outcome


def _made(history: History, root: Path, at: datetime, notice: Delivery | None = None) -> Home:
    """A home from nothing with what had arrived by an instant, and a notice that then came."""
    home = Home(root, history.home.sources)
    receive(home, history.sent, at)
    if notice:
        judge(home, load_catalogue(home.sources), at)
        receive(home, [notice], at)
    for act in Rounds(history.home, at).acts():
        Rounds(home).add(act)
    derive(home, at, ("published/*", *history.left_out))
    return home


def _named(document: Consequences, column: str) -> set[Named]:
    return {(one.kind, tuple(one.key.values())) for one in document.consequences if getattr(one, column)}


def _differing(kept: Home, without: Home, home: Home, at: datetime) -> set[Named]:
    """Keys of the rows that only one of both stores has, by SQL; a publication of the instant differs where any fact or figure does."""
    found: set[Named] = set()
    with duckdb.connect() as both:
        for name, one in (("a", kept), ("b", without)):
            both.execute(f"ATTACH '{one.store}' AS {name} (READ_ONLY)")
        for kind, (table, key) in _TABLES.items():
            found |= {(kind, row) for row in _only_in_one(both, table, key)}
        is_other = bool(found) or any(_only_in_one(both, table, ("fact_id",)) for table in FACTS)
    if is_other:
        found |= {("publication", (p.parent.name,)) for p, as_of in _manifests(home) if as_of == at}
    return found


def _only_in_one(both: duckdb.DuckDBPyConnection, table: str, key: tuple[str, ...]) -> set[tuple[str, ...]]:
    columns = [row[0] for row in both.execute(f'DESCRIBE a."{table}"').fetchall()]
    compared = ", ".join(f'"{c}"' for c in columns if c in key or c not in _META)
    known = " WHERE recorded_to IS NULL" if key == ("fact_id",) else ""
    one, other = (f'SELECT {compared} FROM {name}."{table}"{known}' for name in "ab")
    rows = both.execute(
        f"SELECT DISTINCT {', '.join(key)} FROM (({one} EXCEPT {other}) UNION ({other} EXCEPT {one}))"
    ).fetchall()
    return {tuple(map(str, row)) for row in rows}


def _manifests(home: Home) -> list[tuple[Path, datetime]]:
    """The manifest of every publication that is kept, and the instant that it speaks of."""
    with duckdb.connect() as reader:
        return [
            (path, parse_instant(str(reader.execute(f"SELECT as_of FROM read_json_auto('{path}')").fetchall()[0][0])))
            for path in sorted((home.published / DEFAULT_AUDIENCE).glob("*/manifest.json"))
            if not path.parent.is_symlink()
        ]


def _publications(home: Home, submission_id: str) -> set[Named]:
    """Publications in whose own files known facts of the submission stand."""
    found: set[Named] = set()
    with duckdb.connect() as reader:
        for path, _ in _manifests(home):
            files = [path.parent / "parquet" / f"{table}.parquet" for table in FACTS]
            query = "SELECT 1 FROM '{}' WHERE submission_id = ? AND recorded_to IS NULL LIMIT 1"
            if any(f.exists() and reader.execute(query.format(f), [submission_id]).fetchall() for f in files):
                found.add(("publication", (path.parent.name,)))
    return found


def cases(seed: int, each: int, place: Path) -> list[Outcome]:
    """Some submissions of the history of a seed."""
    dice, history = random.Random(seed), history_of(place, seed)
    every = history.submissions()
    chosen = dice.sample(every, min(each, len(every)))
    return [outcome_of(history, one, place / str(number)) for number, one in enumerate(chosen)]


def print_shares(counts: Counts) -> None:
    """Recall and precision of each kind and column."""
    for column in COLUMNS:
        print(f"{column:<18}{'right':>8}{'missed':>8}{'not so':>8}{'recall':>9}{'precision':>11}")
        for kind in sorted({k for c, k, _ in counts if c == column}):
            right, missed, extra = (counts[column, kind, what] for what in ("right", "missed", "not so"))
            shares = [f"{right / all_:.1%}" if (all_ := right + part) else "-" for part in (missed, extra)]
            print(f"  {kind:<16}{right:>8}{missed:>8}{extra:>8}{shares[0]:>9}{shares[1]:>11}")


def main() -> int:
    """0 where nothing is missed and nothing named wrongly."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="histories")
    parser.add_argument("--each", type=int, default=1, help="submissions of each")
    parser.add_argument("--seed", type=int, default=1, help="of the first")
    options = parser.parse_args()
    counts: Counts = Counter()
    done = wrong = 0
    began = time.process_time()
    gc.disable()  # a tenth of the time; what a history leaves is collected after it
    for seed in range(options.seed, options.seed + options.count):
        gc.collect()
        with TemporaryDirectory() as place:
            for outcome in cases(seed, options.each, Path(place)):
                counts.update(outcome.counts)
                done, wrong = done + 1, wrong + bool(outcome.wrong)
                verdict = "; ".join(outcome.wrong[:4]) or f"{outcome.right} right"
                print(f"seed {seed}, {outcome.name} ({outcome.state}): {verdict}", flush=True)
    print_shares(counts)
    each = (time.process_time() - began) / max(done, 1)
    print(
        f"{options.count} histories, {done} submissions, {done - wrong} without a mistake; {each:.1f} s of processor time each"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
