"""What a step says as what Dagster shows: check results and metadata."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd

from idtracker.operate.step import Check, CheckSpec, Figures, Step, StepResult

SHOWN_ROWS = 25


def check_specs(step: Step, key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """The checks of a step."""
    return [_spec(spec, key) for spec in step.checks]


def _spec(spec: CheckSpec, key: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(spec.name, asset=key, description=spec.description, blocking=spec.is_blocking)


def check_results(result: StepResult, key: dg.AssetKey) -> list[dg.AssetCheckResult]:
    """The outcomes of a step's checks."""
    return [check_result(check, key) for check in result.checks]


def check_result(check: Check, key: dg.AssetKey | None = None) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=check.name,
        asset_key=key,
        passed=check.passed,
        severity=dg.AssetCheckSeverity.ERROR if check.is_error else dg.AssetCheckSeverity.WARN,
        description=check.description,
        metadata=metadata_of(check.details),
    )


def metadata_of(figures: Figures) -> dict[str, dg.MetadataValue]:
    """Figures as metadata; the number of rows under the name by which Dagster draws it."""
    return {("dagster/row_count" if name == "row_count" else name): _value(v) for name, v in figures.items()}


def figures_in(metadata: dict[str, dg.MetadataValue]) -> Iterator[tuple[str, object]]:
    """The plain figures among the metadata of a materialisation."""
    for name, value in metadata.items():
        yield name, getattr(value, "value", None)


def _value(value: object) -> dg.MetadataValue:
    if isinstance(value, pd.DataFrame):
        return rows_table(value)
    if isinstance(value, Path):
        return dg.MetadataValue.path(str(value))
    if isinstance(value, bool):
        return dg.MetadataValue.bool(value)
    if isinstance(value, float):
        return dg.MetadataValue.float(value)
    if isinstance(value, int):
        return dg.MetadataValue.int(value)
    return dg.MetadataValue.text(value) if isinstance(value, str) else dg.MetadataValue.json(value)


def rows_table(frame: pd.DataFrame) -> dg.MetadataValue:
    """The first rows as a table; how many there are in all stands beside it."""
    is_number = [pd.api.types.is_numeric_dtype(frame[c]) for c in frame]
    records = [
        dg.TableRecord(
            {
                c: "" if pd.isna(v) else int(v) if number else str(v)
                for c, v, number in zip(frame.columns, row, is_number, strict=True)
            }
        )
        for row in frame.head(SHOWN_ROWS).itertuples(index=False, name=None)
    ]
    columns = [
        dg.TableColumn(str(c), "integer" if number else "string")
        for c, number in zip(frame.columns, is_number, strict=True)
    ]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))
