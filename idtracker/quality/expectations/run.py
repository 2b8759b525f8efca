"""The suites of tables: what follows from their models, and what people wrote down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from idtracker.model.tables import TABLES
from idtracker.quality.expectations.declared import DeclaredExpectation, Known, declared_for
from idtracker.quality.expectations.suite import COVERAGE, Expected, expectations_for


def suites_of(
    names: Iterable[str],
    codes: Mapping[str, Sequence[str]],
    references: Mapping[str, Sequence[str]],
    known: Known,
    *,
    as_of: pd.Timestamp,
    coverage: float | None = COVERAGE,
    stated: Sequence[DeclaredExpectation] = (),
) -> dict[str, list[Expected]]:
    """The suite of each table: what follows from its model, and what people wrote down. Nothing is judged yet."""
    wanted = set(names)
    return {
        n: [
            *expectations_for(n, TABLES[n], codes, references, coverage=coverage),
            *declared_for(n, stated, known, as_of),
        ]
        for n in TABLES
        if n in wanted
    }
