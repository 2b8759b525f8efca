"""`python -m programme --into HOME`: fill the inbox of a home with the bundled country programme."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from programme.inbox import fill, is_current, stamp
from programme.truth import truth
from programme.world import SEED, World


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0; what was done is said on stderr."""
    options = _options(arguments)
    world = World(options.seed)
    if options.truth:
        options.truth.write_text(json.dumps(truth(world), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if options.examples:
        from programme.examples import write_examples

        write_examples(options.sources, world)
    if options.into is None:
        return 0
    home = options.into
    home.mkdir(parents=True, exist_ok=True)
    if is_current(home, world.seed) and not options.force:
        print(f"{home}: the programme is already there (--force writes it again)", file=sys.stderr)
        return 0
    files = fill(home, world)
    stamp(home, world.seed, files)
    print(f"{home}: {files} reports placed in the inbox. Invented figures.", file=sys.stderr)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m programme", description=__doc__)
    parser.add_argument("--into", type=Path, metavar="HOME", help="home whose inbox is filled")
    parser.add_argument("--force", action="store_true", help="write again even if the home is filled already")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of every random stream")
    parser.add_argument("--truth", type=Path, metavar="OUT.json", help="write the planted truths and faults")
    parser.add_argument("--examples", action="store_true", help="write the examples of every source")
    parser.add_argument("--sources", type=Path, default=Path("sources"), help="folder of the source definitions")
    options = parser.parse_args(arguments)
    if not (options.into or options.truth or options.examples):
        parser.error("say what to do: --into HOME, --truth OUT.json or --examples")
    return options


if __name__ == "__main__":
    sys.exit(main())
