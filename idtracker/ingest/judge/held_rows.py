"""Rows held back: everything they said, why they wait, how they are called, and what of them a waiver could let through."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.judge.definition import scope_columns, specs_of
from idtracker.ingest.judge.rules.removal import scopes_of
from idtracker.ingest.judge.rules.rows import JudgedRows, check_schema
from idtracker.model.findings import Findings, rules
from idtracker.model.marking import CLASSIFICATIONS
from idtracker.model.tables import OPERATIONS, conform_types

KEYS = ["held_id", "part", "scope", "fact_id", "key"]
"""What a held row is about: the scope and key that it shares with others that say the same, missing where they could not be
read, and the cells of the key as a JSON list, null where they could not be read or are empty."""


def pieces_of(row_numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each row which of the rows made of its row of the file it is, 0 the first."""
    if (np.diff(row_numbers) > 0).all():
        return np.zeros(len(row_numbers), dtype=np.int64)
    numbers = pd.Series(row_numbers)
    return np.asarray(numbers.groupby(numbers).cumcount(), dtype=np.int64)


def held_id_of(submission_id: str, part: str, sheet: str, row_number: int, row_piece: int) -> str:
    """The same row of the same file under the same part is called the same, however often it is judged."""
    text = "\x1f".join((submission_id, part, sheet, str(row_number), str(row_piece)))
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def held_rows(
    rows: JudgedRows,
    index: npt.NDArray[np.int64],
    reasons: Sequence[str],
    waivable: npt.NDArray[np.bool_],
    virtual: Mapping[str, str | None],
    *,
    submission_id: str,
    source_id: str,
) -> pd.DataFrame:
    """The rows at `index` as rows of the table `held_row`; `virtual` are headings that the file says otherwise."""
    numbers, pieces = rows.shaped.row_numbers[index], pieces_of(rows.shaped.row_numbers)[index]
    part, sheet = rows.part.id, rows.shaped.sheet
    frame = pd.DataFrame(
        {
            "held_id": [
                held_id_of(submission_id, part, sheet, int(n), int(p)) for n, p in zip(numbers, pieces, strict=True)
            ],
            "submission_id": submission_id,
            "source_id": source_id,
            "part": part,
            "sheet": sheet,
            "row_number": pd.array(numbers, dtype="Int64"),
            "row_piece": pd.array(pieces, dtype="Int64"),
            "rules": list(reasons),
            "is_waivable": pd.array(waivable, dtype="boolean"),
            "cells": _cells(rows, index, virtual),
            **_markings(rows, index, reasons),
        }
    )
    return conform_types(frame, OPERATIONS["held_row"])


def _markings(rows: JudgedRows, index: npt.NDArray[np.int64], reasons: Sequence[str]) -> dict[str, Any]:
    """What each row is marked: as it says, else as its source says; a marking that cannot be read counts as the highest."""
    classification = rows.facts["classification"].iloc[index].astype("object").to_numpy()
    if rows.maps("classification"):
        typed = rows.shaped.typed(rows.field_of("classification")).iloc[index].notna().to_numpy(dtype=bool)
        is_unread = typed & np.array([any(r.startswith("value.code") for r in text.split(";")) for text in reasons])
        classification = np.where(is_unread, CLASSIFICATIONS[-1], classification)
    released = rows.facts["releasable_to"].iloc[index].astype("object").to_numpy()
    return {"classification": classification, "releasable_to": released}


def held_keys(rows: JudgedRows, index: npt.NDArray[np.int64], held_ids: Sequence[str]) -> pd.DataFrame:
    """The columns KEYS of the rows at `index`."""
    facts, raw, part = rows.facts.iloc[index], rows.shaped.raw, rows.part
    fields = {field: specs_of(part)[field].name for field in part.key}
    cells = facts[list(fields.values())]
    unread = pd.Series(False, index=facts.index)
    for field, name in fields.items():
        heading = rows.shaped.headings.get(field, field)
        if heading in raw.columns:
            unread |= facts[name].isna() & raw[heading].iloc[index].notna().to_numpy()
    scope_cells = [name for name in scope_columns(part) if name != "fact_id"]
    has_scope = facts[scope_cells].notna().all(axis=1) if scope_columns(part) != ("fact_id",) else ~unread
    texts = cells.astype("str").astype("object").where(cells.notna(), None)
    return pd.DataFrame(
        {
            "held_id": list(held_ids),
            "part": part.id,
            "scope": scopes_of(part, facts).where(has_scope).to_numpy(),
            "fact_id": facts["fact_id"].where(~unread).to_numpy(),
            "key": [json.dumps(list(row), ensure_ascii=False) for row in texts.itertuples(index=False, name=None)],
        }
    ).astype("str")


def _cells(rows: JudgedRows, index: npt.NDArray[np.int64], virtual: Mapping[str, str | None]) -> list[str]:
    """Each row as typed, and what its source reads from the name of file or sheet and from the row's number."""
    raw = rows.shaped.raw.iloc[index]
    used = {h for h in rows.shaped.headings.values() if h.startswith("@") and h not in raw.columns}
    by_heading = {h: virtual[h] for h in sorted(used) if virtual.get(h) is not None}
    names = [str(c) for c in raw.columns]
    texts = []
    for number, record in zip(rows.shaped.row_numbers[index], raw.itertuples(index=False, name=None), strict=True):
        by_name = {k: None if pd.isna(v) else str(v) for k, v in zip(names, record, strict=True)}
        by_name |= by_heading | ({"@row": str(number)} if "@row" in used else {})
        texts.append(json.dumps(by_name, ensure_ascii=False))
    return texts


def reasons_of(findings: Findings, rows: JudgedRows, index: npt.NDArray[np.int64]) -> list[str]:
    """The rules that hold each row at `index`, `;` between; a row that only the whole file holds names what holds that."""
    by_position: dict[int, set[str]] = {int(i): set() for i in index}
    whole_file = {g.rule.id for g in findings.groups if g.rule.severity == "critical"}
    for group in findings.groups:
        if group.rule.severity != "error" or group.sheet != rows.shaped.sheet:
            continue
        places = group.index if len(group.index) else np.flatnonzero(np.isin(rows.shaped.row_numbers, list(group.rows)))
        for position in places:
            if int(position) in by_position:
                by_position[int(position)].add(group.rule.id)
    return [";".join(sorted(by_position[int(i)] or whole_file)) for i in index]


def waivable_rows(rows: JudgedRows, index: npt.NDArray[np.int64], reasons: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which rows at `index` a waiver could let through: held by waivable rules alone, and with all that their table needs."""
    known = rules()
    by_rule = np.array(
        [all(r in known and known[r].is_waivable for r in text.split(";")) for text in reasons], dtype=bool
    )
    candidates = np.zeros(len(rows.facts), dtype=bool)
    candidates[index[by_rule]] = True
    if not candidates.any():
        return by_rule
    broken = check_schema(rows, ~candidates | rows.deleted).holds(rows.shaped.sheet, rows.shaped.row_numbers)
    usable: npt.NDArray[np.bool_] = by_rule & ~broken[index]
    return usable
