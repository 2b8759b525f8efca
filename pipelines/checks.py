"""Findings and expectation outcomes as Dagster asset check results."""

from __future__ import annotations

import dagster as dg
import pandas as pd

SHOWN_ROWS = 25
_TABLE = ["severity", "rule", "file", "sheet", "row", "column", "value", "message", "suggestion"]
SOURCE_CHECKS: dict[str, tuple[str, tuple[str, ...], dg.AssetCheckSeverity]] = {
    "file_readable": (
        "Every file could be read and holds what the source expects.",
        ("file.", "heading."),
        dg.AssetCheckSeverity.ERROR,
    ),
    "rows_valid": (
        "Every row keeps the rules; broken rows are held.",
        ("row.", "value.", "period.", "interval.", "judgement.", "grade.", "count."),
        dg.AssetCheckSeverity.WARN,
    ),
    "bounds": ("Rows, fill and held rates are as usual for the source.", ("bounds.",), dg.AssetCheckSeverity.WARN),
    "names": ("Organisations, places and indicators are known.", ("name.",), dg.AssetCheckSeverity.WARN),
}


def source_check_specs(key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    return [dg.AssetCheckSpec(name, asset=key, description=text) for name, (text, _, _) in SOURCE_CHECKS.items()]


def source_check_results(findings: pd.DataFrame, key: dg.AssetKey) -> list[dg.AssetCheckResult]:
    """One result per check. `findings` has the columns of the canonical table plus `file`; all locations are counted."""
    results = []
    for name, (_, families, severity) in SOURCE_CHECKS.items():
        mine = findings[findings["rule"].str.startswith(families)]
        failing = mine[mine["severity"].isin(["critical", "error", "warning"])]
        metadata: dict[str, dg.MetadataValue] = {
            "locations": dg.MetadataValue.int(len(mine)),
            "by_rule": dg.MetadataValue.json(
                {str(k): int(v) for k, v in mine["rule"].value_counts().sort_index().items()}
            ),
        }
        if not mine.empty:
            metadata["first_failing_rows"] = findings_table(mine)
        results.append(
            dg.AssetCheckResult(
                check_name=name, asset_key=key, passed=failing.empty, severity=severity, metadata=metadata
            )
        )
    return results


def findings_table(findings: pd.DataFrame) -> dg.MetadataValue:
    """The first locations as a table; how many there are in all stands beside it."""
    records = [
        dg.TableRecord(
            {c: "" if pd.isna(v) else (int(v) if c == "row" else str(v)) for c, v in zip(_TABLE, row, strict=True)}
        )
        for row in findings[_TABLE].head(SHOWN_ROWS).itertuples(index=False, name=None)
    ]
    columns = [dg.TableColumn(c, "integer" if c == "row" else "string") for c in _TABLE]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns=columns))
