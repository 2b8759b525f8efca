"""Column lineage: every column leads to columns that exist, and from a score to the heading of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from idtracker.analyse.metrics.registry import families
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.tables import DERIVED, FACTS, INDICES, REFERENCE, SIMULATED, TABLES, columns_of
from idtracker.model.tables.column_inputs import MADE_OF, inputs_of
from idtracker.model.tables.outside_inputs import OUTSIDE
from idtracker.operate.pipeline import store_steps
from pipelines.definitions import build

LINEAGE, SCHEMA = "dagster/column_lineage", "dagster/column_schema"
Column = tuple[str, str]


@pytest.fixture
def lineage(programme: Home) -> dict[str, dg.TableColumnLineage]:
    return {
        spec.key.to_user_string(): spec.metadata[LINEAGE]
        for asset in build(programme).assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.specs
        if LINEAGE in spec.metadata
    }


def behind(lineage: dict[str, dg.TableColumnLineage], asset: str, column: str) -> set[Column]:
    """Every column that a column leads to, however far."""
    found: set[Column] = set()
    waiting = [(asset, column)]
    while waiting:
        at, name = waiting.pop()
        of = lineage.get(at)
        for dep in of.deps_by_column.get(name, ()) if of else ():
            one = (dep.asset_key.to_user_string(), dep.column_name)
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


def test_every_derived_column_says_what_it_is_made_of() -> None:
    columns = {f"{name}.{spec.name}" for name, model in TABLES.items() for spec in columns_of(model)}
    for name, model in {**DERIVED, **SIMULATED, **INDICES}.items():
        assert set(MADE_OF[name]) == {spec.name for spec in columns_of(model)}, name
        for column, parts in MADE_OF[name].items():
            assert parts, f"{name}.{column}"
            assert set(parts) <= columns | set(OUTSIDE), f"{name}.{column}"


def test_inner_columns_are_followed_to_their_origin() -> None:
    assert inputs_of("score", "band") == inputs_of("score", "score")
    assert "merged_cell.score" in inputs_of("trend", "slope", ["score"])
    assert "score.score" not in inputs_of("trend", "slope", ["score"])
    assert inputs_of("observation", "value") == ()
    for name, model in {**DERIVED, **SIMULATED, **INDICES}.items():
        for spec in columns_of(model):
            assert inputs_of(name, spec.name), f"{name}.{spec.name} leads nowhere but to itself"


def test_lineage_stands_at_every_step_and_names_columns_that_exist(
    programme: Home, lineage: dict[str, dg.TableColumnLineage]
) -> None:
    steps = {key.split("/")[0] for key in lineage}
    assert steps == {"accepted", "tracker", "metrics"}
    assert {"tracker/facts", "tracker/cells", "tracker/scores", "tracker/uncertainty"} <= set(lineage)
    shown = {
        spec.key.to_user_string(): {column.name for column in spec.metadata[SCHEMA].columns}
        for asset in build(programme).assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.specs
        if SCHEMA in spec.metadata
    }
    assert shown["landed/survey"] == {"Indicator", "Area", "Quarter", "Value", "Low", "High"}
    for key, found in lineage.items():
        for column, deps in found.deps_by_column.items():
            for dep in deps:
                asset, name = dep.asset_key.to_user_string(), dep.column_name
                assert asset != key, f"{key}.{column} leads to its own asset"
                table, _, plain = ("", "", name) if asset.startswith("landed/") else name.rpartition(".")
                columns = {spec.name for spec in columns_of(TABLES[table])} if table else shown[asset]
                assert plain in columns, f"{key}.{column}: {asset} {name}"


def test_every_table_is_written_by_one_step_and_metric_values_by_one_for_each_family(
    catalogue: ProgrammeCatalogue,
) -> None:
    steps = Counter(table for step in store_steps(catalogue) for table in step.tables)
    assert steps.pop("metric_value") == len(families())
    assert steps.pop("definition") == 2, "sources with the registers, the framework where metrics are rolled up to it"
    assert set(steps.values()) == {1}
    every = {*FACTS, *DERIVED, *SIMULATED, *INDICES, *REFERENCE, "obligation", "freshness"}
    assert set(steps) == every - {"metric_value", "definition"}


def test_a_score_leads_to_the_headings_of_the_files(lineage: dict[str, dg.TableColumnLineage]) -> None:
    found = behind(lineage, "tracker/scores", "score")
    assert ("tracker/cells", "score") in found
    assert ("tracker/facts", "value") in found
    assert ("landed/survey", "Value") in found
    assert not any(asset in ("landed/courses", "landed/visits") for asset, _ in found)
    assert ("tracker/registers", "indicator.goalpost_low") in found
    assert ("landed/survey", "Low") in behind(lineage, "tracker/scores", "low")
    assert ("landed/survey", "Low") not in found


def test_companions_and_constants(lineage: dict[str, dg.TableColumnLineage]) -> None:
    courses = lineage["accepted/courses"].deps_by_column
    origin = {name: [(d.asset_key.path[-1], d.column_name) for d in deps] for name, deps in courses.items()}
    assert origin["period_start"] == origin["period"] == [("courses", "Quarter")]
    assert origin["place_name"] == [("courses", "Governorate")]
    assert "fund" not in origin, "a constant comes from no heading"


def test_columns_side_by_side_are_named_by_their_pattern(
    programme: Home, write_source: Callable[[str, str], Path]
) -> None:
    write_source(
        "wide",
        """
        title: Side by side
        publisher: GB-GOV-24
        format: {kind: csv}
        cadence: {every: as_needed}
        feeds: observation
        key: [indicator, place, period]
        unpivot: {columns: '^(?P<period>Q.)$', value: amount}
        columns:
          - {field: indicator, heading: Indicator}
          - {field: place, heading: Area}
          - {field: period}
          - {field: value, heading: amount}
        """,
    )
    (wide,) = (
        spec.metadata[LINEAGE].deps_by_column
        for asset in build(programme).assets or ()
        if isinstance(asset, dg.AssetsDefinition)
        for spec in asset.specs
        if spec.key.path == ["accepted", "wide"]
    )
    assert {name: wide[name][0].column_name for name in ("value", "period_end", "place_id")} == {
        "value": "^(?P<period>Q.)$",
        "period_end": "^(?P<period>Q.)$",
        "place_id": "Area",
    }


def test_metrics_follow_from_the_registry(lineage: dict[str, dg.TableColumnLineage]) -> None:
    origin = {(d.asset_key.path[-1], d.column_name) for d in lineage["metrics/analysis"].deps_by_column["value"]}
    assert {("facts", "analysis_product.product_id"), ("cells", "org_count"), ("facts", "org_id")} <= origin
    assert "unit" not in lineage["metrics/analysis"].deps_by_column
    moved = lineage["metrics/network"].deps_by_column["network_change.contribution"]
    assert {("facts", "participation.org_id"), ("facts", "obligation.received_at")} & {
        (d.asset_key.path[-1], d.column_name) for d in moved
    }
    assert "network_change.contribution" not in lineage["metrics/flow"].deps_by_column


def test_draws_lead_to_the_errors_of_the_files(lineage: dict[str, dg.TableColumnLineage]) -> None:
    low = behind(lineage, "tracker/uncertainty", "low")
    assert {("landed/survey", "Low"), ("tracker/cells", "score_error"), ("tracker/scores", "score")} <= low
    assert ("tracker/registers", "place.level") in behind(lineage, "tracker/uncertainty", "rank_acceptability.share")
    assert ("tracker/cells", "age_days") in behind(
        lineage, "tracker/uncertainty", "score_reliability.reliability_level"
    )
