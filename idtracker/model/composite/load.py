"""Reading a definition from its file, and which definitions ship with the package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from idtracker.model.composite.definition import Index
from idtracker.model.composite.structure import Loc, StructureError
from idtracker.model.config.definition_file import read_definition
from idtracker.model.config.yaml_lines import LinedYaml
from idtracker.model.errors import DefinitionError

SHIPPED = Path(__file__).parent / "data"
OF_PROGRAMME = "_methods"
"""Folder beside the sources in which a programme keeps its own definitions."""


def load_index(path: Path) -> Index:
    """The index of a file; DefinitionError with file, line and key where it is wrong."""
    return index_from(read_definition(path), path)


def index_from(document: LinedYaml, path: Path) -> Index:
    """The index that a document defines; `path` is for messages."""
    try:
        return Index.model_validate(document.data)
    except ValidationError as problem:
        lines = [
            f"{path}:{document.line_of(loc)}: {'.'.join(map(str, loc)) or 'method'}: {message}"
            for loc, message in _faults(problem, document.data)
        ]
        raise DefinitionError(list(dict.fromkeys(lines))) from problem


def is_index(document: LinedYaml) -> bool:
    """Whether a definition is that of an index with a tree; the tracker's own method has none."""
    return isinstance(document.data, dict) and "dimensions" not in document.data


def shipped() -> dict[str, Path]:
    """Name -> file of every index that comes with the package."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.yml"))}


def of_programme(sources: Path) -> dict[str, Path]:
    """Name -> file of every method that a programme keeps in `_methods` beside its sources."""
    return {path.stem: path for path in sorted((sources / OF_PROGRAMME).glob("*.yml"))}


def _faults(problem: ValidationError, data: Any) -> Iterator[tuple[Loc, str]]:
    for error in problem.errors():
        inner = error.get("ctx", {}).get("error")
        if isinstance(inner, StructureError):
            yield from inner.faults
        else:
            yield _in_file(error["loc"], data, error["type"] == "missing"), _message(error["type"], error["msg"])


def _message(kind: str, text: str) -> str:
    plain = {
        "extra_forbidden": "there is no such key: check its spelling, or remove it",
        "missing": "it is missing: add it",
    }
    return plain.get(kind, text.removeprefix("Value error, "))


def _in_file(loc: Loc, data: Any, is_missing: bool) -> Loc:
    """The place without the names of models, which no file has."""
    found: list[str | int] = []
    for number, part in enumerate(loc):
        is_absent = is_missing and number == len(loc) - 1
        if isinstance(data, dict) and (part in data or is_absent):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        found.append(part)
    return tuple(found)
