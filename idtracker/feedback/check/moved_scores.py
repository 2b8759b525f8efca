"""Which published scores a file would move, and by how much: merged and scored as a run does, with and without the file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from idtracker.analyse.history.cells import known_observations, scored_places
from idtracker.analyse.history.computed import FEEDS
from idtracker.analyse.index.scoring import scored_states
from idtracker.analyse.merge.cells import OBSERVATION_COLUMNS, merge_observations
from idtracker.analyse.merge.computed_indicators.observations import derive_observations
from idtracker.analyse.merge.linking.read import read_declared
from idtracker.model.config.programme import Programme
from idtracker.model.document import MovedScore
from idtracker.model.methods.chosen import Methods
from idtracker.model.register.entity_columns import apply_entity_map
from idtracker.model.tables import FACTS, conform_types
from idtracker.store.published_methods import published_methods
from idtracker.store.tables import known_now, quoted, read_table

MOST_ROWS = 200_000
"""Observations of the indicators concerned; with more of them the scores are left to the run."""
LEAST = 0.05
"""Smallest difference of a score, in points, that is named: it is shown with one decimal."""
_READ = ("score", "merged_cell", "observation", "adjudication", "indicator", "place", "entity")
_BEFORE, _AFTER = pd.Timestamp("2000-01-01"), pd.Timestamp("2000-01-02")


@dataclass(frozen=True, slots=True)
class FactChange:
    """What a file does to a fact table: facts that are known no longer as they are, and rows in their place."""

    table: str
    gone: Collection[str]
    rows: pd.DataFrame


def moved_scores(
    published: duckdb.DuckDBPyConnection, programme: Programme, changes: Sequence[FactChange], at: pd.Timestamp
) -> list[MovedScore] | None:
    """Published scores that differ once the changes are known, latest quarter first; None where there are too many rows.

    `published` is a publication as it is known now. Marks of knowledge and quarters that nothing speaks of yet are left out, and
    one without a tracker has none.
    """
    changed = [change for change in changes if len(change.gone) or len(change.rows)]
    if not changed:
        return []
    there = {name for (name,) in published.execute("SELECT DISTINCT table_name FROM duckdb_tables()").fetchall()}
    if not there.issuperset(_READ):
        return []
    methods = published_methods(published)
    method, root = methods.merging, methods.headline.root
    scores = read_table(published, "score", f"node_code = {quoted(root)}")
    indicator, touched = _touched(published, changed)
    if scores.empty or not touched:
        return []
    if _count(published, touched) > MOST_ROWS:
        return None
    periods = sorted(scores["period"].unique())
    rows = _observations(published, indicator, touched, changed, periods, at)
    place = scored_places(read_table(published, "place"), programme)
    decisions = pd.concat([read_table(published, "adjudication").assign(known_at=at) for at in (_BEFORE, _AFTER)])
    links = read_declared(published)
    merged = merge_observations(
        rows, indicator, place, method, periods, decisions, partition_by=["known_at"], links=links
    ).cells
    others = read_table(published, "merged_cell")
    others = others[~others["indicator_id"].isin(touched)]
    cells = pd.concat([merged, *(others.assign(known_at=at) for at in (_BEFORE, _AFTER))], ignore_index=True)
    return _differences(scores, cells, indicator, place, methods)


def _touched(published: duckdb.DuckDBPyConnection, changes: Sequence[FactChange]) -> tuple[pd.DataFrame, list[str]]:
    """The indicators as a run has them, and those of them that the changes are about or that are computed from them."""
    indicator = apply_entity_map({"indicator": read_table(published, "indicator")}, read_table(published, "entity"))[
        "indicator"
    ]
    named: set[str] = set()
    for change in changes:
        if change.table == "observation":
            known = published.execute(
                "SELECT DISTINCT indicator_id FROM observation WHERE recorded_to IS NULL AND list_contains($gone, fact_id)",
                {"gone": list(change.gone)},
            ).fetchall()
            named |= {str(name) for (name,) in known} | set(change.rows["indicator_id"].dropna().astype(str))
        elif form := FEEDS.get(change.table):
            fed = indicator["derived_from"].str.startswith(form, na=False)
            named |= set(indicator.loc[fed, "indicator_id"])
    return indicator, sorted(named & set(indicator["indicator_id"]))


def _count(published: duckdb.DuckDBPyConnection, touched: Sequence[str]) -> int:
    row = published.execute(
        "SELECT count(*) FROM observation WHERE recorded_to IS NULL AND list_contains($ids, indicator_id)",
        {"ids": list(touched)},
    ).fetchone()
    return int(row[0]) if row else 0


def _observations(
    published: duckdb.DuckDBPyConnection,
    indicator: pd.DataFrame,
    touched: Sequence[str],
    changes: Sequence[FactChange],
    periods: list[str],
    at: pd.Timestamp,
) -> pd.DataFrame:
    """Observations of the touched indicators before and after the changes, apart by `known_at`."""
    entity, place = read_table(published, "entity"), read_table(published, "place")
    stated, computed = known_observations(published, periods, OBSERVATION_COLUMNS, touched)
    before = stated.to_pandas(date_as_object=False)
    after = before
    for change in (c for c in changes if c.table == "observation"):
        after = _with(after, change, at, entity)[list(OBSERVATION_COLUMNS)]
    after = after[after["indicator_id"].isin(list(touched))]
    fed = [change for change in changes if change.table in FEEDS]
    recomputed = computed
    if fed:
        facts = {table: known_now(published, table) for table in FEEDS}
        for change in fed:
            facts[change.table] = _with(facts[change.table], change, at, entity)
        own = indicator[indicator["indicator_id"].isin(list(touched))]
        recomputed = derive_observations(apply_entity_map(facts, entity), own, place, periods)[
            list(OBSERVATION_COLUMNS)
        ]
    parts = [(before, _BEFORE), (computed, _BEFORE), (after, _AFTER), (recomputed, _AFTER)]
    rows: pd.DataFrame = pd.concat([f.assign(known_at=at) for f, at in parts if len(f)], ignore_index=True)
    return rows


def _with(known: pd.DataFrame, change: FactChange, at: pd.Timestamp, entity: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table once a change is known."""
    model = FACTS[change.table]
    stays = known[~known["fact_id"].isin({*change.gone, *change.rows["fact_id"]})]
    new = conform_types(change.rows.assign(recorded_from=at), model) if len(change.rows) else change.rows
    new = apply_entity_map({change.table: new}, entity)[change.table] if len(new) and len(entity) else new
    if new.empty:
        return stays
    together: pd.DataFrame = pd.concat([stays, new[[c for c in stays.columns if c in new]]], ignore_index=True)
    return together


def _differences(
    scores: pd.DataFrame, cells: pd.DataFrame, indicator: pd.DataFrame, place: pd.DataFrame, methods: Methods
) -> list[MovedScore]:
    wanted = scores[["place_id", "period"]].drop_duplicates()
    both = pd.concat([wanted.assign(known_at=at) for at in (_BEFORE, _AFTER)], ignore_index=True)
    scored = scored_states(cells, indicator, place, methods.headline, methods.merging, both, partition_by=["known_at"])
    roots = scored[scored["node_code"] == methods.headline.root]
    before, after = (_by_place(roots, at) for at in (_BEFORE, _AFTER))
    return score_moves(before, after, dict(zip(place["place_id"], place["name"], strict=True)))


def _by_place(roots: pd.DataFrame, at: pd.Timestamp) -> dict[tuple[str, str], float | None]:
    own = roots[roots["known_at"] == at]
    pairs = zip(own["place_id"].astype(str), own["period"].astype(str), own["score"].tolist(), strict=True)
    return {(place_id, period): score for place_id, period, score in pairs}


def root_scores(published: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], float | None]:
    """(place, quarter) -> published score of the whole index, None where it is withheld."""
    rows = published.execute(
        "SELECT place_id, period, score FROM score WHERE node_code = ?", [published_methods(published).headline.root]
    )
    return {(place_id, period): score for place_id, period, score in rows.fetchall()}


def score_moves(
    before: Mapping[tuple[str, str], float | None],
    after: Mapping[tuple[str, str], float | None],
    names: Mapping[str, str],
) -> list[MovedScore]:
    """The scores of `before` that are others in `after`: latest quarter first, the country before its governorates."""
    pairs = [(key, _plain(score), _plain(after.get(key))) for key, score in before.items()]
    moved = [
        MovedScore(place_id=place_id, place=names.get(place_id, place_id), period=period, before=was, after=now)
        for (place_id, period), was, now in pairs
        if (was is None) != (now is None) or (was is not None and now is not None and abs(now - was) >= LEAST)
    ]
    return sorted(sorted(moved, key=lambda m: m.place_id), key=lambda m: m.period, reverse=True)


def _plain(score: float | None) -> float | None:
    return None if score is None or pd.isna(score) else round(float(score), 4)
