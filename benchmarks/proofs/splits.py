"""`python -m benchmarks.proofs.splits`: the files of a small programme in any order, cut into any number of runs, against one run.

Corrections may come before the file that they correct, waivers before the rows that they let through. Every table must be
the same, cells, scores and metrics with everything that was known at any time among them. The tests compare a few;
here it is two hundred, or as many as asked for. Exit code 1 where any table differs.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.proofs.instants import COMPARED
from benchmarks.proofs.small_deliveries import deliveries
from benchmarks.proofs.small_programme import END, Delivery, receive, run, write_sources
from idtracker.model.home import Home
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes

MOST_RUNS = 3
CASES_EACH = 20
"""Plans for each set of files."""


@dataclass(frozen=True)
class Whole:
    """A home that received all files in one run: the files, and the content hash of every table."""

    sources: Path
    sent: list[Delivery]
    hashes: dict[str, str]


def whole_home(folder: Path, seed: int) -> Whole:
    """The files of a seed, received at once."""
    sources = write_sources(folder / "sources", "2024-Q4" if seed % 2 else None)
    sent = deliveries(seed, sources)
    return Whole(sources, sent, _tables(Home(folder / "home", sources), [sent]))


def plan_of(sent: list[Delivery], dice: random.Random) -> list[list[Delivery]]:
    """The files in any order, each withdrawn at any time after it landed, cut into runs."""
    order = dice.sample(sent, len(sent))
    landed = [d for d in order if not d.withdraws]
    for notice in (d for d in order if d.withdraws):
        (first,) = [n for n, d in enumerate(landed) if d.name == notice.name and not d.waives and not d.withdraws]
        landed.insert(dice.randint(first + 1, len(landed)), notice)
    edges = [0, *sorted(dice.sample(range(1, len(landed)), dice.randint(1, MOST_RUNS - 1))), len(landed)]
    return [landed[a:b] for a, b in itertools.pairwise(edges)]


def differing(whole: Whole, plan: list[list[Delivery]], folder: Path) -> list[str]:
    """Tables that are different where the files came as planned."""
    tables = _tables(Home(folder, whole.sources), plan)
    return [t for t in COMPARED if tables[t] != whole.hashes[t]]


def _tables(home: Home, plan: list[list[Delivery]]) -> dict[str, str]:
    for sent in plan:
        receive(home, sent, END)
        run(home, END, publish=False)
    with open_store(home) as store:
        return content_hashes(store, COMPARED)


def _cases(task: tuple[int, int]) -> list[str]:
    """A line for each of so many plans of the files of a seed."""
    seed, count = task
    dice, lines = random.Random(seed), []
    with TemporaryDirectory() as place:
        whole = whole_home(Path(place), seed)
        for number in range(count):
            plan = plan_of(whole.sent, dice)
            wrong = differing(whole, plan, Path(place) / str(number))
            runs = "+".join(str(len(sent)) for sent in plan)
            lines.append(f"seed {seed}, plan {number}, files {runs}: {', '.join(wrong) or 'equal'}")
    return lines


def _tasks(cases: int, seed: int) -> Iterator[tuple[int, int]]:
    for n in range(0, cases, CASES_EACH):
        yield seed + n // CASES_EACH, min(CASES_EACH, cases - n)


def main() -> int:
    """0 where every table of every plan is the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    done = wrong = 0
    with ProcessPoolExecutor(options.processes) as pool:
        for lines in pool.map(_cases, _tasks(options.cases, options.seed)):
            done += len(lines)
            wrong += sum(not line.endswith("equal") for line in lines)
            print(*lines, sep="\n", flush=True)
    print(f"{done - wrong} of {done} plans give the same tables")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
