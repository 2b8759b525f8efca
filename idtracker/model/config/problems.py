"""What pydantic refuses, said to the person who wrote the file: file, line, key, what was expected, what stood there."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from idtracker.model.config.values import PATTERN_WORDS
from idtracker.model.config.yaml_lines import LinedYaml, Loc

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "keys with values",
    "string_too_short": "text that is not empty",
}
_LIMITS = {
    "greater_than_equal": ("at least {ge}", "ge"),
    "greater_than": ("more than {gt}", "gt"),
    "less_than_equal": ("at most {le}", "le"),
    "less_than": ("less than {lt}", "lt"),
    "too_short": ("at least {min_length} of them", "min_length"),
    "too_long": ("at most {max_length} of them", "max_length"),
    "string_too_long": ("at most {max_length} character(s)", "max_length"),
}


@dataclass(frozen=True, slots=True)
class Form:
    """The model that a file was held against, and how the writer may have shortened it.

    `hidden` is the place of the model that the writer left out (`parts`, 0); `inner` are the keys that belong there.
    """

    model: type[BaseModel]
    hidden: Loc = ()
    inner: tuple[str, ...] = ()


@dataclass(slots=True)
class _Problem:
    loc: Loc
    head: str
    expected: list[str] = field(default_factory=list)
    tail: str = ""
    is_guess: bool = False
    meant: Loc | None = None

    def text(self) -> str:
        where = f"{show_loc(self.loc)}: " if self.loc else ""
        head = f"expected {' or '.join(self.expected)}" if self.expected else self.head
        return where + head + self.tail


def show_loc(loc: Loc) -> str:
    """('columns', 3, 'type') -> 'columns[3].type'."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return text.removeprefix(".")


def lines_of(error: ValidationError, document: LinedYaml, form: Form) -> list[tuple[int, str]]:
    """Every problem once, as one-based line and text, in the order of the lines."""
    problems: dict[Loc, _Problem] = {}
    for detail in error.errors(include_url=False):
        problem_found = _problem(detail, document.data, form)
        known = problems.setdefault(problem_found.loc, problem_found)
        if known is not problem_found:
            known.expected += [e for e in problem_found.expected if e not in known.expected]
    meant = {p.meant for p in problems.values()} & {p.loc for p in problems.values()}
    shown = [p for p in problems.values() if p.loc not in meant and not _is_superseded(p, problems)]
    return sorted((document.line_of(p.loc), p.text()) for p in shown)


def _is_superseded(problem: _Problem, problems: Mapping[Loc, _Problem]) -> bool:
    """One of several forms did not fit, while another fits but for something deeper inside."""
    depth = len(problem.loc)
    return problem.is_guess and any(
        p.is_guess and len(p.loc) > depth and p.loc[:depth] == problem.loc for p in problems.values()
    )


def _problem(detail: ErrorDetails, data: Any, form: Form) -> _Problem:
    context = detail.get("ctx", {})
    loc = (*detail["loc"], *context.get("at", ()))
    written, is_guess = _as_written(_without(loc, form.hidden), data, may_lack=detail["type"] == "missing")
    problem = _Problem(written, detail["msg"], is_guess=is_guess)
    kind = detail["type"]
    got = _show(detail["input"])
    if kind == "extra_forbidden":
        problem.head, key = _unknown_key(loc, form)
        problem.meant = (*written[:-1], key) if key else None
    elif kind == "missing":
        problem.head = _missing_key(loc, form)
    elif kind == "literal_error":
        options = re.findall(r"'([^']*)'", str(context["expected"]))
        problem.expected = [f"one of {', '.join(options)}" if len(options) > 1 else options[0]]
        problem.tail = f"; got {got}" + _remedy(detail["input"], options)
    elif kind in ("model_type", "model_attributes_type"):
        problem.expected = [f"keys with values ({', '.join(known_keys(loc, form))})"]
        problem.tail = f"; got {got}"
    elif kind in _LIMITS:
        problem.expected, problem.tail = [_limit(kind, context)], f"; got {_size(detail['input'], kind)}"
    elif kind == "string_pattern_mismatch":
        problem.expected = [PATTERN_WORDS.get(context["pattern"], f"text of the form {context['pattern']}")]
        problem.tail = f"; got {got}"
    elif kind in _EXPECTED:
        problem.expected = [_EXPECTED[kind]]
        problem.tail = f"; got {got}" + (_in_quotes(detail["input"]) if kind == "string_type" else "")
    elif kind == "value_error":
        problem.head = f"{detail['msg'].removeprefix('Value error, ')}; got {got}"
    return problem


def _without(loc: Loc, hidden: Loc) -> Loc:
    return loc[len(hidden) :] if hidden and loc[: len(hidden)] == hidden else loc


def _as_written(loc: Loc, data: Any, *, may_lack: bool) -> tuple[Loc, bool]:
    """The place without the names that pydantic gives to alternatives, and whether there were any."""
    written: list[str | int] = []
    dropped = False
    for place, step in enumerate(loc):
        steps = data if isinstance(data, dict) else dict(enumerate(data)) if isinstance(data, list) else {}
        if step in steps:
            written.append(step)
            data = steps[step]
        elif may_lack and place == len(loc) - 1:
            written.append(step)
        else:
            dropped = True
    return tuple(written), dropped


def _unknown_key(loc: Loc, form: Form) -> tuple[str, str | None]:
    """What to say, and the key that was probably meant."""
    key, around = str(loc[-1]), loc[:-1]
    known = known_keys(around, form)
    if not around and not form.hidden and key in form.inner:
        return "unknown key here: beside `parts`, it belongs inside one of them", None
    nearest = _nearest(key, known)
    if nearest is None:
        return f"unknown key. Known are {', '.join(known)}", None
    return f"unknown key. Did you mean '{nearest}'?", nearest


def _missing_key(loc: Loc, form: Form) -> str:
    if isinstance(loc[-1], int):
        return "expected two entries, such as [20, 400]"
    info = _fields(_model_at(form.model, loc[:-1])).get(str(loc[-1]))
    meaning = f": {info.description}" if info is not None and info.description else ""
    return f"this key is required and missing{meaning}"


def known_keys(loc: Loc, form: Form) -> list[str]:
    """Keys that an entry may have, in the order of the model."""
    keys = list(_fields(_model_at(form.model, loc)))
    return keys if loc or not form.hidden else [*keys, *form.inner]


def _model_at(model: Any, loc: Loc) -> Any:
    """The annotation found by following keys and positions through a model."""
    for step in loc:
        model = _plain(model)
        if isinstance(step, str) and step in _fields(model):
            model = _fields(model)[step].annotation
        elif get_origin(model) in (list, dict):
            model = get_args(model)[-1]
    return _plain(model)


def _plain(annotation: Any) -> Any:
    """Annotations and the None of an optional entry taken off."""
    while get_origin(annotation) in (Annotated, Union, types.UnionType):
        annotation = next(a for a in get_args(annotation) if a is not type(None))
    return annotation


def _fields(model: Any) -> dict[str, FieldInfo]:
    is_model = isinstance(model, type) and issubclass(model, BaseModel)
    return dict(model.model_fields) if is_model else {}


def _limit(kind: str, context: Mapping[str, Any]) -> str:
    text, name = _LIMITS[kind]
    return text.format(**{name: f"{context[name]:g}"})


def _size(value: object, kind: str) -> str:
    if kind in ("too_short", "too_long") and isinstance(value, list | tuple | dict):
        return str(len(value)) if value else "none"
    return _show(value)


def _show(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value[:60]}…'" if len(value) > 60 else f"'{value}'"
    if isinstance(value, list | tuple):
        return "a list"
    return "keys with values" if isinstance(value, dict) else str(value)


def _in_quotes(value: object) -> str:
    is_scalar = isinstance(value, bool | int | float)
    return f". Write '{_show(value)}' in quotes" if is_scalar else ""


def _remedy(value: object, options: list[str]) -> str:
    if str(value) in options:
        return _in_quotes(value)
    nearest = _nearest(value, options) if isinstance(value, str) else None
    return f". Did you mean '{nearest}'?" if nearest else ""


def _nearest(word: str, options: list[str]) -> str | None:
    folded = {o.casefold(): o for o in options}
    matches = get_close_matches(word.casefold().replace("-", "_").replace(" ", "_"), list(folded), n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None
