"""A source, files for it and what is published of it, for the tests of the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from idtracker.feedback.check.result import CheckResult, check_file
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.judged.archive import SubmissionOutcome, facts_file
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt, name_parts
from idtracker.model.home import Home
from tests.support.small_programme import TRUST

NOW = pd.Timestamp("2026-05-01 09:00:00")
NOTICE = "Invented <b>figures</b>."
SOURCE = """
    title: Trust <returns>
    publisher: GB-GOV-1
    format: {{kind: csv}}
    received: {{from_name: "_(?P<period>[0-9]{{4}}-Q[1-4])"}}
    cadence: {{every: quarter}}
    feeds: observation
    key: [indicator, place, period]
    revision: {revision}
    columns:
      - {{field: indicator, heading: Measure, required: true}}
      - {{field: place, heading: Governorate, required: true}}
      - {{field: period, heading: {period}, required: true}}
      - {{field: value, heading: Share, minimum: 0}}
      - {{field: note, heading: Remarks}}
"""
HEAD = "Measure,Governorate,Quarter,Share,Remarks"


def csv_of(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


class Desk:
    """One source of a programme, and what is published of it."""

    def __init__(self, home: Home, write_source: Callable[[str, str], Path], patch: pytest.MonkeyPatch) -> None:
        self.home, self.write_source, self.patch = home, write_source, patch
        (home.sources / "_reference").mkdir()
        (home.sources / "_reference" / "indicators.csv").write_text(TRUST, "utf-8")
        (home.sources / "programme.yml").write_text(f'title: T\ncountry: JO\nnotice: "{NOTICE}"\n', "utf-8")
        self.define()

    def define(self, revision: str = "replace_period", period: str = "Quarter") -> None:
        self.write_source("trust", SOURCE.format(revision=revision, period=period))

    def ask(self, content: bytes, file_name: str = "trust_new.csv") -> CheckResult:
        catalogue = load_catalogue(self.home.sources)
        return check_file(self.home, catalogue, catalogue.source("trust"), content, file_name, NOW)

    def receive(self, content: bytes, file_name: str, day: str, *, is_correction: bool = False) -> Receipt:
        """Keep a file as accepted: its receipt, its facts and its outcome."""
        found = self.ask(content, file_name)
        base, edition = name_parts(file_name, found.source.received.edition)
        at = datetime.fromisoformat(day).replace(tzinfo=UTC)
        receipt = Receipt(found.submission_id, "trust", file_name, base, edition, found.sha256, 1, at, "GB-GOV-1")
        Ledger(self.home).add(receipt)
        path = facts_file(self.home, "trust", receipt.submission_id, "observation")
        path.parent.mkdir(parents=True, exist_ok=True)
        outcome = SubmissionOutcome(
            receipt.submission_id, "trust", "accepted", 1, 1, 0, 0, "", "", "", is_correction=is_correction
        )
        (path.parent / "outcome.json").write_text(json.dumps(asdict(outcome)), "utf-8")
        found.assessment.facts["observation"].to_parquet(path)
        return receipt

    def publish(self, *contents: bytes) -> None:
        """Let these files be what is published, whatever came in between."""
        facts = pd.concat([self.ask(c).assessment.facts["observation"] for c in contents], ignore_index=True)
        database = self.home.root / "published.duckdb"
        database.parent.mkdir(parents=True, exist_ok=True)
        database.unlink(missing_ok=True)
        with duckdb.connect(str(database)) as connection:
            connection.register("facts", facts)
            connection.execute("CREATE SCHEMA now; CREATE TABLE now.observation AS SELECT * FROM facts")
        self.patch.setattr("idtracker.feedback.check.changes.open_snapshot", lambda *_: duckdb.connect(str(database)))
