"""Scores and trends over time: those of a place and quarter follow whenever one of its cells changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import pandas as pd

from idtracker.analyse.history.blocks import block_numbers
from idtracker.analyse.history.cells import scored_places
from idtracker.analyse.history.reached import is_wide, reached_states
from idtracker.analyse.history.timeline import PendingChangePoints, Timeline
from idtracker.analyse.index.across.units import with_panel
from idtracker.analyse.index.scoring import nodes_above, scored_states
from idtracker.analyse.index.trend import trend_states
from idtracker.analyse.merge.linking.read import declared_breaks
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.composite.definition import Index
from idtracker.model.method import Method, TrendRule
from idtracker.model.methods.chosen import Methods, Scoring
from idtracker.model.steps.progress import report
from idtracker.model.tables.vintages import vintages_of
from idtracker.store.history.change_points import changes_of, forget_steps, keep_change_points
from idtracker.store.history.derived_vintages import add_vintages, sizes_at, truncate_after, vintages_at
from idtracker.store.history.undone import keep_undone
from idtracker.store.tables import quoted, quoted_list, read_table

STEP, BESIDE, BESIDE_TRENDS = "score", "method_score", "method_trend"
BLOCK_ROWS = 200_000
_PLACE, _CELL = ["place_id"], ["place_id", "period"]


class Register(NamedTuple):
    """What of the register scores follow from: indicators, and the places that are scored."""

    indicator: pd.DataFrame
    place: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Judged:
    """Trends of one method: their table, that of its scores, and the rule by which they are judged."""

    table: str
    scores: str
    scoring: Scoring
    rule: TrendRule

    @property
    def named(self) -> dict[str, str]:
        """Columns that say which method it is; none of the headline."""
        is_headline = self.scoring.role == "headline"
        return {} if is_headline else {"method_id": self.scoring.method_id, "role": self.scoring.role}

    @property
    def where(self) -> str:
        return f"method_id = {quoted(self.scoring.method_id)}" if self.named else "TRUE"

    @property
    def by(self) -> str:
        return f" by {self.scoring.method_id}" if self.named else ""

    def states(self, group: pd.DataFrame) -> pd.DataFrame:
        """States of places as states of their trends."""
        return group.assign(method_id=self.scoring.method_id) if self.named else group


def derive_scores(connection: duckdb.DuckDBPyConnection, catalogue: ProgrammeCatalogue, line: Timeline) -> None:
    """Continue the tables `score` and `trend` and their vintages: the places and quarters that something touched.

    The scores and trends of the methods beside the headline follow in tables of their own.
    """
    methods = catalogue.methods
    place = scored_places(read_table(connection, "place"), catalogue.programme)
    register = Register(read_table(connection, "indicator"), place)
    _derive_headline(connection, register, line.resting_on(methods.headline.fingerprint), methods)
    _forget_others(connection, methods)
    for scoring in methods.beside:
        rests_on = f"{scoring.fingerprint} {methods.trend_of(scoring).model_dump_json()}"
        _derive_beside(connection, register, line.resting_on(rests_on), methods, scoring)


def _derive_headline(
    connection: duckdb.DuckDBPyConnection, register: Register, line: Timeline, methods: Methods
) -> None:
    headline = methods.headline
    pending = line.resume(connection, STEP)
    if pending.at or pending.has_other:
        keep_undone(connection, "score", pending.since)
        for table in ("score", "trend"):
            truncate_after(connection, table, pending.since)
    if pending.at:
        for number, group in enumerate(
            _blocks(
                connection, "merged_cell", _states(connection, register.place, pending, headline), _together(headline)
            ),
            1,
        ):
            report("block of scores", number)
            add_vintages(connection, "score", _scored(connection, register, pending, group, methods, headline), group)
        _add_trends(connection, register, pending, methods.merging, Judged("trend", "score", headline, methods.trend))
    keep_change_points(connection, STEP, line.change_points)


def _derive_beside(
    connection: duckdb.DuckDBPyConnection, register: Register, line: Timeline, methods: Methods, scoring: Scoring
) -> None:
    """The scores and trends of a method beside the headline, over all quarters; only its own file and the cells decide about them."""
    step, where = f"{BESIDE}:{scoring.method_id}", f"method_id = {quoted(scoring.method_id)}"
    named = {"method_id": scoring.method_id, "role": scoring.role}
    pending = line.resume(connection, step)
    if pending.at or pending.has_other:
        for table in (BESIDE, BESIDE_TRENDS):
            truncate_after(connection, table, pending.since, where)
    if pending.at:
        for number, group in enumerate(
            _blocks(
                connection, "merged_cell", _states(connection, register.place, pending, scoring), _together(scoring)
            ),
            1,
        ):
            report(f"block of scores by {scoring.method_id}", number)
            scores = _scored(connection, register, pending, group, methods, scoring).assign(**named)
            add_vintages(connection, BESIDE, scores, group.assign(method_id=scoring.method_id), where)
        rule = methods.trend_of(scoring)
        _add_trends(connection, register, pending, methods.merging, Judged(BESIDE_TRENDS, BESIDE, scoring, rule))
    keep_change_points(connection, step, line.change_points)


def _add_trends(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    pending: PendingChangePoints,
    merging: Method,
    judged: Judged,
) -> None:
    """The trends of the places of which a score, or a break of a series, changed."""
    method = merging.model_copy(update={"trend": judged.rule})
    seen_in = (judged.scoring.version, nodes_above(judged.scoring, register.indicator))
    states = _trend_states(connection, register.place, pending, judged)
    for number, group in enumerate(_blocks(connection, judged.scores, states, _PLACE), 1):
        report(f"block of trends{judged.by}", number)
        scores = vintages_at(connection, judged.scores, group, _PLACE, judged.where)
        broken = vintages_at(connection, "merged_cell", group, _PLACE, "obs_status = 'B'")
        declared = declared_breaks(connection, group)
        broken = pd.concat([broken, declared], ignore_index=True) if len(declared) else broken
        trends = trend_states(scores, method, broken, register.indicator, ["known_at"], seen_in)
        add_vintages(connection, judged.table, trends.assign(**judged.named), judged.states(group), judged.where)


def _forget_others(connection: duckdb.DuckDBPyConnection, methods: Methods) -> None:
    """Take out the scores and trends of methods that the programme names no longer."""
    named = [scoring.method_id for scoring in methods.beside]
    for table in (BESIDE, BESIDE_TRENDS):
        truncate_after(connection, table, None, f"method_id NOT IN ({quoted_list(named)})" if named else "TRUE")
    forget_steps(connection, f"{BESIDE}:", [f"{BESIDE}:{name}" for name in named])


def _scored(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    pending: PendingChangePoints,
    group: pd.DataFrame,
    methods: Methods,
    scoring: Scoring,
) -> pd.DataFrame:
    """The scores of one block by one method."""
    wanted = group.merge(pending.visible(), on=["known_at", "period"])
    asked, method = wanted, scoring.definition
    if isinstance(method, Index):
        asked = with_panel(method, register.place, wanted, [*_CELL, "known_at"])
    cells = vintages_at(connection, "merged_cell", asked, _CELL)
    return scored_states(
        cells, register.indicator, register.place, scoring, methods.merging, wanted, partition_by=["known_at"]
    )


def _trend_states(
    connection: duckdb.DuckDBPyConnection, place: pd.DataFrame, pending: PendingChangePoints, judged: Judged
) -> pd.DataFrame:
    """Trends of a place follow whenever one of its scores, or of its series breaks, changes: place_id, known_at."""
    changed = [
        changes_of(connection, vintages_of(judged.scores), _PLACE, pending.since, judged.where),
        changes_of(connection, "merged_cell_vintage", _PLACE, pending.since, "obs_status = 'B'"),
    ]
    states = pd.concat(changed, ignore_index=True).drop_duplicates()
    return states[states["place_id"].isin(place["place_id"])].sort_values([*_PLACE, "known_at"], ignore_index=True)


def _together(scoring: Scoring) -> list[str]:
    """What of the states is worked out in one go: the places of a quarter where a method looks at them together."""
    return ["period"] if is_wide(scoring.definition) else _CELL


def _states(
    connection: duckdb.DuckDBPyConnection, place: pd.DataFrame, pending: PendingChangePoints, scoring: Scoring
) -> pd.DataFrame:
    """When the scores of each place and quarter have to be worked out again: place_id, period, known_at."""
    places = place.loc[place["level"].isin(["country", "adm1"]), ["place_id"]]
    changed = changes_of(connection, "merged_cell_vintage", ["place_id", "period"], pending.since)
    turned = [(at, code) for at, came, gone in pending.period_changes for code in sorted(came | gone)]
    turns = places.merge(pd.DataFrame(turned, columns=["known_at", "period"]), how="cross")
    parts = [changed[changed["place_id"].isin(places["place_id"])], turns]
    method = scoring.definition
    if isinstance(method, Index) and is_wide(method):
        cells = changes_of(connection, "merged_cell_vintage", [*_CELL, "indicator_id"], pending.since)
        reached = reached_states(cells, method, place, pending.grid())
        parts.append(reached[reached["place_id"].isin(places["place_id"])])
    states = pd.concat(parts, ignore_index=True).astype({"known_at": "datetime64[ns]"})
    return states.drop_duplicates().sort_values(["place_id", "period", "known_at"], ignore_index=True)


def _blocks(
    connection: duckdb.DuckDBPyConnection, table: str, states: pd.DataFrame, by: list[str]
) -> Iterator[pd.DataFrame]:
    """The states in blocks, each with about BLOCK_ROWS vintages to choose from at most, so that memory is bounded.

    The states of one group stay together: what a row says from one state to the next is worked out in one go.
    """
    groups = states[by].drop_duplicates(ignore_index=True)
    counts = states.groupby(by, sort=False).size().to_numpy()
    sizes = sizes_at(connection, table, groups, by) * counts
    numbered = states.merge(groups.assign(block=block_numbers(sizes, BLOCK_ROWS)), on=by)
    yield from (group.drop(columns="block") for _, group in numbered.groupby("block"))
