"""Whether the activities of a file keep to the published IATI standard: schema, codelists, and the version that the file states.

Activities are looked at one by one while they are read, so that nothing of the file has to be kept. What is found changes no
row: rows count unless a rule of this library holds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from idtracker.ingest.read.iati.codelists import CodelistMapping, codelist_mapping
from idtracker.ingest.read.iati.schema import Schema, schema_of
from idtracker.ingest.read.iati.sections import identifier
from idtracker.ingest.read.iati.standard import Standard, is_wanted, standard_at_hand
from idtracker.ingest.read.iati.tally import Tally
from idtracker.ingest.read.iati.violations import Problem, Violation, line_of
from idtracker.model.findings import Findings
from idtracker.model.messages import Message, message
from idtracker.model.printable import printable

if TYPE_CHECKING:
    from lxml.etree import XPath
    from lxml.etree import _Element as Element

_TEXTS = "ingest/read/iati"
_FIRST_VERSION = "1.01"
_ASSUMED: dict[str, Problem] = {
    "": "version_missing",
    **dict.fromkeys(("1", "1.0", "1.00"), "version_first"),
}
_LARGEST_ACTIVITY, _LONGEST_FRAME = 1_000_000, 1_000


@dataclass(frozen=True, slots=True)
class _Rules:
    """What activities of one version are held against; without a schema where the version is not at hand."""

    version: str
    schema: Schema | None = None
    codelists: CodelistMapping | None = None


@dataclass(slots=True)
class Conformance:
    """The check of one file; `findings` says what came of it once the last activity has been looked at."""

    standard: Standard = field(default_factory=standard_at_hand)
    _tally: Tally = field(default_factory=Tally)
    _rules: dict[str, _Rules] = field(default_factory=dict)
    _unchecked: dict[Message, None] = field(default_factory=dict)
    _root: Element | None = None
    _frame: Element | None = None
    _lines: list[int] = field(default_factory=list)
    _seen: int = 0

    def look_at(self, activity: Element) -> None:
        """The next activity, before it is forgotten."""
        self._seen += 1
        if not self.standard.editions:
            return
        parent = activity.getparent()
        if parent is not None:
            self._note_root(parent, activity)
        stated = _stated(parent) or _stated(activity)
        if stated not in self._rules:
            self._rules[stated] = self._rules_of(stated, activity)
        rules = self._rules[stated]
        if rules.schema is None:
            return
        if _is_beyond_bounds()(activity):
            self._unchecked[message(_TEXTS, "too_large", line=line_of(activity))] = None
            return
        for violation in self._violations(rules, activity):
            self._tally.add(violation, rules.version, self._seen, identifier(activity))

    def findings(self) -> Findings:
        """One finding for each rule and place; nothing where the check is not wanted or the file holds no activity."""
        findings = Findings()
        if not is_wanted() or not self._seen:
            return findings
        if not self.standard.editions:
            is_misplaced = self.standard.is_misplaced
            reason = message(_TEXTS, "misplaced_standard") if is_misplaced else message(_TEXTS, "no_standard")
            self._unchecked[reason] = None
        self._close_root()
        self._tally.report(findings)
        for reason in self._unchecked:
            findings.add("iati.unchecked", reason=reason)
        return findings

    def _violations(self, rules: _Rules, activity: Element) -> Iterator[Violation]:
        if rules.schema is not None:
            yield from rules.schema.violations(activity)
        if rules.codelists is not None:
            yield from rules.codelists.violations(activity)

    def _rules_of(self, stated: str, activity: Element) -> _Rules:
        """What the version that is stated asks for; what keeps the file from being checked is remembered."""
        from lxml import etree

        problem = _ASSUMED.get(stated)
        version = _FIRST_VERSION if problem else stated
        edition = self.standard.edition(version)
        at_hand = ", ".join(e.version for e in self.standard.editions if e.schemas)
        if edition is None or not edition.schemas:
            problem = problem or "version_unknown"
        if problem:
            parent = activity.getparent()
            place = "iati-activities/@version" if parent is not None else "iati-activity/@version"
            line = line_of(activity if parent is None else parent)
            found = Violation(problem, f"Version: {place}", place, at_hand, stated, line, self.standard.origin)
            self._tally.add(found, version, 0, None)
        if edition is None or not edition.schemas:
            return _Rules(version)
        try:
            schema = schema_of(edition.schemas[0], self.standard.fingerprint)
            codelists = codelist_mapping(edition, self.standard.fingerprint)
        except (etree.LxmlError, OSError):
            self._unchecked[message(_TEXTS, "damaged", version=version)] = None
            return _Rules(version)
        if codelists is None:
            self._unchecked[message(_TEXTS, "no_codelists", version=version)] = None
        elif codelists.lacking:
            names = ", ".join(codelists.lacking)
            self._unchecked[message(_TEXTS, "lists_lacking", version=version, names=names)] = None
        return _Rules(version, schema, codelists)

    def _note_root(self, root: Element, activity: Element) -> None:
        """Keep the root's attributes and the order of what stands in it, each run of the same element once."""
        from lxml import etree

        if self._frame is None:
            names: Any = root.nsmap
            self._frame = etree.Element(root.tag, {str(k): str(v) for k, v in root.items()}, nsmap=names)
            self._lines = [line_of(root)]
            self._root = root
        for sibling in reversed(list(activity.itersiblings(preceding=True))):
            self._append(sibling)
        self._append(activity)

    def _append(self, element: Element) -> None:
        from lxml import etree

        frame = self._frame
        if frame is not None and len(frame) < _LONGEST_FRAME and not (len(frame) and frame[-1].tag == element.tag):
            added: Any = etree.SubElement(frame, element.tag)
            added.sourceline = len(self._lines)
            self._lines.append(line_of(element))

    def _close_root(self) -> None:
        """What stands after the last activity, and then the root as a whole."""
        if self._root is None or self._frame is None:
            return
        for element in self._root:
            self._append(element)
        rules = self._rules.get(_stated(self._root))
        if rules is not None and rules.schema is not None:
            for violation in rules.schema.violations_of_root(self._frame):
                self._tally.add(replace(violation, line=self._lines[violation.line]), rules.version, 0, None)


@cache
def _is_beyond_bounds() -> XPath:
    from lxml import etree

    return etree.XPath(f"count(.//*) > {_LARGEST_ACTIVITY}")


def _stated(element: Element | None) -> str:
    """The version that an element states, trimmed; empty where it states none."""
    return printable((element.get("version") or "").strip()) if element is not None else ""
