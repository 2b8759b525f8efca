"""Presence in a quarter: organisation, first-level division and sector, from the table `activity_cell`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import pandas as pd

from idtracker.analyse.metrics.delivery.rows import stretches
from idtracker.analyse.metrics.inputs import Inputs, plain_rows
from idtracker.analyse.metrics.known.presence import Stated
from idtracker.analyse.metrics.metric_result import Evidence
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.model.register.places_above import areas_of
from idtracker.model.text import fold

Cell = tuple[str, str]
"""A place and a sector."""
SHOWN = ["org_id", "sector", "place_id", "activity_id"]


class Presence(NamedTuple):
    """Who is present in each cell of a quarter, and what each spends there where any spend is stated."""

    orgs: dict[Cell, set[str]]
    spent: dict[tuple[Cell, str], float]

    def cells_by_org(self) -> dict[str, set[Cell]]:
        """The cells of each organisation, in order."""
        cells: dict[str, set[Cell]] = {}
        for cell, orgs in self.orgs.items():
            for org in orgs:
                cells.setdefault(org, set()).add(cell)
        return dict(sorted(cells.items()))

    def at(self, place: str) -> Presence:
        """The same at one place."""
        orgs = {cell: members for cell, members in self.orgs.items() if cell[0] == place}
        return Presence(orgs, {key: spent for key, spent in self.spent.items() if key[0][0] == place})

    def places(self) -> list[str]:
        """The places with anybody present, in order."""
        return sorted({place for place, _ in self.orgs})


def presence(inputs: Inputs, quarter: Quarter) -> Presence:
    """Who is present where; rows that name a country alone, no sector or no organisation say nothing about a cell.

    Two spellings that fold into one text are one sector.
    """

    def make() -> Presence:
        rows, countries = _stated(inputs, quarter), _countries(inputs)
        rows = [row for row in rows if row.place_id not in countries]
        cells = [(row.place_id, fold(row.sector)) for row in rows]
        present = inputs.members([unit_of(cell) for cell in cells], [row.org_id for row in rows], quarter)
        orgs, spent = dict[Cell, set[str]](), dict[tuple[Cell, str], float]()
        for cell, org, row in zip(cells, present, rows, strict=True):
            if org is not None:
                orgs.setdefault(cell, set()).add(org)
                if row.spent is not None:
                    spent[cell, org] = spent.get((cell, org), 0.0) + row.spent
        return Presence(dict(sorted(orgs.items())), {key: sum_ for key, sum_ in sorted(spent.items()) if sum_ > 0})

    return inputs.remember(("presence", quarter), make)


def unit_of(cell: Cell) -> str:
    """The name of a cell."""
    return f"{cell[0]} {cell[1]}"


def presence_evidence(inputs: Inputs, quarter: Quarter) -> list[Evidence]:
    """The rows behind the cells."""
    return [Evidence("activity_cell", partial(cell_rows, inputs, quarter), SHOWN)]


def presence_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """Rows of activity_cell that meet the quarter, with `area` (their division) and `spent` (what they spend in it, if known).

    Spend is in the currency that most of the rows state; another one is not added to it.
    """
    rows = stretches(inputs, quarter)
    rows = rows[rows[["org_id", "place_id", "sector"]].notna().all(axis=1)]
    spent = rows["spend"] * rows["share_in"]
    currency = rows["spend_currency"].fillna("")
    if spent.notna().any():
        spent = spent.where(currency == sorted(currency[spent.notna()].mode())[0])
    areas = areas_of(inputs.table("place"))
    area = pd.Series([areas.get(place, place) for place in rows["place_id"]], rows.index, dtype="str")
    return rows.assign(area=area, spent=spent)


def _stated(inputs: Inputs, quarter: Quarter) -> Sequence[Stated]:
    if inputs.presence is not None:
        return inputs.presence.stated(quarter)
    rows = plain_rows(presence_rows(inputs, quarter), ("org_id", "area", "sector", "spent"))
    return [Stated(*row) for row in rows]


def _countries(inputs: Inputs) -> set[str]:
    place = inputs.table("place")
    return inputs.remember_while(
        ("countries",), [place], lambda: set(place.loc[place["level"] == "country", "place_id"].tolist())
    )


def cell_rows(inputs: Inputs, quarter: Quarter) -> pd.DataFrame:
    """The presence_rows() that count, with their cell as `unit` and `org` (who it is in the quarter)."""
    rows = presence_rows(inputs, quarter)
    sectors = [fold(sector) for sector in rows["sector"]]
    units = pd.Series([unit_of(cell) for cell in zip(rows["area"], sectors, strict=True)], rows.index, dtype="str")
    return inputs.with_members(rows.assign(unit=units), "org_id", quarter)
