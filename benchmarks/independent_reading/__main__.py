"""`python -m benchmarks.independent_reading [FILE|FOLDER …]`: every stored fact beside what the file itself states.

Files of others go through `check` and `run` in a temporary home; each is read a second time by csv, json, openpyxl,
python-calamine or lxml, without the tool's own code. Exit code 1 where a value differs and no finding says so, a row
vanishes without account, or the store holds a row that the file does not.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.independent_reading.report import faults, table
from benchmarks.independent_reading.specimen import Specimen
from benchmarks.independent_reading.specimens import all_specimens
from benchmarks.independent_reading.workshop import Folders, examine

_SHARED = Path(__file__).parents[3] / "shared"


def main(words: Sequence[str] | None = None) -> int:
    """0 where everything agrees or is said, 1 where it does not, 2 where there is nothing to read."""
    options = _options(words)
    folders = Folders(options.data, options.cases)
    chosen = [s for s in all_specimens() if not options.only or _is_wanted(s, options.only)]
    with TemporaryDirectory(dir=options.folder) as work:
        files = examine(chosen, folders, Path(work))
    if not files:
        print(f"none of the files is in {folders.data} or {folders.cases}")
        return 2
    for line in table(files):
        print(line)
    wrong = list(faults(files, options.faults))
    for line in wrong:
        print(line)
    return int(bool(wrong))


def _is_wanted(specimen: Specimen, only: Sequence[str]) -> bool:
    return any(
        name.endswith(word) or f"/{name}".find(f"/{word.strip('/')}/") >= 0 for name in specimen.files for word in only
    )


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    data = os.environ.get("IDTRACKER_SHARED_DATA")
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.independent_reading", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("only", nargs="*", metavar="FILE|FOLDER", help="only these, as named in the shared folders")
    parser.add_argument("--data", type=Path, default=Path(data) if data else _SHARED / "data", help="the shared data")
    parser.add_argument("--cases", type=Path, help="the shared cases (default: `cases` beside the data)")
    parser.add_argument("--folder", type=Path, help="where the home is made (default: the temporary folder)")
    parser.add_argument("--faults", type=int, default=5, help="how many faults of a kind are shown for each column")
    options = parser.parse_args(words)
    options.cases = options.cases or options.data.resolve().parent / "cases"
    return options


if __name__ == "__main__":
    sys.exit(main())
