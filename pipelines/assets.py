"""One asset per step of the pipeline. What a step does stands in the library; here it gets what Dagster shows of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from idtracker.analyse.metrics.registry import family
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.read.formats.table import KINDS
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.steps.memory import bounded_memory
from idtracker.operate.pipeline import store_steps
from idtracker.operate.step import Figures, NothingAcceptedError, Step
from idtracker.operate.steps.registers import REGISTERS
from idtracker.operate.steps.sources import source_steps
from pipelines.automation import THOROUGH
from pipelines.conditions import (
    STORE_OWNERS,
    when_any_dependency_changes,
    when_dependencies_change,
    when_dependencies_or_rules_change,
    when_missing_or_redefined,
)
from pipelines.describe import freshness, how_it_arrives, owners, table_schema
from pipelines.keys import asset_key
from pipelines.lineage import (
    Writers,
    accepted_lineage,
    derived_lineage,
    facts_lineage,
    headings_schema,
    is_derived,
    writers_of,
)
from pipelines.resources import HomeResource
from pipelines.results import check_results, check_specs, figures_in, metadata_of

REFUSED = "idtracker/refused"
_STORE_KINDS = {"expectations": {"greatexpectations"}, "published": {"duckdb", "parquet"}}


def assets(
    home: Home, catalogue: ProgrammeCatalogue, pool: str | None, store: Sequence[Step]
) -> list[dg.AssetsDefinition]:
    """An asset for every step of the sources and of the store; whatever writes the store stands in one pool."""
    writers = writers_of(store_steps(catalogue))
    source_assets = [
        _asset(step, catalogue, **_of_source(step, source))
        for source in catalogue.sources.values()
        for step in source_steps(source)
    ]
    return source_assets + [_asset(s, catalogue, pool=pool, **_of_store(s, home, catalogue, writers)) for s in store]


def _asset(step: Step, catalogue: ProgrammeCatalogue, **shown: Any) -> dg.AssetsDefinition:
    key = asset_key(step.name)
    lineage = {k: v for k, v in shown["metadata"].items() if k == "dagster/column_lineage"}

    @dg.asset(
        key=key,
        deps=[asset_key(name) for name in step.inputs],
        group_name=step.group,
        check_specs=check_specs(step, key),
        output_required=False,
        **shown,
    )
    def run(
        context: dg.AssetExecutionContext, home: HomeResource
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        def figures_of(name: str) -> Figures:
            return _latest(context.instance, name)

        is_thorough = THOROUGH.items() <= context.run.tags.items()
        of_run = home.context(catalogue, _started_at(context))
        with bounded_memory():
            result = step.run(replace(of_run, figures_of=figures_of, is_thorough=is_thorough))
        checks = check_results(result, key)
        for problem in result.problems:
            context.log.warning(problem)
        if result.is_new:
            version = dg.DataVersion(result.version) if result.version else None
            # what belongs to a MaterializeResult, Dagster writes a second time into the event of the output
            context.add_asset_metadata({**metadata_of(result.figures), **lineage})
            yield dg.MaterializeResult(check_results=checks, data_version=version)
        else:
            yield from checks
        if result.error is not None:
            refused = dg.MetadataValue.bool(isinstance(result.error, NothingAcceptedError))
            raise dg.Failure(str(result.error), metadata={REFUSED: refused}, allow_retries=False) from result.error

    return run


def _started_at(context: dg.AssetExecutionContext) -> datetime:
    """When the run began: its steps would otherwise each speak of an instant of their own."""
    record = context.instance.get_run_record_by_id(context.run_id)
    begun = record.start_time if record else None
    return datetime.now(UTC) if begun is None else datetime.fromtimestamp(begun, UTC)


def _latest(instance: dg.DagsterInstance, name: str) -> Figures:
    """The figures of a step as it was last materialised."""
    event = instance.get_latest_materialization_event(asset_key(name))
    event_made = event.asset_materialization if event else None
    return dict(figures_in(dict(event_made.metadata))) if event_made else {}


def _of_source(step: Step, source: Source) -> dict[str, Any]:
    arrives = how_it_arrives(source)
    shown: dict[str, Any] = {"owners": owners(source), "tags": {"source": source.id}}
    if step.group == "landed":
        metadata = {"pattern": source.received.pattern, "publisher": source.publisher}
        columns = {"dagster/column_schema": headings_schema(source)}
        description = f"{step.description}\n\n{arrives}"
        return shown | {
            "description": description,
            "kinds": {KINDS[source.format.kind].dagster},
            "metadata": metadata | columns,
        }
    return shown | {
        "description": f"{step.description} {arrives}",
        "kinds": {"parquet", "pandera"},
        "tags": {"source": source.id, "cadence": source.cadence.every},
        "freshness_policy": freshness(source.cadence),
        "metadata": {
            "dagster/column_schema": table_schema(step.tables[0]),
            **{f"columns_of_{table}": table_schema(table) for table in step.tables[1:]},
            "dagster/column_lineage": accepted_lineage(source),
        },
    }


def _of_store(step: Step, home: Home, catalogue: ProgrammeCatalogue, writers: Writers) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if step.tables:
        metadata["dagster/column_schema"] = table_schema(step.tables[0])
    if "observation" in step.tables:
        metadata["dagster/column_lineage"] = facts_lineage(step, catalogue)
    elif is_derived(step):
        metadata["dagster/column_lineage"] = derived_lineage(step, writers)
    if step.group == "metrics":
        metadata["metrics"] = dg.MetadataValue.json([m.id for m in family(step.subject)])
    return {
        "description": step.description,
        "kinds": _STORE_KINDS.get(step.subject) or _STORE_KINDS.get(step.group, {"duckdb"}),
        "owners": STORE_OWNERS,
        "metadata": metadata,
        "automation_condition": _condition(step),
        "code_version": step.definitions(home, catalogue) if step.definitions else None,
    }


def _condition(step: Step) -> dg.AutomationCondition[Any]:
    if step.name == REGISTERS.name:
        return when_missing_or_redefined
    if "observation" in step.tables:
        return when_any_dependency_changes
    return when_dependencies_or_rules_change if step.definitions else when_dependencies_change
