"""The history of a submission: what arrived before it, whatever the order of judging; read once, hashed, and judged again when it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, load_catalogue
from idtracker.ingest.judged import earlier_reports
from idtracker.ingest.judged.archive import read_frames, write_assessment
from idtracker.ingest.judged.earlier_reports import EarlierReportsReader
from idtracker.ingest.judged.queue import each_pending, judged_by, pending
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc

WriteSource = Callable[[str, str], Path]
SOURCE = """
    title: Training returns
    publisher: GB-GOV-3
    format: {kind: csv, delimiter: ","}
    cadence: {every: quarter}
    feeds: activity_cell
    key: [reference, place, period]
    columns:
      - {field: reference, heading: ref, required: true}
      - {field: place, heading: place, required: true}
      - {field: period, heading: quarter, required: true}
      - {field: people_reached, heading: trained}
"""
QUARTERS = ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]


def content(quarter: str, trained: int) -> bytes:
    return f"ref,place,quarter,trained\nA,Mafraq,{quarter},{trained}\nB,Irbid,{quarter},{trained + 3}\n".encode()


class Desk:
    """A home in which files arrive and are judged."""

    def __init__(self, home: Home, catalogue: ProgrammeCatalogue) -> None:
        self.home, self.catalogue, self.source = home, catalogue, catalogue.source("training")
        self.bytes: dict[str, bytes] = {}

    def arrive(self, name: str, day: datetime, body: bytes) -> None:
        self.bytes[name] = body
        Ledger(self.home).add(
            Receipt(name, "training", f"{name}.csv", f"{name}.csv", "", "", len(body), day, "GB-GOV-3")
        )

    def judge(self) -> list[str]:
        """Judge what is pending; the names of what was judged."""
        histories, judged = EarlierReportsReader(self.home, self.source), judged_by(self.source, self.catalogue)
        done = []
        for receipt in each_pending(self.home, self.source, self.catalogue):
            before = histories.before(receipt)
            found = assess(
                self.bytes[receipt.submission_id], receipt.file_name, self.source, self.catalogue,
                submission_id=receipt.submission_id, received_at=naive_utc(receipt.received_at), history=before,
            )  # fmt: skip
            write_assessment(self.home, found, judged, before.version)
            done.append(receipt.submission_id)
        return done

    def findings(self) -> list[tuple[str, str, int]]:
        frame = read_frames(self.home, "training", "findings")
        return sorted(zip(frame["submission_id"], frame["rule"], frame["row"], strict=True))


@pytest.fixture
def desk(home: Home, write_source: WriteSource) -> Desk:
    write_source("training", SOURCE)
    return Desk(home, load_catalogue(home.sources))


def arrivals(desk: Desk) -> None:
    for n, quarter in enumerate(QUARTERS):
        trained = 20 + n if quarter != "2026-Q1" else 2200
        desk.arrive(f"S{n}", datetime(2026, 5 + n, 1, tzinfo=UTC), content(quarter, trained))


def test_a_slip_of_the_unit_is_seen_against_what_arrived_before(desk: Desk) -> None:
    arrivals(desk)
    assert desk.judge() == ["S0", "S1", "S2", "S3", "S4"]
    assert desk.findings() == [("S4", "history.unit", 2), ("S4", "history.unit", 3)]
    assert desk.judge() == []


def test_what_is_found_does_not_depend_on_when_files_are_judged(home: Home, desk: Desk) -> None:
    arrivals(desk)
    desk.judge()
    at_once = desk.findings()
    later = Desk(Home(home.root / "other", home.sources), desk.catalogue)
    for n in (4, 0, 3, 1, 2):
        quarter = QUARTERS[n]
        later.arrive(f"S{n}", datetime(2026, 5 + n, 1, tzinfo=UTC), content(quarter, 20 + n if n < 4 else 2200))
        later.judge()
    assert later.findings() == at_once


def test_a_file_that_comes_late_has_those_after_it_judged_again_and_no_other(desk: Desk) -> None:
    arrivals(desk)
    desk.judge()
    desk.arrive("LATE", datetime(2026, 6, 15, tzinfo=UTC), content("2024-Q4", 19))
    assert [r.submission_id for r in pending(desk.home, desk.source, desk.catalogue)] == ["LATE", "S2", "S3", "S4"]
    assert desk.judge() == ["LATE", "S2", "S3", "S4"]
    assert desk.judge() == []


def test_a_withdrawn_file_is_no_history_from_its_withdrawal_on(desk: Desk) -> None:
    arrivals(desk)
    desk.judge()
    withdrawn = datetime(2026, 8, 15, tzinfo=UTC)
    for name in ("S0", "S1"):
        Ledger(desk.home).withdraw("training", name, at=withdrawn, by="GB-GOV-3", why="a trial")
    assert desk.judge() == ["S4"]
    assert desk.findings() == []  # two earlier periods are too few to speak of a usual level


def test_every_accepted_file_is_read_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    arrivals(desk)
    opened: list[str] = []
    real = earlier_reports.read_frame

    def counted(path: Path, columns: Sequence[str]) -> pd.DataFrame:
        opened.append(path.parent.name)
        return real(path, columns)

    monkeypatch.setattr(earlier_reports, "read_frame", counted)
    desk.judge()
    assert sorted(opened) == ["S0", "S1", "S2", "S3"]


def test_a_file_at_hand_is_held_against_everything_but_itself(desk: Desk) -> None:
    arrivals(desk)
    desk.judge()
    histories = EarlierReportsReader(desk.home, desk.source)
    assert len(histories.at(pd.Timestamp("2026-11-01"), "new").frames["activity_cell"]) == 10
    assert len(histories.at(pd.Timestamp("2026-11-01"), "S4").frames["activity_cell"]) == 8
    assert histories.at(pd.Timestamp("2020-01-01"), "new").frames == {}
