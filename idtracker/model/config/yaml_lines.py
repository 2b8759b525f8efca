"""YAML as plain values that remember their lines. What the values mean is not decided here.

Scalars follow YAML 1.2 as editors do: only `true` and `false` are yes and no (`NO` is Norway), days stay text, and a
number with a leading zero is a code. A key written twice is a fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

Loc = tuple[str | int, ...]

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class YamlFault:
    """Something wrong with the writing itself: one-based line, place and what to do."""

    line: int
    loc: Loc
    message: str


@dataclass(slots=True)
class LinedYaml:
    """Values of a document, the one-based line of every key and list entry, and the faults of the writing.

    `data` is None where the text is not YAML at all; then `faults` says why.
    """

    data: Any = None
    lines: dict[Loc, int] = field(default_factory=dict)
    faults: list[YamlFault] = field(default_factory=list)

    def line_of(self, loc: Loc) -> int:
        """Line of that place, else of the nearest entry around it, else the first line."""
        for length in range(len(loc), -1, -1):
            if loc[:length] in self.lines:
                return self.lines[loc[:length]]
        return 1


_SCALARS = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    "float": (r"[-+]?(?:0|[1-9][0-9]*|(?=\.[0-9]))(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
    "merge": (r"<<", ["<"]),
}
_REMEDIES = {
    "mapping values are not allowed": "text that holds ': ' must stand in quotes, and keys of one entry must line up",
    "expected <block end>": "the indentation does not fit the lines above",
    "did not find expected": "the indentation or a bracket does not fit the lines above",
    "could not find expected ':'": "a key must be followed by a colon and a blank",
    "quoted scalar, found unexpected end": "close the quote that begins here",
    "unknown escape character": "put text with backslashes, such as an expression, in single quotes",
    "expected a single document": "`---` begins a second document: write one only",
}


class _Loader(_SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - an instance variable in PyYAML's own types


for _tag, (_pattern, _first) in _SCALARS.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


def read_lined(content: bytes) -> LinedYaml:
    """The values and lines of one YAML document; never raises for what is written in it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        return LinedYaml(faults=[YamlFault(line, (), "not UTF-8 text: save the file as UTF-8")])
    try:
        return _Walk(_Loader(text)).document()
    except yaml.YAMLError as problem:
        return LinedYaml(faults=[_syntax_fault(problem, text)])


def _syntax_fault(problem: yaml.YAMLError, text: str) -> YamlFault:
    if isinstance(problem, yaml.MarkedYAMLError):
        unclosed = "quoted scalar" in (problem.context or "") and "end of stream" in (problem.problem or "")
        mark = problem.context_mark if unclosed else problem.problem_mark or problem.context_mark
        message = ", ".join(p for p in (problem.context, problem.problem) if p)
        line = mark.line + 1 if mark else 1
        at = text.splitlines()[mark.line][mark.column :][:1] if mark and mark.line < len(text.splitlines()) else ""
    else:  # a character that YAML does not allow
        message = str(problem).splitlines()[0]
        odd = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
        line, at = text.count("\n", 0, odd.start()) + 1 if odd else 1, ""
    remedy = next((r for words, r in _REMEDIES.items() if words in message), "")
    if "cannot start any token" in message:
        remedy = "indent with blanks, not tabs" if at == "\t" else f"text that begins with {at} must stand in quotes"
    return YamlFault(line, (), f"not YAML: {message}" + (f"; {remedy}" if remedy else ""))


class _Walk:
    """Turns the nodes of one document into values, noting lines on the way."""

    def __init__(self, loader: _Loader) -> None:
        self.loader = loader
        self.lined = LinedYaml()
        self.around: list[int] = []

    def document(self) -> LinedYaml:
        root = self.loader.get_single_node()
        if root is not None:
            self.lined.data = self.value(root, ())
        return self.lined

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        self.lined.lines.setdefault(loc, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, loc)
        if id(node) in self.around:
            self.fault(node, loc, "the entry holds itself: remove the alias")
            return None
        self.around.append(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self.mapping(node, loc)
            return [self.value(item, (*loc, place)) for place, item in enumerate(node.value)]
        finally:
            self.around.pop()

    def scalar(self, node: yaml.ScalarNode, loc: Loc) -> Any:
        try:
            return self.loader.construct_object(node)
        except (KeyError, ValueError):  # an explicit tag that the text does not bear out
            self.fault(node, loc, f"'{node.value}' cannot be read as {node.tag.rpartition(':')[2]}: leave the tag out")
            return None

    def mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                self.fault(key, (*loc, key.value), f"written twice, first in line {seen[key.value]}: remove one")
            seen.setdefault(key.value, key.start_mark.line + 1)
        self.loader.flatten_mapping(node)
        values: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault(key, loc, "a key must be text")
                continue
            name = str(key.value)
            if not key.tag.endswith(":str"):
                self.fault(key, (*loc, name), f"a key must be text: write '{name}' in quotes")
            self.lined.lines[(*loc, name)] = key.start_mark.line + 1
            values[name] = self.value(item, (*loc, name))
        return values

    def fault(self, node: yaml.Node, loc: Loc, message: str) -> None:
        self.lined.faults.append(YamlFault(node.start_mark.line + 1, loc, message))
