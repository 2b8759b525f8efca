"""The tables of rounds over time: they follow at every act, and whenever something about a frozen quarter comes late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.round.frozen import digest_of, frozen_marking
from idtracker.analyse.round.late import LateRows, late_rows
from idtracker.ingest.decisions.rounds import RoundAct, TrackerRound, rounds_of
from idtracker.model.instants import naive_utc
from idtracker.model.marking import Marking, marking_of, united
from idtracker.model.periods import period_bounds
from idtracker.model.tables import TABLES, columns_of
from idtracker.store.history.change_points import keep_change_points
from idtracker.store.history.derived_vintages import add_vintages, truncate_after

STEP = "round"
ROUND_TABLES = ("round", "round_organisation", "round_action")
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What beside its acts makes the rows of a round: what came late, and how its inputs are marked."""

    late: Sequence[LateRows]
    marking: Marking


def derive_rounds(
    connection: duckdb.DuckDBPyConnection, line: Timeline, acts: Sequence[RoundAct], programme: Marking
) -> None:
    """Make the tables of rounds and their vintages anew where anything changed; they have few rows."""
    pending = line.resume(connection, STEP)
    if pending.at or pending.has_other:
        for table in ROUND_TABLES:
            truncate_after(connection, table, None)
        _add(connection, acts, programme, line.change_points.at)
    keep_change_points(connection, STEP, line.change_points)


def _add(
    connection: duckdb.DuckDBPyConnection, acts: Sequence[RoundAct], programme: Marking, at: Sequence[pd.Timestamp]
) -> None:
    around: dict[tuple[str, pd.Timestamp], Surroundings] = {}
    last = at[-1] if at else pd.Timestamp.min
    states: set[tuple[str, pd.Timestamp]] = set()
    for count, act in enumerate(acts, 1):
        made = naive_utc(act.acted_at)
        states.add((act.round_id, made))
        known = rounds_of(acts[:count]).get(act.round_id)
        if known is not None and known.frozen is not None:
            surroundings = _around(connection, around, known, programme)
            moments = (m for rows in surroundings.late for m in (rows.begins, rows.ends))
            states |= {(act.round_id, m) for m in moments if m is not None and made < m <= last}
    if not states:
        return
    rows: Rows = {table: [] for table in ROUND_TABLES}
    for round_id, moment in sorted(states):
        known = rounds_of([act for act in acts if naive_utc(act.acted_at) <= moment]).get(round_id)
        if known is None:
            continue
        surroundings = _around(connection, around, known, programme) if known.frozen else Surroundings((), programme)
        for table, found in rows_of_round(known, surroundings, moment).items():
            rows[table] += [row | {"known_at": moment} for row in found]
    frame = pd.DataFrame(sorted(states), columns=["round_id", "known_at"]).astype({"known_at": "datetime64[ns]"})
    for table in ROUND_TABLES:
        columns = [*(c.name for c in columns_of(TABLES[table])), "known_at"]
        add_vintages(
            connection,
            table,
            pd.DataFrame(rows[table], columns=columns).astype({"known_at": "datetime64[ns]"}),
            frame,
        )


def _around(
    connection: duckdb.DuckDBPyConnection,
    around: dict[tuple[str, pd.Timestamp], Surroundings],
    known: TrackerRound,
    programme: Marking,
) -> Surroundings:
    key = known.period, naive_utc(known.cutoff_at)
    if key not in around:
        marks = [programme, frozen_marking(connection, *key)]
        marking = united(mark for mark in marks if mark is not None) or programme
        around[key] = Surroundings(late_rows(connection, *key), marking)
    return around[key]


def rows_of_round(known: TrackerRound, around: Surroundings, at: pd.Timestamp) -> Rows:
    """The rows of one round in each table as known at an instant (UTC), marked as the most restricted of its inputs."""
    late = [rows for rows in around.late if rows.is_known(at)]
    kept = [marking_of(*_marks(known.frozen))] if known.frozen else []
    marking = united([around.marking, *kept, *(rows.marking for rows in late)]) or around.marking
    record = known.record or {}
    about: dict[str, Any] = {"round_id": known.round_id, "held_on": pd.Timestamp(known.held_on), **marking.columns}
    return {
        "round": [about | _round(known, record, late)],
        "round_organisation": [about | row for row in organisations(known)],
        "round_action": [about | row for row in _actions(known)],
    }


def _marks(frozen: RoundAct) -> tuple[str | None, str | None]:
    """How the inputs were marked when they were frozen; they may be marked otherwise since."""
    return frozen.content["marking"]["classification"], frozen.content["marking"]["releasable_to"]


def _round(known: TrackerRound, record: Mapping[str, Any], late: Sequence[LateRows]) -> dict[str, Any]:
    start, end = period_bounds(known.period)
    headline, narrative = known.inputs.get("headline") or {}, record.get("narrative") or {}
    row: dict[str, Any] = {
        "period": known.period,
        "period_start": pd.Timestamp(start),
        "period_end": pd.Timestamp(end),
        "state": known.state,
        "cutoff_at": naive_utc(known.cutoff_at),
        "opened_at": naive_utc(known.opened.acted_at),
        "frozen_at": naive_utc(known.frozen.acted_at) if known.frozen else None,
        "published_at": naive_utc(known.published.acted_at) if known.published else None,
        **{name: headline.get(name) for name in ("place_id", "node_code", "score", "low", "high", "method_version")},
        "product_id": record.get("product_id"),
        "narrative": narrative.get("en"),
        "narrative_ar": narrative.get("ar"),
    }
    if known.frozen is not None:
        row |= {
            "cell_count": known.inputs["tables"]["merged_cell"]["rows"],
            "submission_count": len(known.inputs["submissions"]),
            "late_count": sum(rows.rows for rows in late),
            "late_submission_count": len({rows.submission_id for rows in late}),
            "digest": digest_of(known.inputs),
        }
    return row


def organisations(known: TrackerRound) -> list[dict[str, Any]]:
    """Organisations that attended or contributed, in order: org_id, has_attended, has_contributed, obs_count."""
    attended = set((known.record or {}).get("attended", ()))
    counts: Mapping[str, int] = known.inputs.get("organisations", {})
    return [
        {
            "org_id": org,
            "has_attended": org in attended,
            "has_contributed": org in counts,
            "obs_count": counts.get(org, 0),
        }
        for org in sorted({*attended, *counts})
    ]


def _actions(known: TrackerRound) -> list[dict[str, Any]]:
    return [
        {
            "action_number": action.number,
            "action": action.text.get("en"),
            "action_ar": action.text.get("ar"),
            "owner_org_id": action.owner_org_id,
            "due_on": pd.Timestamp(action.due_on),
            "state": action.state,
            "state_on": pd.Timestamp(action.state_on),
            "state_by": action.state_by,
            "note": action.note,
            "done_on": pd.Timestamp(action.state_on) if action.state == "DONE" else None,
        }
        for action in known.actions()
    ]
