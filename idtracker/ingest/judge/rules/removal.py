"""A file that takes the place of rows and lacks many of them may be half a file: it waits until a person confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import pandas as pd

from idtracker.ingest.judge.definition import scope_columns
from idtracker.ingest.judge.judged_table import Judged
from idtracker.ingest.judge.rules.series import EarlierReports
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings

RULE = "bounds.removal"
FEWEST = 3
"""Fewer missing rows are a correction, whatever their share."""


def scopes_of(part: Part, facts: pd.DataFrame) -> pd.Series:
    """What each row's word is about, as one text."""
    texts = [facts[name].astype("str").fillna("") for name in scope_columns(part)]
    return reduce(lambda left, right: left + "\x1f" + right, texts) if texts else pd.Series("", index=facts.index)


def replaces_more_than_rows(part: Part) -> bool:
    """Whether a file of the part takes away rows that it does not have."""
    return part.revision in ("replace_period", "replace_all")


def hold_removals(judged: Sequence[Judged], source: Source, history: EarlierReports) -> Findings:
    """Hold every row of a part that would take away too large a share of the rows in force.

    Rows that are held already may be those that are missing, so that they count as there.
    """
    findings = Findings()
    for part in source.parts:
        tables = [j for j in judged if j.rows.part.id == part.id]
        known = history.in_force.get(part.id)
        if not tables or known is None:
            continue
        facts = pd.concat([j.rows.facts for j in tables]) if len(tables) > 1 else tables[0].rows.facts
        at_stake = known.loc[known["scope"].isin(set(scopes_of(part, facts))), "fact_id"]
        missing = int((~at_stake.isin(facts["fact_id"])).sum()) - sum(int(j.held.sum()) for j in tables)
        if missing < FEWEST or missing <= source.bounds.removed_rate * len(at_stake):
            continue
        details: dict[str, Any] = {
            "known": len(at_stake),
            "removed": missing,
            "share": f"{missing / len(at_stake):.0%}",
        }
        for j in tables:
            j.hold_all(findings, RULE, expected=f"{source.bounds.removed_rate:.0%}", **details)
    return findings
