"""Scenarios as vintages in a store, resolved and revoked by acts on record; and what the commands say of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from judged import frame, row

from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.judgement.history import derive_judgements
from idtracker.ingest.decisions.resolutions import Resolution, Resolutions
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.marking import HIGHEST
from idtracker.model.register.register import Register
from idtracker.operate.services.acts.listing import list_acts, revoke_act
from idtracker.operate.services.judgements import questions
from idtracker.store.history.change_points import ChangePoints
from idtracker.store.history.derived_vintages import vintages_at
from idtracker.store.markings import mark_resolutions, with_markings
from idtracker.store.operations import audit_table, resolution_frame
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import count_rows, fill_table, read_table, rewrite_table

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(root=tmp_path, sources=tmp_path / "sources")


@pytest.fixture
def store() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        ensure_tables(connection)
        first = row("1", "A", probability_pct=20.0, recorded_to="2026-03-01")
        again = row("1", "A", probability_pct=30.0, known_from="2026-03-01")
        fill_table(connection, "judgement", frame(first, again, row("2", "B", probability_pct=60.0)))
        yield connection


def line(*moments: str) -> Timeline:
    at = tuple(map(pd.Timestamp, moments))
    return Timeline(ChangePoints(at, tuple(f"known by {moment}" for moment in moments)), ((),) * len(at))


BEFORE = ("2026-02-01", "2026-03-01")


def estimates(connection: duckdb.DuckDBPyConnection) -> list[tuple[float, pd.Timestamp, pd.Timestamp | None]]:
    return connection.execute(
        "SELECT estimate, known_from, known_to FROM scenario_vintage ORDER BY known_from"
    ).fetchall()


def test_a_scenario_is_kept_as_it_was_known(store: duckdb.DuckDBPyConnection) -> None:
    derive_judgements(store, line(*BEFORE))
    first, second = (pd.Timestamp(moment) for moment in BEFORE)
    assert estimates(store) == [(40, first, second), (45, second, None)]
    then = pd.DataFrame({"scheme": ["phia_yardstick"], "known_at": [pd.Timestamp("2026-02-15")]})
    assert vintages_at(store, "scenario", then, ["scheme"])["estimate"].tolist() == [40]
    assert read_table(store, "scenario")["estimate"].tolist() == [45]


def test_what_did_not_change_is_not_worked_out_again(
    store: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive_judgements(store, line(*BEFORE))
    monkeypatch.setattr("idtracker.analyse.judgement.history.judgement_tables", lambda *given: pytest.fail("again"))
    derive_judgements(store, line(*BEFORE))
    derive_judgements(store, line(*BEFORE, "2026-07-01"))  # something else changed then
    assert len(estimates(store)) == 2


def test_steps_in_parts_make_what_one_makes(store: duckdb.DuckDBPyConnection) -> None:
    derive_judgements(store, line(BEFORE[0]))
    derive_judgements(store, line(*BEFORE))
    in_parts = estimates(store)
    derive_judgements(store, line("2026-01-15", *BEFORE))  # the record is another from the beginning
    assert estimates(store) == in_parts


def test_a_resolution_is_an_act_that_can_be_revoked(home: Home, store: duckdb.DuckDBPyConnection) -> None:
    derive_judgements(store, line(*BEFORE))
    question = read_table(store, "scenario")["question_id"].iloc[0]
    kept = Resolution(question, "Unrest spreads, JO", 100.0, date(2026, 6, 15), "Joint unit", "Seen", NOW)
    Resolutions(home).add(kept)
    catalogue = ProgrammeCatalogue(Programme(title="-", country=""), {}, Register.load(), {})
    revoked = revoke_act(home, catalogue, kept.resolution_id[:6], by="Joint unit", why="Too early", at=LATER)
    assert (revoked.act.kind, revoked.act.state) == ("resolution", "revoked")
    assert [act.state for act in list_acts(home, catalogue, None, LATER).acts] == ["revoked"]
    with pytest.raises(UsageError, match="revoked already"):
        revoke_act(home, catalogue, kept.resolution_id, by="Joint unit", why="Again", at=LATER)
    assert audit_table(home, [])["action"].tolist() == ["resolved", "resolution_revoked"]
    decided = resolution_frame(home)
    rewrite_table(store, "resolution", with_markings(decided, [HIGHEST] * len(decided)))
    moments = [at.isoformat() for at in decided["decided_at"]]
    derive_judgements(store, line(*BEFORE, *moments))
    mark_resolutions(store)
    seen = store.execute("SELECT outcome, resolution_basis FROM scenario_vintage ORDER BY known_from").fetchall()
    assert seen == [(None, None), (None, None), (100, "ACT"), (None, None)]
    assert count_rows(store, "calibration_vintage") == 8, (
        "A, B, ALL and CROWD, at two horizons each, from the act to its revocation"
    )
    assert set(read_table(store, "resolution")["releasable_to"]) == {"HMG;PARTNERS"}
    assert resolution_frame(home, NOW)["outcome"].tolist() == [100]


@pytest.fixture
def published(store: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> duckdb.DuckDBPyConnection:
    fill_table(
        store,
        "judgement",
        frame(
            row("3", scenario="Past", probability_pct=20.0, horizon_on="2026-03-31"),
            row("4", scenario="Known", probability_pct=20.0, has_occurred=True, resolved_on="2026-04-01"),
            row("5", scenario="How many", value_best=7.0, value_unit="families"),
        ),
    )
    derive_judgements(store, line(*BEFORE))
    monkeypatch.setattr(questions, "open_current", lambda home, audience: store.cursor())
    monkeypatch.setattr(questions, "read_manifest", lambda home, audience: {"as_of": "2026-06-01T00:00:00"})
    return store


def test_a_date_that_passed_without_an_outcome_is_due(home: Home, published: duckdb.DuckDBPyConnection) -> None:
    listed = questions.list_questions(home, "hmg")
    assert [(q.scenario, q.state) for q in listed.questions] == [
        ("Past", "due"),
        ("How many", "open"),
        ("Unrest spreads", "open"),
        ("Known", "resolved"),
    ]
    assert listed.due == 1
    assert [q.scenario for q in questions.list_questions(home, "hmg", ("resolved",)).questions] == ["Known"]


@pytest.mark.parametrize(
    ("reference", "outcome", "on", "said"),
    [
        ("3", "perhaps", date(2026, 4, 1), "write yes or no"),
        ("5", "yes", date(2026, 4, 1), "write a number"),
        ("5", "nan", date(2026, 4, 1), "write a number"),
        ("3", "no", date(2027, 4, 1), "has not come yet"),
        ("99", "no", date(2026, 4, 1), "no question or judgement"),
        ("", "no", date(2026, 4, 1), "no question or judgement"),
    ],
)
def test_what_cannot_be_an_outcome_is_refused(
    home: Home, published: duckdb.DuckDBPyConnection, reference: str, outcome: str, on: date, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        questions.resolve(home, "hmg", reference, outcome, on=on, by="Joint unit", why="x", at=NOW)
    assert Resolutions(home).all() == []


def test_a_question_is_resolved_by_a_judgement_of_it(home: Home, published: duckdb.DuckDBPyConnection) -> None:
    kept = questions.resolve(home, "hmg", "3", "No", on=date(2026, 4, 1), by="Joint unit", why="Seen", at=NOW)
    assert (kept.outcome, kept.subject) == (0, "Past, JO, until 2026-03-31")
    counted = questions.resolve(home, "hmg", "5", "12.5", on=date(2026, 4, 1), by="Joint unit", why="Seen", at=NOW)
    assert [decision.outcome for decision in Resolutions(home).all()] == [0, 12.5]
    assert counted.question_id != kept.question_id


def test_the_record_says_nothing_of_few_questions(home: Home, published: duckdb.DuckDBPyConnection) -> None:
    rows = questions.record(home, "hmg").rows
    assert {r.assessor for r in rows} == {"ALL", "A"}
    assert all(r.questions == 1 and r.brier is None for r in rows)
