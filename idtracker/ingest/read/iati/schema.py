"""Activities held against the XML Schema of their version; rules by the names that XML Schema (W3C) gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from idtracker.ingest.read.iati.standard import Held
from idtracker.ingest.read.iati.violations import Problem, Violation

if TYPE_CHECKING:
    from lxml.etree import XMLSchema, _LogEntry
    from lxml.etree import _Element as Element

# libxml2 has names of its own for these, and W3C's have capitals that its names lost.
_OTHER_NAMES = {
    "SCHEMAV_ELEMENT_CONTENT": "cvc-complex-type.2.4",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "cvc-complex-type.3.2.2",  # said of attributes where the type has no wildcard
    "SCHEMAV_CVC_IDC": "cvc-identity-constraint",
    "SCHEMAV_CVC_WILDCARD": "cvc-wildcard",
    "SCHEMAV_CVC_MINLENGTH_VALID": "cvc-minLength-valid",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "cvc-maxLength-valid",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "cvc-minInclusive-valid",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "cvc-maxInclusive-valid",
    "SCHEMAV_CVC_MINEXCLUSIVE_VALID": "cvc-minExclusive-valid",
    "SCHEMAV_CVC_MAXEXCLUSIVE_VALID": "cvc-maxExclusive-valid",
    "SCHEMAV_CVC_TOTALDIGITS_VALID": "cvc-totalDigits-valid",
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": "cvc-fractionDigits-valid",
}
_PROBLEMS: tuple[tuple[str, Problem], ...] = (
    ("cvc-complex-type.2.4", "misplaced"),
    ("cvc-complex-type.4", "attribute_missing"),
    ("cvc-complex-type.3", "attribute_unknown"),
    ("cvc-complex-type.2", "content"),
    ("cvc-type.3.1.2", "content"),
    ("cvc-type.3.1.1", "attribute_unknown"),
    ("cvc-elt.1", "element_unknown"),
    ("cvc-enumeration", "value_listed"),
    ("cvc-datatype", "value_type"),
    ("cvc-type", "value_type"),
    ("cvc-pattern", "value_type"),
    ("cvc-min", "value_type"),
    ("cvc-max", "value_type"),
    ("cvc-length", "value_type"),
    ("cvc-total", "value_type"),
    ("cvc-fraction", "value_type"),
    ("cvc-attribute", "value_type"),
)
_NAME = r"'(?:\{[^}]*\})?([^']*)'"
_SAID = re.compile(rf"Element {_NAME}(?:, attribute {_NAME})?: (.*)", re.S)
_MISSING = re.compile(rf"The attribute {_NAME} is required")
_WANTED = re.compile(r"Expected is (?:one of )?\((.*?)\)", re.S)
_TYPE = re.compile(r"type '([^']+)'\.\s*$")
_VALUE = re.compile(r"(?:\[facet '\w+'\] The value )?'(.*?)' (?:is|has|does|exceeds)\b", re.S)
_POSITION = re.compile(r"\[\d+\]")
_PRIVATE = "contact-info"


def standard_name(type_name: str) -> str:
    """W3C's name of a rule of XML Schema from that of libxml2: SCHEMAV_CVC_COMPLEX_TYPE_3_2_2 is cvc-complex-type.3.2.2."""
    if type_name in _OTHER_NAMES:
        return _OTHER_NAMES[type_name]
    words = type_name.removeprefix("SCHEMAV_").lower().split("_")
    parts = [w for w in words if w.isdigit()]
    return ".".join(["-".join(w for w in words if not w.isdigit()), *parts])


@dataclass(frozen=True, slots=True)
class Schema:
    """The schema of one version, compiled; `origin` says where it is from."""

    compiled: XMLSchema
    origin: str

    def violations(self, activity: Element) -> Iterator[Violation]:
        """Every place where an activity, as the root of a document of its own, breaks the schema."""
        if not self.compiled.validate(activity):
            for entry in _log_of(self.compiled):
                yield _violation(entry, self.origin)

    def violations_of_root(self, root: Element) -> Iterator[Violation]:
        """What is wrong with attributes and children of iati-activities, whatever stands in the activities."""
        if not self.compiled.validate(root):
            for entry in _log_of(self.compiled):
                if "/iati-activity" not in (entry.path or ""):
                    yield _violation(entry, self.origin)


def _log_of(schema: XMLSchema) -> list[_LogEntry]:
    log: Any = schema.error_log
    return list(log)


@lru_cache(maxsize=16)
def schema_of(held: Held, _fingerprint: str) -> Schema:
    """A schema, compiled once; etree.LxmlError or OSError where it is none. Nothing comes from the network."""
    from lxml import etree

    tree = etree.parse(str(held.path), etree.XMLParser(no_network=True, resolve_entities=False))
    return Schema(etree.XMLSchema(tree), held.origin)


def _violation(entry: _LogEntry, origin: str) -> Violation:
    """An entry of libxml2's log in the standard's words; contact details are not quoted."""
    rule = standard_name(entry.type_name)
    problem: Problem = next((p for start, p in _PROBLEMS if rule.startswith(start)), "other")
    said = _SAID.match(entry.message)
    element, attribute, text = (said[1], said[2] or "", said[3]) if said else ("", "", entry.message)
    if problem == "misplaced" and text.startswith("Missing child element"):
        problem = "incomplete"
    if missing := _MISSING.match(text):
        attribute = missing[1]
    place = _place(entry.path or "", element, attribute)
    is_of_value = problem in ("value_type", "value_listed")
    value = _VALUE.match(text) if is_of_value and _PRIVATE not in place else None
    return Violation(problem, rule, place, _wanted(problem, text), value[1] if value else None, entry.line, origin)


def _place(path: str, element: str, attribute: str) -> str:
    """`/iati-activity/transaction[2]/value` is transaction/value: the steps below the activity, attributes with @."""
    steps = [s for s in _POSITION.sub("", path).split("/") if s] or [element]
    if steps[-1] == "*":
        steps[-1] = element
    if len(steps) > 1 and steps[0] in ("iati-activity", "*"):
        del steps[0]
    return "/".join([*steps, *([f"@{attribute}"] if attribute else [])])


def _wanted(problem: Problem, text: str) -> str:
    """The elements or the type that the standard asks for there; empty where the schema does not say."""
    if problem in ("misplaced", "incomplete"):
        found = _WANTED.search(text)
        names = [w.strip().rpartition("}")[2] for w in found[1].split(",")] if found else []
        return ", ".join(n for n in names if n and not n.startswith(("#", "*")))
    found = _TYPE.search(text) if problem == "value_type" else None
    return found[1] if found else ""
