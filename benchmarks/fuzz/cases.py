"""Cases that are made from a seed each, run until the time is over; a seed that breaks an invariant is kept with the reason."""

from __future__ import annotations

import random
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from benchmarks.fuzz.inbox import TARGETS as INBOX
from benchmarks.fuzz.markings import markings

FOUND = Path(__file__).parent / "found"
MOST_SECONDS = 20
TARGETS: dict[str, Callable[[Path, random.Random], None]] = {**INBOX, "markings": markings}


def run_case(target: str, seed: int) -> str | None:
    """One case; why it failed, or None."""
    signal.alarm(MOST_SECONDS)
    try:
        with TemporaryDirectory() as folder:
            TARGETS[target](Path(folder), random.Random(seed))
    except Exception:
        return traceback.format_exc()
    finally:
        signal.alarm(0)
    return None


def run_cases(target: str, until: float, first: int) -> tuple[int, int]:
    """Cases from the seed `first` on until the instant (monotonic clock): how many there were, and how many failed."""
    seed, failures = first, 0
    while monotonic() < until:
        reason = run_case(target, seed)
        if reason is not None:
            failures += 1
            FOUND.mkdir(exist_ok=True)
            (FOUND / f"{target}-{seed}.txt").write_text(reason, "utf-8")
            print(f"found: {target} {seed}: {reason.strip().splitlines()[-1][:150]}", flush=True)
        seed += 1
    return seed - first, failures
