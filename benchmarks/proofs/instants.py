"""`python -m benchmarks.proofs.instants`: past instants of a small programme against homes that only ever received what had arrived.

The tests compare eight; here it is fifty, or as many as asked for. Exit code 1 where any table differs.
"""

from __future__ import annotations

import argparse
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.proofs.small_deliveries import deliveries
from benchmarks.proofs.small_programme import END, START, Delivery, receive, run, stamp, write_sources
from idtracker.model.home import Home
from idtracker.model.tables import TABLES
from idtracker.publish.tracker import NOW_ALONE, open_snapshot
from idtracker.store.connection import open_store
from idtracker.store.copies import LOGS, content_hashes

AT_MONTH_ENDS = ("warning", "warning_skill")
"""Kept for the ends of months and the day of knowledge; `as_of_on` of each row says which."""
COMPARED = [t for t in TABLES if t not in (*LOGS, *NOW_ALONE, *AT_MONTH_ENDS)]
AT_PAST = [t for t in COMPARED if t.removesuffix("_vintage") not in AT_MONTH_ENDS]
"""Those that read at any past instant as a home of that instant has them, which also kept a reading of its own day."""


def whole_home(folder: Path, first: str | None, seed: int) -> tuple[Home, list[Delivery]]:
    """A home that received everything, in several runs, so that what it derived was continued and not made at once."""
    home = Home(folder / "home", write_sources(folder / "sources", first))
    sent = deliveries(seed, home.sources)
    for days in (100, 101, 250, 330):
        receive(home, [d for d in sent if START + timedelta(days=days - 150) < d.at], START + timedelta(days=days))
        run(home, min(START + timedelta(days=days), END))
    return home, sent


def instants(sent: list[Delivery], count: int, seed: int) -> list[datetime]:
    """Random instants: half of them at, just before or just after an arrival."""
    dice, span = random.Random(seed), int((END - START).total_seconds())
    near = [dice.choice(sent).at + timedelta(microseconds=dice.choice([-1, 0, 1])) for _ in range(count // 2)]
    return [*near, *(START + timedelta(seconds=dice.randint(0, span)) for _ in range(count - len(near)))]


def differing(home: Home, sent: list[Delivery], at: datetime, folder: Path) -> list[str]:
    """Tables that read as known at an instant differently from a home that received no more."""
    fresh = Home(folder, home.sources)
    receive(fresh, sent, at)
    run(fresh, at, publish=False)
    with open_snapshot(home, at=stamp(at)) as later, open_store(fresh) as then:
        seen, expected = content_hashes(later, AT_PAST), content_hashes(then, AT_PAST)
    return [t for t in AT_PAST if seen[t] != expected[t]]


def main() -> int:
    """0 where every table of every instant agrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    wrong = 0
    with TemporaryDirectory() as place:
        for first, count in (("2024-Q4", options.count - options.count // 2), (None, options.count // 2)):
            home, sent = whole_home(Path(place) / str(first), first, options.seed)
            for number, at in enumerate(instants(sent, count, options.seed)):
                differences = differing(home, sent, at, Path(place) / f"{first}-{number}")
                wrong += bool(differences)
                print(f"{at:%Y-%m-%d %H:%M:%S.%f}  {', '.join(differences) if differences else 'equal'}", flush=True)
    print(f"{options.count} instants, {len(AT_PAST)} tables each: {options.count - wrong} equal, {wrong} not")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
