"""Finding the sources: one folder, one source; a folder that defines none is an error, never skipped."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from idtracker.model.config.definition_file import hold_against
from idtracker.model.config.source import Part, Source
from idtracker.model.config.values import IDENTIFIER, PATTERN_WORDS
from idtracker.model.errors import DefinitionError

DEFINITION_FILES = ("names.csv", "source.yml")
_INNER = tuple(Part.model_fields)


def load_source(folder: Path) -> Source:
    """The source that a folder defines; DefinitionError with every problem of it otherwise."""
    source, problems = _load(folder)
    if source is None:
        raise DefinitionError(problems)
    return source


def source_folders(sources_dir: Path) -> list[Path]:
    """Every folder that should define a source, sorted; folders that begin with `_` or `.` are none."""
    return sorted(f for f in sources_dir.iterdir() if f.is_dir() and f.name[0] not in "_.")


def definition_files(folder: Path, codebook: str | None = None) -> dict[str, bytes]:
    """Name -> content of the files that define a source; examples do not count."""
    paths = {name: folder / name for name in [*DEFINITION_FILES, *filter(None, [codebook])]}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


def fingerprint(folder: Path, codebook: str | None = None) -> str:
    """SHA-256 over the files that define a source, by name and content."""
    digest = hashlib.sha256()
    for name, content in definition_files(folder, codebook).items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _load(folder: Path) -> tuple[Source | None, list[str]]:
    folder = folder.absolute()
    shown = f"{folder.parent.name}/{folder.name}"
    path = folder / "source.yml"
    if not path.is_file():
        return None, [
            f"{shown}: there is no source.yml; write one (`idtracker sources new {folder.name} FILE`) "
            "or begin the folder's name with _ to have it skipped"
        ]
    source, problems = hold_against(path, f"{shown}/source.yml", Source, _INNER)
    if not re.match(IDENTIFIER, folder.name):
        problems.insert(0, f"{shown}: the folder's name: expected {PATTERN_WORDS[IDENTIFIER]}; got '{folder.name}'")
    if source is None or problems:
        return None, problems
    return source.located(folder.name, folder, fingerprint(folder, source.format.codebook)), []
