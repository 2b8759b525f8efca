"""Rows in = rows out at every step: what became of every row, counted by other means than the step itself uses.

An account holds the rows of the table `reconciliation` for one step, and the keys of whatever does not add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

import duckdb
import pandas as pd

from idtracker.analyse.index.scoring import nodes_above
from idtracker.analyse.index.tree import tree_leaves
from idtracker.ingest.judged.archive import SubmissionOutcome, facts_file
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.composite.definition import Index
from idtracker.model.config.source import Part, Source
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc
from idtracker.model.method import load_method
from idtracker.model.methods.chosen import Scoring
from idtracker.model.tables import OPERATIONS, conform_types
from idtracker.store.connection import registered
from idtracker.store.refresh_facts import judged_receipts
from idtracker.store.tables import quoted_list
from idtracker.store.vintages import accepted_sql, scope_sql

UNEXPLAINED = "unexplained"
_FATES = ("accepted", "held", "unchanged", "superseded")


@dataclass(frozen=True, slots=True)
class ReconciliationResult:
    """One step's rows of `reconciliation`; `failing` holds, per subject, the key of everything that does not add up."""

    step: str
    rows: pd.DataFrame
    failing: dict[str, list[str]]

    @property
    def is_whole(self) -> bool:
        """Whether every row has a named fate and the fates add up to what came in."""
        sums = self.rows.groupby("subject").agg({"rows": "sum", "rows_in": "first"})
        return not self.failing and bool((sums["rows"] == sums["rows_in"]).all())


def make_account(
    step: str,
    counts: Mapping[str, Mapping[str, int]],
    rows_in: Mapping[str, int],
    failing: Mapping[str, Sequence[str]],
    used: Iterable[str],
) -> ReconciliationResult:
    """An account from counts per subject and reason; reasons among `used` are rows that the next step uses."""
    outward = set(used)
    rows = [
        {
            "step": step,
            "subject": subject,
            "reason": reason,
            "rows": count,
            "rows_in": rows_in[subject],
            "rows_out": sum(n for r, n in reasons.items() if r in outward),
        }
        for subject, reasons in sorted(counts.items())
        for reason, count in sorted(reasons.items())
    ]
    frame = conform_types(pd.DataFrame(rows), OPERATIONS["reconciliation"])
    return ReconciliationResult(step, frame, {s: sorted(keys) for s, keys in sorted(failing.items()) if keys})


def account_judged(submission: pd.DataFrame) -> ReconciliationResult:
    """landing_to_judged: per source, rows read = accepted + held + unchanged + superseded of the table `submission`."""
    counts, rows_in, failing = {}, {}, {}
    for source_id, rows in submission.groupby("source_id"):
        subject = str(source_id)
        fates = rows[[f"rows_{fate}" for fate in _FATES]]
        counts[subject] = {fate: int(rows[f"rows_{fate}"].sum()) for fate in _FATES}
        rows_in[subject] = int(rows["rows_read"].sum())
        failing[subject] = rows.loc[rows["rows_read"] != fates.sum(axis=1), "submission_id"].tolist()
    return make_account("landing_to_judged", counts, rows_in, failing, ["accepted"])


def account_stored(
    connection: duckdb.DuckDBPyConnection, home: Home, sources: Iterable[Source], until: datetime | None
) -> ReconciliationResult:
    """accepted_to_store: the fate of every row of the accepted Parquet files, per source and fact table."""
    counts: dict[str, dict[str, int]] = {}
    rows_in: dict[str, int] = {}
    failing: dict[str, list[str]] = {}
    for source in sources:
        judged = judged_receipts(home, source, until)
        arrivals = _arrivals(judged)
        for part in source.parts:
            paths = [facts_file(home, source.id, r.submission_id, part.id) for r, _ in judged]
            paths = [path for path in paths if path.exists()]
            if not paths:
                continue
            fates, lost, total = _stored(connection, source, part, [str(p) for p in paths], arrivals)
            subject = f"{source.id}.{part.feeds}"
            by_count = counts.setdefault(subject, {})
            for reason, rows in fates.items():
                by_count[reason] = by_count.get(reason, 0) + rows
            rows_in[subject] = rows_in.get(subject, 0) + total
            failing[subject] = failing.get(subject, []) + lost
    return make_account("accepted_to_store", counts, rows_in, failing, ["in_vintage"])


def _arrivals(judged: Sequence[tuple[Receipt, SubmissionOutcome]]) -> pd.DataFrame:
    """Each judged submission with its arrival, and whether a correction names it."""
    corrected = {s for _, o in judged if o.is_correction for s in o.corrects.split(";")}
    rows = [(r.submission_id, naive_utc(r.received_at), r.submission_id in corrected) for r, _ in judged]
    return pd.DataFrame(rows, columns=["submission_id", "arrived", "is_corrected"])


def _stored(
    connection: duckdb.DuckDBPyConnection, source: Source, part: Part, paths: list[str], arrivals: pd.DataFrame
) -> tuple[dict[str, int], list[str], int]:
    """How many accepted rows have each fate, the keys of those without one, and the rows of the files by their own footers.

    A row is in a vintage (of its submission), or repeats one (`unchanged`), or another submission had the word about the
    same scope when it arrived (`superseded`), or a correction of its submission took its place (`corrected`). One that
    deletes is in none: the record was not in force from then on (`deletion`).
    """
    listed = quoted_list(paths)
    footer = connection.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata([{listed}])").fetchall()
    with registered(connection, {"_arrivals": arrivals}):
        stored = connection.execute(_fates_sql(part, paths), [source.id]).fetchall()
    lost = [str(key) for _, _, keys in stored for key in keys or ()]
    return {str(reason): int(rows) for reason, rows, _ in stored}, lost, int(footer[0][0] or 0)


def _fates_sql(part: Part, paths: list[str]) -> str:
    """Reason, rows and the keys of those without a reason; the parameter is the source, `_arrivals` when submissions arrived."""
    scope = scope_sql(part)
    return f"""SELECT reason, count(*), list(key ORDER BY key) FILTER (reason = '{UNEXPLAINED}') FROM (
    WITH said AS (
      SELECT fact_id, content_hash, submission_id, a.arrived, a.is_corrected,
        concat_ws('|', submission_id, sheet, row_number, row_piece) AS key, {scope} AS scope, is_deleted
      FROM {accepted_sql(paths)} JOIN _arrivals a USING (submission_id)
    ), stored AS (
      SELECT fact_id, content_hash, submission_id, recorded_from, recorded_to, {scope} AS scope
      FROM "{part.feeds}" WHERE source_id = ?
    )
    SELECT key, CASE
      WHEN s.is_deleted AND NOT EXISTS (FROM stored v WHERE v.fact_id = s.fact_id AND v.recorded_from <= s.arrived
        AND (v.recorded_to IS NULL OR v.recorded_to > s.arrived)) THEN 'deletion'
      WHEN EXISTS (FROM stored v WHERE v.fact_id = s.fact_id AND v.content_hash = s.content_hash
        AND v.submission_id = s.submission_id) THEN 'in_vintage'
      WHEN EXISTS (FROM stored v WHERE v.fact_id = s.fact_id AND v.content_hash = s.content_hash) THEN 'unchanged'
      WHEN s.is_corrected THEN 'corrected'
      WHEN EXISTS (FROM stored v WHERE v.submission_id <> s.submission_id AND v.scope = s.scope
        AND v.recorded_from <= s.arrived
        AND (v.recorded_to IS NULL OR v.recorded_to > s.arrived)) THEN 'superseded'
      ELSE '{UNEXPLAINED}' END AS reason
    FROM said s) GROUP BY reason ORDER BY reason
    """


def account_scores(
    cells: pd.DataFrame, score: pd.DataFrame, indicator: pd.DataFrame, places: pd.DataFrame, scoring: Scoring
) -> ReconciliationResult:
    """cells_to_scores: every cell counts in the nodes of its place and quarter that have its indicator, or says why not.

    Failing are the nodes (place, quarter, node) whose `indicator_count` is not the number of cells that belong there.
    """
    above = nodes_above(scoring, indicator)
    cells = cells.assign(score=_scores_of(cells, score, indicator, places, scoring))
    terms = indicator.set_index("indicator_id").reindex(cells["indicator_id"]).set_index(cells.index)
    at = cells[["indicator_id", "place_id", "period", "period_end", "score"]].assign(
        level=terms["level"],
        retired=pd.to_datetime(terms["retired_on"]),
        place_level=cells["place_id"].map(places.set_index("place_id")["level"]),
    )
    is_country_only = (at["place_level"] == "adm1") & ~at["level"].isin(["adm1", "both"])
    tests = {
        "indicator_not_scored": ~at["indicator_id"].isin(list(above)),
        "place_not_scored": ~at["place_level"].isin(["country", "adm1"]),
        "level_not_expected": is_country_only,
        "indicator_retired": at["period_end"] > at["retired"],
        "no_score": at["score"].isna(),
    }
    reason = pd.Series("scored", index=at.index, dtype="str")
    for name, applies in reversed(tests.items()):
        reason = reason.mask(applies, name)
    counts = {str(r): int(n) for r, n in reason.value_counts().items()}
    failing = _wrong_nodes(at[reason == "scored"], score, above)
    subject = "merged_cell"
    return make_account("cells_to_scores", {subject: counts}, {subject: len(cells)}, {subject: failing}, ["scored"])


def _scores_of(
    cells: pd.DataFrame, score: pd.DataFrame, indicator: pd.DataFrame, places: pd.DataFrame, scoring: Scoring
) -> pd.Series:
    """The score that a cell has for the method: its own, or that of a leaf of a tree that reads it."""
    index, found = scoring.definition, cells["score"].copy()
    if not isinstance(index, Index):
        return found
    wanted = score[["place_id", "period"]].drop_duplicates(ignore_index=True)
    states, _ = tree_leaves(cells, indicator, places, index, load_method(), wanted)
    leaves = states.leaves()
    units = pd.MultiIndex.from_frame(states.units[["place_id", "period"]].astype("object"))
    asked = pd.MultiIndex.from_frame(cells[["place_id", "period"]].astype("object"))
    for name in {index.column_of(code) for code in index.indicators}:
        own = cells["indicator_id"] == name
        codes = [code for code in index.indicators if index.column_of(code) == name]
        columns = [pd.Series(leaves.reported(c), index=units)[: states.count] for c in codes]
        known = reduce(pd.Series.combine_first, columns)
        found[own] = known.reindex(asked[own.to_numpy()]).to_numpy(dtype=float)
    return found


def _wrong_nodes(scored: pd.DataFrame, score: pd.DataFrame, above: Mapping[str, Sequence[str]]) -> list[str]:
    key = ["place_id", "period", "node_code"]
    counted = scored.assign(node_code=scored["indicator_id"].astype("object").map(above)).explode("node_code")
    expected = counted.groupby(key).size()
    counts_reported = score.set_index(key)["indicator_count"].astype("int64")
    both = pd.DataFrame({"cells": expected, "told": counts_reported}).fillna(0).astype("int64")
    wrong = both[both["cells"] != both["told"]]
    return [
        f"{'|'.join(map(str, where))}: {n} cells, indicator_count {counts_reported}"
        for where, n, counts_reported in zip(wrong.index, wrong["cells"], wrong["told"], strict=True)
    ]
