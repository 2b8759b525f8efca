"""Findings and expectation outcomes as Dagster asset check results."""

import dagster as dg
import pandas as pd

from idtracker.operate.pipeline import TableVerdict
from idtracker.quality.reconciliation.facts_and_scores import Account

SHOWN_ROWS = 25
FAILING = ("critical", "error", "warning")
_TABLE = ["severity", "rule", "file", "sheet", "row", "column", "value", "message", "suggestion"]
SOURCE_CHECKS: dict[str, tuple[str, tuple[str, ...], dg.AssetCheckSeverity]] = {
    "file_readable": (
        "Every file could be read and holds what the source expects.",
        ("file.", "heading.", "sheet.", "template."),
        dg.AssetCheckSeverity.ERROR,
    ),
    "rows_valid": (
        "Every row keeps the rules; broken rows are held.",
        (
            "row.",
            "held.",
            "value.",
            "unit.",
            "choice.",
            "calendar.",
            "period.",
            "interval.",
            "judgement.",
            "grade.",
            "count.",
            "share.",
            "cross.",
        ),
        dg.AssetCheckSeverity.WARN,
    ),
    "bounds": ("Rows, fill and held rates are as usual for the source.", ("bounds.",), dg.AssetCheckSeverity.WARN),
    "history": (
        "Figures are in line with what the source said before.",
        ("history.",),
        dg.AssetCheckSeverity.WARN,
    ),
    "names": ("Organisations, places and indicators are known.", ("name.",), dg.AssetCheckSeverity.WARN),
}


def source_check_specs(key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    return [dg.AssetCheckSpec(name, asset=key, description=text) for name, (text, _, _) in SOURCE_CHECKS.items()]


def source_check_results(findings: pd.DataFrame, key: dg.AssetKey) -> list[dg.AssetCheckResult]:
    """One result per check. `findings` has the columns of the canonical table plus `file`; all locations are counted.

    Advisories are counted but fail nothing.
    """
    return [_check_result(name, findings, key) for name in SOURCE_CHECKS]


def _check_result(name: str, findings: pd.DataFrame, key: dg.AssetKey) -> dg.AssetCheckResult:
    _, families, severity = SOURCE_CHECKS[name]
    mine = findings[findings["rule"].str.startswith(families)]
    failing = mine[mine["severity"].isin(FAILING)]
    by_rule = {str(rule): int(n) for rule, n in mine["rule"].value_counts().sort_index().items()}
    metadata: dict[str, dg.MetadataValue] = {
        "locations": dg.MetadataValue.int(len(mine)),
        "by_rule": dg.MetadataValue.json(by_rule),
    }
    if not failing.empty:
        metadata["first_failing_rows"] = findings_table(failing)
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=key,
        passed=failing.empty,
        severity=severity,
        description=_summary(failing),
        metadata=metadata,
    )


def _summary(failing: pd.DataFrame) -> str | None:
    if failing.empty:
        return None
    first, more = failing.iloc[0], len(failing) - 1
    return f"{first['file']}: {first['message']}" + (f" And {more} more." if more else "")


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


def verdict_result(verdict: TableVerdict) -> dg.AssetCheckResult:
    """The outcome of one table's expectations, with the keys of every failing row."""
    return dg.AssetCheckResult(
        check_name=verdict.table,
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR if verdict.is_critical else dg.AssetCheckSeverity.WARN,
        metadata={
            "expectations": verdict.expectations,
            "failed": dg.MetadataValue.json(verdict.failed),
            "failing_keys": dg.MetadataValue.json(verdict.failing_keys),
        },
    )


def drift_result(drift: pd.DataFrame) -> dg.AssetCheckResult:
    """What is unlike before, with the numbers; a warning, since the world may have changed."""
    shown = drift.drop(columns=["is_drift"]).astype(object).where(drift.notna(), None)
    return dg.AssetCheckResult(
        check_name="drift",
        passed=drift.empty,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"count": len(drift), "drift": dg.MetadataValue.json(shown.to_dict("records"))},
    )


def account_result(name: str, account: Account) -> dg.AssetCheckResult:
    """The account of one step: its figures by subject and reason, and the keys of everything that does not add up."""
    columns = ["subject", "reason", "rows", "rows_in", "rows_out"]
    return dg.AssetCheckResult(
        check_name=name,
        passed=account.is_whole,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "account": dg.MetadataValue.json(account.rows[columns].to_dict("records")),
            "failing_keys": dg.MetadataValue.json(account.failing),
        },
    )
