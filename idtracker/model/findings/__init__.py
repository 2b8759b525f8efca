"""The one currency for problems in data: rules, findings and collections of findings."""

from idtracker.model.findings.finding import FINDING_COLUMNS, Findings, Group, cell_address, column_label
from idtracker.model.findings.rules import Rule, Severity, rule, rule_set_version, rules

__all__ = [
    "FINDING_COLUMNS",
    "Findings",
    "Group",
    "Rule",
    "Severity",
    "cell_address",
    "column_label",
    "rule",
    "rule_set_version",
    "rules",
]
