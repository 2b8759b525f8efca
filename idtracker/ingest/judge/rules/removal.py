"""A file that takes the place of rows and lacks many of them may be half a file: it waits until a person confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from idtracker.ingest.judge.definition import scope_columns
from idtracker.ingest.judge.deletions import has_deletions, report_unknown
from idtracker.ingest.judge.judged_table import Judged
from idtracker.ingest.judge.rules.series import IN_FORCE, EarlierReports
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings

RULE = "bounds.removal"
FEWEST = 3
"""Fewer missing rows are a correction, whatever their share."""


def scopes_of(part: Part, facts: pd.DataFrame) -> pd.Series:
    """What each row's word is about, as one text."""
    texts = [facts[name].astype("str").fillna("") for name in scope_columns(part)]
    return reduce(lambda left, right: left + "\x1f" + right, texts) if texts else pd.Series("", index=facts.index)


def takes_rows_away(part: Part, source: Source) -> bool:
    """Whether a file of the part may take away rows: those that it does not have, or says are deleted."""
    return part.revision in ("replace_period", "replace_all") or has_deletions(part, source)


def hold_removals(judged: Sequence[Judged], source: Source, history: EarlierReports) -> Findings:
    """Hold every row of a part that would take away too large a share of the rows in force.

    Rows that are held already may be those that are missing, so that they count as there. A deletion of a record that was
    never reported is told.
    """
    findings = Findings()
    for part in source.parts:
        tables = [j for j in judged if j.rows.part.id == part.id]
        known = history.in_force.get(part.id, pd.DataFrame(columns=list(IN_FORCE)))
        if not tables:
            continue
        if has_deletions(part, source):
            for table in tables:
                report_unknown(findings, table, set(known["fact_id"]))
        at_stake, missing = _missing(part, tables, known[~known["is_deleted"].astype(bool)])
        if missing < FEWEST or missing <= source.bounds.removed_rate * at_stake:
            continue
        details: dict[str, Any] = {"known": at_stake, "removed": missing, "share": f"{missing / at_stake:.0%}"}
        for j in tables:
            j.hold_all(findings, RULE, expected=f"{source.bounds.removed_rate:.0%}", **details)
    return findings


def _missing(part: Part, tables: Sequence[Judged], in_force: pd.DataFrame) -> tuple[int, int]:
    """How many rows in force the file is about, and how many of them it takes away."""
    if in_force.empty:
        return 0, 0
    facts = pd.concat([j.rows.facts for j in tables]) if len(tables) > 1 else tables[0].rows.facts
    deleted = np.concatenate([j.deleted & ~j.held for j in tables])
    if part.revision not in ("replace_period", "replace_all"):
        return len(in_force), int(in_force["fact_id"].isin(facts["fact_id"][deleted]).sum())
    at_stake = in_force.loc[in_force["scope"].isin(set(scopes_of(part, facts))), "fact_id"]
    gone = int((~at_stake.isin(facts["fact_id"][~deleted])).sum()) - sum(int(j.held.sum()) for j in tables)
    return len(at_stake), gone
