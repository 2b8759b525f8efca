"""The rule catalogue: what each rule means, in two languages, and what follows when it is broken.

One file of `catalogue/` per family, the part of an identifier before the dot. Severity: critical (file unusable), error
(row held), warning (accepted, justify), advisory (reference not known yet). Dimension: the six of the UK Government Data
Quality Framework. Words in braces are filled in where the rule is reported.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml

Severity = Literal["critical", "error", "warning", "advisory"]
Dimension = Literal["accuracy", "completeness", "uniqueness", "consistency", "timeliness", "validity"]

CONSEQUENCE: dict[Severity, str] = {
    "critical": "the file is not used; nothing is read from it",
    "error": "the row is held; every other row goes on",
    "warning": "the row is accepted; please justify or correct it",
    "advisory": "the row is accepted; a reference is not known yet",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `text` and `remedy` are templates; their fields are given where the rule is reported."""

    id: str
    severity: Severity
    dimension: Dimension
    text: dict[str, str]
    remedy: dict[str, str]

    @property
    def consequence(self) -> str:
        return CONSEQUENCE[self.severity]


def _catalogue() -> bytes:
    files = [f for f in (resources.files("idtracker.findings") / "catalogue").iterdir() if f.name.endswith(".yml")]
    return b"".join(f.read_bytes() for f in sorted(files, key=lambda f: f.name))


@cache
def rules() -> dict[str, Rule]:
    """Every rule by id, families in order of the alphabet."""
    loaded = yaml.safe_load(_catalogue())
    return {
        rule_id: Rule(
            id=rule_id,
            severity=body["severity"],
            dimension=body["dimension"],
            text={"en": body["en"], "ar": body["ar"]},
            remedy={"en": body["remedy_en"], "ar": body["remedy_ar"]},
        )
        for rule_id, body in loaded.items()
    }


def rule(rule_id: str) -> Rule:
    """The rule of that id; KeyError is a defect of the caller."""
    return rules()[rule_id]


@cache
def rule_set_version() -> str:
    """Changes whenever a rule's id, severity or wording changes (first 12 hex digits of SHA-256)."""
    return hashlib.sha256(_catalogue()).hexdigest()[:12]
