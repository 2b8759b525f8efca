"""Proof about audiences: what each has of random reports is what it would have, had nobody sent the rows that it may not see.

    python -m benchmarks.proofs.audiences --count 500 --seed 1

Every combination is a random world of sources, files, markings, corrections, waivers and withdrawals, and one audience. Its home is made from
everything, and from what is left without the unseen rows under other names, sizes and places of rows; both must be the same. Which rows are unseen is said by
tests/support/publications/release_worlds.py in plain loops.
"""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.store.release.candidates import Reference
from idtracker.store.release.release import release_rows
from tests.support.publications.release_worlds import AUDIENCES, DAY, World, random_world, without_unseen
from tests.support.publications.written_worlds import contents_of, write_world

NOW = DAY + timedelta(days=100)
REFERENCE = Reference(frozenset({"PEOPLE"}), {"JO-AM": "JO", "JO-IR": "JO", "JO-MA": "JO"})
FAMILIES = 2


def has(folder: Path, world: World, audience: Audience, noise: int) -> dict[str, object]:
    """Everything in the audience's home of a world."""
    home, own = Home(folder / "home", folder), Home(folder / "own", folder)
    write_world(home, world, noise)
    release_rows(home, own, world.sources(), audience, NOW, REFERENCE)
    return contents_of(own.root)


def main() -> None:
    """Run the proof; exit code 1 where a combination differs."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--count", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    differing, unseen, seen = [], 0, 0
    for number in range(options.count):
        seed, audience = options.seed + number // len(AUDIENCES), AUDIENCES[number % len(AUDIENCES)]
        world = random_world(seed, FAMILIES)
        reduced = without_unseen(world, audience)
        rows = [sum(len(report.rows) for report in one.reports) for one in (world, reduced)]
        seen, unseen = seen + rows[1], unseen + rows[0] - rows[1]
        with TemporaryDirectory() as folder:
            whole, without = (
                has(Path(folder) / name, one, audience, noise)
                for name, one, noise in (("with", world, number), ("without", reduced, number + 1))
            )
        if whole != without:
            differing.append(f"world {seed}, {audience.id}")
    print(f"{options.count} combinations, {seen} rows seen, {unseen} not: {len(differing)} differ")
    print("\n".join(differing))
    raise SystemExit(bool(differing))


if __name__ == "__main__":
    main()
