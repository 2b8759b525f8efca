"""Records that a source deletes: out of force from the arrival on, known before, and every row accounted for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from claims_home import DEFINITION, ClaimsHome, instant

from idtracker.quality.reconciliation.facts_and_scores import account_stored

Make = Callable[..., ClaimsHome]
HEAD = "ref,period,targeted,reached,status\n"
FLAG = {"deleted": {"heading": "status", "values": ["deleted"]}}


def row(ref: str, reached: int, status: str = "live") -> str:
    return f"{ref},2025-Q4,,{reached},{status}\n"


def history(home: ClaimsHome, ref: str) -> list[tuple[int, int, int | None]]:
    """Value, first and last day of each vintage of a record; days counted from the start."""
    query = "SELECT people_reached, recorded_from, recorded_to FROM activity WHERE activity_id = ? ORDER BY 2"
    rows = home.store().execute(query, [ref]).fetchall()
    start = instant(0).replace(tzinfo=None)
    return [(v, (since - start).days, None if until is None else (until - start).days) for v, since, until in rows]


def account(home: ClaimsHome) -> dict[str, int]:
    result = account_stored(home.store(), home.home, [home.source], None)
    assert result.is_whole
    return dict(zip(result.rows["reason"], result.rows["rows"], strict=True))


@pytest.mark.parametrize("revision", ["upsert", "append"])
def test_a_flag_takes_a_record_out_of_force_and_its_history_stays(make: Make, revision: str) -> None:
    home = make(revision=revision, **FLAG)
    home.send(1, HEAD + row("A", 10) + row("B", 20))
    home.send(5, HEAD + row("A", 0, "deleted"))
    assert history(home, "A") == [(10, 1, 5)] and history(home, "B") == [(20, 1, None)]
    home.send(9, HEAD + row("A", 12))  # it comes back
    assert history(home, "A") == [(10, 1, 5), (12, 9, None)]
    assert account(home) == {"in_vintage": 3, "deletion": 1}


def test_a_deletion_counts_as_news_once_and_its_file_is_accepted(make: Make) -> None:
    home = make(**FLAG)
    home.send(1, HEAD + row("A", 10) + row("B", 20))
    home.send(5, HEAD + row("A", 0, "deleted"))
    home.send(6, HEAD + row("A", 0, "deleted") + row("B", 21))
    now = home.submissions().sort_values("received_at")
    assert now["state"].tolist()[1:] == ["superseded", "accepted"]  # the later file says it again
    assert now["rows_accepted"].tolist() == [2, 1, 1] and now["rows_unchanged"].tolist() == [0, 0, 1]


def test_a_log_that_is_withdrawn_gives_its_records_back(make: Make) -> None:
    records = {k: DEFINITION[k] for k in ("feeds", "key", "columns")}
    columns = [c for c in DEFINITION["columns"] if c["field"] in DEFINITION["key"]]
    log = {"name": "log", "deletes": "activity", "ignore": ["at"], **records, "columns": columns}
    home = make(parts=[records, log])
    home.send(1, "ref,period,targeted,reached\n" + "A,2025-Q4,,10\nB,2025-Q4,,20\n")
    out = home.send(5, "ref,period,at\nA,2025-Q4,2026-01-04\nZ,2025-Q4,2026-01-04\n")
    assert history(home, "A") == [(10, 1, 5)] and home.known() == {"B/2025-Q4": 20}
    assert home.known(3) == {"A/2025-Q4": 10, "B/2025-Q4": 20}
    assert account(home) == {"in_vintage": 2, "deletion": 2}
    home.withdraw(8, out)
    assert history(home, "A") == [(10, 1, 5), (10, 8, None)]
