"""Acts that are revoked by an act: they hold no longer from then on, and everything known before stays as it was known."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from claims_home import HEAD, ClaimsHome, instant, saved
from test_waivers import asked

from idtracker.ingest.landing.audit import Audited, audit_landing
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.errors import UsageError
from idtracker.operate.documents.review.acts import Act
from idtracker.operate.services.acts.listing import list_acts, revoke_act
from idtracker.operate.services.waivers import waive
from idtracker.store.operations import audit_table

Make = Callable[..., ClaimsHome]
LOCK = {"through": "2025-Q4", "on": "2026-02-15", "why": "annual return"}


def acts(home: ClaimsHome, day: float = 500) -> list[Act]:
    return list_acts(home.home, home.catalogue, "s", instant(day)).acts


def revoke(home: ClaimsHome, day: float, act_id: str) -> Act:
    by, why = "GB-GOV-1", "it was right"
    return revoke_act(home.home, home.catalogue, act_id, by=by, why=why, at=instant(day)).act


@pytest.mark.parametrize("revision", ["upsert", "replace_period", "replace_all"])
@pytest.mark.parametrize("locks", [[], [LOCK]])
def test_a_file_whose_withdrawal_is_revoked_counts_again_in_its_place(
    make: Make, revision: str, locks: list[dict[str, str]]
) -> None:
    home = make(locks=locks, revision=revision)
    first = home.send(1, HEAD + "A,2025-Q3,9,1\nB,2025-Q3,9,2\n", "a.csv")
    home.send(2, HEAD + "A,2025-Q3,9,5\nB,2025-Q3,9,2\n", "b.csv")
    second = home.send(3, HEAD + "C,2025-Q3,9,7\n", "c.csv")
    before = {day: home.known(day) for day in (1.5, 2.5, 3.5)}
    home.withdraw(50, second)
    gone = home.known(55)
    assert gone != before[3.5]
    (act,) = acts(home)
    assert (act.kind, act.state, act.subject) == ("withdrawal", "in_force", second.submission_id)
    assert revoke(home, 60, act.act_id[:8]).state == "revoked"
    assert {day: home.known(day) for day in (1.5, 2.5, 3.5)} == before, "as known before"
    assert home.known(55) == gone
    assert home.known(61) == home.known() == before[3.5], "in its own place, whatever came since, closed or not"
    states = home.submissions().loc[:, "state"]
    assert states[second.submission_id] == "accepted" and "withdrawn" not in set(states)
    assert first.submission_id in states
    assert home.store(until=55).execute("SELECT count(*) FROM activity WHERE recorded_to IS NULL").fetchall() == [
        (len(gone),)
    ]


def test_it_may_be_withdrawn_and_brought_back_once_more(make: Make) -> None:
    home = make()
    file = home.send(1, HEAD + "A,2025-Q3,9,1\n")
    for day in (10, 30):
        home.withdraw(day, file)
        revoke(home, day + 10, next(a.act_id for a in acts(home) if a.state == "in_force"))
    assert [bool(home.known(day)) for day in (5, 15, 25, 35, 45)] == [True, False, True, False, True]
    assert [a.state for a in acts(home)] == ["revoked", "revoked"]
    receipt = Ledger(home.home).receipt("s", file.submission_id)
    assert (receipt.withdrawn_at, len(receipt.absences)) == (None, 2)
    assert audit_table(home.home, ["s"])["action"].tolist() == ["received", *["withdrawn", "act_revoked"] * 2]
    home.submissions()


def test_rows_that_were_corrected_or_held_come_back_as_they_stood(make: Make) -> None:
    home = make()
    file = home.send(1, HEAD + "A,2025-Q3,9,1\nB,2025-Q3,9,two\nC,2025-Q3,9,three\n")
    home.send(2, saved(home.export(1.5, B__reached="2")), "fixed.xlsx")
    assert home.known(3) == {"A/2025-Q3": 1, "B/2025-Q3": 2}
    held = home.held(3)["row_number"].tolist()
    home.withdraw(10, file)
    assert (home.known(11), home.held(11).empty) == ({}, True)
    revoke(home, 20, acts(home)[0].act_id)
    assert (home.known(15), home.known(21)) == ({}, {"A/2025-Q3": 1, "B/2025-Q3": 2})
    assert home.held(21)["row_number"].tolist() == held
    home.submissions()


def test_a_waiver_is_revoked_and_holds_the_row_again(make: Make) -> None:
    home = make()
    home.send(1, HEAD + "A,2025-Q3,9,1\nB,2025-Q3,5000,2\n")
    waive(home.home, *asked(home, str(home.held(2)["held_id"].iat[0]), None, "2026-12-31", 3))
    (act,) = acts(home, 5)
    assert (act.kind, act.state) == ("waiver", "in_force")
    revoke(home, 6, act.act_id)
    assert [sorted(home.known(day)) for day in (4, 7)] == [["A/2025-Q3", "B/2025-Q3"], ["A/2025-Q3"]]
    (again,) = acts(home, 8)
    assert (again.act_id, again.state, again.revoked_by) == (act.act_id, "revoked", "GB-GOV-1")


def test_twice_unknown_or_unsigned_is_refused_and_the_record_is_sealed(make: Make) -> None:
    home = make()
    home.withdraw(3, home.send(1, HEAD + "A,2025-Q3,9,1\n"))
    (act,) = acts(home)
    with pytest.raises(UsageError, match="no person's address"):
        revoke_act(home.home, home.catalogue, act.act_id, by="a@b.org", why="w", at=instant(4))
    revoke(home, 5, act.act_id)
    with pytest.raises(UsageError, match="was revoked already, by GB-GOV-1 on 2026-01-06"):
        revoke(home, 6, act.act_id)
    for nobody in ("nobody", ""):
        with pytest.raises(UsageError, match="There is no act"):
            revoke(home, 6, nobody)
    assert Chain(home.home).unsealed() == [] and Chain(home.home).first_broken() is None
    audited = Audited()
    audit_landing(home.home, instant(10), audited)
    assert [p for p in audited.problems if p.check != "landing"] == []
