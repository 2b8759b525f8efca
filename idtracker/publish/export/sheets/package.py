"""The package of a workbook: a ZIP file whose bytes follow from what is in it, without the time at which it was written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

IN_MEMORY = 16 << 20
"""A sheet of more bytes is held on disk until its size is known."""
LEVEL = 4
"""Of compression: half the work of the usual level, for a tenth more bytes."""
_END_OF_HEADINGS, _END_OF_ROWS = b"</row>", b"</sheetData>"
_AT_ONCE, _LONGEST_TAIL = 1 << 20, 1 << 16


class SamePackage(ZipFile):
    """A ZIP file whose entries have no time, no owner's rights and one way of compression.

    `rows` are further rows of sheets, by the name of the entry: they come after those that the file of the sheet has.
    """

    rows: dict[str, Iterable[bytes]]

    def writestr(self, zinfo_or_arcname: Any, data: Any, *options: Any, **named: Any) -> None:
        """As ZipFile has it."""
        super().writestr(_entry(str(zinfo_or_arcname)), data)

    def write(self, filename: Any, arcname: Any = None, *options: Any, **named: Any) -> None:
        """As ZipFile has it, a piece at a time."""
        entry = _entry(str(arcname or filename))
        further = self.rows.get(entry.filename)
        if further is not None:
            self._write_with(entry, Path(filename).read_bytes(), further)
            return
        entry.file_size = Path(filename).stat().st_size
        with Path(filename).open("rb") as file, self.open(entry, "w") as out:
            shutil.copyfileobj(file, out, _AT_ONCE)

    def _write_with(self, entry: ZipInfo, sheet: bytes, rows: Iterable[bytes]) -> None:
        """A sheet with further rows. The size of an entry has to be known before it: one that is large has another head."""
        head, end, tail = sheet.rpartition(_END_OF_ROWS)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as whole:
            for piece in chain([head], rows, [end + tail]):
                _grow(whole, piece)
            entry.file_size = whole.tell()
            whole.seek(0)
            with self.open(entry, "w") as out:
                shutil.copyfileobj(whole, out, _AT_ONCE)


def rows_in(workbook: Path, entry: str) -> Iterator[bytes]:
    """The rows below the headings of a sheet in a workbook that was written by this class, as they stand there."""
    with ZipFile(workbook) as archive, archive.open(entry) as sheet:
        pending = b""
        while _END_OF_HEADINGS not in pending and (piece := sheet.read(_AT_ONCE)):
            pending += piece
        pending = pending.partition(_END_OF_HEADINGS)[2]
        while piece := sheet.read(_AT_ONCE):
            pending += piece
            yield pending[:-_LONGEST_TAIL]
            pending = pending[-_LONGEST_TAIL:]
        yield pending.rpartition(_END_OF_ROWS)[0]


def _grow(file: Any, piece: bytes) -> None:
    try:
        file.write(piece)
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, tempfile.gettempdir()) from problem


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name.lstrip("/"), (1980, 1, 1, 0, 0, 0))
    setattr(entry, "_compresslevel", LEVEL)  # noqa: B010 - zipfile has no other way for an entry that is opened
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
    return entry
