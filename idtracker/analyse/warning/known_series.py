"""The series of nodes and indicators as they were known at instants, read from the vintages of scores and cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from idtracker.analyse.index.scoring import nodes_above
from idtracker.analyse.index.trend import not_reported, series_breaks
from idtracker.analyse.merge.linking.read import declared_breaks
from idtracker.analyse.warning.conditions import Point, Series
from idtracker.model.marking import marking_of
from idtracker.model.method import Method
from idtracker.model.methods.chosen import Methods
from idtracker.model.periods import quarter_number
from idtracker.model.tables import TABLES, frame_of
from idtracker.model.warnings.load import Known
from idtracker.model.warnings.rule import Subject
from idtracker.store.connection import registered, rows_of
from idtracker.store.tables import quoted_list, read_table

Key = tuple[pd.Timestamp, str, str]
"""Instant of knowledge, place, and code of the node or indicator."""


@dataclass(frozen=True, slots=True)
class KnownSeries:
    """Every series that rules ask for, at every instant that they ask for."""

    series: dict[Key, Series]

    def at(self, known_at: pd.Timestamp, place_id: str, subject: Subject) -> Series | None:
        """A series as it was known; None where nothing was."""
        return self.series.get((known_at, place_id, subject.code))


def read_series(
    connection: duckdb.DuckDBPyConnection,
    subjects: Collection[Subject],
    instants: Sequence[pd.Timestamp],
    known: Known,
    methods: Methods,
) -> KnownSeries:
    """The scores of nodes and the cells of indicators as known at each instant.

    A score most of whose weight is carried, and a cell that is carried, is no value: nobody reported it then.
    """
    nodes = quoted_list({s.node for s in subjects if s.node})
    indicators = quoted_list({s.indicator for s in subjects if s.indicator})
    scores = _vintages(connection, "score", instants, f"node_code IN ({nodes})")
    cells = _vintages(connection, "merged_cell", instants, f"(obs_status = 'B' OR indicator_id IN ({indicators}))")
    declared = declared_breaks(connection, _states(scores, cells))
    cells = pd.concat([cells, declared], ignore_index=True) if len(declared) else cells
    indicator = read_table(connection, "indicator")
    method = methods.merging.model_copy(update={"trend": methods.trend})
    above = nodes_above(methods.headline, indicator)
    broken = series_breaks(cells, indicator, method, ["known_at"], above) if len(cells) else {}
    breaks = {(pd.Timestamp(at), place, node): quarters for (place, node, at), quarters in broken.items()}
    own = cells[cells["indicator_id"].isin([s.indicator for s in subjects if s.indicator])]
    breaks |= _own_breaks(own)
    own = own[own["value"].notna()]
    found = _series_of(_of_scores(scores, method), breaks, known)
    return KnownSeries(found | _series_of(_of_cells(own), breaks, known))


def _states(scores: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The places of which anything was known at each instant."""
    columns = ["place_id", "known_at"]
    return pd.concat([scores[columns], cells[columns]], ignore_index=True).drop_duplicates(ignore_index=True)


def _vintages(
    connection: duckdb.DuckDBPyConnection, table: str, instants: Sequence[pd.Timestamp], where: str
) -> pd.DataFrame:
    asked = pd.DataFrame({"known_at": list(dict.fromkeys(instants))}).astype({"known_at": "datetime64[us]"})
    with registered(connection, {"_instants": asked}):
        rows = rows_of(
            connection,
            f"""SELECT v.* EXCLUDE (known_from, known_to), a.known_at FROM "{table}_vintage" v JOIN _instants a
            ON v.known_from <= a.known_at AND (v.known_to IS NULL OR v.known_to > a.known_at) WHERE {where}""",
        )
    return frame_of(rows, TABLES[table])


def _of_scores(scores: pd.DataFrame, method: Method) -> pd.DataFrame:
    """Value and error of each score: its interval is clipped to the scale, so the longer side tells the error."""
    half = np.fmax(scores["high"] - scores["score"], scores["score"] - scores["low"])
    is_new = not_reported(scores) <= method.trend.maximum_carried_share
    return scores.assign(
        code=scores["node_code"], value=scores["score"].where(is_new), error=half / method.interval_z
    )  # fmt: skip


def _of_cells(cells: pd.DataFrame) -> pd.DataFrame:
    is_new = ~cells["is_carried"].astype("bool")
    return cells.assign(code=cells["indicator_id"], value=cells["value"].where(is_new), error=cells["standard_error"])


def _own_breaks(cells: pd.DataFrame) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    broken = cells[cells["obs_status"] == "B"].sort_values("period")
    for at, place, code, period in zip(
        broken["known_at"], broken["place_id"], broken["indicator_id"], broken["period"], strict=True
    ):
        found[pd.Timestamp(at), str(place), str(code)].append(quarter_number(str(period)))
    return {key: sorted(set(quarters)) for key, quarters in found.items()}


def _series_of(rows: pd.DataFrame, breaks: dict[Key, list[int]], known: Known) -> dict[Key, Series]:
    columns = ["known_at", "place_id", "code", "period", "value", "error", "classification", "releasable_to"]
    points: dict[Key, dict[int, Point]] = defaultdict(dict)
    marks: dict[Key, dict[int, frozenset[object]]] = defaultdict(dict)
    plain = rows[columns].astype("object")
    for at, place, code, period, value, error, high, groups in plain.where(plain.notna(), None).itertuples(index=False):
        key, quarter = (pd.Timestamp(at), str(place), str(code)), quarter_number(str(period))
        marks[key][quarter] = frozenset([marking_of(high, groups)])
        if value is not None:
            points[key][quarter] = Point(float(value), None if error is None else float(error))
    return {
        key: Series(
            range(min(marked), max(marked) + 1),
            points[key],
            breaks.get(key, []),
            key[2] in known.counts,
            marked,  # type: ignore[arg-type]
        )
        for key, marked in marks.items()
    }
