"""`python -m benchmarks.fuzz [--target files|side-files|envelopes|notices|markings] [--seconds 600] [FOLDER]`.

The target `files` mutates the real files of FOLDER and judges them (`--engine hypothesis|atheris`); the others make their
cases themselves (inbox.py, markings.py), each from a seed, which `--seed` makes again.

A mutant that raises, or whose rows are not all accounted for, is written to benchmarks/fuzz/found/ with the name of the
file that it was made from and the reason; a case that is mended becomes a test of its reader, made anew by hand, since
real files stay outside the repository. Ends with 1 where anything was found.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from time import monotonic
from types import FunctionType

import pandas as pd

from benchmarks.corpus import HERE, SOURCES, files_of
from benchmarks.fuzz.cases import FOUND, MOST_SECONDS, TARGETS, run_cases
from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.read.formats.table import KINDS

LARGEST_SEED = 200_000
_BITS = [
    b"\x00",
    b"\xff",
    b'"',
    b"\n",
    b"\r",
    b",",
    b";",
    b"<",
    b"&",
    b"]]>",
    b"PK\x05\x06",
    "\u202e".encode(),
    b"9" * 40,
    b"=1+1",
]


class SlowError(Exception):
    """A mutant that takes longer than it may."""


class Bench:
    """The seeds, the sources that take anything, and what was found."""

    def __init__(self, folder: Path) -> None:
        self.catalogue = load_catalogue(SOURCES)
        self.seeds = [p for p in files_of(folder) if 0 < p.stat().st_size <= LARGEST_SEED]
        self.count, self.failures = 0, 0

    def judge(self, content: bytes, name: str) -> None:
        """Judge one mutant under every kind of source; keep it where that raises, hangs or loses a row."""
        for kind in KINDS:
            self.count += 1
            signal.alarm(MOST_SECONDS)
            try:
                assessment = assess(
                    content,
                    name,
                    self.catalogue.source(f"any_{kind}"),
                    self.catalogue,
                    submission_id="s",
                    received_at=pd.Timestamp("2026-11-15"),
                )
                assessment.findings.to_frame()
                if assessment.rows_read != assessment.rows_accepted + assessment.rows_held + assessment.rows_repeated:
                    raise AssertionError("rows are not all accounted for")
            except Exception:
                self._keep(content, name, kind, traceback.format_exc())
            finally:
                signal.alarm(0)

    def _keep(self, content: bytes, name: str, kind: str, reason: str) -> None:
        self.failures += 1
        FOUND.mkdir(exist_ok=True)
        stem = FOUND / f"{kind}-{hashlib.sha256(content).hexdigest()[:12]}"
        stem.with_suffix(".bin").write_bytes(content)
        stem.with_suffix(".txt").write_text(f"{name}\n{reason}", "utf-8")
        print(f"found: {stem.name} from {name}: {reason.strip().splitlines()[-1][:150]}", flush=True)


def mutate(content: bytes, rng: random.Random, other: bytes) -> bytes:
    """A few small damages: bytes changed, cut, repeated, moved, or taken from another file."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at, end = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        end = min(end, at + 5_000)
        match rng.randrange(7):
            case 0 if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end]
            case 3:
                data[at:at] = rng.choice(_BITS) * rng.choice((1, 1, 2, 300))
            case 4:
                start = rng.randrange(len(other) + 1)
                data[at:end] = other[start : start + 2_000]
            case 5:
                del data[at:]
            case 6:
                lines = bytes(data).split(b"\n")
                rng.shuffle(lines)
                data = bytearray(b"\n".join(lines))
    return bytes(data)


def with_hypothesis(bench: Bench, until: float) -> None:
    """Seeds and damages drawn by hypothesis; it keeps what it learns about which draws lead anywhere."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    @settings(
        max_examples=200, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(st.sampled_from(bench.seeds), st.sampled_from(bench.seeds), st.randoms(use_true_random=True))
    def run(seed: Path, other: Path, rng: random.Random) -> None:
        if monotonic() < until:
            bench.judge(mutate(seed.read_bytes(), rng, other.read_bytes()), seed.name)

    while monotonic() < until:
        run()


def with_atheris(bench: Bench, until: float) -> None:
    """Coverage of the readers leads the choice of damages."""
    import atheris  # type: ignore[import-not-found]

    def run(drawn: bytes) -> None:
        if monotonic() >= until:
            print(f"{bench.count:,} judgements, {bench.failures} found", flush=True)
            os._exit(int(bench.failures > 0))
        provider = atheris.FuzzedDataProvider(drawn)
        seed, other = (bench.seeds[provider.ConsumeIntInRange(0, len(bench.seeds) - 1)] for _ in range(2))
        rng = random.Random(provider.ConsumeUInt(8))
        bench.judge(mutate(seed.read_bytes(), rng, other.read_bytes()), seed.name)

    for function in _functions_of("idtracker.ingest.read", "idtracker.ingest.shape"):
        atheris.instrument_func(function)
    FOUND.mkdir(exist_ok=True)
    atheris.Setup([sys.argv[0], "-rss_limit_mb=0", "-timeout=120", f"-artifact_prefix={FOUND}/"], run)
    atheris.Fuzz()


def _functions_of(*packages: str) -> list[FunctionType]:
    """Every function of the packages; all of their modules are imported first."""
    for imported in packages:
        package = import_module(imported)
        for module in iter_modules(package.__path__):
            if module.name != "legacy_child":  # a program of its own
                import_module(f"{imported}.{module.name}")
    modules = [m for name, m in sys.modules.items() if name.startswith(packages)]
    return [f for m in modules for f in vars(m).values() if isinstance(f, FunctionType) and f.__module__ == m.__name__]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--target", choices=["files", *TARGETS], default="files")
    parser.add_argument("--engine", choices=["hypothesis", "atheris"], default="hypothesis")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0, help="first seed of a target that makes its cases itself")
    options = parser.parse_args()

    def too_slow(*_: object) -> None:
        raise SlowError(f"a case took more than {MOST_SECONDS} s")

    signal.signal(signal.SIGALRM, too_slow)
    until = monotonic() + options.seconds
    if options.target != "files":
        count, failures = run_cases(options.target, until, options.seed)
        print(f"{count:,} cases of {options.target}, {failures} found")
        return int(failures > 0)
    folder = options.folder or Path(os.environ.get("IDTRACKER_SHARED_DATA") or HERE.parent / "shared" / "data")
    engines: dict[str, Callable[[Bench, float], None]] = {"hypothesis": with_hypothesis, "atheris": with_atheris}
    bench = Bench(folder)
    engines[options.engine](bench, until)
    print(f"{bench.count:,} judgements of mutants of {len(bench.seeds)} files, {bench.failures} found")
    return int(bench.failures > 0)


if __name__ == "__main__":
    sys.exit(main())
