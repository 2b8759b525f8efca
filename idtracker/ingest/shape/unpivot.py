"""Wide to long: columns that hold values of one heading side by side become rows."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.read.raw import RawTable
from idtracker.ingest.read.stored import Codes, Stored
from idtracker.ingest.shape.shaped import Origin
from idtracker.model.config.source import Unpivot
from idtracker.model.text import clean, trim

MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Long:
    """A table with one value to a row, and where its values stood before.

    `consumed` are the headings that became rows; `shadowed` those that another heading of the same name has replaced.
    """

    table: RawTable
    origins: dict[str, Origin] = field(default_factory=dict)
    consumed: list[str] = field(default_factory=list)
    shadowed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """The columns that share the same groups: one row of the long table for each row of the wide one."""

    groups: dict[str, str]
    columns: dict[str, str]  # heading of the long table -> heading in the file


def unpivot(table: RawTable, rule: Unpivot | None, missing: Collection[str] = ()) -> Long:
    """The long form of a table: row by row, within a row in the order of the columns.

    The pattern must match the whole heading (as typed, else with blanks and invisible marks put in order). Rows without
    any value are left out unless `keep_empty`; the texts of `missing` count as no value. Without a matching heading the
    table stays as it is.
    """
    blocks = _blocks(table.headings, rule) if rule else []
    if rule is None or not blocks:
        return Long(table)
    consumed = [heading for block in blocks for heading in block.columns.values()]
    groups = list(dict.fromkeys(name for block in blocks for name in block.groups))
    values = [name for name in dict.fromkeys(name for block in blocks for name in block.columns) if name not in groups]
    others = [h for h in table.headings if h not in consumed and h not in (*groups, *values)]
    shadowed = [h for h in table.headings if h not in consumed and h in (*groups, *values)]

    count = len(table)
    rows = np.repeat(np.arange(count), len(blocks))
    block_of = np.tile(np.arange(len(blocks)), count)
    cells = table.cells[others].take(rows).reset_index(drop=True)
    for name in groups:
        cells[name] = pd.Series([b.groups.get(name) for b in blocks], dtype="str").take(block_of).to_numpy()
    codes = dict(table.stored.only(others).take(rows).codes)
    for name in values:
        beside = [b.columns.get(name) for b in blocks]
        cells[name] = _woven(table.cells, beside)
        codes[name] = _woven_codes(table, beside)
    stored = Stored.of(codes, table.stored.words)
    origins = {name: _origin(table, [b.columns.get(name) for b in blocks], block_of) for name in values}
    firsts: list[str | None] = [next(iter(b.columns.values())) for b in blocks]
    origins |= {name: _origin(table, firsts, block_of) for name in groups}
    if not rule.keep_empty:
        filled = np.flatnonzero(_is_filled(cells[values], missing))
        cells, rows = cells.take(filled).reset_index(drop=True), rows[filled]
        origins = {name: origin.take(filled) for name, origin in origins.items()}
        stored = stored.take(filled)
    positions = {h: p for h, p in table.positions.items() if h in others}
    long = RawTable(table.sheet, cells.astype("str"), table.row_numbers[rows], positions, stored=stored)
    return Long(long, origins, consumed, shadowed)


def consumed_headings(headings: list[str], rule: Unpivot | None) -> set[str]:
    """The headings that a rule would turn into rows."""
    return {heading for block in (_blocks(headings, rule) if rule else []) for heading in block.columns.values()}


def _blocks(headings: list[str], rule: Unpivot) -> list[_Block]:
    """Headings with the same groups belong together; where two claim the same measure, the second opens a block."""
    pattern = re.compile(rule.columns)
    blocks: list[_Block] = []
    for heading in headings:
        match = pattern.fullmatch(heading.strip()) or pattern.fullmatch(clean(heading))
        if not match:
            continue
        groups = {name: clean(text) for name, text in match.groupdict().items() if text is not None}
        value = groups.pop(MEASURE, rule.value)
        fitting = (b for b in blocks if b.groups == groups and value not in b.columns)
        block = next(fitting, None)
        if block is None:
            block = _Block(groups, {})
            blocks.append(block)
        block.columns[value] = heading
    return blocks


def _woven(cells: pd.DataFrame, headings: list[str | None]) -> npt.NDArray[np.object_]:
    """The columns read row by row: first the first row of each, then the second."""
    empty = pd.Series([None] * len(cells), index=cells.index, dtype="object")
    columns = [(empty if heading is None else cells[heading].astype("object")).to_numpy() for heading in headings]
    woven: npt.NDArray[np.object_] = np.column_stack(columns).reshape(-1)
    return woven


def _woven_codes(table: RawTable, headings: list[str | None]) -> Codes:
    text = np.zeros(len(table), dtype=np.uint8)
    return np.column_stack([table.stored.codes.get(h or "", text) for h in headings]).reshape(-1)


def _origin(table: RawTable, headings: list[str | None], block_of: npt.NDArray[np.int64]) -> Origin:
    there = [h for h in headings if h is not None]
    place = np.array([-1 if h is None else there.index(h) for h in headings], dtype=np.int64)
    return Origin(tuple(there), tuple(table.positions.get(h) for h in there), place[block_of])


def _is_filled(values: pd.DataFrame, missing: Collection[str]) -> npt.NDArray[np.bool_]:
    filled = np.zeros(len(values), dtype=bool)
    for name in values.columns:
        texts = trim(values[name])
        filled |= (texts.notna() & ~texts.isin(list(missing))).to_numpy()
    return filled
