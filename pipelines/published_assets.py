"""One asset per audience: the snapshot that people and tools read."""

import dagster as dg

from idtracker.analyse.metrics.registry import families
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.operate import pipeline as steps
from idtracker.publish.audience import AUDIENCES
from idtracker.publish.snapshot import read_manifest
from idtracker.quality.reconciliation import accounts
from pipelines.conditions import STORE_OWNERS, when_dependencies_change
from pipelines.metric_assets import metric_key
from pipelines.resources import Home
from pipelines.tracker_assets import EXPECTATIONS


def published_key(audience: str) -> dg.AssetKey:
    return dg.AssetKey(["published", audience])


def published_assets(catalogue: Catalogue, pool: str | None) -> list[dg.AssetsDefinition]:
    """A snapshot for every audience."""
    return [_published(audience_id, catalogue, pool) for audience_id in AUDIENCES]


def _published(audience_id: str, catalogue: Catalogue, pool: str | None) -> dg.AssetsDefinition:
    @dg.asset(
        key=published_key(audience_id),
        deps=[EXPECTATIONS, *(metric_key(f) for f in families())],
        group_name="published",
        pool=pool,
        owners=STORE_OWNERS,
        kinds={"duckdb", "parquet"},
        description=f"Database, Parquet files and Data Docs for: {AUDIENCES[audience_id].title}.",
        check_specs=[
            dg.AssetCheckSpec(
                "store_to_publication",
                asset=published_key(audience_id),
                description="Database and Parquet files hold the rows and content of the store, table by table.",
            )
        ],
        automation_condition=when_dependencies_change,
    )
    def published(home: Home) -> dg.MaterializeResult:
        folder, is_new = steps.publish(home.settings, catalogue, audience_id, home.now(), home.until)
        manifest = dict(read_manifest(home.settings, audience_id) or {})
        differences = accounts.published_differences(home.settings, folder)
        return dg.MaterializeResult(
            check_results=[
                dg.AssetCheckResult(
                    check_name="store_to_publication",
                    passed=not differences,
                    severity=dg.AssetCheckSeverity.ERROR,
                    metadata={"differences": dg.MetadataValue.json(differences)},
                )
            ],
            metadata={
                "folder": dg.MetadataValue.path(str(folder)),
                "changed": is_new,
                "as_of": str(manifest["as_of"]),
                "notice": str(manifest["notice"]),
            },
            data_version=dg.DataVersion(str(manifest["content"])),
        )

    return published
