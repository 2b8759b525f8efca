"""The single writer: registers, facts, merged cells, scores, expectations. One step at a time: all stand in one pool."""

import dagster as dg

from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.operate import pipeline as steps
from idtracker.quality.reconciliation import accounts
from pipelines.checks import account_result, drift_result, verdict_result
from pipelines.conditions import (
    STORE_OWNERS,
    when_any_dependency_changes,
    when_dependencies_change,
    when_missing_or_redefined,
)
from pipelines.describe import table_schema
from pipelines.keys import CELLS, EXPECTATIONS, FACTS_KEY, REGISTERS, SCORES, accepted_key
from pipelines.lineage import derived_lineage, facts_lineage
from pipelines.resources import Home

REMEDY = "nothing was published; make the store again with `idtracker rebuild`"


def tracker_assets(catalogue: Catalogue, pool: str | None) -> list[dg.AssetsDefinition]:
    """The shared store from registers to scores, and the expectations over it."""
    return [make(catalogue, pool) for make in (_registers, _facts, _cells, _scores, _expectations)]


def _registers(catalogue: Catalogue, pool: str | None) -> dg.AssetsDefinition:
    @dg.asset(
        key=REGISTERS,
        group_name="tracker",
        pool=pool,
        owners=STORE_OWNERS,
        kinds={"duckdb"},
        description="Organisations, places, indicators, codelists and the method, as reviewed reference data.",
        metadata={"dagster/column_schema": table_schema("organisation")},
        code_version=catalogue.register.fingerprint[:12] + catalogue.matches.fingerprint[:12],
        automation_condition=when_missing_or_redefined,
    )
    def registers(home: Home) -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata=steps.write_registers(home.settings, catalogue))

    return registers


def _facts(catalogue: Catalogue, pool: str | None) -> dg.AssetsDefinition:
    reconciliation = dg.AssetCheckSpec(
        "reconciliation",
        asset=FACTS_KEY,
        description="For every submission: rows read = accepted + held + unchanged + superseded.",
    )
    stored = dg.AssetCheckSpec(
        "accepted_to_store",
        asset=FACTS_KEY,
        description="Every row of the accepted files is in a vintage, repeats one, or was superseded or corrected.",
    )
    schema = dg.AssetCheckSpec(
        "schema",
        asset=FACTS_KEY,
        blocking=True,
        description="Every fact table keeps its pandera model, and no fact has two open vintages.",
    )

    lineage = {"dagster/column_lineage": facts_lineage(catalogue)}

    @dg.asset(
        key=FACTS_KEY,
        deps=[REGISTERS, *(accepted_key(s) for s in catalogue.sources)],
        group_name="tracker",
        pool=pool,
        owners=STORE_OWNERS,
        kinds={"duckdb"},
        description="Every accepted fact as vintages: what was known, from when to when, and where it came from.",
        metadata={"dagster/column_schema": table_schema("observation"), **lineage},
        check_specs=[reconciliation, stored, schema],
        automation_condition=when_any_dependency_changes,
    )
    def facts(home: Home) -> dg.MaterializeResult:
        result = steps.refresh_store(home.settings, catalogue, home.now(), home.until)
        _, kept = accounts.reconcile_facts(home.settings, catalogue, home.until)
        checks = [
            account_result("accepted_to_store", kept),
            dg.AssetCheckResult(
                check_name="reconciliation",
                passed=not result.unreconciled,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={
                    "submissions": result.submissions,
                    "unreconciled": dg.MetadataValue.json(result.unreconciled),
                },
            ),
            dg.AssetCheckResult(
                check_name="schema",
                passed=not result.broken,
                severity=dg.AssetCheckSeverity.ERROR,
                description="; ".join([*result.broken, REMEDY]) if result.broken else None,
                metadata={"broken": dg.MetadataValue.json(result.broken)},
            ),
        ]
        metadata = {"dagster/row_count": sum(result.rows.values()), **result.rows, **lineage}
        return dg.MaterializeResult(metadata=metadata, check_results=checks)

    return facts


def _cells(catalogue: Catalogue, pool: str | None) -> dg.AssetsDefinition:
    lineage = {"dagster/column_lineage": derived_lineage(CELLS)}

    @dg.asset(
        key=CELLS,
        deps=[FACTS_KEY],
        group_name="tracker",
        pool=pool,
        owners=STORE_OWNERS,
        kinds={"duckdb"},
        description="One value per indicator, place and quarter, merged from every report by the indicator's policy.",
        metadata={"dagster/column_schema": table_schema("merged_cell"), **lineage},
        check_specs=[
            dg.AssetCheckSpec(
                "facts_to_cells",
                asset=CELLS,
                description="Every observation known is used by a cell, or counted under one reason why it is not.",
            )
        ],
        automation_condition=when_dependencies_change,
    )
    def cells(home: Home) -> dg.MaterializeResult:
        written = steps.write_cells(home.settings, catalogue, home.now(), home.until)
        account = accounts.reconcile_cells(home.settings, catalogue, home.now(), home.until)
        return dg.MaterializeResult(
            metadata={**written, **lineage}, check_results=[account_result("facts_to_cells", account)]
        )

    return cells


def _scores(catalogue: Catalogue, pool: str | None) -> dg.AssetsDefinition:
    lineage = {"dagster/column_lineage": derived_lineage(SCORES)}

    @dg.asset(
        key=SCORES,
        deps=[CELLS],
        group_name="tracker",
        pool=pool,
        owners=STORE_OWNERS,
        kinds={"duckdb"},
        description="The tracker: scores with intervals, bands and trends per place and quarter.",
        metadata={"dagster/column_schema": table_schema("score"), **lineage},
        check_specs=[
            dg.AssetCheckSpec(
                "cells_to_scores",
                asset=SCORES,
                description="Every cell counts in one dimension of its place and quarter, or says why not.",
            )
        ],
        automation_condition=when_dependencies_change,
    )
    def scores(home: Home) -> dg.MaterializeResult:
        written = steps.write_scores(home.settings, catalogue, home.now(), home.until)
        account = accounts.reconcile_scores(home.settings, catalogue)
        return dg.MaterializeResult(
            metadata={**written, **lineage}, check_results=[account_result("cells_to_scores", account)]
        )

    return scores


def _expectations(catalogue: Catalogue, pool: str | None) -> dg.AssetsDefinition:
    specs = [
        dg.AssetCheckSpec(name, asset=EXPECTATIONS, description=f"Great Expectations suite of the table {name}.")
        for name in steps.EXPECTED_TABLES
    ]
    specs.append(
        dg.AssetCheckSpec(
            "drift",
            asset=EXPECTATIONS,
            description="The latest period of every source is like its earlier ones: rows, filled cells, distributions.",
        )
    )

    @dg.asset(
        key=EXPECTATIONS,
        deps=[SCORES],
        group_name="tracker",
        pool=pool,
        owners=STORE_OWNERS,
        kinds={"greatexpectations"},
        description="Expectations over the merged tables, generated from the contract and stated, with Data Docs as static pages.",
        check_specs=specs,
        automation_condition=when_dependencies_change,
    )
    def expectations(home: Home) -> dg.MaterializeResult:
        verdicts = steps.check_expectations(home.settings, catalogue, home.now(), home.until)
        return dg.MaterializeResult(
            metadata={"expectations": sum(v.expectations for v in verdicts)},
            check_results=[*(verdict_result(v) for v in verdicts), drift_result(steps.write_drift(home.settings))],
        )

    return expectations
