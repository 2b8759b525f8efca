"""Pictures of earlier briefings: drawing one costs a hundred times what reading it does, and after a correction most are as they were."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from zlib import compress, decompress, error

from idtracker.model.files import private_folder

KEPT_S = 40 * 24 * 3600
"""A picture goes when it was last used so many seconds before the one that was used last."""


class KeptPictures:
    """What a converter made of specifications, by specification and version of the converter; a file that is not whole counts as none."""

    def __init__(self, folder: Path, converter: str) -> None:
        self._folder, self._converter = folder, converter
        self._is_new = False

    def get(self, spec: str) -> str | None:
        """The picture of a specification; None where it has to be drawn."""
        path = self._path(spec)
        try:
            text = decompress(path.read_bytes()).decode("utf-8")
            os.utime(path)
        except (OSError, error, UnicodeDecodeError):
            return None
        return text

    def keep(self, spec: str, svg: str) -> None:
        """Keep a picture. Where it cannot be written it is drawn again next time."""
        path = self._path(spec)
        try:
            private_folder(self._folder)
            path.write_bytes(compress(svg.encode("utf-8"), level=1))
        except OSError:
            return
        self._is_new = True

    def sweep(self) -> None:
        """Let go what no briefing has used for long, where something was added."""
        if not self._is_new:
            return
        used = {path: path.stat().st_mtime for path in self._folder.iterdir()}
        latest = max(used.values(), default=0)
        for path in (path for path, at in used.items() if latest - at > KEPT_S):
            path.unlink(missing_ok=True)

    def _path(self, spec: str) -> Path:
        return self._folder / sha256(f"{self._converter}\0{spec}".encode()).hexdigest()
