"""No row leaves without a marking: every table has the columns of one, whether or not it states them."""

from __future__ import annotations

import pytest

from idtracker.model.marking import HIGHEST, Marking, marking_of, united
from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.base import Table, column


@pytest.mark.parametrize("name", TABLES)
def test_every_published_table_has_a_marking_that_is_never_empty(name: str) -> None:
    specs = {spec.name: spec for spec in columns_of(TABLES[name])}
    assert specs["classification"].is_required and specs["classification"].codelist == "classification"
    assert "releasable_to" in specs


def test_the_next_table_cannot_forget_it() -> None:
    class Visit(Table):
        """One visit."""

        place_id: str = column("Place", "place", required=True)

    assert [spec.name for spec in columns_of(Visit)] == ["place_id", "classification", "releasable_to"]


def test_what_is_made_of_several_rows_is_marked_highest_for_those_who_may_see_all() -> None:
    open_row, narrow = marking_of("OFFICIAL", "HMG; PARTNERS;PUBLIC"), marking_of("OFFICIAL-SENSITIVE", "HMG;PARTNERS")
    assert united([open_row, narrow]) == Marking("OFFICIAL-SENSITIVE", frozenset({"HMG", "PARTNERS"}))
    assert united([open_row, narrow, marking_of("OFFICIAL", None)]) == HIGHEST
    assert marking_of("OFFICAL", "HMG").classification == "OFFICIAL-SENSITIVE", (
        "what nobody knows counts as the highest"
    )
    assert united([]) is None
