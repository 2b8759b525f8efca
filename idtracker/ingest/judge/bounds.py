"""What is usual for a file of a source, and which source a misdirected file was meant for."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from idtracker.ingest.judge.definition import specs_of
from idtracker.ingest.read.raw import RawTable
from idtracker.model.config.source import Source
from idtracker.model.findings import Findings


def bounds_findings(
    source: Source, frames: list[pd.DataFrame], rows_read: int, rows_held: int, says_nothing: bool = False
) -> Findings:
    """Rows, fill rates and held rate against the bounds that the source declares; `says_nothing`: in words of its own."""
    findings, bounds = Findings(), source.bounds
    if bounds.rows is None and not rows_read and not says_nothing:
        findings.add("file.no_rows")
    if bounds.rows is not None and not says_nothing:
        fewest, most = bounds.rows
        if rows_read < fewest:
            findings.add("bounds.rows_few", found=rows_read, expected=fewest)
        if most is not None and rows_read > most:
            findings.add("bounds.rows_many", found=rows_read, expected=most)
    for field, least in bounds.filled.items():
        share = _filled(source, frames, field)
        if share is not None and share < least:
            findings.add("bounds.filled", column=field, found=f"{share:.0%}", expected=f"{least:.0%}")
    if bounds.held_rate is not None and rows_read and rows_held / rows_read > bounds.held_rate:
        findings.add("bounds.held_rate", found=f"{rows_held / rows_read:.0%}", expected=f"{bounds.held_rate:.0%}")
    return findings


def _filled(source: Source, frames: list[pd.DataFrame], field: str) -> float | None:
    column = next((specs[field].name for specs in map(specs_of, source.parts) if field in specs), None)
    cells = [f[column] for f in frames if column in f]
    total = sum(len(c) for c in cells)
    return sum(int(c.notna().sum()) for c in cells) / total if total else None


def looks_like(findings: Findings, tables: list[RawTable], source: Source, others: Mapping[str, Source]) -> None:
    """Where headings are missing and another source knows nearly all of them, say which one the file was meant for."""
    if not any(g.rule.id == "heading.missing" for g in findings.groups):
        return
    headings = {h.strip().casefold() for t in tables for h in t.headings}
    if not headings:
        return
    own = _share_known(source, headings)
    shares = {s.id: _share_known(s, headings) for s in others.values() if s.id != source.id}
    best = max(shares, key=lambda k: (shares[k], k), default=None)
    if best is not None and shares[best] >= 0.8 and shares[best] > own:
        findings.groups = [g for g in findings.groups if not g.rule.id.startswith("heading.")]
        findings.add("file.other_source", suggestion=best)


def _share_known(source: Source, headings: set[str]) -> float:
    """Share of the source's mapped headings that the file has."""
    best = 0.0
    for part in source.parts:
        wanted = [c for c in part.columns if c.constant is None and not c.headings[0].startswith("@")]
        if wanted:
            best = max(best, sum(any(h.casefold() in headings for h in c.headings) for c in wanted) / len(wanted))
    return best
