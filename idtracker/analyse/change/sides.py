"""What is known of places and quarters at an instant, read from the vintages of a store or publication, as sides of a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from math import nan
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from idtracker.analyse.change.cells import Cell, Scale
from idtracker.analyse.change.declared import breaks_and_spans
from idtracker.analyse.change.leaf import Expected, Side
from idtracker.analyse.change.panels import Panels
from idtracker.analyse.index.across.denominators import figures_of_places
from idtracker.model.composite.definition import Index
from idtracker.model.composite.reach import divisors_of, is_divisible
from idtracker.model.marking import Marking, marking_of
from idtracker.model.method import Method
from idtracker.store.tables import quoted_list, read_table

_CELL = "value, score, method, is_carried, origin_period"


class ScoreVintage(NamedTuple):
    """One version of a score."""

    score: float | None
    marking: Marking
    period_end: date
    known_from: pd.Timestamp
    known_to: pd.Timestamp | None


class Knowledge:
    """The scores, cells and reports of some places (None: all), with their vintages, and the register and method beside them.

    `merging` is how cells were merged where `method`, which made the scores, is a tree. `periods` limits all of it to some
    quarters, and to those from which values were carried into them (None: all quarters).
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        method: Method | Index,
        places: Iterable[str] | None = None,
        merging: Method | None = None,
        periods: Iterable[str] | None = None,
    ) -> None:
        self.method, self.merging = method, merging
        self._parents, self._levels = _places(connection)
        is_wide = isinstance(method, Index) and not is_divisible(method)
        self._panels = Panels(connection, method, merging) if isinstance(method, Index) and is_wide else None
        self._divisors = divisors_of(method) if isinstance(method, Index) else ()
        self._figures: dict[tuple[str, date], dict[str, float]] = {}
        self._places = read_table(connection, "place") if self._divisors else pd.DataFrame()
        wanted = None if places is None else self._with_governorates(places)
        among = f"{_among('place_id', wanted)}{_among('period', periods)}"
        self.scores = _scores(connection, among)
        if periods is not None:
            among = f"{_among('place_id', wanted)}{_among('period', _with_origins(connection, periods, among))}"
        self._cells = _vintages(connection, "merged_cell", _CELL, among)
        self._reports: dict[tuple[str, str, str], list[tuple[Any, ...]]] = {}
        reports = _vintages(connection, "cell_report", "org_id, value, weight", f"{among} AND use = 'USED'")
        for (place, period), rows in reports.items():
            for indicator, *row in rows:
                self._reports.setdefault((place, period, indicator), []).append(tuple(row))
        self._indicators = _indicators(connection, method)
        self._breaks, self._spans = breaks_and_spans(connection)
        self._made: dict[tuple[object, ...], Mapping[str, Cell]] = {}
        self._asked: dict[tuple[str, date], tuple[Mapping[str, Expected], Mapping[str, float], dict[str, int]]] = {}

    def _with_governorates(self, places: Iterable[str]) -> list[str]:
        return [*places, *(g for place in places for g in self._parents.get(place, {}))]

    def score_at(self, place: str, period: str, node: str, at: pd.Timestamp | None) -> ScoreVintage | None:
        """The version of a score that was known at an instant (None: now); None where there was none."""
        for row in self.scores.get((place, period, node), []):
            if _is_known(row.known_from, row.known_to, at):
                return row
        return None

    def side(self, place: str, period: str, node: str, at: pd.Timestamp | None = None) -> Side | None:
        """One side of a change; None where the place and quarter were not in sight."""
        row = self.score_at(place, period, node, at)
        if row is None:
            return None
        asked = place, row.period_end
        if asked not in self._asked:
            self._asked[asked] = self._expected(*asked), self._parents_in(*asked), self._basis_of(row.period_end)
        expected, parents, basis = self._asked[asked]
        cells, figures = self._cells_at(place, period, at), self._figures_of(*asked)
        others = {} if self._panels is None else self._panels.leaves(place, period, at)
        nodes = {} if self._panels is None else self._panels.contexts(place, period, at)
        return Side(row.score, self.method, expected, cells, parents, self.merging, basis, figures, others, nodes)

    def _parents_in(self, place: str, period_end: date) -> Mapping[str, float]:
        """The governorates that were there, where declared shares say when which were."""
        own = self._parents.get(place, {})
        if not any(name in self._spans for name in own):
            return own
        spans = {name: self._spans.get(name, (date.min, date.max)) for name in own}
        return {name: people for name, people in own.items() if spans[name][0] <= period_end < spans[name][1]}

    def _figures_of(self, place: str, period_end: date) -> dict[str, float]:
        """What the leaves of a tree are divided by in the register of places."""
        if not self._divisors:
            return {}
        key = place, period_end
        if key not in self._figures:
            unit = pd.DataFrame({"place_id": [place], "period_end": [pd.Timestamp(period_end)]})
            stated = figures_of_places(self._places, unit)
            self._figures[key] = {name: float(stated[name][0]) for name in self._divisors if stated[name][0] > 0}
        return self._figures[key]

    def _basis_of(self, period_end: date) -> dict[str, int]:
        """Indicator -> how many breaks without a crosswalk began up to a day."""
        counts = {name: sum(day <= period_end for day in days) for name, days in self._breaks.items()}
        return {name: count for name, count in counts.items() if count}

    def _expected(self, place: str, period_end: date) -> dict[str, Expected]:
        is_country = self._levels.get(place) == "country"
        return {
            indicator: expected
            for indicator, (expected, level, retired) in self._indicators.items()
            if (is_country or level in ("adm1", "both")) and (retired is None or period_end <= retired)
        }

    def _cells_at(self, place: str, period: str, at: pd.Timestamp | None) -> Mapping[str, Cell]:
        key = (place, period, at)
        if key not in self._made:
            rows = self._cells.get((place, period), [])
            self._made[key] = {
                indicator: self._cell(indicator, place, row, at)
                for indicator, begins, ends, *row in rows
                if self._counts(*row[:2]) and _is_known(begins, ends, at)
            }
        return self._made[key]

    def _counts(self, value: float | None, score: float | None) -> bool:
        """Whether a cell can count: by its score, under a tree also by its value."""
        return score is not None or (value is not None and isinstance(self.method, Index))

    def _cell(self, indicator: str, place: str, row: list[Any], at: pd.Timestamp | None) -> Cell:
        value, score, made, is_carried, origin = row
        governorates = {}
        if str(made).startswith("NATIONAL_"):
            of_places = {g: self._cells_at(g, origin, at).get(indicator) for g in self._parents.get(place, {})}
            own = {g: cell for g, cell in of_places.items() if cell is not None and not cell.is_carried}
            governorates = {g: cell for g, cell in own.items() if cell.made != "PLACE_SHARE"}  # not yet a place
        return Cell(
            value,
            nan if score is None else score,
            made,
            is_carried,
            origin,
            self._reports_of(indicator, place, origin, at),
            governorates,
        )

    def _reports_of(
        self, indicator: str, place: str, period: str, at: pd.Timestamp | None
    ) -> dict[str, tuple[float, float]]:
        """Organisation -> value and weight; its own word and what it quotes together."""
        found: dict[str, tuple[float, float]] = {}
        for begins, ends, org, value, weight in self._reports.get((place, period, indicator), []):
            if weight > 0 and _is_known(begins, ends, at):
                old, other = found.get(org, (value, 0.0))
                total = other + weight
                found[org] = ((old * other + value * weight) / total, total)
        return found


def _is_known(begins: pd.Timestamp, ends: pd.Timestamp | None, at: pd.Timestamp | None) -> bool:
    return ends is None if at is None else begins <= at and (ends is None or ends > at)


def _among(column: str, names: Iterable[str] | None) -> str:
    return "" if names is None else f" AND {column} IN ({quoted_list(names)})"


def _with_origins(connection: duckdb.DuckDBPyConnection, periods: Iterable[str], among: str) -> list[str]:
    """Quarters, and those from which cells were carried into them."""
    rows = connection.execute(f"SELECT DISTINCT origin_period FROM merged_cell_vintage WHERE TRUE{among}").fetchall()
    return sorted({*periods, *(origin for (origin,) in rows if origin is not None)})


def _vintages(
    connection: duckdb.DuckDBPyConnection, table: str, columns: str, among: str
) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
    """(place, quarter) -> indicator, known_from, known_to and some columns of every vintage."""
    found: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    rows = connection.execute(
        f"SELECT place_id, period, indicator_id, known_from, known_to, {columns} FROM {table}_vintage "
        f"WHERE TRUE{among} ORDER BY ALL"
    ).fetchall()
    for place, period, *rest in rows:
        found.setdefault((place, period), []).append(tuple(rest))
    return found


def _scores(connection: duckdb.DuckDBPyConnection, among: str) -> dict[tuple[str, str, str], list[ScoreVintage]]:
    found: dict[tuple[str, str, str], list[ScoreVintage]] = {}
    for place, period, node, score, classification, releasable, end, begins, ends in connection.execute(
        "SELECT place_id, period, node_code, score, classification, releasable_to, period_end, known_from, known_to "
        f"FROM score_vintage WHERE TRUE{among} ORDER BY place_id, period, node_code, known_from"
    ).fetchall():
        row = ScoreVintage(score, marking_of(classification, releasable), _day(end), begins, ends)
        found.setdefault((place, period, node), []).append(row)
    return found


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def _places(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Country -> governorates with their population (1 each where one states none), and the level of every place."""
    parents: dict[str, dict[str, float]] = {}
    levels = {}
    for place, level, parent, population in connection.execute(
        "SELECT place_id, level, parent_id, population FROM place ORDER BY place_id"
    ).fetchall():
        levels[place] = level
        if level == "adm1" and parent is not None:
            parents.setdefault(parent, {})[place] = float(population or 0)
    whole = {c: parts if min(parts.values()) > 0 else dict.fromkeys(parts, 1.0) for c, parts in parents.items()}
    return whole, levels


def _indicators(
    connection: duckdb.DuckDBPyConnection, method: Method | Index
) -> dict[str, tuple[Expected, str, date | None]]:
    """Indicator -> what is expected, its level and retirement; for a tree, which weighs its leaves itself, without dimension and weight."""
    found = {}
    for name, dimension, weight, level, retired, low, high, direction, roll_up, *policy in connection.execute(
        "SELECT indicator_id, dimension_code, weight, level, retired_on, goalpost_low, goalpost_high, direction, roll_up, "
        "merge_policy, priority_org_id, scale FROM indicator ORDER BY indicator_id"
    ).fetchall():
        if isinstance(method, Index):
            dimension, weight = "", 1.0
        elif dimension not in method.dimensions or not weight or weight <= 0:
            continue
        has_width = low is not None and high is not None and low != high
        scale = Scale(min(low, high), abs(high - low), int(direction), roll_up, str(policy)) if has_width else None
        found[name] = (Expected(dimension, weight, scale), level, None if retired is None else _day(retired))
    return found
