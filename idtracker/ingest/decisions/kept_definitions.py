"""Definitions of the day on which a round was frozen: each file once by its content, and a list of them for each set.

The name of a file is the SHA-256 of its bytes, and so is that of a list; the act that names a list is signed and sealed, so
that whatever is changed, added or removed later does not fit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from idtracker.ingest.decisions.rounds import RoundAct
from idtracker.model.errors import DamagedFileError
from idtracker.model.files import write_bytes
from idtracker.model.home import Home


class KeptDefinitions:
    """The kept definitions of one home; they lie beside the acts about rounds, in the ledger."""

    def __init__(self, home: Home) -> None:
        self.folder = home.landing / "ledger" / "_decisions" / "rounds" / "definitions"

    def keep(self, files: Mapping[str, bytes]) -> str:
        """Keep files (path, content); the name of their list. What is there already stays as it is."""
        listed = {path: self._put(content) for path, content in sorted(files.items())}
        return self._put(_text(listed))

    def name_of(self, files: Mapping[str, bytes]) -> str:
        """The name that keep() would give, with nothing written."""
        return _digest(_text({path: _digest(content) for path, content in sorted(files.items())}))

    def read(self, name: str) -> dict[str, bytes]:
        """The files of a list. DamagedFileError with the first that is missing or was changed."""
        return {path: self._get(digest) for path, digest in self._listed(name).items()}

    def faults(self, acts: Iterable[RoundAct]) -> Iterator[tuple[Path, str]]:
        """Files that acts name and that are missing or were changed: place and what is wrong."""
        for name in self._sets(acts):
            try:
                listed = self._listed(name)
            except DamagedFileError as problem:
                yield self.folder / name, str(problem)
                continue
            for digest in sorted({*listed.values()}):
                try:
                    self._get(digest)
                except DamagedFileError as problem:
                    yield self.folder / digest, str(problem)

    def unnamed(self, acts: Iterable[RoundAct]) -> list[Path]:
        """Files that no act names, such as those of a freeze that was cut off."""
        named = set(self._sets(acts))
        for name in self._sets(acts):
            with suppress(DamagedFileError):
                named |= {*self._listed(name).values()}
        return [p for p in sorted(self.folder.glob("*")) if p.name not in named and not p.name.startswith(".")]

    def _sets(self, acts: Iterable[RoundAct]) -> list[str]:
        return sorted({str(act.content["definition_set"]) for act in acts if act.content.get("definition_set")})

    def _put(self, content: bytes) -> str:
        name = _digest(content)
        path = self.folder / name
        if not path.is_file() or path.read_bytes() != content:
            write_bytes(path, content)
        return name

    def _get(self, name: str) -> bytes:
        try:
            content = (self.folder / name).read_bytes()
        except OSError as problem:
            raise DamagedFileError(f"the kept definition {name[:12]} cannot be read ({problem.strerror})") from problem
        if _digest(content) != name:
            raise DamagedFileError(f"the kept definition {name[:12]} was changed")
        return content

    def _listed(self, name: str) -> dict[str, str]:
        listed: dict[str, str] = json.loads(self._get(name))
        if any(PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts for path in listed):
            raise DamagedFileError(f"the kept definition {name[:12]} leads out of its folder")
        return listed


def _text(listed: Mapping[str, str]) -> bytes:
    return (json.dumps(dict(sorted(listed.items())), ensure_ascii=False, indent=0) + "\n").encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
