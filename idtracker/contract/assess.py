"""One file judged: read, shaped, resolved, conformed, held against the rules; every row accounted for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.catalog.source import Part, Source
from idtracker.contract.catalogue import Catalogue
from idtracker.contract.conform import to_facts
from idtracker.contract.cross import check_cross, check_references
from idtracker.contract.definition import codelists_of, kinds_of
from idtracker.contract.history import check_history
from idtracker.contract.judge import bounds_findings, looks_like
from idtracker.contract.rules import Rows, check_duplicates, check_rows, check_schema
from idtracker.contract.series import History
from idtracker.contract.tables import FACTS, OPERATIONS, columns_of, empty_frame
from idtracker.findings import Findings, Group
from idtracker.read import read
from idtracker.read.raw import RawTable
from idtracker.resolve import Names, Register, resolve
from idtracker.shape import Shaped, shape

Verdict = Literal["accepted", "partly_accepted", "held", "rejected"]


@dataclass(slots=True)
class Assessment:
    """What one file says and what is wrong with it.

    `facts` holds the accepted rows per part (canonical columns but those of the store); `held` the rows held back with
    their reasons; `rows_repeated` rows that repeat another row of the file. rows_read = accepted + held + repeated.
    """

    source_id: str
    submission_id: str
    file_name: str
    facts: dict[str, pd.DataFrame] = field(default_factory=dict)
    held: pd.DataFrame = field(default_factory=lambda: empty_frame(OPERATIONS["held_row"]))
    findings: Findings = field(default_factory=Findings)
    rows_read: int = 0
    rows_repeated: int = 0

    @property
    def rows_held(self) -> int:
        return len(self.held)

    @property
    def rows_accepted(self) -> int:
        return sum(len(f) for f in self.facts.values())

    @property
    def verdict(self) -> Verdict:
        if self.findings.is_critical:
            return "held" if self.rows_read else "rejected"
        if not self.rows_held:
            return "accepted"
        return "partly_accepted" if self.rows_accepted else "held"


@dataclass(slots=True)
class _Judged:
    """Rows of one sheet with the mask of those held and those repeated."""

    rows: Rows
    held: npt.NDArray[np.bool_]
    repeated: npt.NDArray[np.bool_]


def assess(
    content: bytes,
    file_name: str,
    source: Source,
    catalogue: Catalogue,
    *,
    submission_id: str,
    received_at: pd.Timestamp,
    history: History | None = None,
) -> Assessment:
    """Judge the bytes of one file as a report of `source`. Bad input becomes findings, never an exception.

    `catalogue` holds what it is judged by: register, reviewed names, limits, and the sources that a misdirected file
    may have been meant for; `source` need not be one of them. `history` is what the source said before; left out, its
    rules are not applied. It brings warnings only: facts and held rows are the same without it.
    """
    result = Assessment(source.id, submission_id, file_name)
    reading = read(content, file_name, source, catalogue.programme.limits)
    result.findings.extend(reading.findings)
    if reading.findings.is_critical:
        return result
    desk = _Desk(
        source,
        catalogue.register,
        catalogue.names_of(source.id),
        file_name,
        submission_id,
        received_at,
        reading.findings,
    )
    judged = [
        desk.judge(table, part, _readers_of(table.sheet, part, source, reading.tables))
        for part in source.parts
        for table in reading.tables.get(part.id, [])
    ]
    for table in judged:
        result.findings.extend(table.findings)
    if result.findings.is_critical:
        looks_like(
            result.findings, [t for tables in reading.tables.values() for t in tables], source, catalogue.sources
        )
        return result
    rows = [j for table in judged for j in table.rows]
    _settle(result, rows, source)
    if not result.findings.is_critical:
        result.findings.extend(_compared(rows, source, history or History()))
    return result


@dataclass(frozen=True, slots=True)
class _Table:
    """What became of one table of the file: its findings, and its rows unless the table is unusable."""

    findings: Findings
    rows: list[_Judged]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every table of one file is judged by."""

    source: Source
    register: Register
    names: Names
    file_name: str
    submission_id: str
    received_at: pd.Timestamp
    reading: Findings

    def judge(self, table: RawTable, part: Part, others: list[Part]) -> _Table:
        """Shape, resolve and conform one table and hold it against every rule; `others` read the same sheet."""
        kinds = kinds_of(part)
        shaped: Shaped = shape(table, part, self.source.format, kinds, self.file_name, self.source.received, others)
        found = Findings(shaped.findings.groups if self.source.format.kind != "iati" else _reported(shaped.findings))
        if found.is_critical:
            return _Table(found.on_sheet(table.sheet), [])
        resolved = resolve(shaped, part, kinds, self.register, self.names, codelists_of(part), self.source.publisher)
        found.extend(resolved.findings)
        numbers = shaped.row_numbers
        facts = to_facts(
            resolved.frame, part, self.source, submission_id=self.submission_id, sheet=table.sheet, row_numbers=numbers
        )
        rows = Rows(facts, shaped, part)
        found.extend(check_rows(rows, self.register.indicators, self.received_at))
        found = found.on_sheet(table.sheet)
        torn = self.reading.holds(table.sheet, numbers)
        found.extend(check_schema(rows, torn | found.holds(table.sheet, numbers)))
        found.extend(check_cross(rows, torn | found.holds(table.sheet, numbers), self.register.indicators))
        duplicates, repeated = check_duplicates(rows, torn | found.holds(table.sheet, numbers))
        found.extend(duplicates)
        return _Table(found, [_Judged(rows, torn | found.holds(table.sheet, numbers), repeated)])


def _reported(findings: Findings) -> list[Group]:
    """Headings of IATI sections are ours, not the sender's: one that a source leaves out is nobody's mistake."""
    return [g for g in findings.groups if not g.rule.id.startswith(("heading.unmapped", "heading.missing_optional"))]


def _readers_of(sheet: str, part: Part, source: Source, tables: Mapping[str, list[RawTable]]) -> list[Part]:
    """Other parts that read the same sheet: their headings are known."""
    return [p for p in source.parts if p is not part and any(t.sheet == sheet for t in tables.get(p.id, []))]


def _settle(result: Assessment, judged: list[_Judged], source: Source) -> None:
    """Divide the rows into accepted, held and repeated; above the bound of held rows nothing of the file is used."""
    _across_sheets(result.findings, judged)
    result.rows_read = sum(len(j.rows.facts) for j in judged)
    held = sum(int(j.held.sum()) for j in judged)
    result.findings.extend(bounds_findings(source, [j.rows.facts for j in judged], result.rows_read, held))
    is_refused = result.findings.is_critical
    result.rows_repeated = 0 if is_refused else sum(int((j.repeated & ~j.held).sum()) for j in judged)
    held_frames = [_held(result, j, everything=is_refused) for j in judged if is_refused or j.held.any()]
    result.held = pd.concat([result.held, *held_frames], ignore_index=True) if held_frames else result.held
    for j in judged:
        if not is_refused:
            accepted = j.rows.facts[~j.held & ~j.repeated].reset_index(drop=True)
            earlier = result.facts.get(j.rows.part.id)
            frames = accepted if earlier is None else pd.concat([earlier, accepted], ignore_index=True)
            result.facts[j.rows.part.id] = frames


def _across_sheets(findings: Findings, judged: list[_Judged]) -> None:
    """The rule on repeated keys between sheets that feed one part; the masks of `judged` are brought up to date."""
    for part_id in dict.fromkeys(j.rows.part.id for j in judged):
        sheets = [j for j in judged if j.rows.part.id == part_id]
        if len(sheets) < 2:
            continue
        live = pd.concat(
            [
                j.rows.facts.loc[~j.held & ~j.repeated, ["fact_id", "content_hash"]].assign(sheet_number=n)
                for n, j in enumerate(sheets)
            ]
        )
        again = live.duplicated(["fact_id", "content_hash"])
        clash = live["fact_id"].isin(live.loc[~again & live.duplicated("fact_id"), "fact_id"])
        for n, j in enumerate(sheets):
            mine = live["sheet_number"] == n
            repeated = pd.Series(j.rows.facts.index.isin(live.index[mine & again & ~clash]), index=j.rows.facts.index)
            clashing = pd.Series(j.rows.facts.index.isin(live.index[mine & clash]), index=j.rows.facts.index)
            j.rows.report(findings, "row.duplicate", repeated, "fact_id")
            j.rows.report(findings, "row.duplicate_key", clashing, "fact_id", **j.rows.key_details())
            j.repeated = j.repeated | repeated.to_numpy(dtype=bool)
            j.held = j.held | clashing.to_numpy(dtype=bool)


def _compared(judged: list[_Judged], source: Source, history: History) -> Findings:
    """What does not go with the other tables of the file, or with what the source said before."""
    tables = [(j.rows, ~(j.held | j.repeated)) for j in judged]
    sent = frozenset(j.rows.part.feeds for j in judged if len(j.rows.facts))
    findings = check_references(tables, sent, history.identifiers(source.parts))
    for rows, live in tables:
        findings.extend(check_history(rows, live, history))
    return findings


def _held(result: Assessment, judged: _Judged, *, everything: bool) -> pd.DataFrame:
    rows = judged.rows
    mask = np.ones(len(judged.held), dtype=bool) if everything else judged.held
    index = np.flatnonzero(mask)
    reasons = _reasons(result.findings, rows, index)
    raw = rows.shaped.raw.iloc[index]
    cells = [
        json.dumps(
            {str(k): None if pd.isna(v) else str(v) for k, v in zip(raw.columns, record, strict=True)},
            ensure_ascii=False,
        )
        for record in raw.itertuples(index=False, name=None)
    ]
    frame = pd.DataFrame(
        {
            "submission_id": result.submission_id,
            "source_id": result.source_id,
            "part": rows.part.id,
            "sheet": rows.shaped.sheet,
            "row_number": pd.array(rows.shaped.row_numbers[index], dtype="Int64"),
            "rules": reasons,
            "cells": cells,
        }
    )
    return frame.astype({c.name: "str" for c in columns_of(OPERATIONS["held_row"]) if c.kind == "text"})


def _reasons(findings: Findings, rows: Rows, index: npt.NDArray[np.int64]) -> list[str]:
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


def fact_models(source: Source) -> dict[str, str]:
    """Part id -> canonical table it feeds."""
    return {part.id: part.feeds for part in source.parts if part.feeds in FACTS}
