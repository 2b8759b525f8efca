"""One asset per metric family, from the metric registry."""

import dagster as dg

from idtracker.contract.catalogue import Catalogue
from idtracker.publish import steps
from idtracker.publish.derive import metric_families, metric_ids
from pipelines.conditions import STORE_OWNERS, when_dependencies_change
from pipelines.describe import table_schema
from pipelines.keys import SCORES, metric_key
from pipelines.lineage import metric_lineage
from pipelines.resources import Home


def metric_assets(catalogue: Catalogue, pool: str | None) -> list[dg.AssetsDefinition]:
    """Every family of integration metrics."""
    return [_family(family, catalogue, pool) for family in metric_families()]


def _family(family: str, catalogue: Catalogue, pool: str | None) -> dg.AssetsDefinition:
    ids = metric_ids(family)
    lineage = {"dagster/column_lineage": metric_lineage(family)}

    @dg.asset(
        key=metric_key(family),
        deps=[SCORES],
        group_name="metrics",
        pool=pool,
        owners=STORE_OWNERS,
        kinds={"duckdb"},
        description=f"Integration metrics {ids[0]} to {ids[-1]}: {family}.",
        metadata={
            "dagster/column_schema": table_schema("metric_value"),
            "metrics": dg.MetadataValue.json(ids),
            **lineage,
        },
        automation_condition=when_dependencies_change,
    )
    def metrics(home: Home) -> dg.MaterializeResult:
        figures = steps.write_metrics(home.settings, catalogue, family, home.now(), home.until)
        return dg.MaterializeResult(metadata={**figures, **lineage})

    return metrics
