"""The page of the rule catalogue: what each rule means and what to do, in both languages, with a case of each kind."""

from __future__ import annotations

from typing import get_args

from docs_builder.markdown import anchor, code, page, plain, table
from idtracker.model.findings.rules import SEVERITIES, Dimension, Rule, rule_set_version, rules


def rules_page() -> str:
    """Markdown of rules.md: by family (the part of the identifier before the dot)."""
    catalogue = rules()
    families = list(dict.fromkeys(rule_id.split(".")[0] for rule_id in catalogue))
    blocks = [
        "# Rules",
        f"The {len(catalogue)} rules by which files and rows are judged, version `{rule_set_version()}`. A finding names its "
        "rule, the sheet and cell, the value as typed and the remedy. Words in braces are filled in where a rule is reported.",
        "## What follows when a rule is broken",
        table(["severity", "consequence", "rules"], [_severity(s, catalogue) for s in SEVERITIES]),
        "Dimensions are those of the UK Government Data Quality Framework: " + ", ".join(get_args(Dimension)) + ".",
    ]
    for family in families:
        members = [rule for rule_id, rule in catalogue.items() if rule_id.split(".")[0] == family]
        blocks += [f"## {family}", *(_rule(rule) for rule in members)]
    return page(*blocks)


def _severity(severity: str, catalogue: dict[str, Rule]) -> list[str]:
    members = [rule for rule in catalogue.values() if rule.severity == severity]
    links = ", ".join(f"[{code(rule.id)}]({anchor(rule.id)})" for rule in members)
    return [severity, members[0].consequence if members else "", links]


def _rule(rule: Rule) -> str:
    waived = " · may be waived with a reason" if rule.is_waivable else ""
    return "\n\n".join(
        [
            f"### {rule.id}",
            f"**{rule.severity}** · {rule.dimension} · {rule.consequence}{waived}",
            plain(rule.text["en"]),
            f"To put it right: {plain(rule.remedy['en'])}",
            *([f"For the data team: {plain(rule.team['en'])}"] if rule.team else []),
            f"- keeps the rule: {plain(rule.valid)}\n- breaks it: {plain(rule.invalid)}",
            f'<p dir="rtl" lang="ar">{plain(rule.text["ar"])}<br>للتصحيح: {plain(rule.remedy["ar"])}<br>'
            f"{plain(rule.consequence_in('ar'))}</p>",
        ]
    )
