"""Run as a script: an Excel 97-2003 workbook on standard input becomes its sheets, pickled, on standard output.

It imports nothing of this project so that it starts quickly. See `legacy`.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import sys


def main(memory_bytes: int) -> int:
    """0: the sheets follow · 2: protected by a password · anything else: damaged."""
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    except PasswordError:
        return 2
    names = [m.name for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    pickle.dump(sheets, sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
