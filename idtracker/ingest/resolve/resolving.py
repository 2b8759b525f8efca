"""One step over a shaped table: every organisation, place, indicator and code as typed gets its identifier."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from idtracker.ingest.resolve.codes import resolve_codes, resolve_codes_of, stated_percentages
from idtracker.ingest.resolve.indicators import resolve_indicators
from idtracker.ingest.resolve.lookup import Task, row_dates
from idtracker.ingest.resolve.organisations import resolve_organisations
from idtracker.ingest.resolve.places import resolve_places
from idtracker.ingest.resolve.units import bring_to_units
from idtracker.ingest.resolve.yardstick import SCHEME as YARDSTICK
from idtracker.ingest.shape.shaped import Shaped
from idtracker.ingest.shape.totals import without_totals
from idtracker.model.config.source import Column, FieldType, Part
from idtracker.model.findings import Findings
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names
from idtracker.model.tables import FACTS, fields_of

_BY_KIND: dict[FieldType, Callable[[Task], pd.Series]] = {
    "organisation": resolve_organisations,
    "place": resolve_places,
    "indicator": resolve_indicators,
}

STATED_PCT = "yardstick_stated_pct"
"""Column of the resolved frame with likelihoods that were written in place of a term."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The shaped frame with `<field>_id` beside every name and canonical codes; the findings of this step alone."""

    frame: pd.DataFrame
    findings: Findings


def resolve(
    shaped: Shaped,
    part: Part,
    kinds: Mapping[str, FieldType],
    register: Register,
    names: Names,
    codelists: Mapping[str, str],
    publisher: str,
    received_at: pd.Timestamp | None = None,
) -> Resolved:
    """Resolve every name and code of a table.

    `kinds` and `codelists` give the type and codelist of each field; what a column itself says comes first.
    `publisher` is the organisation that sends the source: where a name has belonged to several organisations and the
    row has no date, it is taken if it is one of them. Codes of rows without a date are read as of `received_at`. Values of
    observations are brought into the unit of their indicator. Errors leave the identifier or code missing.
    """
    findings, columns = Findings(), dict(shaped.frame.items())
    received_on = None if received_at is None else received_at.normalize()
    dates = row_dates(shaped.frame, part, kinds)
    named_by = _codelist_fields(part.feeds, [str(field) for field in columns])
    for column in sorted(part.columns, key=lambda c: c.field in named_by):
        if column.field not in columns:
            continue
        task = Task(shaped, column, dates, register, names, publisher, findings, received_on)
        kind = column.type or kinds.get(column.field, "text")
        scheme = _codelist(column, codelists)
        if kind in _BY_KIND:
            columns[f"{column.field}_id"] = _BY_KIND[kind](task)
        elif kind == "code" and scheme:
            if scheme == YARDSTICK:
                columns[STATED_PCT] = stated_percentages(task.texts)
            columns[column.field] = resolve_codes(task, scheme)
        elif (beside := named_by.get(column.field)) in columns:
            columns[column.field] = resolve_codes_of(task, columns[beside])
        elif column.field == "disaggregation":
            columns[column.field] = without_totals(columns[column.field])
    cells = {name: resolved.array for name, resolved in columns.items()}
    frame = pd.DataFrame(cells, index=shaped.frame.index, copy=False)
    return Resolved(bring_to_units(frame, part.feeds, shaped, register, findings), findings)


def _codelist(column: Column, codelists: Mapping[str, str]) -> str | None:
    return column.codelist or codelists.get(column.field)


def _codelist_fields(table: str, fields: Collection[str]) -> dict[str, str | None]:
    """Fields with codes of the codelist that another field of the row names -> that field, if it is there."""
    specs = {field: spec for field, spec in fields_of(FACTS[table]).items() if field in fields}
    field_of = {spec.name: field for field, spec in specs.items()}
    return {field: field_of.get(spec.codelist_from) for field, spec in specs.items() if spec.codelist_from}
