"""Agreed actions as the acts about them leave them, held against a plain reading of the same acts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from test_round_acts import FREEZE, HMG, OPEN, PUBLISH, RECORD, act, revoked

from idtracker.analyse.round.derive import Surroundings, rows_of_round
from idtracker.ingest.decisions.rounds import Action, RoundAct, open_actions, rounds_of

AGREED: dict[str, Any] = RECORD | {
    "actions": [
        {"text": {"en": "Ask."}, "owner": "GB-GOV-1", "due": "2026-03-01"},
        {"text": {"ar": "اسأل."}, "owner": "GB-GOV-8", "due": "2026-02-15"},
        {"text": {"en": "Thank."}, "owner": "GB-GOV-1", "due": "2026-03-01", "done": "2026-01-30"},
    ]
}
PUBLISHED = act(2, "published", {"record": AGREED})
BEFORE = ["OPEN", "OPEN", "DONE"]
CHANGES: dict[str, Action] = {"DONE": "action_done", "DROPPED": "action_dropped", "OPEN": "action_reopened"}
STEPS = st.lists(
    st.one_of(st.tuples(st.integers(1, 3), st.sampled_from(sorted(CHANGES))), st.integers(0, 9)), max_size=12
)


@settings(max_examples=60)
@given(STEPS)
def test_an_action_is_as_its_last_act_that_was_not_revoked_says(steps: list[Any]) -> None:
    """A step is something said of an action, or the revocation of the act that was said then (if there was one)."""
    acts, said = [OPEN, FREEZE, PUBLISHED], []
    for hour, step in enumerate(steps, 3):
        if isinstance(step, tuple):
            number, state = step
            content = {"action_number": number, "on": f"2026-02-{hour:02d}", "note": f"step {hour}"}
            acts.append(act(hour, CHANGES[state], content))
            said.append((acts[-1], number, state))
        elif step < len(said):
            acts.append(revoked(said[step][0], hour))
    taken_back = {a.content["act_id"] for a in acts if a.action == "revoked"}
    expected = list(BEFORE)
    for one, number, state in said:
        if one.act_id not in taken_back:
            expected[number - 1] = state
    known = rounds_of(acts)["R"]
    assert [action.state for action in known.actions()] == expected
    assert known.state == "PUBLISHED" and known.record == AGREED


def test_open_actions_come_by_the_day_on_which_they_are_due() -> None:
    rounds = rounds_of([OPEN, FREEZE, PUBLISHED])
    assert [(name, a.number) for name, a in open_actions(rounds.values())] == [("R", 2), ("R", 1)]
    assert open_actions(rounds.values(), before=rounds["R"]) == []
    assert open_actions(rounds_of([OPEN, act(1, "frozen", FREEZE.content | {"record": AGREED})]).values()) == []


def test_an_action_is_overdue_from_the_day_after_it_was_due() -> None:
    (action,) = [a for a in rounds_of([OPEN, FREEZE, PUBLISHED])["R"].actions() if a.number == 1]
    days = [action.due_on + timedelta(days=n) for n in (-1, 0, 1)]
    assert action.due_on == date(2026, 3, 1) and [action.is_overdue(day) for day in days] == [False, False, True]


def test_the_rows_of_actions_say_since_when_and_by_whom() -> None:
    done = act(5, "action_done", {"action_number": 2, "on": "2026-02-03", "note": "Agreed."})
    rows = rows_of_round(
        rounds_of([OPEN, FREEZE, PUBLISHED, done])["R"], Surroundings((), HMG), pd.Timestamp("2026-03-01")
    )
    stated = [
        (r["state"], str(r["state_on"])[:10], r["state_by"], r["note"], r["done_on"] and str(r["done_on"])[:10])
        for r in rows["round_action"]
    ]
    assert stated == [
        ("OPEN", "2026-01-25", "team", None, None),
        ("DONE", "2026-02-03", "team", "Agreed.", "2026-02-03"),
        ("DONE", "2026-01-30", "team", None, "2026-01-30"),
    ]


def test_a_publication_that_is_taken_back_takes_what_was_said_of_its_actions_along() -> None:
    done = act(3, "action_done", {"action_number": 1, "on": "2026-02-02"})
    acts: list[RoundAct] = [OPEN, FREEZE, PUBLISH, done]
    assert rounds_of(acts)["R"].latest == done
    again = rounds_of([*acts, revoked(PUBLISH, 4), act(5, "published", {"record": AGREED})])["R"]
    assert [a.state for a in again.actions()] == BEFORE and again.about_actions == ()
