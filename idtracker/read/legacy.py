"""Excel 97-2003 workbooks, read in a process of its own.

The format has no checksums, and a damaged chain of sectors or a damaged count makes the parser ask for memory without
end or end the process. A process with limits turns that into a refusal of the file.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from idtracker.read.refusal import unreadable

MOST_MEMORY_BYTES = 2 << 30
MOST_SECONDS = 120
_CHILD = Path(__file__).with_name("legacy_child.py")
_PROTECTED = 2


def read_legacy_sheets(content: bytes, damaged: str) -> dict[str, list[list[object]]]:
    """Sheet name -> rows of values. `damaged` is the reason given where the parser fails or exceeds its limits."""
    command = [sys.executable, "-I", str(_CHILD), str(MOST_MEMORY_BYTES)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise unreadable(damaged) from None
    if done.returncode == _PROTECTED:
        raise unreadable("the workbook is protected by a password")
    if done.returncode != 0:
        raise unreadable(damaged)
    sheets: dict[str, list[list[object]]] = pickle.loads(done.stdout)
    return sheets
