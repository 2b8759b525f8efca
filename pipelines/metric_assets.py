"""One asset per metric family, from the metric registry."""

import dagster as dg

from idtracker.analyse.metrics.registry import families, family
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.operate import pipeline as steps
from pipelines.conditions import STORE_OWNERS, when_dependencies_change
from pipelines.describe import table_schema
from pipelines.keys import SCORES, metric_key
from pipelines.lineage import metric_lineage
from pipelines.resources import Home


def metric_assets(catalogue: Catalogue, pool: str | None) -> list[dg.AssetsDefinition]:
    """Every family of integration metrics."""
    return [_family(name, catalogue, pool) for name in families()]


def _family(name: str, catalogue: Catalogue, pool: str | None) -> dg.AssetsDefinition:
    ids = [m.id for m in family(name)]
    lineage = {"dagster/column_lineage": metric_lineage(name)}

    @dg.asset(
        key=metric_key(name),
        deps=[SCORES],
        group_name="metrics",
        pool=pool,
        owners=STORE_OWNERS,
        kinds={"duckdb"},
        description=f"Integration metrics {ids[0]} to {ids[-1]}: {name}.",
        metadata={
            "dagster/column_schema": table_schema("metric_value"),
            "metrics": dg.MetadataValue.json(ids),
            **lineage,
        },
        automation_condition=when_dependencies_change,
    )
    def metrics(home: Home) -> dg.MaterializeResult:
        figures = steps.write_metrics(home.settings, catalogue, name, home.now(), home.until)
        return dg.MaterializeResult(metadata={**figures, **lineage})

    return metrics
