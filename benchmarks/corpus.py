"""Every file of a folder, judged as a report of a source that takes anything: what becomes of it, in what time and memory.

`python -m benchmarks.corpus FOLDER` prints the slowest and largest and ends with 1 where a file crashes or exceeds the
bounds; `--record` writes the outcomes that tests/system/corpus holds the real files to.
"""

from __future__ import annotations

import csv
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pandas as pd

from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.ingest.read.formats.table import promised

HERE = Path(__file__).parent.parent
SOURCES = HERE / "tests" / "system" / "corpus"
OUTCOMES = SOURCES / "outcomes.csv"
COLUMNS = ["file", "verdict", "read", "accepted", "held", "repeated", "rules"]
MOST_SECONDS, MOST_BYTES = 20.0, 1_200_000_000
_APART = ("MANIFEST.tsv", "README.md")
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one file, the time it took and the largest memory of the process so far."""

    outcome: tuple[str, ...]
    seconds: float
    peak_bytes: int


def files_of(folder: Path) -> list[Path]:
    """Every file of the folder but the list of them."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in _APART)


def judge_file(path: Path, folder: Path, catalogue: ProgrammeCatalogue) -> Judged:
    """Judge a file under the permissive source of the kind that its name says."""
    began = perf_counter()
    kinds = (kind for known in promised(path.suffix) for kind in known.kinds)
    source = catalogue.source(f"any_{next(kinds, 'csv')}")
    assessment = assess(
        path.read_bytes(), path.name, source, catalogue, submission_id="s", received_at=pd.Timestamp("2026-11-15")
    )
    rules = ";".join(sorted({g.rule.id for g in assessment.findings}))
    counts = (assessment.rows_read, assessment.rows_accepted, assessment.rows_held, assessment.rows_repeated)
    outcome = (path.relative_to(folder).as_posix(), assessment.verdict, *map(str, counts), rules)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Judged(outcome, perf_counter() - began, peak)


def judge_all(folder: Path) -> Iterator[Judged]:
    catalogue = load_catalogue(SOURCES)
    for path in files_of(folder):
        yield judge_file(path, folder, catalogue)


def main(words: list[str]) -> int:
    default = os.environ.get("IDTRACKER_SHARED_DATA") or HERE.parent / "shared" / "data"
    folder = Path(next((w for w in words if not w.startswith("-")), default))
    judged = list(judge_all(folder))
    if "--record" in words:
        with OUTCOMES.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([COLUMNS, *(j.outcome for j in judged)])
    print(f"{len(judged)} files, {sum(j.seconds for j in judged):.1f} s, peak {judged[-1].peak_bytes / 1e6:,.0f} MB")
    for j in sorted(judged, key=lambda j: -j.seconds)[:_SHOWN]:
        print(f"{j.seconds:8.2f} s  {j.outcome[0]}  {j.outcome[1]}")
    return int(max(j.seconds for j in judged) > MOST_SECONDS or judged[-1].peak_bytes > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
