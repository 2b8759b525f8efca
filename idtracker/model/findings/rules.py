"""The rule catalogue: what each rule means, in two languages, and what follows when it is broken.

One file of `catalogue/` per family, the part of an identifier before the dot. Severity: critical (file unusable), error
(row held), warning (accepted, justify), advisory (reference not known yet). Dimension: the six of the UK Government Data
Quality Framework. Words in braces are filled in where the rule is reported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from idtracker.model.errors import IdtrackerError
from idtracker.model.messages import LANGS, Lang, fields_in, phrase, read_entries

Severity = Literal["critical", "error", "warning", "advisory"]
Dimension = Literal["accuracy", "completeness", "uniqueness", "consistency", "timeliness", "validity"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Most severe first."""
_TEXTS = ("en", "ar", "remedy_en", "remedy_ar", "valid", "invalid")
_NEEDED = ("severity", "dimension", *_TEXTS)
_OPTIONAL = ("waivable", "team_en", "team_ar")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `text` and `remedy` are templates; their fields are given where the rule is reported.

    `team` says what the data team does about it in the definitions, which `remedy` never speaks of; empty where nothing.
    `valid` and `invalid` are a case that keeps the rule and one that breaks it. Findings of a `is_waivable` rule may be
    waived by a person who answers for it.
    """

    id: str
    severity: Severity
    dimension: Dimension
    text: dict[str, str]
    remedy: dict[str, str]
    valid: str
    invalid: str
    is_waivable: bool = False
    team: dict[str, str] = field(default_factory=dict)

    @property
    def consequence(self) -> str:
        return self.consequence_in("en")

    def consequence_in(self, lang: Lang) -> str:
        """What follows when the rule is broken."""
        return severity_consequence(self.severity, lang)


def severity_consequence(severity: Severity, lang: Lang) -> str:
    """What follows when a rule of that severity is broken."""
    return phrase("model/findings/findings", f"consequence_{severity}", lang)


def _files() -> dict[str, bytes]:
    folder = resources.files("idtracker.model.findings") / "catalogue"
    files = [f for f in folder.iterdir() if f.name.endswith(".yml")]
    return {f.name.removesuffix(".yml"): f.read_bytes() for f in sorted(files, key=lambda f: f.name)}


@cache
def rules() -> dict[str, Rule]:
    """Every rule by id, families in order of the alphabet. IdtrackerError where an entry is incomplete or unclear."""
    rules_read: dict[str, Rule] = {}
    problems: list[str] = []
    for family, content in _files().items():
        entries = read_entries(content)
        problems += [f"catalogue/{family}.yml: {p}" for p in entry_problems(family, entries)]
        rules_read |= {rule_id: _rule(rule_id, body) for rule_id, body in entries if not problems}
    if problems:
        raise IdtrackerError("\n".join(problems))
    return rules_read


def entry_problems(family: str, entries: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    """What is wrong with the entries of a family: keys, codes, texts, and words in braces that differ by language."""
    names = [name for name, _ in entries]
    for name, body in entries:
        if name.partition(".")[0] != family:
            yield f"{name}: expected a name that begins with `{family}.`"
        if names.count(name) > 1:
            yield f"{name}: stands more than once"
        yield from (f"{name}: {problem}" for problem in _body_problems(body))


def _body_problems(body: dict[str, Any]) -> Iterator[str]:
    yield from (f"`{key}` is missing" for key in _NEEDED if key not in body)
    yield from (f"`{key}` is not known" for key in body if key not in (*_NEEDED, *_OPTIONAL))
    yield from (f"`{key}`: expected text" for key in _TEXTS if key in body and not str(body[key] or "").strip())
    for key, allowed in (("severity", get_args(Severity)), ("dimension", get_args(Dimension))):
        if key in body and body[key] not in allowed:
            yield f"`{key}`: expected one of {', '.join(allowed)}; got `{body[key]}`"
    if not isinstance(body.get("waivable", False), bool):
        yield "`waivable`: expected true or false"
    for first, second in (("en", "ar"), ("remedy_en", "remedy_ar"), ("team_en", "team_ar")):
        if fields_in(str(body.get(first, ""))) != fields_in(str(body.get(second, ""))):
            yield f"`{first}` and `{second}` do not have the same words in braces"
    if ("team_en" in body) != ("team_ar" in body):
        yield "`team_en` and `team_ar`: one is given without the other"


def _rule(rule_id: str, body: dict[str, Any]) -> Rule:
    return Rule(
        id=rule_id,
        severity=body["severity"],
        dimension=body["dimension"],
        text={"en": str(body["en"]), "ar": str(body["ar"])},
        remedy={"en": str(body["remedy_en"]), "ar": str(body["remedy_ar"])},
        valid=str(body["valid"]),
        invalid=str(body["invalid"]),
        is_waivable=body.get("waivable", False),
        team={lang: str(body[f"team_{lang}"]) for lang in LANGS if f"team_{lang}" in body},
    )


def rule(rule_id: str) -> Rule:
    """The rule of that id; KeyError is a defect of the caller."""
    return rules()[rule_id]


@cache
def rule_set_version() -> str:
    """Changes whenever a rule's id, severity or wording changes (first 12 hex digits of SHA-256)."""
    return hashlib.sha256(b"".join(_files().values())).hexdigest()[:12]
