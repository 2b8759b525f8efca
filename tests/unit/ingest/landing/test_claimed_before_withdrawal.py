"""A copy that says that it came before its withdrawal is what was withdrawn, and no new delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from idtracker.ingest.landing.deliveries import delivery_of
from idtracker.ingest.landing.receipt import Receipt

CAME = datetime(2026, 1, 6, tzinfo=UTC)
WITHDRAWN = CAME + timedelta(days=10)


def receipt(sha256: str = "a", at: datetime = CAME, withdrawn_at: datetime | None = None) -> Receipt:
    return Receipt(f"s{sha256}", "source", "f.csv", "f", "", sha256, 1, at, "XX", withdrawn_at=withdrawn_at)


@pytest.mark.parametrize(
    ("at", "again"), [(CAME, 0), (WITHDRAWN, 0), (WITHDRAWN + timedelta(seconds=1), 1)], ids=["before", "then", "after"]
)
def test_a_withdrawn_file_comes_again_only_after_its_withdrawal(at: datetime, again: int) -> None:
    delivery = delivery_of([receipt(withdrawn_at=WITHDRAWN)], "source", "a", "f.csv", at)
    assert (delivery.again, delivery.known is None) == (again, bool(again))


def test_going_back_is_only_after_what_it_goes_back_from() -> None:
    sent = [receipt("a"), receipt("b", CAME + timedelta(days=1))]
    assert delivery_of(sent, "source", "a", "f.csv", CAME + timedelta(days=2)).again == 1
    assert delivery_of(sent, "source", "a", "f.csv", CAME).known == sent[0]
