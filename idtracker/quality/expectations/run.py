"""Runs the suites through the core API of Great Expectations. The only module that imports it, and only when called.

Great Expectations is asked for the positions of the failing rows, and the keys are looked up from them in one go: its
own `unexpected_index_column_names` reads them cell by cell, about 0.1 ms a row, which a column that fails as a whole makes
long. Positions come complete, unlike the values that it lists, which stop at 200.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from idtracker.model.errors import DefinitionError, UsageError
from idtracker.model.tables import TABLES, columns_of
from idtracker.quality.expectations.declared import Stated, stated_for
from idtracker.quality.expectations.outcome import Outcome, keys_at
from idtracker.quality.expectations.pages import publish_index, publish_pages
from idtracker.quality.expectations.suite import COVERAGE, REFERENCES, Expected, expectations_for, key_of

_RESULT_FORMAT = {"result_format": "COMPLETE", "partial_unexpected_count": 0, "return_unexpected_index_query": False}


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
    suites = suites_of(
        tables, codes, {**(others or {}), **tables}, as_of=as_of, coverage=coverage, stated=stated, known_in=tables
    )
    outcomes = judge_suites(suites, lambda name: tables[name], docs_dir, keys, as_of=as_of, notice=notice)
    if docs_dir:
        publish_index(docs_dir, outcomes, as_of, notice)
    return outcomes


def suites_of(
    names: Iterable[str],
    codes: Mapping[str, Sequence[str]],
    tables: Mapping[str, pd.DataFrame],
    *,
    as_of: pd.Timestamp,
    coverage: float = COVERAGE,
    stated: Sequence[Stated] = (),
    known_in: Collection[str] = ("indicator", "place"),
) -> dict[str, list[Expected]]:
    """The suite of each table: what follows from its model, and what people wrote down. Nothing is judged yet.

    References are checked against the tables of `known_in`.
    """
    known = {k: _identifiers(tables[t], c) for k, (t, c) in REFERENCES.items() if t in known_in}
    wanted = set(names)
    return {
        n: [
            *expectations_for(n, TABLES[n], codes, known, coverage=coverage),
            *stated_for(n, stated, tables, as_of),
        ]
        for n in TABLES
        if n in wanted
    }


def judge_suites(
    suites: Mapping[str, Sequence[Expected]],
    read: Callable[[str], pd.DataFrame],
    docs_dir: Path | None,
    keys: Mapping[str, Sequence[str]],
    *,
    as_of: pd.Timestamp,
    notice: str = "",
) -> list[Outcome]:
    """Judge tables by their suites, one table in memory at a time; `docs_dir`, if given, receives a page each."""
    if not suites:
        return []
    gx = _great_expectations()
    with tempfile.TemporaryDirectory(prefix="idtracker-expectations-") as folder:
        context = _context(gx, Path(folder) if docs_dir else None)
        outcomes: list[Outcome] = []
        for name, suite in suites.items():
            frame = read(name).reset_index(drop=True)
            results = _validate(gx, context, name, frame, suite, as_of)
            columns = keys.get(name) or key_of(name)
            outcomes += [_outcome(name, frame, e, results[e.id], columns) for e in suite]
        if docs_dir:
            context.build_data_docs()
            publish_pages(Path(folder), docs_dir, list(suites), outcomes, notice)
    return outcomes


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


def _identifiers(frame: pd.DataFrame, column: str) -> list[str]:
    return sorted(frame[column].dropna().astype(str).unique()) if column in frame else []


def _great_expectations() -> ModuleType:
    """The library, imported with its usage statistics off (they would call home)."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    try:
        import great_expectations
    except ImportError as error:
        raise UsageError(
            "Expectations need the package great-expectations: pip install 'idtracker[expectations]'"
        ) from error
    library: ModuleType = great_expectations
    return library


def _context(gx: ModuleType, site: Path | None) -> Any:
    """A context in memory, without progress bars; with one documentation site where a folder is given."""
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    context = gx.get_context(
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            analytics_enabled=False,
        ),
        mode="ephemeral",
    )
    if site:
        backend = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site)}
        context.add_data_docs_site("site", {"class_name": "SiteBuilder", "store_backend": backend})
    return context


def _validate(
    gx: ModuleType,
    context: Any,
    name: str,
    frame: pd.DataFrame,
    expected: Sequence[Expected],
    as_of: pd.Timestamp,
) -> dict[str, Any]:
    """Results by expectation id. One checkpoint per table: a checkpoint run takes exactly one data frame."""
    from great_expectations.core.run_identifier import RunIdentifier

    source = context.data_sources.add_pandas(name)
    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("rows")
    suite = context.suites.add(gx.ExpectationSuite(name, expectations=[_translate(e) for e in expected]))
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    checkpoint = gx.Checkpoint(name=name, validation_definitions=[definition], result_format=_RESULT_FORMAT)
    moment = as_of.tz_localize("UTC") if as_of.tzinfo is None else as_of.tz_convert("UTC")
    run_id = RunIdentifier(run_name=moment.strftime("%Y-%m-%d"), run_time=moment.to_pydatetime(warn=False))
    run = checkpoint.run(batch_parameters={"dataframe": frame}, run_id=run_id)
    return {r.expectation_config.meta["id"]: r for found in run.run_results.values() for r in found.results}


def _translate(expected: Expected) -> Any:
    from great_expectations.expectations.registry import get_expectation_impl

    build = get_expectation_impl(expected.type)
    return build(
        **expected.kwargs,
        severity=expected.severity,
        description=expected.description,
        meta={"id": expected.id, "dimension": expected.dimension},
    )


def _outcome(table: str, frame: pd.DataFrame, expected: Expected, result: Any, keys: Sequence[str]) -> Outcome:
    found = result.result or {}
    positions = [] if result.success else found.get("unexpected_index_list") or []  # some may be tolerated
    return Outcome(
        table=table,
        id=expected.id,
        type=expected.type,
        column=expected.column,
        success=bool(result.success),
        severity=expected.severity,
        dimension=expected.dimension,
        failed_count=0 if result.success else int(found.get("unexpected_count") or 0),
        failing_keys=keys_at(frame, positions, keys),
        observed=_observed(frame, expected, result),
        description=expected.description,
    )


def _observed(frame: pd.DataFrame, expected: Expected, result: Any) -> str:
    """What was met, in one phrase."""
    found = result.result or {}
    if "unexpected_count" in found:
        return f"{found['unexpected_count']:,} of {found['element_count']:,} rows fail"
    if "observed_value" in found and "column_list" not in expected.kwargs:
        return f"{found['observed_value']} was met"
    if "observed_value" in found:
        return _columns_found(expected.kwargs["column_list"], [str(c) for c in frame.columns])
    return f"could not be evaluated: {_exception_message(result.exception_info)}"


def _columns_found(wanted: Sequence[str], found: Sequence[str]) -> str:
    missing = [c for c in wanted if c not in found]
    extra = [c for c in found if c not in wanted]
    parts = [f"{word}: {', '.join(names)}" for word, names in (("missing", missing), ("unexpected", extra)) if names]
    if parts:
        return "; ".join(parts)
    return f"{len(found)} columns" + ("" if list(wanted) == list(found) else " in another order")


def _exception_message(info: Mapping[str, Any]) -> str:
    """The first message of an exception record, which is flat or keyed by the calculation that failed."""
    records = [info] if "raised_exception" in info else list(info.values())
    messages = sorted({str(r["exception_message"]) for r in records if r.get("exception_message")})
    return messages[0].splitlines()[0].removeprefix("Error: ") if messages else "no reason was given"
