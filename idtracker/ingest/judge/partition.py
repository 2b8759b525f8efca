"""The rows of one file divided into accepted, held and repeated; every row is accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.judge.assessment import Assessment
from idtracker.ingest.judge.bounds import bounds_findings
from idtracker.ingest.judge.correction import LINE, OF, Lines
from idtracker.ingest.judge.held_rows import held_keys, held_rows, pieces_of, reasons_of, waivable_rows
from idtracker.ingest.judge.judged_table import Judged
from idtracker.ingest.judge.rules.incomplete import hold_incomplete
from idtracker.ingest.judge.rules.locks import Lock, hold_closed_deletions
from idtracker.ingest.judge.rules.magnitude import hold_magnitudes
from idtracker.ingest.judge.rules.removal import hold_removals
from idtracker.ingest.judge.rules.series import EarlierReports
from idtracker.model.config.source import Source
from idtracker.model.findings import Findings
from idtracker.model.text import select

_LARGE = 100_000


def partition_rows(
    result: Assessment, judged: list[Judged], source: Source, history: EarlierReports, locks: Sequence[Lock]
) -> None:
    """Divide the rows into those to accept, held and repeated; above the bound of held rows nothing of the file is used.

    The bounds of a source are about whole files, and what they take away; a correction holds as many rows as were wrong.
    """
    across_sheets(result.findings, judged)
    result.findings.extend(hold_closed_deletions(judged, history, locks))
    result.rows_read += sum(len(j.rows.facts) for j in judged)
    if not result.is_correction:
        held = sum(int(j.held.sum()) for j in judged)
        is_nil = any(g.rule.id == "file.nil" for g in result.findings.groups)
        facts = [j.rows.facts for j in judged]
        result.findings.extend(bounds_findings(source, facts, result.rows_read, held, says_nothing=is_nil))
        if any(g.rule.id == "file.none_left" for g in result.findings.groups):
            result.findings.groups = [g for g in result.findings.groups if g.rule.id != "file.no_rows"]
        if not result.findings.is_critical:
            result.findings.extend(hold_removals(judged, source, history))
            result.findings.extend(hold_magnitudes(judged, history))
            hold_incomplete(judged, result.findings)
    is_refused = result.findings.is_critical
    for j in judged:
        if is_refused:
            j.held = np.ones(len(j.held), dtype=bool)
        j.repeated = j.repeated & ~j.held
        result.rows_repeated += int(j.repeated.sum())
        _keep_held(result, j)
        if j.lines is not None:
            result.lines = pd.concat([result.lines, _fates(result, j, j.lines)], ignore_index=True)


def _keep_held(result: Assessment, judged: Judged) -> None:
    index = np.flatnonzero(judged.held)
    if not len(index):
        return
    reasons = reasons_of(result.findings, judged.rows, index)
    waivable = waivable_rows(judged.rows, index, reasons)
    frame = held_rows(
        judged.rows,
        index,
        reasons,
        waivable,
        judged.virtual,
        submission_id=result.submission_id,
        source_id=result.source_id,
    )
    if judged.lines is not None:
        frame[OF] = judged.lines.frame[OF].iloc[index].set_axis(frame.index).astype(frame[OF].dtypes)
    result.held = pd.concat([result.held, frame], ignore_index=True)
    keys = held_keys(judged.rows, index, frame["held_id"].tolist())
    result.held_keys = pd.concat([result.held_keys, keys], ignore_index=True)
    if waivable.any():
        mask = np.zeros(len(judged.held), dtype=bool)
        mask[index[waivable]] = True
        facts, pieces = judged.rows.facts.copy(deep=False), pieces_of(judged.rows.shaped.row_numbers)
        _add(result.waivable, judged.rows.part.id, facts, pieces, mask)


def accept(result: Assessment, judged: list[Judged]) -> None:
    """Keep the facts of the rows neither held nor repeated.

    Each table is taken out of `judged` and each column out of its facts, so that no file lies in memory twice.
    """
    while judged:
        table = judged.pop(0)
        part, facts, mask = table.rows.part.id, table.rows.facts, ~table.held & ~table.repeated
        pieces = pieces_of(table.rows.shaped.row_numbers)
        del table
        _add(result.facts, part, facts, pieces, mask)


def _add(
    to: dict[str, pd.DataFrame],
    part: str,
    facts: pd.DataFrame,
    pieces: npt.NDArray[np.int64],
    mask: npt.NDArray[np.bool_],
) -> None:
    """Move the facts of the mask to those of their part, each with which row of its file row it is.

    Column by column only where memory is at stake: for a small table that takes longer than all columns at once.
    """
    if len(facts) < _LARGE:
        chosen = facts[mask].reset_index(drop=True)
    else:
        columns = {name: select(facts.pop(name), mask) for name in list(facts.columns)}
        chosen = pd.DataFrame(columns, copy=False)
    chosen = chosen.assign(row_piece=pieces[mask])
    to[part] = pd.concat([to[part], chosen], ignore_index=True) if part in to else chosen


def _fates(result: Assessment, judged: Judged, lines: Lines) -> pd.DataFrame:
    """One row per line: where it stands, which row it replaces and what became of it."""
    fate = np.select([judged.held, judged.repeated], ["held", "repeated"], "accepted")
    return line_frame(result.submission_id, judged.rows.part.id, judged.rows.shaped.sheet, judged.rows.shaped.row_numbers, lines, fate)  # fmt: skip


def line_frame(
    submission_id: str,
    part: str,
    sheet: str,
    numbers: npt.NDArray[np.int64],
    lines: Lines,
    fate: npt.NDArray[np.str_] | str,
) -> pd.DataFrame:
    """Rows with the columns LINE; a line that names no row on record stands for itself."""
    frame = lines.frame[OF].reset_index(drop=True)
    own: dict[str, Any] = {"submission_id": submission_id, "sheet": sheet, "row_number": numbers, "row_piece": 0}
    is_known = frame[OF[0]].notna()
    frame["part"], frame["fate"] = part, fate
    for name, value in own.items():
        frame[name] = value
        frame[f"of_{name}"] = frame[f"of_{name}"].astype("object").where(is_known, frame[name].astype("object"))
    return frame[LINE]


def across_sheets(findings: Findings, judged: list[Judged]) -> None:
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
            on_sheet = live["sheet_number"] == n
            repeated = pd.Series(
                j.rows.facts.index.isin(live.index[on_sheet & again & ~clash]), index=j.rows.facts.index
            )
            clashing = pd.Series(j.rows.facts.index.isin(live.index[on_sheet & clash]), index=j.rows.facts.index)
            if repeated.any():
                j.rows.report_repeats(findings, repeated.to_numpy(dtype=bool))
            j.rows.report(findings, "row.duplicate_key", clashing, "fact_id", **j.rows.key_details())
            j.repeated = j.repeated | repeated.to_numpy(dtype=bool)
            j.held = j.held | clashing.to_numpy(dtype=bool)
