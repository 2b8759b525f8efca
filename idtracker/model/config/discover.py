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


def discover(sources_dir: Path) -> dict[str, Source]:
    """Every source by id, sorted; folders that begin with `_` or `.` are no sources.

    Raises DefinitionError with the problems of all sources together.
    """
    if not sources_dir.is_dir():
        raise DefinitionError([f"{sources_dir}: there is no folder of sources here; give one with --sources"])
    folders = sorted(f for f in sources_dir.iterdir() if f.is_dir() and f.name[0] not in "_.")
    loaded = {folder.name: _load(folder) for folder in folders}
    problems = [line for _, lines in loaded.values() for line in lines]
    if problems:
        raise DefinitionError(problems)
    return {name: source for name, (source, _) in loaded.items() if source is not None}


def fingerprint(folder: Path, *others: str | None) -> str:
    """SHA-256 over the definition files of a folder and `others`, by name and content; examples do not count."""
    digest = hashlib.sha256()
    for name in [*DEFINITION_FILES, *filter(None, others)]:
        path = folder / name
        if path.is_file():
            content = path.read_bytes()
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
