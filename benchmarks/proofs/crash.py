"""`python -m benchmarks.proofs.crash`: runs killed at random moments, each made good by the next, while a reader never stops reading.

A small programme is published once from its first files. Then, again and again in a fresh copy of that home,
the rest of the files arrives, `idtracker run` is killed (SIGKILL to its process group) at a moment drawn evenly from the
length of a whole run, and is run again. It must hold: the content hashes of a run that was never disturbed, every file received once,
nothing left in the inbox, `verify` without a problem; and a reader that opens what is published throughout sees the old
publication or the new one, each as its manifest says.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.operate.pipeline import store_steps
from idtracker.operate.run import Runner
from pipelines.drive import drive
from tests.support.runs import SUITES, steps_without
from tests.support.small_programme import write_programme
from tests.support.small_year import YEAR_SOURCES, drop_first, drop_rest

DEFAULT_SEED = 20261126
PAUSE_S = 0.02
"""Between two looks of the reader, so that it does not keep a core from the run."""


@dataclass
class Tally:
    """What happened. `errors` is empty where everything held."""

    kills: int = 0
    finished_before: int = 0
    reads: int = 0
    versions_seen: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


def run_in_child(home: Home, suites: bool) -> int:
    """Start a run in a process group of its own, with everything imported already; its process id."""
    process = os.fork()
    if process:
        return process
    os.setsid()
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(quiet, stream)
    catalogue = load_catalogue(home.sources)
    store = store_steps(catalogue) if suites else steps_without(catalogue, SUITES)
    report = Runner(home, partial(drive, store=store)).run()
    os._exit(1 if report.failed_steps else 0)


def run_whole(home: Home, suites: bool) -> float:
    """A run that nobody disturbs: its seconds. SystemExit where it fails."""
    began = time.monotonic()
    code = os.waitstatus_to_exitcode(os.waitpid(run_in_child(home, suites), 0)[1])
    if code:
        raise SystemExit(f"the run of {home.root} ended with exit code {code}")
    return time.monotonic() - began


def run_and_kill(home: Home, suites: bool, after_s: float) -> bool:
    """Start a run and kill its group after so many seconds; False where it had ended by then."""
    process = run_in_child(home, suites)
    time.sleep(after_s)
    ended, status = os.waitpid(process, os.WNOHANG)
    if ended:
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(f"the run of {home.root} ended with exit code {os.waitstatus_to_exitcode(status)}")
        return False
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return True


def read_once(home: Home) -> str:
    """Open what is published as any reader would and hold it against its manifest; the version's name. Raises on a half."""
    from idtracker.publish.manifest import DATABASE
    from idtracker.store.copies import content_hashes

    folder = (home.published / "hmg" / "current").resolve(strict=True)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    tables: dict[str, Any] = manifest["tables"]
    with duckdb.connect(str(folder / DATABASE), read_only=True) as published:
        counts = {t: published.execute(f'SELECT count(*) FROM main."{t}"').fetchone()[0] for t in tables}
        wrong = [t for t, entry in tables.items() if counts[t] != entry["rows"]]
        hashed = [t for t, entry in tables.items() if entry["hash"]]
        hashes = content_hashes(published, hashed)
        wrong += [t for t in hashed if hashes[t] != tables[t]["hash"]]
        for table in tables:
            path = folder / "parquet" / f"{table}.parquet"
            rows = published.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchone()[0]
            wrong += [f"{table}.parquet"] if rows != tables[table]["rows"] else []
    if wrong:
        raise ValueError(f"{folder.name}: not as in the manifest: {', '.join(wrong)}")
    return folder.name


class Reader:
    """A process that reads what is published in a loop until it is told to stop."""

    def __init__(self, home: Home) -> None:
        out, into = os.pipe()
        stop, self._stop = os.pipe()
        self._process = os.fork()
        if not self._process:
            os.close(out)
            os.close(self._stop)
            self._loop(home, stop, into)
        os.close(into)
        os.close(stop)
        self._out = out

    @staticmethod
    def _loop(home: Home, stop: int, into: int) -> None:
        import select

        record: dict[str, Any] = {"reads": 0, "versions": [], "errors": []}
        while not select.select([stop], [], [], 0)[0]:
            try:
                name = read_once(home)
                record["versions"] = sorted({*record["versions"], name})
            except BaseException as problem:
                record["errors"].append(f"reader: {type(problem).__name__}: {problem}")
            record["reads"] += 1
            time.sleep(PAUSE_S)
        os.write(into, json.dumps(record | {"errors": record["errors"][:5]}).encode())
        os._exit(0)

    def stop(self) -> dict[str, Any]:
        """End the loop; how often it read, which versions it saw, and what went wrong."""
        os.close(self._stop)
        received = b""
        while chunk := os.read(self._out, 1 << 16):
            received += chunk
        os.close(self._out)
        os.waitpid(self._process, 0)
        record: dict[str, Any] = json.loads(received)
        return record


def state_of(home: Home) -> dict[str, object]:
    """What must be the same in a home that was disturbed: published content, receipts, and what waits in the inbox."""
    manifest = json.loads((home.published / "hmg" / "current" / "manifest.json").read_text("utf-8"))
    ledger, landing = home.landing / "ledger", home.landing
    return {
        "content": {t: entry["hash"] for t, entry in manifest["tables"].items()},
        "documents": sorted(p.relative_to(ledger).as_posix() for p in ledger.rglob("*.json")),
        "bytes": sorted(p.name for p in landing.glob("[0-9a-f][0-9a-f]/*")),
        "inbox": sorted(p.relative_to(home.inbox).as_posix() for p in home.inbox.rglob("*") if p.is_file()),
    }


def crash(kills: int, seed: int, suites: bool, say: Callable[[str], None]) -> Tally:
    """Kill a run so many times, those that ended before their moment not counted; what happened."""
    tally, dice = Tally(), random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        sources = Path(name, "sources")
        first, undisturbed = Home(Path(name, "first"), sources), Home(Path(name, "undisturbed"), sources)
        write_programme(sources, YEAR_SOURCES)
        drop_first(first.root)
        run_whole(first, suites)
        drop_rest(first.root)
        shutil.copytree(first.root, undisturbed.root, symlinks=True)
        length = run_whole(undisturbed, suites)
        expected = state_of(undisturbed)
        say(f"a run takes {length:.1f} s; {len(expected['documents'])} documents, {len(expected['bytes'])} files")  # type: ignore[arg-type]
        number = 0
        while tally.kills < kills:
            number += 1
            home = Home(Path(name, "killed"), sources)
            shutil.copytree(first.root, home.root, symlinks=True)
            moment = dice.uniform(0, length)
            errors = _one(home, suites, moment, expected, tally)
            tally.errors += [f"run {number}, killed after {moment:.2f} s: {error}" for error in errors]
            say(
                f"{tally.kills}/{kills}: killed after {moment:.2f} s; {tally.reads:,} reads, {len(tally.errors)} errors"
            )
            if errors:
                shutil.move(home.root, Path(tempfile.mkdtemp(prefix="idtracker-crash-")) / "home")
            else:
                shutil.rmtree(home.root)
    return tally


def _one(home: Home, suites: bool, moment: float, expected: dict[str, object], tally: Tally) -> list[str]:
    """One run killed and made good under the eyes of a reader; what did not hold."""
    reader = Reader(home)
    try:
        was_killed = run_and_kill(home, suites, moment)
        run_whole(home, suites)
    finally:
        record = reader.stop()
    tally.kills += was_killed
    tally.finished_before += not was_killed
    tally.reads += record["reads"]
    tally.versions_seen |= set(record["versions"])
    state = state_of(home)
    errors = list(record["errors"])
    errors += [f"{what} is not that of an undisturbed run" for what in expected if state[what] != expected[what]]
    return errors + _verified(home)


def _verified(home: Home) -> list[str]:
    from datetime import UTC, datetime

    from idtracker.ingest.judge.catalogue import load_catalogue
    from idtracker.operate.custody.verify import verify

    audited = verify(home, load_catalogue(home.sources), datetime.now(UTC))
    return [f"verify: {p.place}: {p.problem}" for p in audited.problems]


def preload(suites: bool) -> None:
    """Import what a run needs once, so that every moment of a killed run is one of its work."""
    import pipelines.drive
    from idtracker.analyse.metrics.registry import families

    families()
    if suites:
        import great_expectations

        assert great_expectations and pipelines


def main(words: Sequence[str] | None = None) -> int:
    """0 where everything held, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proofs.crash", description=__doc__.split("\n\n")[0])
    parser.add_argument("--kills", type=int, default=100, help="how many runs to kill (default 100)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of the moments")
    parser.add_argument("--without-suites", action="store_true", help="leave out Great Expectations, half of a run")
    parser.add_argument("--json", action="store_true", help="one JSON document at the end and nothing else")
    chosen = parser.parse_args(words)
    suites = not chosen.without_suites
    preload(suites)
    began = time.monotonic()
    tally = crash(chosen.kills, chosen.seed, suites, lambda line: None if chosen.json else print(line, flush=True))
    figures = {
        "kills": tally.kills,
        "ended_before_the_kill": tally.finished_before,
        "reads": tally.reads,
        "publications_seen": len(tally.versions_seen),
        "errors": tally.errors,
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(figures, indent=1))
    return 1 if tally.errors else 0


if __name__ == "__main__":
    sys.exit(main())
