"""Rows by which a source says that a record is deleted: a flag in the row, or a log that holds nothing but keys.

Such a row needs its key alone. It takes the record out of force when its file arrives; what was known before stays known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.judge.definition import specs_of
from idtracker.ingest.judge.judged_table import Judged
from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Part, Source
from idtracker.model.findings import Findings, Group
from idtracker.model.text import fold

Mask = npt.NDArray[np.bool_]
_Cell = TypeVar("_Cell")

IS_DELETED = "is_deleted"
"""Column of the facts of a part whose records can be deleted: whether the row says so of its own."""
_OF_A_DELETED_RECORD = "deleted"
_ALWAYS_TOLD = ("period.locked",)


def has_deletions(part: Part, source: Source) -> bool:
    """Whether rows of a part can be deleted, by a flag or by a log."""
    return part.deleted is not None or any(other.deletes == part.id for other in source.parts)


def judged_part(part: Part, source: Source) -> Part:
    """The part as its rows are judged and kept: those of a log of deletions belong to the part that it deletes from."""
    if part.deletes is None:
        return part
    target = next(p for p in source.parts if p.id == part.deletes)
    return part.model_copy(update={"name": target.id, "revision": target.revision, "scope": target.scope})


def deleted_rows(shaped: Shaped, part: Part) -> Mask:
    """The rows that say that their record is deleted."""
    if part.deletes is not None:
        return np.ones(len(shaped.frame), dtype=bool)
    if part.deleted is None:
        return np.zeros(len(shaped.frame), dtype=bool)
    wanted = {fold(value) for value in part.deleted.texts}
    heading = next((h for h in shaped.raw.columns if fold(str(h)) == fold(part.deleted.heading)), None)
    if heading is None:
        shaped.findings.add("heading.missing_optional", sheet=shaped.sheet, column=part.deleted.heading)
        return np.zeros(len(shaped.frame), dtype=bool)
    cells = shaped.raw[heading]
    fits = {text: fold(str(text)) in wanted for text in cells.dropna().unique()}
    return np.asarray(cells.map(fits).fillna(False).to_numpy(), dtype=bool)


def marked(facts: pd.DataFrame, part: Part, source: Source, deleted: Mask) -> pd.DataFrame:
    """The facts, with the column IS_DELETED where rows of the part can be deleted; a row that deletes says nothing else."""
    if not has_deletions(part, source):
        return facts
    content = facts["content_hash"].mask(deleted, _OF_A_DELETED_RECORD)
    return facts.assign(content_hash=content, **{IS_DELETED: deleted})


def still_said(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts without rows that delete."""
    return facts[~facts[IS_DELETED].to_numpy(dtype=bool)] if IS_DELETED in facts else facts


def of_keys(findings: Findings, rows: JudgedRows) -> Findings:
    """The findings without what is said of deleted rows beside their key, for nothing else of them is used; a key must be there."""
    deleted, shaped, part = rows.deleted, rows.shaped, rows.part
    if not deleted.any():
        return findings
    keys = {heading for field in part.key for heading in shaped.headings_of(field)}
    numbers = set(shaped.row_numbers[deleted].tolist())
    kept = (
        g if g.column in keys or g.rule.id in _ALWAYS_TOLD or not len(g.rows) else _without(g, deleted, numbers)
        for g in findings.groups
    )
    settled = Findings([g for g in kept if g is not None])
    _check_keys(settled, rows)
    return settled


def _without(group: Group, deleted: Mask, numbers: set[int]) -> Group | None:
    if len(group.index):
        keep = [n for n, place in enumerate(group.index) if not deleted[place]]
    else:
        keep = [n for n, row in enumerate(group.rows) if row not in numbers]
    if not keep or len(keep) == len(group.rows):
        return group if keep else None
    return replace(
        group,
        rows=_picked(group.rows, keep),
        values=_picked(group.values, keep),
        suggestions=_picked(group.suggestions, keep),
        index=_picked(group.index, keep),
    )


def _picked(cells: Sequence[_Cell], keep: Sequence[int]) -> list[_Cell]:
    return [cells[n] for n in keep] if len(cells) else []


def _check_keys(findings: Findings, rows: JudgedRows) -> None:
    """Report rows that delete and lack what their key needs."""
    specs = [specs_of(rows.part)[field] for field in rows.part.key]
    is_empty = rows.facts[[spec.name for spec in specs]].isna()
    for spec in specs:
        lacks = is_empty[spec.name] if spec.is_required or len(specs) == 1 else is_empty.all(axis=1)
        rows.report(findings, "value.required", lacks & rows.deleted, spec.name)


def report_unknown(findings: Findings, table: Judged, known: set[str]) -> None:
    """Say which rows delete a record that the source never reported."""
    facts = table.rows.facts
    if IS_DELETED in facts:
        unknown = facts[IS_DELETED] & ~facts["fact_id"].isin(known) & ~table.held
        table.rows.report(findings, "row.deleted_unknown", unknown, "fact_id", **table.rows.key_details())
