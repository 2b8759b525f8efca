"""Decisions about cells are added, never changed, and read as they stood at an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from idtracker.ingest.decisions.adjudications import Adjudication, Adjudications
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.home import Home

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MADE = Adjudication("VOICE", "JO-AZ", "2025-Q4", 41.5, 2.0, "data team", "seen on the spot", NOON)


def test_a_decision_reads_back_as_it_was_made(home: Home) -> None:
    Adjudications(home).add(MADE)
    Adjudications(home).add(MADE)
    assert Adjudications(home).all() == [MADE]
    assert Adjudications(home).in_force() == {("VOICE", "JO-AZ", "2025-Q4"): MADE}


def test_a_revocation_is_one_more_document(home: Home) -> None:
    kept = Adjudications(home)
    kept.add(MADE)
    before = {p: p.read_bytes() for p in home.landing.rglob("*.json")}
    revoked = replace(MADE, value=None, standard_error=None, decided_at=NOON + timedelta(microseconds=1))
    kept.add(revoked)
    after = {p: p.read_bytes() for p in home.landing.rglob("*.json")}
    assert len(after) == 2 and before.items() <= after.items()
    assert kept.all() == [MADE, revoked] and kept.in_force() == {}
    assert Adjudications(home, NOON).in_force() == {MADE.cell: MADE}
    assert Adjudications(home, NOON - timedelta(microseconds=1)).all() == []


@pytest.mark.parametrize("value", range(8))
def test_of_acts_of_one_second_the_one_that_was_made_last_counts(home: Home, value: int) -> None:
    """Instants are kept by the second: which one counts follows from the sequence, never from a hash."""
    kept, decided = Adjudications(home), replace(MADE, value=float(value))
    revoked = replace(decided, value=None, standard_error=None)
    again = replace(decided, value=float(value) + 0.5)
    kept.add(decided)
    kept.add(revoked)
    assert kept.all() == [decided, revoked] and kept.in_force() == {}
    kept.add(again)
    assert kept.all() == [decided, revoked, again] and kept.in_force() == {MADE.cell: again}


def test_instants_of_other_zones_are_compared_as_instants(home: Home) -> None:
    elsewhere = datetime.fromisoformat("2026-03-01T14:30:00+03:00")
    Adjudications(home).add(replace(MADE, decided_at=elsewhere))
    (kept,) = Adjudications(home, NOON - timedelta(minutes=30)).all()
    assert kept.decided_at.isoformat() == "2026-03-01T11:30:00+00:00"


@pytest.mark.parametrize("changed", [{"decided_by": " "}, {"why": ""}, {"decided_by": "a@b.example"}, {"why": "c@d.example"}])  # fmt: skip
def test_who_and_why_are_needed_and_are_no_address(home: Home, changed: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="--by" if "decided_by" in changed else "--why"):
        Adjudications(home).add(replace(MADE, **changed))  # type: ignore[arg-type]
    assert Adjudications(home).all() == []


@pytest.mark.parametrize("damage", ["{", "[]", '{"value": 1}', '{"decided_at": "yesterday"}', '{"decided_at": null}'])
def test_a_damaged_document_is_named(home: Home, damage: str) -> None:
    Adjudications(home).add(MADE)
    (path,) = home.landing.rglob("*.json")
    path.write_text(damage, "utf-8")
    with pytest.raises(IdtrackerError, match=path.name):
        Adjudications(home).all()


@limits(max_examples=60)
@given(
    acts=st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(0, 9), st.none() | st.integers(0, 99)),
        unique_by=lambda act: act[:2],
        max_size=12,
    ),
    until=st.integers(-1, 10),
)
def test_the_latest_act_about_a_cell_counts(acts: list[tuple[str, int, int | None]], until: int) -> None:
    """Whatever the order in which documents were written; held against replaying the acts one after another."""
    with TemporaryDirectory() as folder:
        home = Home(root=Path(folder), sources=Path(folder))
        for place, hour, value in acts:
            Adjudications(home).add(
                replace(
                    MADE,
                    place_id=place,
                    value=None if value is None else float(value),
                    decided_at=NOON + timedelta(hours=hour),
                )
            )
        expected: dict[str, float] = {}
        for hour in range(until + 1):
            for place, at, value in acts:
                if at == hour and value is None:
                    expected.pop(place, None)
                elif at == hour and value is not None:
                    expected[place] = value
        found = Adjudications(home, NOON + timedelta(hours=until)).in_force()
    assert {cell[1]: made.value for cell, made in found.items()} == expected
