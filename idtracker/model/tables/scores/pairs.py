"""Who works with whom: two organisations and what they have in common in a quarter."""

from __future__ import annotations

from typing import ClassVar

from idtracker.model.tables.base import Flag, Integer, MadeOf, Table, column
from idtracker.model.tables.outside_inputs import CLOCK, METRIC_INPUTS


class Pair(Table):
    """Two organisations in one quarter that share activities, products, items or cells, or of which either rated the other, as known now.

    A pair without a row shares nothing that is on record, which does not say that it has nothing to do with each other.
    """

    key = ("period", "org_id", "other_org_id")
    has_series = False

    period: str = column("Quarter", "period", required=True)
    org_id: str = column(
        "One organisation, as it was in the quarter: that of both identifiers which comes first",
        "organisation",
        required=True,
    )
    other_org_id: str = column("The other, as it was in the quarter", "organisation", required=True)
    as_is_org_id: str = column("Who stands for the one now", "organisation", required=True)
    as_is_other_org_id: str = column("Who stands for the other now", "organisation", required=True)
    shared_activity_count: Integer = column(
        "Activities at work in which both take part (IM-16)", "integer", required=True, ge=0
    )
    shared_product_count: Integer = column(
        "Products completed in the four quarters to this one to which both contributed", "integer", required=True, ge=0
    )
    shared_item_count: Integer = column(
        "Items that one shared with the other in the quarter, either way (IM-10)", "integer", required=True, ge=0
    )
    shared_cell_count: Integer = column("Cells in which both are present (IM-32)", "integer", required=True, ge=0)
    shared_cells: str = column("These cells, each a place and a sector, `;` between", "text")
    frey_level: Integer = column(
        "Level of collaboration: the higher of both sides' last ratings in four quarters; empty where neither rated the other",
        "integer",
        ge=0,
        le=5,
        unit="level 0-5",
    )
    is_coordinated: Flag = column(
        "Whether a shared activity, a shared product or a level of 2 or more says so, as IM-34 has it; shared items alone do not",
        "flag",
        required=True,
    )
    classification: str = column(
        "The highest marking of the rows that it is counted from", "code", required=True, codelist="classification"
    )
    releasable_to: str = column("Groups that may see all of these rows", "text")
    made_of: ClassVar[MadeOf] = {
        "period": (CLOCK,),
        **dict.fromkeys(
            (
                *("org_id", "other_org_id", "as_is_org_id", "as_is_other_org_id", "shared_activity_count"),
                *("shared_product_count", "shared_cell_count", "shared_cells", "frey_level", "is_coordinated"),
                *("classification", "releasable_to"),
            ),
            (METRIC_INPUTS,),
        ),
        "shared_item_count": ("share_event.from_org_id", "share_event.to_org_id", "share_event.shared_on"),
    }
