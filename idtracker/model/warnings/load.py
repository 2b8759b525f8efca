"""Which warning rules there are: those shipped with the package and those of the programme, and what is wrong with them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from idtracker.model.config.definition_file import hold_against
from idtracker.model.warnings.rule import Rule, Side

SHIPPED = Path(__file__).parent / "data"
OF_PROGRAMME = "_warnings"
"""Folder beside the sources in which a programme keeps its own rules."""


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may name: nodes, indicators with the side on which they are bad, those that count, places by level."""

    nodes: Collection[str]
    indicators: Mapping[str, Side]
    counts: Collection[str]
    places: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """The sound rules by name, what is wrong with each other one, and what stands for all of their files."""

    sound: dict[str, Rule] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def problems(self) -> list[str]:
        """Every problem, each with file and line."""
        return [line for lines in self.wrong.values() for line in lines]


def rule_files(sources: Path) -> dict[str, Path]:
    """Name -> file of every rule; one of the programme stands for a shipped one of the same name."""
    shipped = {path.stem: path for path in sorted(SHIPPED.glob("*.yml"))}
    return shipped | {path.stem: path for path in sorted((sources / OF_PROGRAMME).glob("*.yml"))}


def load_rules(sources: Path, known: Known) -> Rules:
    """The rules of a programme; a wrong one stops itself alone."""
    rules = Rules(fingerprint=rules_fingerprint(sources))
    for name, path in rule_files(sources).items():
        shown = f"{path.parent.name}/{path.name}"
        rule, problems = hold_against(path, shown, Rule)
        if rule is not None:
            problems = [f"{shown}: {problem}" for problem in unknown_names(rule, known)]
        if rule is None or problems:
            rules.wrong[name] = problems
        else:
            rules.sound[name] = rule
    return rules


def rules_fingerprint(sources: Path) -> str:
    """What stands for the content of every rule's file."""
    digest = hashlib.sha256()
    for name, path in rule_files(sources).items():
        digest.update(f"{name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def unknown_names(rule: Rule, known: Known) -> list[str]:
    """What a rule names that there is not."""
    named = {"on": rule.on, "outcome": rule.outcome_subject}
    problems = []
    for key, subject in named.items():
        if subject.node is not None and subject.node not in known.nodes:
            problems.append(f"{key}: there is no node `{subject.node}`: {', '.join(sorted(known.nodes))}")
        if subject.indicator is not None and subject.indicator not in known.indicators:
            problems.append(f"{key}: there is no indicator `{subject.indicator}` in the register")
    problems += [
        f"places: the tracker has no place `{place_id}`" for place_id in rule.places if place_id not in known.places
    ]
    return list(dict.fromkeys(problems))


def side_of(rule: Rule, known: Known) -> Side:
    """The bad side of what a rule looks at."""
    return rule.direction or (known.indicators[rule.on.indicator] if rule.on.indicator else "below")


def places_of(rule: Rule, known: Known) -> list[str]:
    """The places that a rule is about."""
    return rule.places or [place_id for place_id, level in known.places.items() if level == rule.level]
