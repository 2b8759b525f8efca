"""Corrections: held rows that come back in the workbook they were exported to, as lines that replace the rows they name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.ingest.read.formats.table import stamped_members
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.reading import read
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Layout, Part, Source
from idtracker.model.findings import Findings
from idtracker.model.messages import LANGS, Lang, phrase

KIND = "correction"
PLACE = ["submission_id", "sheet", "row_number", "row_piece"]
OF = [f"of_{name}" for name in PLACE]
LINE = ["part", *PLACE, *OF, "fate"]
REFERENCE = ("submission", "sheet", "row", "leave_out", "reasons")
"""Columns of a correction that say which row a line is about, by the names of their headings."""
_LONGEST_TITLE = 31
_ROW = r"^(\d{1,15})(?:\.0)?(?:/(\d{1,9}))?$"
_NO = frozenset({"", "no", "n", "0", "false", "لا"})

CorrectionContext = Callable[[Collection[str], pd.Timestamp], pd.DataFrame]
"""(submissions, moment) -> their rows as they stood just before it, with the columns of `known_frame`.

`root_…` is the row of the first file that a row is about (itself, unless it came in a correction); `row_state` is
`held`, `used`, `closed`, or `stray` where a line of a correction named no row; `fact_id` and `content_hash` are given for rows in use.
"""


_TYPES = {
    "part": "str", "submission_id": "str", "sheet": "str", "row_number": "Int64", "row_piece": "Int64",
    "root_submission_id": "str", "root_sheet": "str", "root_row_number": "Int64", "root_row_piece": "Int64",
    "row_state": "str", "fact_id": "str", "content_hash": "str",
}  # fmt: skip


def heading_of(name: str, lang: Lang) -> str:
    """How a column of the reference is headed."""
    return phrase("ingest/judge/correction", name, lang)


def known_frame(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a record with every column, each by its type."""
    return rows.reindex(columns=list(_TYPES)).astype(_TYPES)


def nothing_known(submissions: Collection[str], before: pd.Timestamp) -> pd.DataFrame:
    """The record of a home that never received anything."""
    return known_frame(pd.DataFrame())


@dataclass(frozen=True, slots=True)
class Correction:
    """A workbook of corrections: its source as such a workbook holds it, its tables, and the row that each line names.

    `references` runs parallel to the tables of each part: columns submission, sheet, row, leave_out, reasons as typed.
    """

    source: Source
    reading: Reading
    references: dict[str, list[pd.DataFrame]] = field(default_factory=dict)

    @property
    def submissions(self) -> list[str]:
        """Submissions that any line names."""
        frames = [f["submission"].dropna() for tables in self.references.values() for f in tables]
        return sorted({str(s).strip() for f in frames for s in f} - {""})


def sheet_titles(source: Source) -> dict[str, str]:
    """Part id -> title of its sheet in a workbook of corrections."""
    return {
        part.id: part.id if len(part.id) <= _LONGEST_TITLE else f"{part.id[: _LONGEST_TITLE - 3]}~{number}"
        for number, part in enumerate(source.parts, start=1)
    }


def row_text(row_number: int, row_piece: int) -> str:
    """A row as a person reads it: `12`, or `12/2` for the second of the rows made of row 12."""
    return f"{row_number}/{row_piece + 1}" if row_piece else str(row_number)


def as_correction(content: bytes, file_name: str, source: Source, limits: Limits | None) -> Correction | None:
    """The file as a workbook of corrections; None where it bears no such stamp.

    A workbook that was exported for another source has no tables and a critical finding that names that source.
    """
    if not content.startswith(b"PK") or not any(name.encode() in content for name in stamped_members()):
        return None
    plain = _plain_source(source)
    reading = read(content, file_name, plain, limits)
    if reading.stamp.get("kind") != KIND:
        return None
    meant_for = reading.stamp.get("source", "")
    if meant_for != source.id:
        findings = Findings()
        findings.add("file.other_source", suggestion=meant_for)
        return Correction(plain, Reading({}, findings, reading.stamp))
    tables: dict[str, list[RawTable]] = {}
    references: dict[str, list[pd.DataFrame]] = {}
    for part_id, part_tables in reading.tables.items():
        divided = [_divide(table) for table in part_tables]
        tables[part_id] = [table for table, _ in divided]
        references[part_id] = [reference for _, reference in divided]
    return Correction(plain, Reading(tables, reading.findings, reading.stamp), references)


def _plain_source(source: Source) -> Source:
    """The source as a workbook of corrections holds it: a sheet per part, one heading row, long and undivided rows."""
    titles = sheet_titles(source)
    parts = [_plain_part(part, titles[part.id]) for part in source.parts]
    kind = source.format.model_copy(update={"kind": "xlsx"})
    plain = source.model_copy(update={"parts": parts, "format": kind})
    return plain.located(source.id, source.folder, source.fingerprint)


def _plain_part(part: Part, title: str) -> Part:
    columns = [c.model_copy(update={"split": None}) for c in part.columns]
    layout = Layout(sheet=title, header_rows=[1], data_row=2)
    ignore = [*part.ignore, *(heading_of(name, lang) for name in REFERENCE for lang in LANGS)]
    return part.model_copy(
        update={"columns": columns, "layout": layout, "unpivot": None, "optional": True, "ignore": ignore, "where": {}}
    )


def _divide(table: RawTable) -> tuple[RawTable, pd.DataFrame]:
    """The data of a sheet, and the columns that say which row each line is about."""
    headings = {name: [heading_of(name, lang) for lang in LANGS] for name in REFERENCE}
    headings_present = {name: next((t for t in texts if t in table.cells), None) for name, texts in headings.items()}
    empty = pd.Series(None, index=table.cells.index, dtype="str")
    reference = pd.DataFrame({name: empty if h is None else table.cells[h] for name, h in headings_present.items()})
    data = table.cells.drop(columns=[h for h in headings_present.values() if h is not None])
    positions = {h: p for h, p in table.positions.items() if h in data}
    stored = table.stored.only(positions)
    return replace(table, cells=data, positions=positions, stored=stored), reference.reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one table of a correction against the record: what each is about, and what else is in use there.

    `frame` has the columns OF (the row of the first file, missing where it is unknown), `place` (as named), `row_state`,
    `is_left_out`, `fact_id` and `content_hash` of what is in use. `used` are other rows in use of the same submissions.
    """

    frame: pd.DataFrame
    used: pd.DataFrame

    def of(self, mask: npt.NDArray[np.bool_]) -> Lines:
        """Some of the lines."""
        return Lines(self.frame[mask].reset_index(drop=True), self.used)


def lines_of(reference: pd.DataFrame, part: Part, known: pd.DataFrame) -> Lines:
    """Find the row that each line names."""
    typed = {name: reference[name].fillna("").astype("str").str.strip() for name in ("submission", "sheet", "row")}
    numbers = typed["row"].str.extract(_ROW)
    named = pd.DataFrame(
        {
            "submission_id": typed["submission"],
            "sheet": typed["sheet"],
            "row_number": pd.to_numeric(numbers[0]).astype("Int64"),
            "row_piece": pd.to_numeric(numbers[1]).astype("Int64").fillna(1) - 1,
        }
    )
    own = known[known["part"] == part.id]
    own = own.assign(sheet=own["sheet"].fillna("").str.strip()).drop_duplicates(PLACE)
    matched = named.merge(own, on=PLACE, how="left")
    matched[OF] = matched[[f"root_{name}" for name in PLACE]]
    texts = pd.DataFrame(typed).replace("", None)
    matched["place"] = [", ".join(t for t in row if isinstance(t, str)) or "—" for row in texts.itertuples(index=False)]
    matched["is_left_out"] = ~reference["leave_out"].fillna("").astype("str").str.strip().str.casefold().isin(_NO)
    named_roots = pd.MultiIndex.from_frame(matched.loc[matched["row_state"].notna(), OF])
    is_named = pd.MultiIndex.from_frame(own[[f"root_{name}" for name in PLACE]]).isin(named_roots)
    used = own[own["fact_id"].notna().to_numpy() & ~is_named]
    return Lines(matched[[*OF, "place", "row_state", "is_left_out", "fact_id", "content_hash"]], used)


def left_out(table: RawTable, lines: Lines) -> tuple[RawTable, Findings]:
    """The table without the lines that are marked to be left out, and a finding for each of those."""
    mask = lines.frame["is_left_out"].to_numpy(dtype=bool)
    findings = Findings()
    _report(findings, table.sheet, table.row_numbers, lines.frame, "held.left_out", mask)
    remaining = table.cells[~mask].reset_index(drop=True)
    rows = {"cells": remaining, "row_numbers": table.row_numbers[~mask], "stored": table.stored.take(~mask)}
    return replace(table, **rows), findings


def weigh(rows: JudgedRows, lines: Lines, faulty: npt.NDArray[np.bool_]) -> tuple[Findings, npt.NDArray[np.bool_]]:
    """Hold the lines of a table against the record: findings, and the mask of lines that say nothing new.

    `faulty` are rows that a rule about their content holds.
    """
    findings, frame, sheet, numbers = Findings(), lines.frame, rows.shaped.sheet, rows.shaped.row_numbers
    known = (frame["row_state"].notna() & (frame["row_state"] != "stray")).to_numpy(dtype=bool)
    several = frame[OF].duplicated(keep=False).to_numpy() & known
    sound = known & ~several & ~faulty
    same = (frame["fact_id"].array == rows.facts["fact_id"].array) & (
        frame["content_hash"].array == rows.facts["content_hash"].array
    )
    repeated = sound & pd.array(same, dtype="boolean").to_numpy(dtype=bool, na_value=False)
    released = sound & ~repeated & (frame["row_state"] != "held").to_numpy(dtype=bool)
    for rule_id, mask in (
        ("held.unknown_row", ~known),
        ("held.same_row", several),
        ("held.repeated", repeated),
        ("held.released", released),
    ):
        _report(findings, sheet, numbers, frame, rule_id, mask)
    return findings, repeated | _clashes(rows, lines, findings, sound & ~repeated)


def _clashes(
    rows: JudgedRows, lines: Lines, findings: Findings, judged: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Keys that another row in use of the same submission has: equal content repeats it, other content is held."""
    key = ["root_submission_id", "fact_id"]
    used = lines.used[[*key, "content_hash"]].drop_duplicates(key)
    pairs = pd.DataFrame({key[0]: lines.frame[OF[0]].array, key[1]: rows.facts["fact_id"].array})
    other = pairs.merge(used, on=key, how="left")["content_hash"]
    is_there = other.notna().to_numpy() & judged
    same: npt.NDArray[np.bool_] = is_there & (
        other.astype("object").to_numpy() == rows.facts["content_hash"].astype("object").to_numpy()
    )
    index = rows.facts.index
    if same.any():
        rows.report_repeats(findings, same)
    rows.report(
        findings, "row.duplicate_key", pd.Series(is_there & ~same, index=index), "fact_id", **rows.key_details()
    )
    return same


def _report(
    findings: Findings,
    sheet: str,
    numbers: npt.NDArray[np.int64],
    frame: pd.DataFrame,
    rule_id: str,
    mask: npt.NDArray[np.bool_],
) -> None:
    """Report a rule at the reference of each line of the mask; a line per place, which the message names."""
    for position in np.flatnonzero(mask).tolist():
        place = str(frame["place"].iat[position])
        at = {"rows": [int(numbers[position])], "index": [position], "values": [place]}
        findings.add(rule_id, sheet=sheet, column=heading_of("row", "en"), place=place, **at)  # type: ignore[arg-type]
