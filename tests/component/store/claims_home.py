"""A home of one source driven step by step through the library: files, corrections, waivers, withdrawals, closed periods."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd

from idtracker.feedback.held_rows import rows_in_words
from idtracker.feedback.workbooks.held_workbook import correction_workbook
from idtracker.ingest.decisions.waivers import Waiver, Waivers
from idtracker.ingest.judge.assess import assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.rules.locks import locks_of
from idtracker.ingest.judged.archive import SubmissionOutcome, read_outcome, write_assessment
from idtracker.ingest.judged.correction_context import CorrectionContextReader
from idtracker.ingest.judged.earlier_reports import EarlierReportsReader
from idtracker.ingest.judged.queue import judged_by
from idtracker.ingest.landing.deliveries import submission_id_of
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.programme import PeriodLock, Programme
from idtracker.model.config.source import Part, Source
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc
from idtracker.model.messages import phrase
from idtracker.model.register.register import Register
from idtracker.operate.services.held import open_rows
from idtracker.store.operations import operations_frames, submission_tables
from idtracker.store.refresh_facts import refresh_facts
from idtracker.store.schema import ensure_tables

START = datetime(2026, 1, 1, tzinfo=UTC)
HEAD = "ref,period,targeted,reached\n"
DEFINITION: dict[str, Any] = {
    "title": "Returns",
    "publisher": "GB-GOV-11",
    "format": {"kind": "csv"},
    "cadence": {"every": "quarter"},
    "feeds": "activity",
    "key": ["reference", "period"],
    "columns": [
        {"field": "reference", "heading": "ref", "required": True},
        {"field": "period", "heading": "period", "required": True},
        {"field": "people_targeted", "heading": "targeted", "maximum": 1000},
        {"field": "people_reached", "heading": "reached"},
    ],
}


def instant(day: float) -> datetime:
    return START + timedelta(days=day)


@dataclass
class ClaimsHome:
    """A home whose files arrive on days counted from 1 January 2026; where it `remembers`, each is held against earlier ones."""

    home: Home
    register: Register
    changes: dict[str, Any] = field(default_factory=dict)
    locks: list[PeriodLock] = field(default_factory=list)
    remembers: bool = False

    @property
    def source(self) -> Source:
        known = {k: v for k, v in DEFINITION.items() if "parts" not in self.changes or k not in Part.model_fields}
        return Source.model_validate({**known, **self.changes}).located("s", Path(), "f")

    @property
    def catalogue(self) -> ProgrammeCatalogue:
        programme = Programme(title="-", country="", locks=self.locks)
        return ProgrammeCatalogue(programme, {"s": self.source}, self.register, {})

    def send(
        self, day: float, content: bytes | str, name: str = "returns.csv", edition: str = "", came: float | None = None
    ) -> SubmissionOutcome:
        """Land a file on a day and judge it; the outcome. It really `came` later where the day is a claim."""
        data = content.encode() if isinstance(content, str) else content
        sha256 = __import__("hashlib").sha256(data).hexdigest()
        receipt = Receipt(
            submission_id_of("s", sha256),
            "s",
            name,
            name,
            edition,
            sha256,
            len(data),
            instant(day),
            "GB-GOV-11",
            arrived_at=None if came is None else instant(came),
        )
        Ledger(self.home).add(receipt)
        path = self.home.landing / "bytes" / receipt.submission_id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return self.judge(receipt)

    def judge(self, receipt: Receipt) -> SubmissionOutcome:
        records = CorrectionContextReader(self.home, self.source)
        found = assess(
            (self.home.landing / "bytes" / receipt.submission_id).read_bytes(), receipt.file_name, self.source,
            self.catalogue, submission_id=receipt.submission_id, received_at=naive_utc(receipt.received_at),
            came_at=naive_utc(receipt.came_at), record=records.before(receipt),
            history=EarlierReportsReader(self.home, self.source).before(receipt) if self.remembers else None,
        )  # fmt: skip
        record = records.version_before(receipt) if found.is_correction else ""
        return write_assessment(self.home, found, judged_by(self.source, self.catalogue), record=record)

    def judge_all(self) -> None:
        """Every file again, in order of arrival."""
        for receipt in sorted(Ledger(self.home).receipts("s"), key=lambda r: (r.received_at, r.submission_id)):
            self.judge(receipt)

    def held(self, day: float) -> pd.DataFrame:
        return open_rows(self.home, self.source, pd.Timestamp(naive_utc(instant(day))))

    def export(self, day: float, **cells: str) -> openpyxl.Workbook:
        """The workbook of what is held on a day; `ref__heading=value` types a value into the line of that reference."""
        rows = rows_in_words(self.home, self.held(day))
        book = openpyxl.load_workbook(io.BytesIO(correction_workbook(self.source, rows, "en", instant(day))))
        for name, value in cells.items():
            ref, _, heading = name.partition("__")
            put(book, ref, heading.replace("leave_out", phrase("ingest/judge/correction", "leave_out", "en")), value)
        return book

    def withdraw(self, day: float, outcome: SubmissionOutcome) -> None:
        Ledger(self.home).withdraw("s", outcome.submission_id, at=instant(day), by="x", why="y")

    def waive(self, day: float, held: pd.DataFrame, until: str) -> Waiver:
        row = held.iloc[0]
        waiver = Waiver(
            "s", row["submission_id"], row["held_id"], tuple(row["rules"].split(";")), "GB-GOV-1", "agreed",
            instant(day), datetime.fromisoformat(until).date(),
        )  # fmt: skip
        Waivers(self.home).give(waiver)
        return waiver

    def store(self, as_of: float = 1000, until: float | None = None) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        ensure_tables(connection)
        last = None if until is None else instant(until)
        refresh_facts(
            connection, self.home, self.source, last, locks=locks_of(self.catalogue.programme, "s"),
            as_of=naive_utc(instant(as_of)),
        )  # fmt: skip
        return connection

    def known(self, day: float = 900, **store: Any) -> dict[str, int]:
        """reference/period -> people reached, as known on a day."""
        at = naive_utc(instant(day))
        rows = self.store(**store).execute(
            "SELECT activity_id || '/' || period, people_reached FROM activity "
            "WHERE recorded_from <= ? AND (recorded_to IS NULL OR recorded_to > ?)", [at, at],
        ).fetchall()  # fmt: skip
        assert len(rows) == len(dict(rows)), "two open vintages of one key"
        return dict(rows)

    def submissions(self, **store: Any) -> pd.DataFrame:
        """The table `submission`; every row of every file is accounted for."""
        connection = self.store(**store)
        table = submission_tables(connection, self.home, ["s"])["submission"]
        fates = table[["rows_accepted", "rows_held", "rows_unchanged", "rows_superseded"]].sum(axis=1)
        assert fates.tolist() == table["rows_read"].tolist()
        held = operations_frames(connection, self.home, ["s"])["held_row"]
        still = held[held["held_to"].isna()]["submission_id"].value_counts()
        assert still.to_dict() == table.loc[table["rows_held"] > 0].set_index("submission_id")["rows_held"].to_dict()
        return table.set_index("submission_id")

    def state(self, outcome: SubmissionOutcome) -> str:
        return str(self.submissions()["state"][outcome.submission_id])

    def outcome(self, submission_id: str) -> SubmissionOutcome:
        found = read_outcome(self.home, "s", submission_id)
        assert found is not None
        return found


def put(book: openpyxl.Workbook, ref: str, heading: str, value: str) -> None:
    """Type a value into the line whose reference is `ref`."""
    sheet = book["activity"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    (line,) = [r for r in range(2, sheet.max_row + 1) if sheet.cell(r, columns["ref"]).value == ref]
    sheet.cell(line, columns[heading]).value = value


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rules_of(home: ClaimsHome, outcome: SubmissionOutcome) -> list[str]:
    """Rules of the findings about one file."""
    found = pd.read_parquet(home.home.accepted / "s" / outcome.submission_id / "findings.parquet")
    return sorted(set(found["rule"]))
