"""`python -m benchmarks`: measure each claim against what it is compared with, in one run."""

from __future__ import annotations

import sys
from itertools import chain

from benchmarks.performance.claim import HEADING
from benchmarks.performance.commands import command_claims
from benchmarks.performance.judging import judging_claims
from benchmarks.performance.reading import reading_claims


def main() -> int:
    """0 where every claim is kept, else 1."""
    print(HEADING)
    all_kept = True
    for claim in chain(command_claims(), judging_claims(), reading_claims()):
        print(claim.line(), flush=True)
        all_kept &= claim.is_kept
    return 0 if all_kept else 1


if __name__ == "__main__":
    sys.exit(main())
