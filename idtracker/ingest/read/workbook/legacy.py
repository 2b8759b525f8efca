"""Workbooks read in a process of its own: XLS, XLSB, ODS, and XLSX sheets that may take much memory.

A damaged chain of sectors, a damaged count or a cell said to be repeated a million times makes a parser ask for memory
without end or end the process. A process with limits turns that into a refusal of the file.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from idtracker.ingest.read.refusal import megabytes, sized, too_large, unreadable, worded
from idtracker.model.config.limits import Limits

_CHILD = Path(__file__).with_name("legacy_child.py")
_PROTECTED = 2


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet as the parser has it. `cells` is None where it is larger than the limits; rows and columns say how large.

    `merged` are areas (first row, first column, last row, last column), rows one-based, columns zero-based;
    `visibility` is `visible`, `hidden` or `very hidden`.
    """

    cells: list[list[object]] | None
    rows: int
    columns: int
    merged: list[tuple[int, int, int, int]]
    visibility: str


def read_apart(content: bytes, damaged: str, limits: Limits, only: str | None = None) -> dict[str, ReadSheet]:
    """Sheet name -> its cells; only that of one sheet where it is named, which must be there.

    `damaged` is the reason given where the parser fails. What takes too long is too large, and so is packed content
    that takes more memory than is allowed; other content that does is damaged.
    """
    bounds = [limits.memory_bytes, limits.rows, limits.columns, limits.cells]
    command = [sys.executable, "-I", str(_CHILD), *map(str, bounds)]
    if only is not None:
        command.append(only)
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=limits.seconds, check=False)
    except subprocess.TimeoutExpired:
        raise too_large(sized("seconds", limits.seconds), worded("more")) from None
    if done.returncode == _PROTECTED:
        raise unreadable("workbook_protected")
    if done.returncode != 0:
        is_memory = content.startswith(b"PK") and b"memory" in done.stderr.lower()
        most = worded("of_memory", size=megabytes(limits.memory_bytes))
        raise too_large(most, worded("more")) if is_memory else unreadable(damaged)
    return {name: ReadSheet(*sheet) for name, sheet in pickle.loads(done.stdout).items()}
