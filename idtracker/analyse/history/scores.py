"""Scores and trends over time: those of a place and quarter follow whenever one of its cells changes."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd

from idtracker.analyse.history.blocks import block_numbers
from idtracker.analyse.history.cells import scored_places
from idtracker.analyse.history.timeline import Remaining, Timeline, no_states
from idtracker.analyse.index.score import score_states
from idtracker.analyse.index.trend import trend_states
from idtracker.ingest.judge.catalogue import Catalogue
from idtracker.model.method import Method
from idtracker.store.history.derived_vintages import extend_vintages, read_vintages, take_back
from idtracker.store.history.moments import changes_of, keep_moments
from idtracker.store.tables import read_table

STEP = "score"
BLOCK_ROWS = 1_000_000
_KNOWN = ["known_from", "known_to"]
_PLACE, _CELL = ["place_id"], ["place_id", "period"]


def derive_scores(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, line: Timeline, method: Method) -> None:
    """Continue the tables `score` and `trend` and their vintages."""
    left = line.resume(connection, STEP)
    if left.at:
        indicator = read_table(connection, "indicator")
        place = scored_places(read_table(connection, "place"), catalogue.programme)
        cells = read_vintages(connection, "merged_cell")
        states = _states(connection, place, left)
        wanted = states.merge(left.visible(), on=["known_at", "period"])
        scores = [
            score_states(_known(cells, mine, _CELL), indicator, place, method, mine, also=["known_at"])
            for mine in _blocks(cells, wanted, _CELL)
        ]
        extend_vintages(connection, "score", _joined(scores, "score"), states, left.since)
        _derive_trends(connection, cells, indicator, place, method, left)
    elif left.has_other:
        for table in ("score", "trend"):
            take_back(connection, table, left.since)
    keep_moments(connection, STEP, line.moments)


def _derive_trends(
    connection: duckdb.DuckDBPyConnection,
    cells: pd.DataFrame,
    indicator: pd.DataFrame,
    place: pd.DataFrame,
    method: Method,
    left: Remaining,
) -> None:
    """Trends of a place follow whenever one of its scores, or of its series breaks, changes."""
    changed = [changes_of(connection, t, ["place_id"], left.since) for t in ("score_vintage", "merged_cell_vintage")]
    states = pd.concat(changed, ignore_index=True).drop_duplicates()
    states = states[states["place_id"].isin(place["place_id"])]
    scores, broken = read_vintages(connection, "score"), cells[cells["obs_status"] == "B"]
    trends = [
        trend_states(_known(scores, mine, _PLACE), method, _known(broken, mine, _PLACE), indicator, also=["known_at"])
        for mine in _blocks(scores, states, _PLACE)
    ]
    extend_vintages(connection, "trend", _joined(trends, "trend"), states, left.since)


def _states(connection: duckdb.DuckDBPyConnection, place: pd.DataFrame, left: Remaining) -> pd.DataFrame:
    """When the scores of each place and quarter have to be worked out again: place_id, period, known_at."""
    places = place.loc[place["level"].isin(["country", "adm1"]), ["place_id"]]
    changed = changes_of(connection, "merged_cell_vintage", ["place_id", "period"], left.since)
    turned = [(at, code) for at, came, gone in left.turns for code in sorted(came | gone)]
    turns = places.merge(pd.DataFrame(turned, columns=["known_at", "period"]), how="cross")
    changed = changed[changed["place_id"].isin(places["place_id"])]
    states = pd.concat([changed, turns], ignore_index=True).astype({"known_at": "datetime64[ns]"})
    return states.drop_duplicates().sort_values(["place_id", "period", "known_at"], ignore_index=True)


def _blocks(vintages: pd.DataFrame, states: pd.DataFrame, by: list[str]) -> Iterator[pd.DataFrame]:
    """The states in blocks, each with about BLOCK_ROWS vintages to choose from at most, so that memory is bounded."""
    sizes = vintages.groupby(by).size().rename("size").reset_index()
    size = states[by].merge(sizes, on=by, how="left")["size"].fillna(0).set_axis(states.index)
    yield from (mine for _, mine in states.groupby(block_numbers(size, BLOCK_ROWS)))


def _joined(frames: list[pd.DataFrame], table: str) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else no_states(table)


def _known(vintages: pd.DataFrame, states: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The rows known at each state, with its known_at."""
    rows = vintages.merge(states, on=by)
    return rows[(rows["known_from"] <= rows["known_at"]) & ~(rows["known_to"] <= rows["known_at"])].drop(columns=_KNOWN)
