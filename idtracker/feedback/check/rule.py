"""One rule told in full: everything that the catalogue says of it."""

from __future__ import annotations

import re
from difflib import get_close_matches

from idtracker.feedback.check.document import ExplainedRule
from idtracker.feedback.check.wording import MESSAGES
from idtracker.model.errors import UsageError
from idtracker.model.findings import Rule, rule_set_version, rules
from idtracker.model.messages import Lang, phrase

_PLACEHOLDER = re.compile(r"\{\w+\}")


def find_rule(rule_id: str) -> Rule:
    """The rule of that identifier. UsageError with the nearest one, or with those of its family."""
    catalogue = rules()
    if rule_id in catalogue:
        return catalogue[rule_id]
    near = get_close_matches(rule_id.lower(), catalogue, n=1) or _by_name(rule_id.lower())
    family = [r for r in catalogue if r.partition(".")[0] == rule_id.lower().partition(".")[0]]
    if near:
        hint = f"Did you mean `{near[0]}`?"
    elif family:
        hint = f"The family has: {', '.join(family)}."
    else:
        hint = f"Families are: {', '.join(dict.fromkeys(r.partition('.')[0] for r in catalogue))}."
    raise UsageError(f"There is no rule `{rule_id}`. {hint}")


def _by_name(name: str) -> list[str]:
    """Rules whose name after the dot is near."""
    names = {r.partition(".")[2]: r for r in reversed(list(rules()))}
    return [names[n] for n in get_close_matches(name, names, n=1)]


def rule_lines(rule: Rule, lang: Lang) -> list[tuple[str, str]]:
    """Label and text of each thing said of a rule, in one language; the two examples are in English."""
    name, meaning = (phrase(MESSAGES, f"{kind}_{rule.severity}", lang) for kind in ("severity_name", "severity"))
    lines = [
        ("severity", f"{name} ({meaning})"),
        ("dimension", phrase(MESSAGES, f"dimension_{rule.dimension}", lang)),
        ("consequence", rule.consequence_in(lang)),
        ("text", _PLACEHOLDER.sub("…", rule.text[lang])),
        ("remedy", _PLACEHOLDER.sub("…", rule.remedy[lang])),
        *([("data_team", _PLACEHOLDER.sub("…", rule.team[lang]))] if rule.team else []),
        ("valid", rule.valid),
        ("invalid", rule.invalid),
    ]
    return [(phrase(MESSAGES, f"explain_{key}", lang), text) for key, text in lines]


def rule_document(rule: Rule) -> ExplainedRule:
    """The same in both languages as one document."""
    return ExplainedRule(
        rule=rule.id,
        severity=rule.severity,
        dimension=rule.dimension,
        consequence=rule.consequence_in("en"),
        consequence_ar=rule.consequence_in("ar"),
        text=rule.text["en"],
        text_ar=rule.text["ar"],
        remedy=rule.remedy["en"],
        remedy_ar=rule.remedy["ar"],
        data_team=rule.team.get("en"),
        data_team_ar=rule.team.get("ar"),
        valid=rule.valid,
        invalid=rule.invalid,
        rule_set_version=rule_set_version(),
    )
