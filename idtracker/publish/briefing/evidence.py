"""What stands behind the scores of a quarter: cells, the reports that each is merged from, and the rows of files behind those."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from idtracker.model.published.figure_address import FigureAddress
from idtracker.model.tables import FACTS
from idtracker.publish.briefing.by_place import RowsByPlace
from idtracker.publish.briefing.figures import number
from idtracker.publish.briefing.parts import Figure
from idtracker.publish.briefing.scores import Row
from idtracker.publish.briefing.source import PublishedRows
from idtracker.store.tables import quoted

_CELLS = (
    "SELECT indicator_id, place_id, coalesce(origin_period, period) AS period FROM merged_cell WHERE period = {period}"
)


@dataclass(frozen=True)
class Evidence:
    """Cells of one quarter and what they are made of, by place and indicator; read for some of the `places` at a time, in their order."""

    source: PublishedRows
    period: str | None
    places: Sequence[str]

    def cells_of(self, place: str) -> list[Row]:
        """The cells of a place, by indicator."""
        return self._cells.of(place) if self.source.has_rows("merged_cell") else []

    def reports_of(self, place: str) -> dict[str, list[Row]]:
        """Indicator -> what organisations reported for the cell of a place; of a cell that is carried on, for the quarter it is from."""
        grouped: dict[str, list[Row]] = {}
        if self.source.has_rows("merged_cell") and self.source.has_rows("cell_report"):
            for row in self._reports.of(place):
                grouped.setdefault(row["indicator_id"], []).append(row)
        return grouped

    def facts_of(self, place: str) -> dict[str, Row]:
        """Fact behind a cell of a place -> table, file, sheet, row number, and the value where the fact is an observation."""
        return {} if self.rows_sql() is None else {row["fact_id"]: row for row in self._facts.of(place)}

    @cached_property
    def places_by_indicator(self) -> dict[str, list[str]]:
        """Indicator -> the places that have a cell of it."""
        grouped: dict[str, list[str]] = {}
        if self.source.has_rows("merged_cell"):
            period = quoted(self.period)
            for row in self.source.read(
                f"SELECT indicator_id, place_id FROM merged_cell WHERE period = {period} ORDER BY place_id, indicator_id"
            ):
                grouped.setdefault(row["indicator_id"], []).append(row["place_id"])
        return grouped

    @cached_property
    def _cells(self) -> RowsByPlace:
        period = quoted(self.period)
        return self._by_place(
            lambda here: f"SELECT * FROM merged_cell WHERE period = {period} AND {here} ORDER BY place_id, indicator_id"
        )

    @cached_property
    def _reports(self) -> RowsByPlace:
        return self._by_place(
            lambda here: (
                f"SELECT r.* FROM cell_report r JOIN ({self._wanted}) USING (indicator_id, place_id, period) WHERE {here} "
                "ORDER BY place_id, indicator_id, weight DESC NULLS LAST, org_id, origin"
            )
        )

    @cached_property
    def _facts(self) -> RowsByPlace:
        return self._by_place(lambda here: self._rows_where(f" WHERE {here}") or "")

    def _by_place(self, select: Callable[[str], str]) -> RowsByPlace:
        return RowsByPlace(self.source, self.places, select)

    def rows_sql(self, place: str | None = None) -> str | None:
        """The rows of files behind the cells of the quarter, of one place where it is named, as they hold now; None where nothing is published."""
        return self._rows_where(f" WHERE place_id = {quoted(place)}" if place is not None else "")

    def _rows_where(self, of_place: str) -> str | None:
        tables = [table for table in FACTS if table in self.source.tables and self.source.has_rows(table)]
        if not tables or not self.source.has_rows("cell_report") or not self.source.has_rows("merged_cell"):
            return None
        wanted = (
            "SELECT place_id, indicator_id, org_id, unnest(string_split(fact_ids, ';')) AS fact_id "
            f"FROM cell_report JOIN ({self._wanted}) USING (indicator_id, place_id, period){of_place}"
        )
        files = "SELECT submission_id, file_name FROM submission"
        if "submission" not in self.source.tables:
            files = "SELECT '' AS submission_id, NULL AS file_name WHERE FALSE"
        listed = " UNION ALL ".join(
            f"SELECT fact_id, '{table}' AS \"table\", submission_id, sheet, row_number, "
            f'{"value" if table == "observation" else "NULL::DOUBLE AS value"} FROM "{table}" WHERE recorded_to IS NULL'
            for table in tables
        )
        return (
            f'SELECT DISTINCT w.place_id, w.indicator_id, w.org_id, f.fact_id, f."table", f.submission_id, s.file_name, f.sheet, '
            f"f.row_number, f.value FROM ({wanted}) w JOIN ({listed}) f USING (fact_id) LEFT JOIN ({files}) s USING (submission_id) "
            "ORDER BY ALL"
        )

    @property
    def _wanted(self) -> str:
        return _CELLS.format(period=quoted(self.period))


def children_of(row: Row) -> list[str]:
    """The parts and indicators that a score is made of, as its weights name them."""
    weights = row.get("effective_weights")
    return sorted(json.loads(weights)) if isinstance(weights, str) and weights else []


def fact_figure(fact: Row, column: str, digits: int = 0) -> Figure | None:
    """A number of a row of a file; None where it has none."""
    value = number(fact[column])
    return (
        None
        if value is None
        else Figure(value, FigureAddress(str(fact["table"]), (str(fact["fact_id"]),), column), digits)
    )


def digits_of(value: Any) -> int:
    """Digits after the point for the value of an indicator: more where it is small."""
    return 1 if value is None or value != value or abs(float(value)) >= 10 else 2
