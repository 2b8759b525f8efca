"""Codes of activities held against the codelists of their version, where the standard's mapping says and on its conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idtracker.ingest.read.iati.standard import Edition
from idtracker.ingest.read.iati.violations import Violation, line_of

if TYPE_CHECKING:
    from lxml.etree import XPath
    from lxml.etree import _Element as Element

_Finder = Callable[["Element"], Any]
_ACTIVITY = "//iati-activity/"
_ANYWHERE = "//@"
_TEXT = "text()"
_PRIVATE = "contact-info"
_XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True, slots=True)
class Codelist:
    """Published codes. One that `grows` is incomplete by its own word, or changes between versions of the standard."""

    name: str
    codes: frozenset[str]
    grows: bool
    origin: str


@dataclass(frozen=True, slots=True)
class _Mapped:
    """What stands in an attribute (or, without one, in the text) of an element is a code of the list, on a condition."""

    attribute: str | None
    codelist: Codelist
    condition: XPath | None

    def value(self, element: Element) -> str | None:
        value = element.get(self.attribute) if self.attribute else (element.text or "").strip() or None
        if value is None or self.condition is None or self.condition(element):
            return value
        return None


@dataclass(slots=True)
class _Node:
    """An element of the mapping: what is mapped there, and the elements below it."""

    mapped: list[_Mapped] = field(default_factory=list)
    children: dict[str, _Node] = field(default_factory=dict)

    def at(self, steps: list[str]) -> _Node:
        """The node that these names lead to."""
        node = self
        for step in steps:
            node = node.children.setdefault(step, _Node())
        return node


@dataclass(frozen=True, slots=True)
class CodelistMapping:
    """The mapping of one version; `lacking` are codelists that it names and that are not at hand."""

    activity: _Node
    anywhere: tuple[tuple[_Finder, _Mapped], ...]
    lacking: tuple[str, ...]

    def violations(self, activity: Element) -> list[Violation]:
        """Every code that is not in its list."""
        found: list[Violation] = []
        _look_below(activity, self.activity, "", found)
        for having, mapped in self.anywhere:
            for element in having(activity):
                _hold(element, mapped, "/", found)
        return found


@lru_cache(maxsize=16)
def codelist_mapping(edition: Edition, _fingerprint: str) -> CodelistMapping | None:
    """The mapping of a version with its codelists; None where there is none. LxmlError or OSError where one is damaged."""
    from lxml import etree

    if not edition.mappings:
        return None
    root, anywhere, lists = _Node(), list[tuple[_Finder, _Mapped]](), dict[str, Codelist | None]()
    for path, name, condition in _entries(edition.mappings[0].path):
        if name not in lists:
            lists[name] = _codelist(name, edition)
        if (codelist := lists[name]) is None:
            continue
        *steps, last = path.removeprefix(_ACTIVITY).removeprefix("//").split("/")
        mapped = _Mapped(None if last == _TEXT else last.removeprefix("@").replace("xml:", _XML), codelist, condition)
        if path.startswith(_ANYWHERE):
            anywhere.append((etree.XPath(f"descendant-or-self::*[{last}]"), mapped))
        else:
            root.at(steps).mapped.append(mapped)
    lacking = sorted(name for name, codelist in lists.items() if codelist is None)
    return CodelistMapping(root, tuple(anywhere), tuple(lacking))


def _entries(path: Path) -> Iterator[tuple[str, str, XPath | None]]:
    """(path, codelist, condition) of what is said about activities; organisations and the root have nothing here."""
    from lxml import etree

    for entry in _parsed(path).iter("mapping"):
        stated, condition, codelist = entry.findtext("path", ""), entry.findtext("condition"), entry.find("codelist")
        if codelist is not None and stated.strip().startswith((_ACTIVITY, _ANYWHERE)):
            yield stated.strip(), codelist.get("ref") or "", etree.XPath(condition) if condition else None


def _look_below(element: Element, node: _Node, place: str, found: list[Violation]) -> None:
    for mapped in node.mapped:
        _hold(element, mapped, place, found)
    if node.children:
        for child in element:
            name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
            if name in node.children:
                _look_below(child, node.children[name], f"{place}/{name}", found)


def _hold(element: Element, mapped: _Mapped, place: str, found: list[Violation]) -> None:
    value = mapped.value(element)
    if value is None or value in mapped.codelist.codes:
        return
    at = f"@{mapped.attribute.replace(_XML, 'xml:')}" if mapped.attribute else _TEXT
    where = f"{place}/{at}".strip("/") if place else f"iati-activity/{at}"
    name = mapped.codelist.name
    found.append(
        Violation(
            "not_in_published_list" if mapped.codelist.grows else "not_in_list",
            f"{name}: {where}",
            where,
            name,
            None if _PRIVATE in where else value,
            line_of(element),
            mapped.codelist.origin,
        )
    )


def _codelist(name: str, edition: Edition) -> Codelist | None:
    file = f"{name}.xml"
    held = next((h for h in (*edition.codelists, *edition.growing) if (h.path / file).is_file()), None)
    if held is None:
        return None
    root = _parsed(held.path / file)
    codes = frozenset((code.text or "").strip() for item in root.iter("codelist-item") for code in item.iter("code"))
    grows = root.get("complete") == "0" or root.get("embedded") == "0"
    grows = grows or any((folder.path / file).is_file() for folder in edition.growing)
    return Codelist(name, codes, grows, held.origin)


def _parsed(path: Path) -> Element:
    from lxml import etree

    return etree.parse(str(path), etree.XMLParser(no_network=True, resolve_entities=False)).getroot()
