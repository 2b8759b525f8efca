"""One place of an IATI file that breaks a rule of the standard, as the checks of schema and codelists find it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Problem = Literal[
    "misplaced",
    "incomplete",
    "attribute_missing",
    "attribute_unknown",
    "value_type",
    "value_listed",
    "content",
    "element_unknown",
    "other",
    "not_in_list",
    "not_in_published_list",
    "version_missing",
    "version_first",
    "version_unknown",
]


@dataclass(frozen=True, slots=True)
class Violation:
    """A place below its activity (`transaction/value/@currency`) and the standard's own name of the rule broken there.

    `wanted` is what the standard asks for instead, in its own words: elements, a type or a codelist; `line` is one-based;
    `origin` says where the schema or codelist is from.
    """

    problem: Problem
    rule: str
    place: str
    wanted: str = ""
    value: str | None = None
    line: int = 0
    origin: str = ""


def line_of(element: Element) -> int:
    """The one-based line on which an element begins; 0 where it is not known."""
    line: Any = element.sourceline
    return int(line or 0)
