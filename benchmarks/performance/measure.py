"""What a command costs: processor seconds and the most memory of a fresh process and all that it starts.

Processor time (user and system), not the clock: the machine may have other work. There is no other way to measure here.
"""

from __future__ import annotations

import json
import os
import pstats
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
SCRIPT = str(Path(sys.executable).parent / "idtracker")
_SHOWN_CALLS = 40

# A process inherits the highest memory of the one that starts it, so that a small one must.
_MEASURE = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
words = process.stdout.read()
_, status, used = os.wait4(process.pid, 0)
code = os.waitstatus_to_exitcode(status)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss, words.decode(errors="replace")[-2000:]]))
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor seconds and the most memory held, in megabytes of 1,000,000 bytes."""

    seconds: float
    megabytes: float


def measure(words: Sequence[str], expected: Collection[int] = (0,)) -> Usage:
    """Run a command in a process of its own. SystemExit where it ends with another exit code than expected."""
    answer = subprocess.run(
        [sys.executable, "-c", _MEASURE, *words], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, check=True
    )
    code, seconds, kibibytes, output = json.loads(answer.stdout)
    if code not in expected:
        raise SystemExit(f"`{' '.join(words)}` ended with exit code {code}; expected one of {expected}\n{output}")
    return Usage(seconds, kibibytes * 1024 / 1_000_000)


def environment() -> dict[str, str]:
    """The environment of a measured process: this copy of the code, and nothing sent anywhere."""
    quiet = {"DAGSTER_DISABLE_TELEMETRY": "1", "GX_ANALYTICS_ENABLED": "false"}
    return {**os.environ, **quiet, "PYTHONPATH": str(ROOT)}


def middle(samples: Sequence[Usage]) -> Usage:
    """The median of several runs."""
    return Usage(median(s.seconds for s in samples), median(s.megabytes for s in samples))


def idtracker(home: Path, sources: Path, *words: str) -> list[str]:
    """The words of the public command."""
    return [SCRIPT, "--home", str(home), "--sources", str(sources), *words]


def python(*words: str) -> list[str]:
    """The words of a Python program."""
    return [sys.executable, *words]


def profile(words: Sequence[str], into: Path) -> None:
    """Run a command once more under cProfile and write a summary: where its main thread spends its time."""
    into.parent.mkdir(parents=True, exist_ok=True)
    raw = into.with_suffix(".prof")
    rest = words[1:] if words[0] == sys.executable else words
    command = [sys.executable, "-m", "cProfile", "-o", str(raw), *rest]
    subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=False)
    with into.open("w", encoding="utf-8") as out:
        stats = pstats.Stats(str(raw), stream=out)
        stats.sort_stats("cumulative").print_stats(_SHOWN_CALLS)
        stats.sort_stats("tottime").print_stats(_SHOWN_CALLS)
