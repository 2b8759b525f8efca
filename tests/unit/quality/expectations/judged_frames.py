"""Frames judged by the suites of their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from idtracker.quality.expectations.counted import outcomes_by_count
from idtracker.quality.expectations.declared import DeclaredExpectation
from idtracker.quality.expectations.judge import Judge
from idtracker.quality.expectations.outcome import ExpectationResult
from idtracker.quality.expectations.pages import publish_pages
from idtracker.quality.expectations.run import suites_of
from idtracker.quality.expectations.suite import COVERAGE, REFERENCES, Expected, key_of
from idtracker.store.connection import in_memory


def run_expectations(
    tables: Mapping[str, pd.DataFrame],
    codes: Mapping[str, Sequence[str]],
    docs_dir: Path | None,
    keys: Mapping[str, Sequence[str]],
    *,
    as_of: pd.Timestamp,
    notice: str = "",
    coverage: float = COVERAGE,
    stated: Sequence[DeclaredExpectation] = (),
    others: Mapping[str, pd.DataFrame] | None = None,
) -> list[ExpectationResult]:
    """Judge every given table by its suite; outcomes in the order of the contract's tables and columns.

    `keys` names, per table, the columns that failing rows are reported by; a table it lacks is reported by `key_of`.
    References are checked against the tables `indicator` and `place` where they are given. `docs_dir`, if given, receives
    the Data Docs. `stated` are expectations that people wrote down, `others` further tables that these name.
    """
    named = {**(others or {}), **tables}

    def known(table: str, column: str) -> list[str]:
        values = named[table].get(column) if table in named else None
        return [] if values is None else sorted(values.dropna().astype(str).unique())

    references = {k: known(*place) for k, place in REFERENCES.items() if place[0] in tables}
    suites = suites_of(tables, codes, references, known, as_of=as_of, coverage=coverage, stated=stated)
    judge = Judge()
    outcomes = {n: judge.outcomes(n, tables[n], suite, keys.get(n) or key_of(n)) for n, suite in suites.items()}
    for name, suite in suites.items():
        confirmed(name, tables[name], suite, outcomes[name], keys.get(name) or key_of(name))
    if docs_dir:
        publish_pages(docs_dir, suites, outcomes, as_of, notice)
    return [outcome for judged in outcomes.values() for outcome in judged]


def confirmed(
    table: str,
    frame: pd.DataFrame,
    suite: Sequence[Expected],
    outcomes: Sequence[ExpectationResult],
    keys: Sequence[str],
) -> dict[int, ExpectationResult]:
    """What a count over the rows decides: Great Expectations says the same of each, and in the same words."""
    with in_memory() as connection:
        connection.register("frame", frame)
        connection.execute(f'CREATE OR REPLACE TEMP TABLE "{table}" AS SELECT * FROM frame')
        decided = outcomes_by_count(connection, table, suite, keys)
    for position, result in decided.items():
        assert _in_order(outcomes[position]) == _in_order(result), (_in_order(outcomes[position]), _in_order(result))
    return decided


def _in_order(result: ExpectationResult) -> ExpectationResult:
    """Failing rows in the order of their keys: a frame comes in any order, rows of the store in theirs."""
    return replace(result, failing_keys=sorted(result.failing_keys, key=str))
