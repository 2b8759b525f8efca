"""Rows that are released to a group which the programme does not have."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.model.config.handling import suggested_group, unknown_groups
from idtracker.model.findings import Findings
from idtracker.model.register.register import Register


def check_groups(rows: JudgedRows, groups: Sequence[str], register: Register) -> Findings:
    """Rows with a code that is no group, no organisation and not ORIGINATOR: such a row would be shown to the wrong people."""
    findings = Findings()
    if not rows.maps("releasable_to"):
        return findings
    stated = rows.facts["releasable_to"]
    organisations = set(register.organisations["org_id"])
    suggestions = {}
    for text in stated.dropna().unique():
        codes = [code.strip() for code in text.split(";") if code.strip()]
        wrong = [code for code in codes if unknown_groups([code], groups, organisations)]
        if wrong or not codes:
            meant = {code: suggested_group(code, groups, organisations) for code in wrong}
            suggestions[text] = ";".join(meant.get(code) or code for code in codes) if all(meant.values()) else None
    broken = stated.isin(list(suggestions))
    nearest = stated.map(suggestions).where(broken, None) if suggestions else pd.Series(None, index=stated.index)
    rows.report(findings, "row.unknown_group", broken, "releasable_to", nearest, allowed=", ".join(groups))
    return findings
