"""Cells whose reports disagree, the reports side by side, and decisions about them."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import Any

import duckdb
import pandas as pd

from idtracker.explain.name_lookup import indicator_names, named, place_names
from idtracker.ingest.decisions.adjudications import Adjudication, Adjudications
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.shape.calendar.periods import parse_period
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.json_values import plain
from idtracker.model.periods import period
from idtracker.model.register.known_names import KnownNames
from idtracker.model.register.register import Register
from idtracker.operate.documents.review.adjudications import (
    CellHistory,
    CellReport,
    Decision,
    DisputedCell,
    KeptDecision,
    Objection,
)
from idtracker.publish.current import open_current
from idtracker.store.tables import known_now, read_table

_CELL = ["indicator_id", "place_id", "period"]
_REPORT = [*_CELL, "org_id", "origin"]
_TOLD = ["value", "spread", "method", "obs_status", "is_disagreement"]
Cell = tuple[str, str, str]


def find_cell(catalogue: ProgrammeCatalogue, indicator: str, place: str, quarter: str) -> Cell:
    """Indicator, place and quarter as a person types them; UsageError, with the nearest, where one of them is not known."""
    register = catalogue.register
    code = parse_period(quarter)
    if code is None or period(code).length != "quarter":
        raise UsageError(f"`{quarter}` is not a quarter; write one such as 2026-Q2.")
    return (
        named(indicator, indicator_names(register.indicators), "indicator"),
        named(place, place_names(register.places, register.place_codes), "place"),
        code,
    )


def open_disagreements(home: Home, audience: str, *, with_decided: bool = False) -> list[DisputedCell]:
    """Cells of the publication whose reports disagree and that wait for a decision, widest spread first.

    Carried copies are left out: the decision belongs to the quarter that the reports speak of. `with_decided` adds the
    cells that are decided.
    """
    with open_current(home, audience) as published:
        cells = read_table(published, "merged_cell")
        waits = cells["is_disagreement"] | (with_decided & (cells["method"] == "ADJUDICATED"))
        cells = cells[waits & ~cells["is_carried"] & ~cells["method"].str.startswith("NATIONAL")]
        cells = cells.sort_values(["spread", *_CELL], ascending=[False, True, True, True], na_position="last")
        reports, known = _reports(published, cells[_CELL]), _known(published)
    by_cell = dict(iter(reports.groupby(_CELL)))
    return [
        DisputedCell(
            **_plain(row, [*_CELL, *_TOLD]),
            **_names(known, row["indicator_id"], row["place_id"]),
            **_contributing_rows(by_cell.get(tuple(row[c] for c in _CELL), reports.head(0)), known),
        )
        for row in cells.to_dict("records")
    ]


def describe_cell(home: Home, audience: str, cell: Cell) -> CellHistory:
    """Everything known about one cell: its value, every report with file, sheet and row, and the decisions about it."""
    with open_current(home, audience) as published:
        cells = read_table(published, "merged_cell")
        matching = cells[(cells[_CELL] == list(cell)).all(axis=1)]
        reports, known = _reports(published, pd.DataFrame([cell], columns=_CELL)), _known(published)
    value = _plain(matching.iloc[0].to_dict() if len(matching) else {}, _TOLD)
    decisions = [decision for decision in Adjudications(home).all() if decision.cell == cell]
    return CellHistory(
        indicator_id=cell[0],
        place_id=cell[1],
        period=cell[2],
        **value,
        **_names(known, cell[0], cell[1]),
        **_contributing_rows(reports, known),
        decisions=[Decision(**_decision(decision, known)) for decision in decisions],
    )


def decide(
    home: Home, audience: str, cell: Cell, value: float, error: float | None, *, by: str, why: str, at: datetime
) -> tuple[Adjudication, Objection | None]:
    """Keep a decision; the second value is a warning where it lies outside what the reports say, or is about none.

    UsageError where the figures are no figures.
    """
    if not isfinite(value) or (error is not None and not (isfinite(error) and error >= 0)):
        raise UsageError("--value must be a number, and --standard-error a number of 0 or more.")
    with open_current(home, audience) as published:
        values = _reports(published, pd.DataFrame([cell], columns=_CELL))["value"]
    decision = Adjudication(*cell, value, error, by, why, at)
    Adjudications(home).add(decision)
    if values.empty:
        return decision, "no_reports"
    return decision, None if values.min() <= value <= values.max() else "outside"


def revoke(home: Home, cell: Cell, *, by: str, why: str, at: datetime) -> Adjudication:
    """Leave a decided cell undecided again. UsageError where no decision about it is in force."""
    if cell not in Adjudications(home).in_force():
        raise UsageError(
            f"No decision about {' '.join(cell)} is in force; `idtracker adjudicate list --all` lists them."
        )
    decision = Adjudication(*cell, None, None, by, why, at)
    Adjudications(home).add(decision)
    return decision


def decision_document(decision: Adjudication, register: Register, warning: Objection | None = None) -> KeptDecision:
    """A decision that was kept, as a document."""
    return KeptDecision(**_decision(decision, KnownNames.of(register)), warning=warning)


def _decision(decision: Adjudication, known: KnownNames) -> dict[str, Any]:
    return {
        "adjudication_id": decision.adjudication_id,
        **dict(zip(_CELL, decision.cell, strict=True)),
        **_names(known, decision.cell[0], decision.cell[1]),
        "value": decision.value,
        "standard_error": decision.standard_error,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at.isoformat(),
        "why": decision.why,
    }


def _known(published: duckdb.DuckDBPyConnection) -> KnownNames:
    """The names of the reference tables that were published with the figures."""
    return KnownNames.of_tables(*(read_table(published, name) for name in ("place", "indicator", "organisation")))


def _names(known: KnownNames, indicator: str, place: str) -> dict[str, Any]:
    return {"indicator_name": known.name(indicator), "place_name": known.name(place)}


def _reports(published: duckdb.DuckDBPyConnection, cells: pd.DataFrame) -> pd.DataFrame:
    """The reports behind cells, one row per observation that they come from."""
    reported = read_table(published, "cell_report").merge(cells[_CELL].astype("str"), on=_CELL)
    reported = reported.assign(fact_id=reported["fact_ids"].str.split(";")).explode("fact_id")
    rows = known_now(published, "observation")[
        ["fact_id", "submission_id", "sheet", "row_number", "reliability", "credibility"]
    ]
    rows = rows.merge(
        read_table(published, "submission")[["submission_id", "file_name"]], on="submission_id", how="left"
    )
    reports = reported.merge(rows.assign(grade=rows["reliability"] + rows["credibility"]), on="fact_id", how="left")
    return reports.sort_values([*_CELL, "value", "org_id", "origin", "file_name", "row_number"], ignore_index=True)


def _contributing_rows(reports: pd.DataFrame, known: KnownNames) -> dict[str, Any]:
    """How many reports there are, and one entry per row that they come from."""
    columns = ["org_id", "origin", "value", "weight", "use", "grade", "file_name", "sheet", "row_number"]
    return {
        "report_count": int((~reports.duplicated(_REPORT)).sum()),
        "reports": [
            CellReport(**_plain(row, columns), org_name=known.name(row["org_id"])) for row in reports.to_dict("records")
        ],
    }


def _plain(row: dict[Any, Any], names: list[str]) -> dict[str, Any]:
    """The named cells of a row as JSON can hold them; an empty text is missing."""
    cells: dict[str, Any] = {name: plain(row.get(name), instants=True) for name in names}
    number = cells.get("row_number")
    rows = {} if number is None else {"row_number": int(number)}
    return {name: None if value == "" else value for name, value in cells.items()} | rows
