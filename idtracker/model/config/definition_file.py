"""One definition file read and held against its model; its problems as lines that name the file."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from idtracker.model.config.problems import Form, lines_of, show_loc
from idtracker.model.config.yaml_lines import LinedYaml, read_lined
from idtracker.model.errors import DefinitionError

Model = TypeVar("Model", bound=BaseModel)


def hold_against(
    path: Path, shown: str, model: type[Model], inner: tuple[str, ...] = ()
) -> tuple[Model | None, list[str]]:
    """The file as a model, or None and one line per problem, such as `sources/a/source.yml:12: columns[3].type: …`.

    `inner` are the keys of one part where the file may write them at the top instead of under `parts`.
    """
    return hold_document(read_lined(path.read_bytes()), shown, model, inner)


def hold_document(
    document: LinedYaml, shown: str, model: type[Model], inner: tuple[str, ...] = ()
) -> tuple[Model | None, list[str]]:
    """The same for a file that is read already."""
    problems = [(f.line, f"{show_loc(f.loc)}: {f.message}" if f.loc else f.message) for f in document.faults]
    loaded: Model | None = None
    if isinstance(document.data, dict):
        hidden = ("parts", 0) if inner and "parts" not in document.data else ()
        try:
            loaded = model.model_validate(document.data)
        except ValidationError as error:
            problems += lines_of(error, document, Form(model, hidden, inner))
    elif not problems:
        got = "the file is empty" if document.data is None else f"got {type(document.data).__name__}"
        problems.append((1, f"expected keys with values, such as `title: …`; {got}"))
    return (None if problems else loaded), [f"{shown}:{line}: {text}" for line, text in sorted(problems)]


def read_definition(path: Path) -> LinedYaml:
    """What the file of a method says, before anybody judges it; DefinitionError where it cannot be read or is not YAML."""
    try:
        document = read_lined(path.read_bytes())
    except OSError as problem:
        raise DefinitionError([f"{path}: the method cannot be read ({problem.strerror}): check the path"]) from problem
    if document.faults:
        raise DefinitionError([f"{path}:{fault.line}: {fault.message}" for fault in document.faults])
    return document
