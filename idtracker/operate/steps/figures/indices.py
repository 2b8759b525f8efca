"""The published indices that the programme names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb
import pandas as pd

from idtracker.ingest.indices.editions import FOLDER
from idtracker.ingest.landing.chain import Chain
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc
from idtracker.model.methods.index_files import indices_fingerprint
from idtracker.model.tables import INDICES as INDEX_TABLES
from idtracker.model.tables import TABLES, conform_types, empty_frame
from idtracker.operate.services.methods.programme_indices import (
    IndexInputs,
    WorkedOutIndex,
    index_inputs,
    work_out,
)
from idtracker.operate.step import Check, CheckSpec, Context, Step, StepResult
from idtracker.store.connection import open_store, writing_turn
from idtracker.store.knowledge_date import day_of_knowledge
from idtracker.store.schema import recall, remember
from idtracker.store.tables import count_rows, quoted, quoted_list, read_table, rewrite_table, transaction

SIGNATURES, FINGERPRINT = "indices", "indices_from"
"""Under these names the store keeps what each index was worked out from, and what stands for the files of all of them."""
EARLIER = "earlier editions"
"""What stands for the files where the store holds scores of other editions than these."""
TURN_WAIT_S = 600


def write_indices(context: Context) -> tuple[list[str], list[str]]:
    """Work out each index of which something changed, and drop those that are named no more: those worked out, and those not.

    An index that cannot be worked out says why in `programme_index` and has no scores; the others go on.
    """
    home, programme = context.home, context.catalogue.programme
    fingerprint = indices_fingerprint(home.sources, programme.indices)[:12]
    inputs = _inputs(context)
    with open_store(home) as connection, transaction(connection):
        before: dict[str, str] = json.loads(recall(connection, SIGNATURES) or "{}")
        now = {of.entry.id: of.signature for of in inputs}
        changed = [of for of in inputs if context.is_thorough or before.get(of.entry.id) != now[of.entry.id]]
        _drop(connection, list(now))
        for of in changed:
            _write(connection, of.entry.id, work_out(home, of))
        if now != before:
            remember(connection, **{SIGNATURES: json.dumps(now, sort_keys=True)})
        remember(connection, **{FINGERPRINT: fingerprint if all(of.is_present(home) for of in inputs) else EARLIER})
    names = [of.entry.id for of in changed]
    return names, [name for name in now if name not in names]


def _inputs(context: Context) -> list[IndexInputs]:
    """What each index rests on; new editions of data files are kept and sealed."""
    home, programme = context.home, context.catalogue.programme
    if not programme.indices:
        return []
    at = aware_utc(day_of_knowledge(home, context.catalogue, context.now, None).to_pydatetime())
    if not context.takes_new or context.until is not None:
        return [index_inputs(home, programme, entry, at, context.until, False) for entry in programme.indices]
    with writing_turn(home, TURN_WAIT_S):
        inputs = [index_inputs(home, programme, entry, at, None, True) for entry in programme.indices]
        Chain(home).seal(datetime.now(UTC).replace(microsecond=0), FOLDER)
    return inputs


def _write(connection: duckdb.DuckDBPyConnection, name: str, index: WorkedOutIndex) -> None:
    rows = conform_types(pd.DataFrame([index.row]), TABLES["programme_index"])
    scores = empty_frame(TABLES["index_score"]) if index.scores is None else index.scores
    rewrite_table(connection, "programme_index", rows, f"index_id = {quoted(name)}")
    rewrite_table(connection, "index_score", scores, f"index_id = {quoted(name)}")


def _drop(connection: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    """Remove the rows of indices that the programme names no more."""
    where = f"WHERE index_id NOT IN ({quoted_list(names)})" if names else ""
    for table in INDEX_TABLES:
        connection.execute(f'DELETE FROM "{table}" {where}')


def stopped_indices(home: Home) -> list[str]:
    """Why each index that is wrong, or whose file is, could not be worked out, by its name."""
    if not home.store.exists():
        return []
    with open_store(home) as connection:
        try:
            rows = connection.execute(
                "SELECT problem FROM programme_index WHERE problem IS NOT NULL ORDER BY index_id"
            ).fetchall()
        except duckdb.CatalogException:  # a store of an earlier version
            return []
    return [str(problem) for (problem,) in rows]


def _indices(context: Context) -> StepResult:
    worked_out, unchanged = write_indices(context)
    with open_store(context.home) as connection:
        rows = read_table(connection, "programme_index")
        records: list[dict[str, Any]] = rows.to_dict("records")  # type: ignore[assignment]
        about = {row["index_id"]: _about(connection, row) for row in records}
        row_count = count_rows(connection, "index_score")
    problems = rows["problem"].dropna().tolist()
    figures: dict[str, object] = {"row_count": row_count, "indices": about, "worked_out": worked_out}
    figures |= {"unchanged": unchanged}
    check = Check("worked_out", not problems, is_error=False, description="\n".join(problems) or None)
    version = indices_fingerprint(context.home.sources, context.catalogue.programme.indices)
    return StepResult(figures, (check,), version=version)


def _about(connection: duckdb.DuckDBPyConnection, row: Mapping[str, Any]) -> dict[str, object]:
    """What Dagster shows of one index: its method, its data, how many units have a score, the first and the last of them."""
    shown: dict[str, object] = {"method": row["method_id"], "data_file": row["data_file"]}
    if not row["is_worked_out"]:
        return shown | {"problem": row["problem"] if isinstance(row["problem"], str) else row["findings"]}
    places = connection.execute(
        "SELECT unit_name, unit_period, score FROM index_score WHERE index_id = ? AND node_code = ? AND score IS NOT NULL "
        "ORDER BY rank, unit_name, unit_period",
        [row["index_id"], row["root_code"]],
    ).fetchall()
    first, last = (" ".join(filter(None, place[:2])) + f" {place[2]:.4g}" for place in (places[0], places[-1]))
    counts = {name: int(row[name]) for name in ("unit_count", "scored_count", "finding_count")}
    return (
        shown
        | counts
        | {"version": row["method_version"], "data_sha256": row["data_sha256"], "first": first, "last": last}
    )


INDICES = Step(
    "tracker/indices",
    ("tracker/registers",),
    _indices,
    "Published indices that programme.yml names, each worked out by its method on the present edition of its data file.",
    ("index_score", "programme_index"),
    (CheckSpec("worked_out", "Every index could be worked out."),),
    lambda home, catalogue: indices_fingerprint(home.sources, catalogue.programme.indices)[:12],
)
