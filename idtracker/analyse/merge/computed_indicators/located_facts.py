"""In which places facts fall, worked out by the plan that derived indicators are made by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from idtracker.analyse.merge.compiled_plans import compiled_plan
from idtracker.model.register.places_above import with_areas

if TYPE_CHECKING:
    from idtracker.analyse.merge.plan import Plan


def rows_in_places(facts: pd.DataFrame, place: pd.DataFrame) -> dict[str, list[int]]:
    """For each place the facts that fall in it (all facts of their sources are given), by position and in their order."""

    def build() -> Plan:
        from idtracker.analyse.merge.computed_indicators.places import located_plan

        return located_plan()

    tables = {"facts": facts.assign(row=range(len(facts))), "place": with_areas(place)}
    located = compiled_plan(("located",), build).rows(tables, "located")
    return {str(place_id): sorted(rows) for place_id, rows in located.groupby("place_id")["row"]}
