"""Which column is made of which, from asset to asset, derived from source definitions, the models and the metrics' inputs.

An asset that writes several tables shows the columns of its first one under their own names and those of the others as
`table.column`.
"""

from collections.abc import Iterable, Iterator

import dagster as dg

from idtracker.analyse.metrics.registry import families, family
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.part import Column, Part
from idtracker.model.config.source import Source
from idtracker.model.tables import (
    DERIVED,
    FACTS,
    INDICES,
    OPERATIONS,
    REFERENCE,
    SIMULATED,
    TABLES,
    columns_of,
    companions,
    fields_of,
)
from idtracker.model.tables.column_inputs import METRIC_INPUTS, inputs_of
from idtracker.operate.steps.figures.metrics import NETWORK, NETWORK_CHANGE
from pipelines.keys import (
    CELLS,
    FACTS_KEY,
    FRAMEWORK_KEY,
    INDICES_KEY,
    JUDGEMENTS,
    REGISTERS,
    ROUNDS_KEY,
    SCORES,
    UNCERTAINTY,
    WARNINGS_KEY,
    accepted_key,
    asset_key,
    landed_key,
)

Deps = dict[str, list[dg.TableColumnDep]]

_TABLES_OF: dict[dg.AssetKey, list[str]] = {
    REGISTERS: list(REFERENCE),
    CELLS: ["merged_cell", "cell_report", "obligation", "freshness"],
    SCORES: ["score", "trend", "score_change", "method_score", "method_trend", "missing_report"],
    UNCERTAINTY: list(SIMULATED),
    JUDGEMENTS: ["scenario", "calibration"],
    WARNINGS_KEY: ["warning", "warning_skill"],
    ROUNDS_KEY: ["round", "round_organisation", "round_action"],
    INDICES_KEY: ["index_score", "programme_index"],
    FRAMEWORK_KEY: ["kpq_view", "framework_element", "framework_evidence", "framework_answer", "framework_gap"],
}
_FIRST = {
    REGISTERS: "organisation",
    FACTS_KEY: "observation",
    CELLS: "merged_cell",
    SCORES: "score",
    UNCERTAINTY: "score_uncertainty",
    JUDGEMENTS: "scenario",
    WARNINGS_KEY: "warning",
    ROUNDS_KEY: "round",
    INDICES_KEY: "index_score",
    FRAMEWORK_KEY: "kpq_view",
}


def headings_schema(source: Source) -> dg.TableSchema:
    """The headings of a source's file that its definition reads, each with the fields it fills."""
    fields: dict[str, list[str]] = {}
    for part in source.parts:
        for mapped in part.columns:
            for heading in _headings(part, mapped):
                fields.setdefault(heading, []).append(f"{part.feeds}.{mapped.field}")
    columns = [dg.TableColumn(name=h, description=f"fills {', '.join(dict.fromkeys(f))}") for h, f in fields.items()]
    return dg.TableSchema(columns=columns)


def accepted_lineage(source: Source) -> dg.TableColumnLineage:
    """Columns of the accepted rows from the headings of the landed file; constants and defaults have no origin there."""
    deps: Deps = {}
    for part in source.parts:
        fields, is_first = fields_of(TABLES[part.feeds]), part.feeds == source.feeds[0]
        for mapped in part.columns:
            origins = [dg.TableColumnDep(landed_key(source.id), heading) for heading in _headings(part, mapped)]
            filled = fields.get(mapped.field)  # the currency beside an amount is a column that is no field
            names = [filled.name] if filled else [mapped.field]
            names += [spec.name for spec in companions(TABLES[part.feeds], filled.field)] if filled else []
            for name in names if origins else ():
                _add(deps, name if is_first else f"{part.feeds}.{name}", origins)
    return dg.TableColumnLineage(deps_by_column=deps)


def facts_lineage(catalogue: ProgrammeCatalogue) -> dg.TableColumnLineage:
    """Columns of the fact tables from the same columns of the accepted rows of every source that feeds them."""
    deps: Deps = {}
    for source in catalogue.sources.values():
        for table in source.feeds:
            for spec in columns_of(TABLES[table]):
                name = spec.name if table == source.feeds[0] else f"{table}.{spec.name}"
                _add(deps, _shown(FACTS_KEY, table, spec.name), [dg.TableColumnDep(accepted_key(source.id), name)])
    return dg.TableColumnLineage(deps_by_column=deps)


def derived_lineage(key: dg.AssetKey) -> dg.TableColumnLineage:
    """Columns of the derived tables that an asset writes, from those of the assets before it."""
    deps: Deps = {}
    for table in _TABLES_OF[key]:
        for spec in columns_of(TABLES[table]) if table in (*DERIVED, *SIMULATED, *INDICES) else ():
            inputs = inputs_of(table, spec.name, _TABLES_OF[key])
            _add(deps, _shown(key, table, spec.name), _origins(inputs))
    return dg.TableColumnLineage(deps_by_column=deps)


def metric_lineage(name: str) -> dg.TableColumnLineage:
    """Columns of the metric values of a family, and of the changes of networks, from what its metrics are registered to read."""
    read = sorted(
        {f"{table}.{column}" for m in family(name) for table, columns in m.inputs.items() for column in columns}
    )
    deps: Deps = {}
    for table in ("metric_value", *([NETWORK_CHANGE] if name == NETWORK else [])):
        for spec in columns_of(DERIVED[table]):
            inputs = inputs_of(table, spec.name, ["metric_value"])
            column = spec.name if table == "metric_value" else f"{table}.{spec.name}"
            if origins := _origins(read if METRIC_INPUTS in inputs else inputs):
                _add(deps, column, origins)
    return dg.TableColumnLineage(deps_by_column=deps)


def _headings(part: Part, mapped: Column) -> list[str]:
    """The headings that fill a field: where columns side by side become rows, the pattern of these columns."""
    if mapped.constant is not None:
        return []
    unpivoted = _unpivoted(part)
    return list(dict.fromkeys(unpivoted.get(heading, heading) for heading in mapped.headings))


def _unpivoted(part: Part) -> dict[str, str]:
    """Headings that only come about when columns side by side become rows -> the pattern of these columns."""
    if part.unpivot is None:
        return {}
    import re

    groups = re.compile(part.unpivot.columns).groupindex
    names = [name for name in groups if name != "measure"]
    return dict.fromkeys([*names, *([] if "measure" in groups else [part.unpivot.value])], part.unpivot.columns)


def _origins(inputs: Iterable[str]) -> list[dg.TableColumnDep]:
    return [dg.TableColumnDep(*origin) for name in inputs for origin in _where(name)]


def _where(name: str) -> Iterator[tuple[dg.AssetKey, str]]:
    """Asset and column of `table.column`; nothing for what is no column."""
    table, _, column = name.partition(".")
    for key, tables in _TABLES_OF.items():
        if table in tables:
            yield key, _shown(key, table, column)
            return
    if table == "metric_value":
        for name in families():
            yield asset_key(f"metrics/{name}"), column
    if table in FACTS or table in OPERATIONS:
        yield FACTS_KEY, _shown(FACTS_KEY, table, column)


def _shown(key: dg.AssetKey, table: str, column: str) -> str:
    return column if _FIRST[key] == table else f"{table}.{column}"


def _add(deps: Deps, name: str, origins: Iterable[dg.TableColumnDep]) -> None:
    known = deps.setdefault(name, [])
    known += [origin for origin in origins if origin not in known]
