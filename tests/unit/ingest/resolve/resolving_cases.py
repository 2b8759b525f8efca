"""What the tests of this package say about a resolved column."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from idtracker.ingest.resolve.resolving import Resolved
from idtracker.model.findings import Group

Resolving = Callable[..., Resolved]


def groups(resolved: Resolved, rule: str) -> list[Group]:
    return [g for g in resolved.findings if g.rule.id == rule]


def rules(resolved: Resolved) -> list[str]:
    return [g.rule.id for g in resolved.findings]


def listed(series: pd.Series) -> list[str | None]:
    return [None if pd.isna(v) else str(v) for v in series]
