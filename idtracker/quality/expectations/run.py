"""The suites of tables, and the judging of frames by them with pages of what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from idtracker.model.errors import DefinitionError
from idtracker.model.tables import TABLES, columns_of
from idtracker.quality.expectations.declared import Known, Stated, stated_for
from idtracker.quality.expectations.judge import Judge
from idtracker.quality.expectations.outcome import Outcome
from idtracker.quality.expectations.pages import publish_pages
from idtracker.quality.expectations.suite import COVERAGE, REFERENCES, Expected, expectations_for, key_of


def run_expectations(
    tables: Mapping[str, pd.DataFrame],
    codes: Mapping[str, Sequence[str]],
    docs_dir: Path | None,
    keys: Mapping[str, Sequence[str]],
    *,
    as_of: pd.Timestamp,
    notice: str = "",
    coverage: float = COVERAGE,
    stated: Sequence[Stated] = (),
    others: Mapping[str, pd.DataFrame] | None = None,
) -> list[Outcome]:
    """Judge every given table by its suite; outcomes in the order of the contract's tables and columns.

    `keys` names, per table, the columns that failing rows are reported by; a table it lacks is reported by `key_of`.
    References are checked against the tables `indicator` and `place` where they are given. `docs_dir`, if given,
    receives the Data Docs as static pages with `notice` at the top of each; they name `as_of`, never the time of the
    run. `coverage` is the share of the weight from which the method gives a score; `stated` are expectations that people
    wrote down, `others` further tables that these name. Raises DefinitionError for a table,
    key column or codelist that does not exist, UsageError where great-expectations is not installed.
    """
    _check_names(tables, keys)
    named = {**(others or {}), **tables}

    def known(table: str, column: str) -> list[str]:
        values = named[table].get(column) if table in named else None
        return [] if values is None else sorted(values.dropna().astype(str).unique())

    references = {k: known(*place) for k, place in REFERENCES.items() if place[0] in tables}
    suites = suites_of(tables, codes, references, known, as_of=as_of, coverage=coverage, stated=stated)
    judge = Judge()
    outcomes = {n: judge.outcomes(n, tables[n], suite, keys.get(n) or key_of(n)) for n, suite in suites.items()}
    if docs_dir:
        publish_pages(docs_dir, suites, outcomes, as_of, notice)
    return [outcome for judged in outcomes.values() for outcome in judged]


def suites_of(
    names: Iterable[str],
    codes: Mapping[str, Sequence[str]],
    references: Mapping[str, Sequence[str]],
    known: Known,
    *,
    as_of: pd.Timestamp,
    coverage: float = COVERAGE,
    stated: Sequence[Stated] = (),
) -> dict[str, list[Expected]]:
    """The suite of each table: what follows from its model, and what people wrote down. Nothing is judged yet."""
    wanted = set(names)
    return {
        n: [
            *expectations_for(n, TABLES[n], codes, references, coverage=coverage),
            *stated_for(n, stated, known, as_of),
        ]
        for n in TABLES
        if n in wanted
    }


def _check_names(tables: Mapping[str, pd.DataFrame], keys: Mapping[str, Sequence[str]]) -> None:
    problems = [
        f"{n}: no such table in the contract; name one of idtracker.model.tables" for n in tables if n not in TABLES
    ]
    for table in set(keys) & set(tables) & set(TABLES):
        columns = {s.name for s in columns_of(TABLES[table])}
        problems += [
            f"{table}.{c}: not a column of the contract; correct `keys`" for c in keys[table] if c not in columns
        ]
    if problems:
        raise DefinitionError(sorted(problems))
