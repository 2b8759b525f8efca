"""From a table of text to typed rows: long form, headings, lists in cells, then each field by its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.read.stored import DAY
from idtracker.ingest.shape.answers import AsChosen, with_choices
from idtracker.ingest.shape.cells import Cells, Mask, Parsed
from idtracker.ingest.shape.edited_records import with_first_identifiers
from idtracker.ingest.shape.headings import Match, match_headings, stored_codes, typed_cells
from idtracker.ingest.shape.money import currencies_named
from idtracker.ingest.shape.shaped import Shaped
from idtracker.ingest.shape.split import split_rows
from idtracker.ingest.shape.statements.currencies import Stated, settle_currencies, with_currencies
from idtracker.ingest.shape.statements.headings import scale_of_headings, scales_side_by_side, with_scales
from idtracker.ingest.shape.totals import breakdown_of, by_dimension
from idtracker.ingest.shape.unpivot import Long, unpivot
from idtracker.ingest.shape.values import meant, parse
from idtracker.model.config.source import Column, FieldType, Format, Part, Received
from idtracker.model.errors import DefinitionError
from idtracker.model.findings import rule
from idtracker.model.text import TEXT

_NUMBERS = ("number", "integer", "money")


def shape(
    table: RawTable,
    part: Part,
    fmt: Format,
    kinds: Mapping[str, FieldType],
    file_name: str,
    received: Received,
    others: Sequence[Part] = (),
    as_chosen: AsChosen | None = None,
) -> Shaped:
    """Type the rows of one table as `part` describes it; problems in the data become findings.

    `kinds` gives the type of a field whose column has none. `others` read the same table: their headings are not unknown;
    `as_chosen` names the choices of a form. Columns of the result: text, code, organisation, place, indicator: text, trimmed ·
    number, money: float64 · integer: Int64 · flag: boolean · date: datetime64[ns] · period: code, with `<field>_start` and
    `_end` · money: `<field>_currency`. A value that cannot be read is missing and has a finding at its row.
    """
    table, part = with_first_identifiers(table, part), by_dimension(part)
    long = unpivot(table, part.unpivot, fmt.missing)
    match = match_headings(table, long, part, received, file_name, others)
    long = _split(long, match, part)
    shaped = Shaped(
        sheet=table.sheet,
        frame=pd.DataFrame(index=pd.RangeIndex(len(long.table))),
        row_numbers=long.table.row_numbers,
        raw=_to_be_typed(long.table, match, part, fmt),
        findings=match.findings,
        positions={f: p for f, h in match.headings.items() if (p := long.table.positions.get(h)) is not None},
        headings=match.headings,
        origins={f: long.origins[h] for f, h in match.headings.items() if h in long.origins},
        stored=long.table.stored,
    )
    chosen = with_choices(shaped, part, long.table, as_chosen) if as_chosen else long.table
    types = [(column, column.type or kinds.get(column.field, "text")) for column in part.columns]
    fields = {column.field: _type_field(shaped, column, kind, fmt, match, chosen) for column, kind in types}
    raw = _settle_currencies(shaped, part, fields, fmt)
    _join_dimensions(shaped, part, fields)
    columns = {f"{name}{suffix}": values.array for name, typed in fields.items() for suffix, values in typed.items()}
    return replace(shaped, raw=raw, frame=pd.DataFrame(columns, index=shaped.frame.index, copy=False))


def _join_dimensions(shaped: Shaped, part: Part, fields: dict[str, dict[str, pd.Series]]) -> None:
    """Make one field of the dimensions of a breakdown, which stands where the first of them does."""
    columns = [column for column in part.columns if column.dimension is not None]
    if columns:
        cells = {str(column.dimension): fields.pop(column.field)[""] for column in columns}
        first, field = columns[0].field, columns[0].field.partition(".")[0]
        fields[field] = {"": breakdown_of(cells)}
        shaped.headings[field] = shaped.headings[first]
        if first in shaped.positions:
            shaped.positions[field] = shaped.positions[first]
        if first in shaped.origins:
            shaped.origins[field] = shaped.origins[first]


def _to_be_typed(table: RawTable, match: Match, part: Part, fmt: Format) -> pd.DataFrame:
    """The cells as a person would type them into this source: a held row comes back as text.

    Numbers of the file have the declared decimal mark, days the name of their month where formats are declared.
    """
    cells = table.cells
    for column in part.columns:
        heading = match.headings[column.field]
        codes = table.stored.codes.get(heading) if column.constant is None else None
        if codes is None or heading not in cells:
            continue
        texts = cells[heading]
        if (column.decimal or fmt.decimal) == ",":
            is_number = np.isin(codes, [c for c in np.unique(codes) if table.stored.is_number(int(c))])
            texts = texts.where(~is_number, texts.str.replace(".", ",", regex=False))
        if column.dates or fmt.dates:
            named = pd.to_datetime(texts, format="%Y-%m-%d", errors="coerce").dt.strftime("%d %b %Y")
            texts = texts.where((codes != DAY) | named.isna(), named)
        if texts is not cells[heading]:
            cells = cells.assign(**{heading: texts.astype(cells[heading].dtype)})
    return cells


def _split(long: Long, match: Match, part: Part) -> Long:
    separators = {
        match.headings[c.field]: c.split
        for c in part.columns
        if c.split is not None and c.constant is None and c.field not in match.missing
    }
    if not separators:
        cells, stored = long.table.cells.reset_index(drop=True), long.table.stored
        rows = np.arange(len(cells))
    else:
        cells, rows = split_rows(long.table.cells.reset_index(drop=True), separators, long.table.stored)
        stored = long.table.stored.take(rows).divided()
    table = RawTable(long.table.sheet, cells, long.table.row_numbers[rows], long.table.positions, stored=stored)
    return Long(table, {h: origin.take(rows) for h, origin in long.origins.items()}, long.consumed, long.shadowed)


def _type_field(
    shaped: Shaped, column: Column, kind: FieldType, fmt: Format, match: Match, table: RawTable
) -> dict[str, pd.Series]:
    """The typed columns of one field by suffix; what is wrong goes to the findings."""
    is_there = column.field not in match.missing
    typed = typed_cells(match, column, table) if is_there else _nothing(len(table))
    cells = Cells.of(typed, stored_codes(match, column, table) if is_there else None)
    texts = meant(cells.texts, column, fmt)
    scale = scale_of_headings(shaped, column) if kind in _NUMBERS else None
    declared = column.scale
    if scale is not None and scale != declared:
        column = column.model_copy(update={"scale": scale})
    parsed = parse(texts, kind, column, fmt, cells.stored, table.stored)
    _refuse_constant(column, kind, parsed)
    if column.required and is_there:
        absent = (cells.codes < 0) | cells.rows(texts.isna().to_numpy())
        shaped.report(shaped.findings, "value.required", column.field, absent)
    if scale is not None and scale != declared:
        _report_scale(shaped, column, cells.rows(parsed.columns[""].notna().to_numpy()), scale, declared)
    for problem in parsed.problems:
        shaped.report(
            shaped.findings,
            problem.rule,
            column.field,
            cells.rows(problem.mask),
            suggestions=None if problem.suggestions is None else cells.spread(problem.suggestions).astype(object),
            details=problem.details,
        )
    if cells.is_as_typed and parsed.columns[""] is cells.texts:
        return {"": typed}
    typed_fields = {suffix: cells.spread(values) for suffix, values in parsed.columns.items()}
    return _scaled_apart(shaped, column, typed_fields) if kind in _NUMBERS else typed_fields


def _scaled_apart(shaped: Shaped, column: Column, typed: dict[str, pd.Series]) -> dict[str, pd.Series]:
    """The numbers of a field whose headings side by side say different scales, each times its own."""
    for scale, rows in scales_side_by_side(shaped, column):
        is_percent = (
            (typed["_unit"] == "%").to_numpy(dtype=bool) if "_unit" in typed else np.zeros(len(rows), dtype=bool)
        )
        here = rows & ~is_percent & typed[""].notna().to_numpy()
        factor = scale / (column.scale or 1)
        numbers = [float(f"{number * factor:.15g}") for number in typed[""][here].astype("float64")]
        typed[""] = typed[""].copy()
        typed[""][here] = numbers
        _report_scale(shaped, column, here, scale, column.scale)
    return typed


def _report_scale(shaped: Shaped, column: Column, rows: Mask, scale: float, declared: float | None) -> None:
    details = {"scale": f"{scale:,.15g}", "expected": f"{declared or 1:,.15g}"}
    shaped.report(shaped.findings, "value.scale", column.field, rows, details=details)


def _nothing(count: int) -> pd.Series:
    return pd.Series(None, index=pd.RangeIndex(count), dtype=TEXT)


def _refuse_constant(column: Column, kind: str, parsed: Parsed) -> None:
    if column.constant is None:
        return
    for problem in parsed.problems:
        if problem.mask.any() and rule(problem.rule).severity == "error":
            raise DefinitionError(
                [f"columns: field `{column.field}`: constant: expected a value of type {kind}, got `{column.constant}`"]
            )


def _settle_currencies(
    shaped: Shaped, part: Part, fields: dict[str, dict[str, pd.Series]], fmt: Format
) -> pd.DataFrame:
    """Give every amount its currency; returns the cells as a person would type them, with currency and scale."""
    raw = shaped.raw
    for column in part.columns:
        if column.field in shaped.origins and (values := fields[column.field].get("")) is not None:
            is_number = values.dtype.kind in "fi"
            raw = with_scales(raw, shaped, column, values, column.decimal or fmt.decimal) if is_number else raw
        if "_currency" in fields[column.field]:
            _settle_currency(shaped, part, column, fields)
            raw = with_currencies(raw, shaped, column, fields[column.field]["_currency"])
    return raw


def _settle_currency(shaped: Shaped, part: Part, column: Column, fields: dict[str, dict[str, pd.Series]]) -> None:
    """Currency of an amount, also by the field `<field>_currency` if that is mapped; an unknown one is reported there."""
    typed, beside = fields[column.field], fields.get(f"{column.field}_currency")
    texts = beside.pop("") if beside is not None else None
    if texts is not None:
        known = {text: currencies_named(str(text)) != () for text in texts.dropna().unique()}
        unknown = (texts.notna() & ~texts.map(known).fillna(True).astype(bool)).to_numpy()
        shaped.report(shaped.findings, "value.money", f"{column.field}_currency", unknown)
    others = [shaped.headings[c.field] for c in part.columns if c.field.endswith("_currency")]
    stated = Stated(shaped, column, typed[""], typed.pop("_name"), texts, others)
    typed["_currency"] = settle_currencies(stated)
