"""Which column is made of which, from asset to asset, derived from source definitions, the models and the metrics' inputs.

An asset that writes several tables shows the columns of its first one under their own names and those of the others as
`table.column`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import dagster as dg

from idtracker.analyse.metrics.registry import family
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.part import Column, Part
from idtracker.model.config.source import Source
from idtracker.model.tables import DERIVED, INDICES, OPERATIONS, SIMULATED, TABLES, columns_of, companions, fields_of
from idtracker.model.tables.column_inputs import inputs_of
from idtracker.model.tables.outside_inputs import METRIC_INPUTS
from idtracker.operate.step import Step
from pipelines.keys import accepted_key, asset_key, landed_key

Deps = dict[str, list[dg.TableColumnDep]]
_DERIVED = frozenset((*DERIVED, *SIMULATED, *INDICES))

Writers = Mapping[str, Sequence[Step]]


def writers_of(steps: Iterable[Step]) -> Writers:
    """The steps that write each table."""
    writers: dict[str, list[Step]] = {}
    for step in steps:
        for table in step.tables:
            writers.setdefault(table, []).append(step)
    return writers


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


def facts_lineage(step: Step, catalogue: ProgrammeCatalogue) -> dg.TableColumnLineage:
    """Columns of the fact tables from the same columns of the accepted rows of every source that feeds them."""
    deps: Deps = {}
    for source in catalogue.sources.values():
        for table in source.feeds:
            for spec in columns_of(TABLES[table]):
                name = spec.name if table == source.feeds[0] else f"{table}.{spec.name}"
                _add(deps, _shown(step, table, spec.name), [dg.TableColumnDep(accepted_key(source.id), name)])
    return dg.TableColumnLineage(deps_by_column=deps)


def is_derived(step: Step) -> bool:
    """Whether a step writes tables whose columns say what they are made of."""
    return any(table in _DERIVED for table in step.tables)


def derived_lineage(step: Step, writers: Writers) -> dg.TableColumnLineage:
    """Columns of the derived tables that a step writes, from those of the steps before it.

    Columns of metric values come from what the metrics of the family are registered to read.
    """
    deps: Deps = {}
    for table in step.tables:
        for spec in columns_of(TABLES[table]) if table in _DERIVED else ():
            inputs = inputs_of(table, spec.name, step.tables)
            read = _registered(step) if METRIC_INPUTS in inputs else ()
            if origins := _origins([*inputs, *read], writers):
                _add(deps, _shown(step, table, spec.name), origins)
    return dg.TableColumnLineage(deps_by_column=deps)


def _registered(step: Step) -> list[str]:
    """`table.column` of what the metrics of a family are registered to read."""
    return sorted(
        {f"{table}.{column}" for m in family(step.subject) for table, columns in m.inputs.items() for column in columns}
    )


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


def _origins(inputs: Iterable[str], writers: Writers) -> list[dg.TableColumnDep]:
    return [dg.TableColumnDep(*origin) for name in inputs for origin in _where(name, writers)]


def _where(name: str, writers: Writers) -> Iterator[tuple[dg.AssetKey, str]]:
    """Asset and column of `table.column`; nothing for what is no column. Operations that no step of their own writes come with facts."""
    table, _, column = name.partition(".")
    for step in writers.get(table) or (writers["observation"] if table in OPERATIONS else ()):
        yield asset_key(step.name), _shown(step, table, column)


def _shown(step: Step, table: str, column: str) -> str:
    return column if step.tables[0] == table else f"{table}.{column}"


def _add(deps: Deps, name: str, origins: Iterable[dg.TableColumnDep]) -> None:
    known = deps.setdefault(name, [])
    known += [origin for origin in origins if origin not in known]
