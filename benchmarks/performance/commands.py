"""Claims about the command line: an answer at once, and a run that finds nothing new."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.performance.claim import Claim, best_of

ROOT = Path(__file__).parents[2]
SCRIPT = str(Path(sys.executable).parent / "idtracker")


def command_claims() -> Iterator[Claim]:
    imports = [sys.executable, "-c", "import pandas, dagster"]
    compared = best_of(lambda: subprocess.run(imports, check=True))
    yield Claim("idtracker --help / import of pandas and dagster", best_of(_command("--help")), compared, 0.5)
    with tempfile.TemporaryDirectory() as home:
        subprocess.run([sys.executable, "-m", "programme", "--into", home], cwd=ROOT, check=True, capture_output=True)
        first = best_of(_command("--home", home, "run"), times=1)
        again = best_of(_command("--home", home, "run"), times=1)
        yield Claim("a run with nothing new / the first run", again, first, 0.15)


def _command(*words: str) -> Callable[[], object]:
    return lambda: subprocess.run([SCRIPT, *words], cwd=ROOT, capture_output=True, check=True)


# A process inherits the highest memory of the one that starts it, so that a small one must.
_MEASURE = """
import json, os, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), time.perf_counter() - began, used.ru_maxrss]))
"""


def seconds_and_megabytes(words: Sequence[str], expected: int) -> tuple[float, float]:
    """Time of one command with the start of its process, and the most memory it held (megabytes of 1,000,000 bytes)."""
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURE, SCRIPT, *words], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    code, seconds, kibibytes = json.loads(measured.stdout)
    if code != expected:
        raise SystemExit(f"`idtracker {' '.join(words)}` ended with exit code {code}; expected {expected}")
    return seconds, kibibytes * 1024 / 1_000_000
