"""The package of a workbook: a ZIP file whose bytes follow from what is in it, without the time at which it was written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


class SamePackage(ZipFile):
    """A ZIP file whose entries have no time, no owner's rights and one way of compression."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *options: Any, **named: Any) -> None:
        """As ZipFile has it."""
        super().writestr(_entry(str(zinfo_or_arcname)), data)

    def write(self, filename: Any, arcname: Any = None, *options: Any, **named: Any) -> None:
        """As ZipFile has it, a piece at a time."""
        entry = _entry(str(arcname or filename))
        entry.file_size = Path(filename).stat().st_size
        with Path(filename).open("rb") as file, self.open(entry, "w") as out:
            shutil.copyfileobj(file, out, 1 << 20)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name.lstrip("/"), (1980, 1, 1, 0, 0, 0))
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
    return entry
