"""Judges tables through Great Expectations. The only module that imports it, and only when a table is judged.

A table is asked twice. The first time every expectation answers yes or no, and those that a column is filled answer
together: as many rows have all these columns filled as there are rows. Only what did not hold is asked again on its own, for
the positions of the failing rows; their keys are looked up in one go. Great Expectations could name the rows itself
(`unexpected_index_column_names`), but reads the keys cell by cell. Positions come complete, unlike the values that it
lists, which stop at 200. Configurations go to the validator as they are: suites, checkpoints and stores around it copy
and check every configuration again, which took twice the time of the judging.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import pandas as pd

from idtracker.model.errors import UsageError
from idtracker.quality.expectations.outcome import ExpectationResult, held, keys_at
from idtracker.quality.expectations.suite import Expected

_YES_OR_NO = {"result_format": "BOOLEAN_ONLY"}
_POSITIONS = {"result_format": "COMPLETE", "partial_unexpected_count": 0, "return_unexpected_index_query": False}
_FILLED = "expect_column_values_to_not_be_null"
_TOGETHER = -1


class Judge:
    """Great Expectations with a context in memory, for one table after another."""

    def __init__(self) -> None:
        self._context = _context(_great_expectations())

    def outcomes(
        self, table: str, frame: pd.DataFrame, suite: Sequence[Expected], keys: Sequence[str]
    ) -> list[ExpectationResult]:
        """One outcome per expectation, in their order; failing rows by the columns `keys`."""
        frame = frame.reset_index(drop=True)
        validator = self._validator(frame)
        requested = {i: e for i, e in enumerate(suite) if not _has_figures(e)}
        filled = [i for i, e in requested.items() if e.type == _FILLED and set(e.kwargs) == {"column"}]
        first = {i: _configuration(e, i) for i, e in requested.items() if i not in filled}
        if filled:
            first[_TOGETHER] = _all_filled([suite[i].column for i in filled], len(frame))
        held = {i for i, result in _results(validator, list(first.values()), _YES_OR_NO).items() if result.success}
        if _TOGETHER in held:
            held.update(filled)
        again = [_configuration(e, i) for i, e in enumerate(suite) if i not in held]
        results = _results(validator, again, _POSITIONS)
        return [_outcome(table, frame, e, None if i in held else results[i], keys) for i, e in enumerate(suite)]

    def _validator(self, frame: pd.DataFrame) -> Any:
        from great_expectations.execution_engine import PandasExecutionEngine
        from great_expectations.validator.validator import Validator

        engine = PandasExecutionEngine()
        engine.load_batch_data("rows", frame)
        return Validator(execution_engine=engine, data_context=self._context)


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


def _context(gx: ModuleType) -> Any:
    """A context in memory, without progress bars."""
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    return gx.get_context(
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(),
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
            analytics_enabled=False,
        ),
        mode="ephemeral",
    )


def _has_figures(expected: Expected) -> bool:
    """Whether its figure is worth reading where it holds: a share of rows that is tolerated, a mean, the latest day."""
    return "mostly" in expected.kwargs or expected.type in (
        "expect_column_mean_to_be_between",
        "expect_column_max_to_be_between",
    )


def _configuration(expected: Expected, position: int) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    return ExpectationConfiguration(type=expected.type, kwargs=dict(expected.kwargs), meta={"position": position})


def _all_filled(columns: Sequence[str], rows: int) -> Any:
    """As many rows have every one of the columns filled as there are rows."""
    condition = " and ".join(
        f"~`{c}`.isnull()" for c in columns
    )  # as one text: nested conditions are copied many times
    kwargs = {"value": rows, "row_condition": {"type": "pass_through", "pass_through_filter": condition}}
    expected = Expected("", "expect_table_row_count_to_equal", kwargs, "critical", "completeness", "")
    return _configuration(expected, _TOGETHER)


def _results(validator: Any, configurations: Sequence[Any], result_format: Mapping[str, Any]) -> dict[int, Any]:
    """Results by the position of the expectation in its suite: two of one suite may share their id."""
    if not configurations:
        return {}
    results = validator.graph_validate(configurations, runtime_configuration={"result_format": dict(result_format)})
    return {r.expectation_config.meta["position"]: r for r in results}


def _outcome(
    table: str, frame: pd.DataFrame, expected: Expected, result: Any | None, keys: Sequence[str]
) -> ExpectationResult:
    """What came of an expectation; without a result it was answered by yes."""
    if result is None or (result.success and not _has_figures(expected)):
        return held(table, expected)
    observed = _observed(frame, expected, result)
    if result.success:  # some rows may be tolerated
        return held(table, expected, observed)
    details = result.result or {}
    positions = details.get("unexpected_index_list") or []
    return replace(
        held(table, expected, observed),
        success=False,
        failed_count=int(details.get("unexpected_count") or 0),
        failing_keys=keys_at(frame, positions, keys) if positions else [],
    )


def _observed(frame: pd.DataFrame, expected: Expected, result: Any) -> str:
    """What was met, in one phrase."""
    details = result.result or {}
    if "unexpected_count" in details:
        return f"{details['unexpected_count']:,} of {details['element_count']:,} rows fail"
    if "observed_value" in details and "column_list" not in expected.kwargs:
        value = details["observed_value"]
        return f"{value:.9g} was met" if isinstance(value, float) else f"{value} was met"
    if "observed_value" in details:
        return _columns_found(expected.kwargs["column_list"], [str(c) for c in frame.columns])
    return f"could not be evaluated: {_exception_message(result.exception_info)}"


def _columns_found(wanted: Sequence[str], columns_present: Sequence[str]) -> str:
    missing = [c for c in wanted if c not in columns_present]
    extra = [c for c in columns_present if c not in wanted]
    parts = [f"{word}: {', '.join(names)}" for word, names in (("missing", missing), ("unexpected", extra)) if names]
    if parts:
        return "; ".join(parts)
    return f"{len(columns_present)} columns" + ("" if list(wanted) == list(columns_present) else " in another order")


def _exception_message(info: Mapping[str, Any]) -> str:
    """The first message of an exception record, which is flat or keyed by the calculation that failed."""
    records = [info] if "raised_exception" in info else list(info.values())
    messages = sorted({str(r["exception_message"]) for r in records if r.get("exception_message")})
    return messages[0].splitlines()[0].removeprefix("Error: ") if messages else "no reason was given"
