"""Presence: gathered in the database it gives the figures of rows read one by one, and silence never looks like coordination."""

from __future__ import annotations

from itertools import combinations

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from metrics_given import Case, case_of, cases, read_reference, table

from idtracker.analyse.metrics.known.delivered import TABLES as ACTIVITIES
from idtracker.analyse.metrics.known.delivered import Delivered
from idtracker.analyse.metrics.known.presence import Presence
from idtracker.analyse.metrics.registry import family
from idtracker.analyse.metrics.values import measure
from idtracker.model.tables import TABLES, empty_frame
from idtracker.model.tables.version import create_table_sql
from idtracker.store.tables import fill_table

OVERLAP = {m.id for m in family("overlap")}
CASES = [case for case in cases() if case.metric_id in OVERLAP]
AT = pd.Timestamp("2026-06-30")
PRESENT = st.sets(
    st.tuples(
        st.sampled_from(["GB-GOV-8", "GB-GOV-11", "GB-GOV-6", "XM-UN", "JO-CSO"]),
        st.sampled_from(["JO-MA", "JO-AM"]),
        st.sampled_from(["Health", "Shelter", "Food"]),
    ),
    min_size=1,
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gathered_presence_gives_the_same_figures(case: Case) -> None:
    tables, reference = case.given(), read_reference()
    with duckdb.connect() as connection:
        for name in (*ACTIVITIES, "entity"):
            connection.execute(create_table_sql(name, TABLES[name]))
            fill_table(connection, name, tables.get(name, empty_frame(TABLES[name])))
        delivered = Delivered(connection, case.as_of, reference["place"])
        delivered.gather(case.periods)
        presence = Presence(connection, case.as_of)
        presence.gather(case.periods)
    others = {name: frame for name, frame in tables.items() if name not in ACTIVITIES}
    found = measure(
        others, reference, case.periods, case.as_of, family="overlap", delivered=delivered, presence=presence
    )
    pd.testing.assert_frame_equal(found, measure(tables, reference, case.periods, case.as_of, family="overlap"))


@given(PRESENT)
@settings(max_examples=25, phases=[Phase.generate], deadline=None)
def test_overlap_is_that_of_sets(present: set[tuple[str, str, str]]) -> None:
    rows = pd.DataFrame(sorted(present), columns=["org_id", "place_id", "sector"], dtype="str").assign(period="2026-Q1")
    found = measure(
        {"activity_cell": table("activity_cell", rows)},
        read_reference(),
        ["2026-Q1"],
        AT,
        metric_ids=["IM-32", "IM-33"],
    )
    found = found[found["scope"] == "programme"].set_index("measure")
    cells = {org: {cell for o, cell in map(_split, present) if o == org} for org, _, _ in present}
    pairs = list(combinations(cells.values(), 2))
    assert found.loc["coefficient", "n"] == len(pairs)
    if len(pairs) >= 5:
        assert found.loc["value", "value"].max() == pytest.approx(np.mean([len(a & b) / len(a | b) for a, b in pairs]))
    held = [sum(cell in own for own in cells.values()) for cell in set().union(*cells.values())]
    assert found.loc["presence", "numerator"] == pytest.approx(sum(1 - 1 / size for size in held))


def _split(row: tuple[str, str, str]) -> tuple[str, tuple[str, str]]:
    return row[0], row[1:]


@pytest.mark.parametrize("rating", range(8))
def test_a_rating_that_is_missing_never_lowers_the_rate(rating: int) -> None:
    tables = case_of("IM-34_coordinated").given()
    silent = tables | {"collaboration_tie": tables["collaboration_tie"].drop(index=rating)}

    def rate(given_: dict[str, pd.DataFrame]) -> float:
        found = measure(given_, read_reference(), ["2026-Q1"], AT, metric_ids=["IM-34"])
        return float(found["value"].iloc[0])

    # one that contradicts a later, lower one may: the last word counts
    assert rate(silent) >= rate(tables) or rating == 3
