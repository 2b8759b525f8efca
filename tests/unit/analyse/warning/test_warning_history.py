"""Warnings and the past of rules from the vintages of scores: what was known then, and nothing of what came later."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pandas as pd
import pytest

from idtracker.analyse.history.timeline import Timeline
from idtracker.analyse.warning.derive import derive_warnings, first_judged
from idtracker.model.marking import Marking
from idtracker.model.methods.chosen import bundled_methods
from idtracker.model.periods import period, quarter_code, quarter_number, quarters_between
from idtracker.model.warnings.load import Known, Rules
from idtracker.model.warnings.rule import Rule
from idtracker.store.history.change_points import ChangePoints
from idtracker.store.schema import ensure_tables

QUARTERS = quarters_between("2020-Q1", "2026-Q2")
KNOWN = Known(frozenset({"STABILITY"}), {}, frozenset(), {"JO-MA": "adm1"})
MARKING = Marking("OFFICIAL", frozenset({"HMG"}))
AS_OF = pd.Timestamp("2026-09-15")
SCORES = [45.0 if n % 3 == 0 else 60.0 for n in range(len(QUARTERS))]


def rule(**more: object) -> Rule:
    said = {
        "title": {"en": "Low", "ar": "منخفض"},
        "on": {"node": "STABILITY"},
        "level": "adm1",
        "when": {"kind": "threshold", "level": 50},
        "outcome": {"below": 50, "within": 3, "only_new": False},
    }
    return Rule.model_validate(said | more)


@pytest.fixture
def store() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    ensure_tables(connection)
    return connection


Said = tuple[str, float | None, pd.Timestamp, object]


def know(connection: duckdb.DuckDBPyConnection, said: Iterable[Said]) -> None:
    """Vintages of one score: quarter, score, from when and until when it was known."""
    version = bundled_methods().headline.version
    rows = [
        {
            "place_id": "JO-MA", "period": code, "node_code": "STABILITY", "score": score,
            "low": None if score is None else score - 1.645, "high": None if score is None else score + 1.645,
            "carried_share": 0.0, "method_version": version, "classification": "OFFICIAL-SENSITIVE",
            "releasable_to": "HMG;PARTNERS", "known_from": begins, "known_to": ends,
            "period_start": period(code).start, "period_end": period(code).end, "aggregation": "arithmetic",
            "band_scheme": "STAB5-1", "completeness": 1.0, "indicator_count": 1, "expected_count": 1, "waived_count": 0,
        }
        for code, score, begins, ends in said
    ]  # fmt: skip
    connection.register("_row", pd.DataFrame(rows))
    connection.execute("INSERT INTO score_vintage BY NAME SELECT * FROM _row")
    connection.unregister("_row")


def at_once(scores: Iterable[float | None] = SCORES) -> list[Said]:
    """Every score known in time and never revised."""
    return [(code, score, known_on(code), None) for code, score in zip(QUARTERS, scores, strict=True)]


def known_on(code: str) -> pd.Timestamp:
    return pd.Timestamp(period(code).end) + pd.Timedelta(days=20)


def derive(connection: duckdb.DuckDBPyConnection, as_of: pd.Timestamp = AS_OF, **rules: Rule) -> None:
    days = [pd.Timestamp(period(code).end) + pd.Timedelta(days=1) for code in QUARTERS]
    at = tuple(day for day in days if day <= as_of)
    seen = tuple(tuple(QUARTERS[: n + 1]) for n in range(len(at)))
    line = Timeline(ChangePoints(at, tuple(map(str, at))), seen)
    derive_warnings(connection, line, as_of, Rules(rules, {}, repr(rules)), KNOWN, bundled_methods(), MARKING)


def skill(connection: duckdb.DuckDBPyConnection) -> dict[str, object]:
    row: dict[str, object] = connection.execute("SELECT * FROM warning_skill").df().iloc[0].to_dict()
    return row


def counts(connection: duckdb.DuckDBPyConnection) -> list[object]:
    return [skill(connection)[n] for n in ("hits", "false_alarms", "misses", "correct_negatives")]


def test_a_later_revision_does_not_flip_a_past_warning(store: duckdb.DuckDBPyConnection) -> None:
    """Every low score was first reported as 60, and corrected a year later: the rule warned of nothing then."""
    year = pd.Timedelta(days=365)
    first: list[Said] = [(code, 60.0, known_on(code), known_on(code) + year) for code in QUARTERS]
    corrected = [(code, score, at + year, None) for code, score, at, _ in at_once()]
    know(store, [*first, *corrected])
    derive(store, low=rule())
    hits, false_alarms, misses, _ = counts(store)
    assert (hits, false_alarms) == (0, 0)
    assert int(str(misses)) > 10
    assert skill(store)["verdict"] == "NOT_YET_TESTED"


def test_the_replay_of_what_was_known_at_once_is_a_count_by_hand(store: duckdb.DuckDBPyConnection) -> None:
    know(store, at_once())
    derive(store, low=rule(outcome={"below": 50, "within": 2, "only_new": False}))
    pairs = [(SCORES[n] < 50, min(SCORES[n + 1 : n + 3]) < 50) for n in range(len(SCORES) - 2)]
    wanted = [pairs.count(p) for p in ((True, True), (True, False), (False, True), (False, False))]
    assert counts(store) == wanted
    row = skill(store)
    assert (row["verdict"], row["n"], row["classification"]) == ("REFUSED", len(pairs), "OFFICIAL-SENSITIVE")
    assert store.execute("SELECT count(*) FROM warning").fetchall() == [(0,)]


def test_a_refused_rule_warns_while_somebody_answers_for_it(store: duckdb.DuckDBPyConnection) -> None:
    know(store, at_once())
    signed = {
        "accepted_by": "the desk",
        "because": "it is watched closely",
        "outcome": {"below": 50, "within": 2, "only_new": False},
    }
    derive(store, low=rule(**signed, until="2026-12-31"))
    assert skill(store)["verdict"] == "SIGNED"
    states = store.execute("SELECT period, state, since_period FROM warning ORDER BY period").fetchall()
    assert states[:2] == [("2020-Q1", "RAISED", "2020-Q1"), ("2020-Q2", "CLEARED", "2020-Q1")]
    derive(store, low=rule(**signed, until="2026-09-14"))
    row = skill(store)
    assert row["verdict"] == "REFUSED" and "ended on 2026-09-14" in str(row["why"])
    assert store.execute("SELECT count(*) FROM warning").fetchall() == [(0,)]


def test_the_same_readings_again_change_nothing_and_fewer_take_the_tables_back(
    store: duckdb.DuckDBPyConnection,
) -> None:
    know(store, at_once())
    read = "SELECT * FROM warning_skill_vintage ORDER BY known_from"
    derive(store, pd.Timestamp("2024-01-01"), low=rule())
    earlier = counts(store)
    derive(store, low=rule())
    whole = store.execute(read).fetchall()
    derive(store, low=rule())
    assert store.execute(read).fetchall() == whole
    derive(store, pd.Timestamp("2024-01-01"), low=rule())
    assert counts(store) == earlier


def test_a_score_that_is_missing_now_leaves_the_warning_standing(store: duckdb.DuckDBPyConnection) -> None:
    know(store, at_once([60.0] * (len(QUARTERS) - 2) + [45.0, None]))
    derive(store, low=rule())
    assert store.execute("SELECT period, state FROM warning ORDER BY period").fetchall() == [
        ("2026-Q1", "RAISED"),
        ("2026-Q2", "UNJUDGED"),
    ]


def test_quarters_and_days_of_judgement() -> None:
    assert quarter_code(quarter_number("2026-Q3")) == "2026-Q3"
    assert first_judged(rule(judged_after_days=0), quarter_number("2026-Q3")) == pd.Timestamp("2026-10-01")
