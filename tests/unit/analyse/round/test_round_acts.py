"""Rounds as their acts have them, their rows at an instant, and what a digest tells apart."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idtracker.analyse.round.derive import Surroundings, rows_of_round
from idtracker.analyse.round.frozen import digest_of, rows_digest
from idtracker.analyse.round.late import LateRows
from idtracker.ingest.decisions.rounds import Action, RoundAct, rounds_of
from idtracker.model.marking import Marking

START = datetime(2026, 2, 1, tzinfo=UTC)
OPENED = {"period": "2025-Q4", "cutoff_at": "2026-01-20T23:59:59+00:00", "held_on": "2026-01-25"}
INPUTS: dict[str, Any] = {
    "tables": {name: {"rows": 3, "columns": ["a"], "sha256": "00"} for name in ("score", "trend", "merged_cell")},
    "headline": {"place_id": "JO", "node_code": "STABILITY", "score": 60.0, "low": 55.0, "high": 65.0, "method_version": "M"},
    "organisations": {"GB-GOV-24": 4},
    "submissions": ["s1", "s2"],
    "methods": [],
}  # fmt: skip
RECORD = {
    "attended": ["GB-GOV-1", "GB-GOV-24"],
    "narrative": {"en": "Dry.", "ar": "جاف."},
    "actions": [{"text": {"en": "Ask."}, "owner": "GB-GOV-1", "due": "2026-03-01"}],
    "product_id": "TR-1",
}
HMG = Marking("OFFICIAL", frozenset({"HMG"}))


def act(number: int, action: Action, content: dict[str, Any], round_id: str = "R") -> RoundAct:
    return RoundAct(round_id, action, content, "team", f"round {action}", START + timedelta(hours=number))


OPEN = act(0, "opened", OPENED)
FREEZE = act(1, "frozen", {"inputs": INPUTS, "marking": HMG.columns})
PUBLISH = act(2, "published", {"record": RECORD})


def revoked(of: RoundAct, number: int) -> RoundAct:
    return act(number, "revoked", {"act_id": of.act_id}, of.round_id)


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ([OPEN], "OPEN"),
        ([OPEN, FREEZE], "FROZEN"),
        ([OPEN, FREEZE, PUBLISH], "PUBLISHED"),
        ([OPEN, FREEZE, PUBLISH, revoked(PUBLISH, 3)], "FROZEN"),
        ([OPEN, FREEZE, PUBLISH, revoked(PUBLISH, 3), revoked(FREEZE, 4)], "OPEN"),
        ([OPEN, FREEZE, revoked(FREEZE, 3), act(4, "frozen", {"inputs": INPUTS})], "FROZEN"),
        ([OPEN, revoked(OPEN, 3)], None),
        ([OPEN, revoked(OPEN, 3), act(5, "opened", OPENED)], "OPEN"),
        ([OPEN, FREEZE, revoked(FREEZE, 3), revoked(FREEZE, 4)], "OPEN"),
    ],
)
def test_a_round_is_what_its_acts_leave_in_force(acts: list[RoundAct], state: str | None) -> None:
    known = rounds_of(acts).get("R")
    assert (known.state if known else None) == state


def test_acts_about_one_round_leave_the_others_alone() -> None:
    other = [act(n, a, c, "S") for n, (a, c) in enumerate([("opened", OPENED), ("frozen", {"inputs": INPUTS})])]
    for order in itertools.permutations(range(2)):
        mixed = [x for n in order for x in ([OPEN, FREEZE, PUBLISH] if n else other)]
        assert {name: r.state for name, r in rounds_of([*mixed, revoked(PUBLISH, 9)]).items()} == {
            "R": "FROZEN",
            "S": "FROZEN",
        }


def test_the_record_of_the_publication_comes_before_that_of_the_freeze() -> None:
    early = act(1, "frozen", {"inputs": INPUTS, "marking": HMG.columns, "record": RECORD | {"product_id": "early"}})
    assert rounds_of([OPEN, early])["R"].record == RECORD | {"product_id": "early"}
    assert rounds_of([OPEN, early, PUBLISH])["R"].record == RECORD
    assert rounds_of([OPEN, early, act(2, "published", {})])["R"].record == RECORD | {"product_id": "early"}


def late(rows: int, submission: str, begins: int, ends: int | None, marking: Marking = HMG) -> LateRows:
    first, last = (None if day is None else pd.Timestamp(2026, 3, day) for day in (begins, ends))
    assert first is not None
    return LateRows("observation", "survey", "GB-GOV-24", submission, first, last, marking, rows)


def test_the_row_of_a_round_counts_what_came_late_by_its_instant() -> None:
    rows = [late(2, "s3", 2, None), late(5, "s4", 4, 8), late(1, "s3", 6, None)]
    known = rounds_of([OPEN, FREEZE, PUBLISH])["R"]
    for day in range(1, 12):
        at = pd.Timestamp(2026, 3, day)
        present = [r for r in rows if r.begins <= at and not (r.ends is not None and r.ends <= at)]
        (row,) = rows_of_round(known, Surroundings(rows, HMG), at)["round"]
        assert row["late_count"] == sum(r.rows for r in present)
        assert row["late_submission_count"] == len({r.submission_id for r in present})


def test_a_round_is_marked_as_the_most_restricted_of_its_inputs() -> None:
    sensitive = Marking("OFFICIAL-SENSITIVE", frozenset({"HMG", "FCDO"}))
    known = rounds_of([OPEN, FREEZE, PUBLISH])["R"]
    rows = [late(1, "s3", 2, None, sensitive)]
    for day, expected in ((1, HMG), (3, Marking("OFFICIAL-SENSITIVE", frozenset({"HMG"})))):
        tables = rows_of_round(known, Surroundings(rows, HMG), pd.Timestamp(2026, 3, day))
        marks = {(row["classification"], row["releasable_to"]) for found in tables.values() for row in found}
        assert marks == {(expected.classification, expected.releasable_to)}
    stricter = Surroundings((), Marking("OFFICIAL-SENSITIVE", frozenset()))
    (row,) = rows_of_round(known, stricter, pd.Timestamp(2026, 3, 1))["round"]
    assert (row["classification"], row["releasable_to"]) == ("OFFICIAL-SENSITIVE", None)


def test_those_who_attended_and_those_who_contributed_are_told_apart() -> None:
    tables = rows_of_round(rounds_of([OPEN, FREEZE, PUBLISH])["R"], Surroundings((), HMG), pd.Timestamp(2026, 3, 1))
    rows = {
        row["org_id"]: (row["has_attended"], row["has_contributed"], row["obs_count"])
        for row in tables["round_organisation"]
    }
    assert rows == {"GB-GOV-1": (True, False, 0), "GB-GOV-24": (True, True, 4)}
    (action,) = tables["round_action"]
    assert (action["action_number"], action["action"], action["action_ar"]) == (1, "Ask.", None)
    assert (action["owner_org_id"], action["due_on"]) == ("GB-GOV-1", pd.Timestamp("2026-03-01"))


VALUES = st.one_of(st.none(), st.integers(-9, 9), st.floats(0.5, 0.6), st.text("ab", max_size=3))
ROWS = st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=4)


@settings(max_examples=40)
@given(ROWS, st.integers(0, 3), st.integers(0, 1), VALUES)
def test_a_digest_changes_with_any_value_and_with_nothing_else(
    rows: list[tuple[Any, Any]], place: int, column: int, other: Any
) -> None:
    place %= len(rows)
    changed = [list(row) for row in rows]
    changed[place][column] = other
    is_same = repr(other) == repr(rows[place][column])
    assert (rows_digest(["a", "b"], changed) == rows_digest(["a", "b"], rows)) is is_same
    assert rows_digest(["a", "c"], rows) != rows_digest(["a", "b"], rows)
    assert rows_digest(["a", "b"], [*rows, rows[0]]) != rows_digest(["a", "b"], rows)


def test_one_digest_stands_for_all_that_was_frozen() -> None:
    whole = digest_of(INPUTS)
    for name, value in (("submissions", ["s1"]), ("organisations", {}), ("headline", None), ("methods", [{}])):
        assert digest_of(INPUTS | {name: value}) != whole
    assert digest_of(dict(reversed(INPUTS.items()))) == whole
