"""What a home had on record when a past run had ended: the documents of its ledger up to the link that the log of runs names.

Every document of the ledger is sealed in the order in which it came. So what was known at a run is known exactly, whatever
has arrived, was decided or was withdrawn since, also where it counts from an earlier day.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from idtracker.ingest.landing.chain import FILE, Chain
from idtracker.ingest.landing.ledger import Ledger
from idtracker.model.files import private_folder
from idtracker.model.home import Home
from idtracker.model.instants import next_second, parse_instant
from idtracker.operate.run_log import logged_runs
from idtracker.store.knowledge_date import latest_knowledge

LOG = "runs.jsonl"


@dataclass(frozen=True, slots=True)
class PastRecord:
    """The record when a run ended: how many links the chain had, how many runs were in the log before, and when it began."""

    links: int
    runs: int
    began_at: datetime


def past_records(home: Home) -> list[PastRecord]:
    """The record at every run that did something, the latest first, and as it is now; each state of the record once."""
    now = Chain(home).last()
    runs = logged_runs(home)
    records = []
    for number, run in enumerate(runs):
        links, began = run.get("chain_links"), run.get("started_at")
        if isinstance(links, int) and isinstance(began, str) and run.get("outcome") != "nothing_new":
            records.append(PastRecord(links, number, next_second(parse_instant(began))))
    if now is not None and all(record.links != now.number for record in records):
        records.append(PastRecord(now.number, len(runs), next_second(now.at)))
    return records[::-1]


def lay_out(home: Home, record: PastRecord, root: Path, sources: Path) -> Home:
    """A home with that record and nothing that follows from it; received bytes are those of the home itself."""
    past = Home(root=private_folder(root), sources=sources)
    private_folder(past.landing)
    for path in home.landing.iterdir():
        if path.name != "ledger":
            (past.landing / path.name).symlink_to(path.resolve(), target_is_directory=path.is_dir())
    ledger, own = home.landing / "ledger", past.landing / "ledger"
    known = {link.document for link in Chain(home).links()[: record.links]}
    for path in _files(ledger):
        name = path.relative_to(ledger).as_posix()
        if name in known or (path.suffix != ".json" and name != FILE):
            private_folder((own / name).parent)
            shutil.copyfile(path, own / name)
    lines = (ledger / FILE).read_bytes().splitlines(keepends=True)
    (own / FILE).write_bytes(b"".join(lines[: record.links]))
    _copy_log(home, past, record.runs)
    return past


def submissions_of(home: Home, record: PastRecord) -> set[str]:
    """Submissions on record then."""
    links = Chain(home).links()[: record.links]
    names = (link.document.split("/") for link in links)
    receipts = (name[-1].split(".") for name in names if len(name) == 2 and not name[0].startswith("_"))
    return {stem for stem, *rest in receipts if rest == ["json"]}


def latest_on_record(home: Home) -> datetime:
    """The latest instant of which a record tells: arrivals, withdrawals, waivers, decisions and acts about rounds."""
    return latest_knowledge(home, date(1970, 1, 1), Ledger(home).sources(), datetime(1970, 1, 1, tzinfo=UTC))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))


def _copy_log(home: Home, past: Home, runs: int) -> None:
    path = home.root / LOG
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    (past.root / LOG).write_bytes(b"".join(lines[:runs]))
