"""Waivers: what is let through, for how long, how that is shown, and what cannot be let through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from claims_home import HEAD, ClaimsHome, saved

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.errors import UsageError
from idtracker.operate.services.waivers import WaiverRequest, revoke, waive
from idtracker.store.operations import audit_table, operations_frames

Make = Callable[..., ClaimsHome]
FIRST = HEAD + "A,2025-Q3,9,1\nB,2025-Q3,5000,2\nC,2025-Q3,many,3\n"


def asked(
    home: ClaimsHome, identifier: str, rule: str | None, until: str, day: float
) -> tuple[ProgrammeCatalogue, WaiverRequest]:
    from claims_home import instant

    last = instant(0).fromisoformat(until).date()
    return home.catalogue, WaiverRequest(identifier, rule, "GB-GOV-1", "agreed; once", last, instant(day))


def waivers(home: ClaimsHome, day: float, **store: float) -> list[tuple[str, str | None]]:
    from claims_home import instant, naive_utc

    at = naive_utc(instant(day))
    return home.store(**store).execute(
        "SELECT activity_id, waiver FROM activity WHERE recorded_from <= ? AND (recorded_to IS NULL OR recorded_to > ?) "
        "ORDER BY 1", [at, at],
    ).fetchall()  # fmt: skip


def test_a_waived_row_is_used_until_its_last_day_and_says_so(make: Make) -> None:
    home = make()
    first = home.send(1, FIRST)
    assert home.held(2)["is_waivable"].tolist() == [True, False]
    waive(home.home, *asked(home, first.submission_id, "value.range", "2026-01-10", 4))
    said = "GB-GOV-1: agreed, once (until 2026-01-10, past value.range)"
    assert waivers(home, 6, as_of=7) == [("A", None), ("B", said)]
    assert waivers(home, 3, as_of=7) == [("A", None)]
    assert home.store(as_of=7).execute("SELECT count(*) FROM activity WHERE recorded_to IS NOT NULL").fetchall() == [
        (0,)
    ]
    assert waivers(home, 9.5, as_of=20) == [("A", None), ("B", said)]
    assert waivers(home, 10.5, as_of=20) == [("A", None)]
    assert home.submissions(as_of=7)["rows_held"].tolist() == [1]
    assert home.submissions(as_of=7)["rows_accepted"].tolist() == [2]
    assert home.submissions(as_of=20)["rows_held"].tolist() == [2]
    stretches = operations_frames(home.store(), home.home, ["s"])["held_row"]
    assert len(stretches[stretches["rules"] == "value.range"]) == 2
    acts = audit_table(home.home, ["s"])
    assert acts["action"].tolist() == ["received", "waived"] and acts["actor"].tolist()[1] == "GB-GOV-1"


def test_a_later_waiver_takes_the_place_of_an_earlier_one_and_may_end_it(make: Make) -> None:
    home = make()
    home.send(1, FIRST)
    held_id = str(home.held(2)["held_id"].iat[0])
    waive(home.home, *asked(home, held_id, None, "2026-01-10", 4))
    longer, _ = waive(home.home, *asked(home, held_id, None, "2026-03-01", 6))
    assert longer.held_id == held_id
    assert [w for _, w in waivers(home, 30, as_of=40)][
        1
    ] == "GB-GOV-1: agreed, once (until 2026-03-01, past value.range)"
    catalogue, at = asked(home, held_id, None, "2026-03-01", 31)
    revoke(home.home, catalogue, held_id, None, by="GB-GOV-1", why="no longer", at=at.at)
    assert len(waivers(home, 30, as_of=40)) == 2 and len(waivers(home, 32, as_of=40)) == 1
    assert home.known(5, until=5) == home.known(5)
    assert audit_table(home.home, ["s"])["action"].tolist()[-1] == "waiver_ended"


def test_a_waived_row_may_still_be_corrected_and_goes_with_its_file(make: Make) -> None:
    home = make()
    first = home.send(1, FIRST)
    book = home.export(2, B__targeted="50", C__targeted="5")
    waive(home.home, *asked(home, first.submission_id, "value.range", "2026-12-01", 4))
    home.send(6, saved(book), "fixed.xlsx")
    assert [w for _, w in waivers(home, 7)] == [None, None, None]
    home.submissions()
    home.withdraw(9, first)
    assert home.known(10) == {}


@pytest.mark.parametrize(
    ("identifier", "rule", "said"),
    [
        ("", "value.number", "cannot be waived: it leaves no value"),
        ("", None, "holds 2 rows; name one row, or one rule"),
        ("", "value.nothing", "There is no rule"),
        ("", "row.ragged", "No row of"),
        ("zzz", "value.range", "No held row and no submission"),
    ],
)
def test_what_cannot_be_waived_says_why(make: Make, identifier: str, rule: str | None, said: str) -> None:
    home = make()
    first = home.send(1, FIRST)
    with pytest.raises(UsageError, match=said):
        waive(home.home, *asked(home, identifier or first.submission_id, rule, "2026-03-01", 4))


def test_a_value_outside_what_its_table_can_hold_is_not_waivable(make: Make) -> None:
    columns = [*make().source.model_dump(exclude_none=True)["parts"][0]["columns"]]
    columns[3] = columns[3] | {"minimum": 0}
    home = make(columns=columns)
    first = home.send(1, HEAD + "A,2025-Q3,9,-4\nB,2025-Q3,9,3\n")
    assert home.held(2)["rules"].tolist() == ["value.range"]
    with pytest.raises(UsageError, match="outside what the table can hold"):
        waive(home.home, *asked(home, first.submission_id, "value.range", "2026-03-01", 4))


def test_a_person_s_address_is_refused(make: Make) -> None:
    home = make()
    first = home.send(1, FIRST)
    catalogue, request = asked(home, first.submission_id, "value.range", "2026-03-01", 4)
    from dataclasses import replace

    for change in ({"by": "someone@example.org"}, {"why": " "}):
        with pytest.raises(UsageError):
            waive(home.home, catalogue, replace(request, **change))
