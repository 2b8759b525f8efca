"""What rows about the work itself are marked: as the rows of the files that they speak of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from idtracker.ingest.judged.archive import is_readable
from idtracker.model.home import Home
from idtracker.model.marking import HIGHEST, Marking, marking_of, united
from idtracker.store.connection import registered
from idtracker.store.tables import quoted_list, read_table

_MARKS = ["classification", "releasable_to"]
_ROW = ["submission_id", "sheet", "row_number"]


@dataclass(frozen=True, slots=True)
class Markings:
    """The marking of everything that was received, by submission, held row and source, and of all of it."""

    by_subject: Mapping[str, Marking]
    everything: Marking

    def mark(self, frame: pd.DataFrame, subjects: pd.Series | None = None) -> pd.DataFrame:
        """The frame marked by the subject of each row; where there is none, or it is not known, as everything is."""
        named = [None] * len(frame) if subjects is None else subjects.tolist()
        return with_markings(frame, [self.by_subject.get(str(name), self.everything) for name in named])


def with_markings(frame: pd.DataFrame, markings: Iterable[Marking]) -> pd.DataFrame:
    """The frame with the marking of each of its rows."""
    pairs = [(m.classification, m.releasable_to) for m in markings]
    columns = pd.DataFrame(pairs, index=frame.index, columns=_MARKS, dtype="object")
    return frame.assign(**{name: columns[name] for name in _MARKS})


def mark_operations(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    frames: Mapping[str, pd.DataFrame],
    handling: Mapping[str, Marking],
) -> dict[str, pd.DataFrame]:
    """Tables about the submissions of some sources, marked. `handling` says how the rows of each source are marked.

    A submission is marked as its source and every row of it; a finding as the rows at its place, else as its submission.
    """
    held, submissions, findings = frames["held_row"], frames["submission"], frames["finding"]
    files = [
        path
        for source_id in submissions["source_id"].unique()
        for path in sorted((home.accepted / str(source_id)).glob("[!.]*/facts-*.parquet"))
        if is_readable(path)
    ]
    accepted = _distinct(connection, files, ["submission_id"])
    rows = pd.concat([accepted, held[["submission_id", *_MARKS]].drop_duplicates()])
    own = _united_by(rows, ["submission_id"])
    pairs = zip(submissions["submission_id"].tolist(), submissions["source_id"].tolist(), strict=True)
    whole = {
        submission: handling[source].with_other(own[submission]) if submission in own else handling[source]
        for submission, source in pairs
    }
    placed = findings.loc[findings["row"].notna(), ["submission_id", "sheet", "row"]].rename(
        columns={"row": "row_number"}
    )
    at_place: pd.DataFrame = pd.concat([_distinct(connection, files, _ROW, placed), held[[*_ROW, *_MARKS]]])
    by_place = _united_by(at_place.fillna({"sheet": ""}), _ROW)
    places = zip(*(findings[c].tolist() for c in ("submission_id", "sheet", "row")), strict=True)
    of_finding = [
        by_place.get((s, "" if pd.isna(sheet) else sheet, None if pd.isna(row) else int(row)), whole.get(s, HIGHEST))
        for s, sheet, row in places
    ]
    marked = {"held_row": held, "finding": with_markings(findings, of_finding)}
    for name in ("submission", "submission_state", "waiver"):
        of_rows = [whole.get(submission, HIGHEST) for submission in frames[name]["submission_id"].tolist()]
        marked[name] = with_markings(frames[name], of_rows)
    return {name: marked[name] for name in frames}


def kept_markings(connection: duckdb.DuckDBPyConnection, with_held_rows: bool = False) -> Markings:
    """The markings that the table `submission`, and `held_row` if asked for, keep; beside them that of the programme counts."""
    programme = [marking_of(*pair) for pair in _pairs(read_table(connection, "method"))]
    submissions = read_table(connection, "submission")
    by_source = _united_by(submissions, ["source_id"])
    by_subject = by_source | _united_by(submissions, ["submission_id"])
    if with_held_rows:
        held = connection.execute("SELECT DISTINCT held_id, classification, releasable_to FROM held_row").df()
        by_subject |= _united_by(held, ["held_id"])
    return Markings(
        {str(name): marking for name, marking in by_subject.items()},
        united([*by_source.values(), *programme]) or HIGHEST,
    )


def mark_decisions(connection: duckdb.DuckDBPyConnection) -> None:
    """Mark each decision about a cell as that cell and its reports were ever marked; one without a cell stays as it is."""
    rows = connection.execute(
        """SELECT DISTINCT a.adjudication_id, c.classification, c.releasable_to FROM adjudication a JOIN (
            SELECT indicator_id, place_id, period, classification, releasable_to FROM merged_cell_vintage
            UNION SELECT indicator_id, place_id, period, classification, releasable_to FROM cell_report_vintage
        ) c USING (indicator_id, place_id, period)"""
    ).df()
    for decision, marking in _united_by(rows, ["adjudication_id"]).items():
        connection.execute(
            "UPDATE adjudication SET classification = ?, releasable_to = ? WHERE adjudication_id = ?",
            [marking.classification, marking.releasable_to, decision],
        )


def mark_resolutions(connection: duckdb.DuckDBPyConnection) -> None:
    """Mark each decision about a question as the judgements of it were ever marked; one without any stays as it is."""
    rows = connection.execute(
        """SELECT DISTINCT r.resolution_id, s.classification, s.releasable_to
        FROM resolution r JOIN scenario_vintage s USING (question_id)"""
    ).df()
    for decision, marking in _united_by(rows, ["resolution_id"]).items():
        connection.execute(
            "UPDATE resolution SET classification = ?, releasable_to = ? WHERE resolution_id = ?",
            [marking.classification, marking.releasable_to, decision],
        )


def _distinct(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], by: list[str], among: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The different markings of the rows of some Parquet files by columns `by`; with `among`, of those that agree with it."""
    names = ", ".join([*by, *_MARKS])
    if not files or (among is not None and among.empty):
        return pd.DataFrame(columns=[*by, *_MARKS])
    read = f"read_parquet([{quoted_list(files)}], union_by_name = true)"
    if among is None:
        every: pd.DataFrame = connection.execute(f"SELECT DISTINCT {names} FROM {read}").df()
        return every
    with registered(connection, {"_among": among.drop_duplicates()}):
        found: pd.DataFrame = connection.execute(
            f"""SELECT DISTINCT {", ".join(f"f.{name}" for name in [*by, *_MARKS])} FROM {read} f JOIN _among a
            ON f.submission_id = a.submission_id AND coalesce(f.sheet, '') = coalesce(a.sheet, '') AND f.row_number = a.row_number"""
        ).df()
    return found


def _united_by(rows: pd.DataFrame, by: list[str]) -> dict[Hashable, Marking]:
    """The marking of each group of rows, by its key: a text of one column, a tuple of several."""
    groups: dict[Hashable, Marking] = {}
    keys = rows[by[0]].tolist() if len(by) == 1 else list(zip(*(rows[name].tolist() for name in by), strict=True))
    for key, pair in zip(keys, _pairs(rows), strict=True):
        marking, before = marking_of(*pair), groups.get(key)
        groups[key] = marking if before is None else before.with_other(marking)
    return groups


def _pairs(rows: pd.DataFrame) -> list[tuple[str | None, str | None]]:
    """The two columns of a marking, missing ones None."""
    columns = (rows[name].astype("object").where(rows[name].notna(), None).tolist() for name in _MARKS)
    return list(zip(*columns, strict=True))
