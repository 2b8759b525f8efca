"""A programme of seven small sources that send late, corrected, withdrawn and deleted reports, and homes that received them.

One of them sends rows that are held: some come back in the workbook of corrections, some are let through by a waiver.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import openpyxl
import pandas as pd

from idtracker.contract.catalogue import Catalogue, load_catalogue
from idtracker.intake import Waiver, Waivers, collect, submission_id_of
from idtracker.intake.inbox import ENVELOPE, WITHDRAWAL
from idtracker.metrics import families
from idtracker.publish import steps
from idtracker.report.held import open_rows, rows_in_words
from idtracker.report.held_workbook import correction_workbook
from idtracker.settings import Settings
from idtracker.store.accepted import each_pending
from idtracker.store.history import Histories
from idtracker.store.record import Records
from pipelines.resources import Home
from pipelines.source_assets import judge_one

START, END = datetime(2025, 1, 5, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
PLACES = ("Zarqa", "Karak", "Irbid")
QUARTERS = ("2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3")
INDICATORS = """
    indicator_id,name,name_ar,dimension_code,unit,direction,goalpost_low,goalpost_high,weight,level,frequency,roll_up,max_age_days,merge_policy,priority_org_id,derived_from,owner_org_id,retired_on
    VOICE,Residents with a voice,سكان مسموعون,BSF1,%,1,0,100,1,adm1,quarter,mean,200,quality_weighted,,,GB-GOV-1,
    WORK,Residents out of work,سكان بلا عمل,BSF2,%,-1,0,100,1,adm1,quarter,mean,100,priority,GB-GOV-24,,GB-GOV-1,
    EVENTS,Events,أحداث,BSF3,events,-1,0,20,1,adm1,quarter,sum,100,median,,event:count,GB-GOV-1,
"""
_VALUES = """
    format: {kind: csv}
    cadence: {every: quarter, due_after_days: 20, since: 2024-10-01}
    feeds: observation
    key: [indicator, place, period]
    columns:
      - {field: indicator, heading: Indicator, required: true}
      - {field: place, heading: Area, required: true}
      - {field: period, heading: Quarter, required: true}
      - {field: value, heading: Value, required: true}
      - {field: obs_status, heading: Status}
"""
_AS_NEEDED = "format: {kind: csv}\ncadence: {every: as_needed}\n"
SOURCES = {
    "survey": "title: Survey\npublisher: GB-GOV-24\nrevision: replace_period\n"
    "grading: {reliability: A, credibility: '2'}\n" + dedent(_VALUES).lstrip(),
    "partner": "title: Partner\npublisher: XM-DAC-41121\nrevision: upsert\ngrading: {reliability: C, credibility: '3'}\n"
    + dedent(_VALUES).lstrip(),
    "activities": "title: Activities\npublisher: GB-GOV-1\nfeeds: activity\nkey: [reference]\nrevision: upsert\n"
    + _AS_NEEDED
    + "columns: [{field: reference, heading: ref, required: true}, {field: partner, heading: partner}, "
    "{field: place, heading: area}, {field: start_on, heading: from}, {field: end_on, heading: to}]\n",
    "parts": "title: Participation\npublisher: GB-GOV-1\nfeeds: participation\nkey: [reference, organisation]\n"
    "revision: replace_all\n"
    + _AS_NEEDED
    + "columns: [{field: reference, heading: ref, required: true}, {field: organisation, heading: org, required: true}, "
    "{field: role, heading: role, required: true}]\n",
    "feed": "title: Feed\npublisher: XX-LOCAL-JO-OBSERVATORY\nfeeds: event\nkey: [reference]\nrevision: replace_all\n"
    + _AS_NEEDED
    + "columns: [{field: reference, heading: id, required: true}, {field: event_on, heading: day, required: true}, "
    "{field: place, heading: area}]\n",
    "decisions": "title: Decisions\npublisher: GB-GOV-1\nfeeds: decision\nkey: [decision_id]\nrevision: append\n"
    + _AS_NEEDED
    + "columns: [{field: decision_id, heading: id, required: true}, {field: decided_on, heading: day, required: true}]\n",
    "returns": "title: Returns\npublisher: GB-GOV-11\nfeeds: activity\nkey: [reference, period]\nrevision: upsert\n"
    + _AS_NEEDED
    + "columns: [{field: reference, heading: ref, required: true}, {field: period, heading: period, required: true}, "
    "{field: people_targeted, heading: targeted, maximum: 1000}, {field: people_reached, heading: reached}]\n",
}
ORGANISATION = "org_id,name,name_ar,short_name,org_type,group_code,is_hmg,is_traditional,parent_org_id,successor_org_id,valid_from,valid_to\nXX-LOCAL-JO-OBSERVATORY,Event Observatory,,,80,ACADEMIC,false,false,,,,\n"


@dataclass(frozen=True)
class Delivery:
    """One file, or what is said of an earlier one: a notice that withdraws the file `name`, a waiver for its rows.

    A waiver has the content of the file that it is about, the rule that it lets through and its last day.
    """

    source: str
    name: str
    content: str | bytes
    at: datetime
    withdraws: bool = False
    waives: str = ""
    until: datetime = END


def write_sources(folder: Path, first: str | None) -> Path:
    """The catalogue; a programme without a first quarter begins with the first that is observed."""
    (folder / "_reference").mkdir(parents=True)
    (folder / "_reference" / "indicators.csv").write_text(dedent(INDICATORS).lstrip(), "utf-8")
    (folder / "_reference" / "organisations.csv").write_text(ORGANISATION, "utf-8")
    tracker = f"tracker: {{first: {first}}}\n" if first else ""
    (folder / "programme.yml").write_text(f"title: Small\ncountry: JO\n{tracker}", "utf-8")
    for name, text in SOURCES.items():
        (folder / name).mkdir()
        (folder / name / "source.yml").write_text(text, "utf-8")
    return folder


def deliveries(seed: int, sources: Path) -> list[Delivery]:
    """Reports of a bit more than a year: late ones, second editions, withdrawals, a feed that drops events, held rows.

    `sources` is the catalogue, whose words the workbooks of corrections are made in.
    """
    dice, sent = random.Random(seed), list[Delivery]()
    for number, quarter in enumerate(QUARTERS):
        after = timedelta(days=91 * number)
        for source, indicators in (("survey", ("VOICE", "WORK")), ("partner", ("VOICE", "WORK", "VOICE"))):
            for edition in ("", "_v2") if dice.random() < 0.5 else ("",):
                at = START + after + timedelta(days=dice.randint(0, 60), seconds=dice.randint(0, 80_000))
                sent.append(
                    Delivery(source, f"{source}_{quarter}{edition}.csv", _values(dice, indicators, quarter), at)
                )
                if dice.random() < 0.2:
                    later = at + timedelta(days=dice.randint(1, 90))
                    sent.append(Delivery(source, sent[-1].name, "", later, withdraws=True))
        at = START + after + timedelta(days=dice.randint(0, 80))
        sent.append(Delivery("feed", f"feed_{number}.csv", _events(dice, number), at))
        sent.append(Delivery("activities", f"activities_{number}.csv", _activities(dice), at + timedelta(hours=3)))
        sent.append(Delivery("parts", f"parts_{number}.csv", _parts(dice), at + timedelta(hours=5)))
        sent.append(Delivery("decisions", f"decisions_{number}.csv", _decisions(dice, number), at + timedelta(days=2)))
        first = Delivery("returns", f"returns_{quarter}.csv", _returns(dice, quarter), at + timedelta(days=4))
        sent += [first, *_afterwards(dice, first, sources)]
    return [d for d in sent if d.at < END]


def _values(dice: random.Random, indicators: tuple[str, ...], quarter: str) -> str:
    rows = {(i, p): dice.randint(5, 95) for i in indicators for p in PLACES if dice.random() < 0.8}
    lines = [f"{i},{p},{quarter},{v},{dice.choice(['A', 'A', 'P', 'B'])}" for (i, p), v in rows.items()]
    return "\n".join(["Indicator,Area,Quarter,Value,Status", *(lines or [f"WORK,Zarqa,{quarter},50,A"])])


def _events(dice: random.Random, number: int) -> str:
    days = [START - timedelta(days=95) + timedelta(days=dice.randint(0, 91 * (number + 1))) for _ in range(4 + number)]
    return "\n".join(["id,day,area", *(f"e{n},{d:%Y-%m-%d},{dice.choice(PLACES)}" for n, d in enumerate(days))])


def _activities(dice: random.Random) -> str:
    rows = []
    for n in dice.sample(range(8), 5):
        begins = START + timedelta(days=dice.randint(-60, 300))
        ends = begins + timedelta(days=dice.randint(20, 200))
        rows.append(
            f"a{n},{dice.choice(['UNHCR', 'MOD', 'HMRC'])},{dice.choice(PLACES)},{begins:%Y-%m-%d},{ends:%Y-%m-%d}"
        )
    return "\n".join(["ref,partner,area,from,to", *rows])


def _parts(dice: random.Random) -> str:
    pairs = sorted(
        {(f"a{dice.randint(0, 7)}", dice.choice(["FCDO", "MOD", "HMRC", "ONS", "UNHCR"])) for _ in range(12)}
    )
    return "\n".join(["ref,org,role", *(f"{a},{o},{dice.randint(1, 4)}" for a, o in pairs)])


def _decisions(dice: random.Random, number: int) -> str:
    return "\n".join(
        ["id,day", *(f"d{number}{n},{START + timedelta(days=dice.randint(0, 300)):%Y-%m-%d}" for n in range(3))]
    )


def _returns(dice: random.Random, quarter: str) -> str:
    """Rows of which some are held: too large a number, which may be let through, and one that is no number."""
    targeted = [str(dice.choice([9, 40, 5000, "many"])) for _ in range(4)]
    lines = [f"r{n},{quarter},{t},{dice.randint(1, 9)}" for n, t in enumerate([*targeted, "5000", "many"])]
    return "\n".join(["ref,period,targeted,reached", *lines])


def _afterwards(dice: random.Random, first: Delivery, sources: Path) -> list[Delivery]:
    """What follows on a file with held rows: a waiver for a while, a workbook of corrections, the end of the file."""
    days = [first.at + timedelta(days=dice.randint(1, 60), seconds=dice.randint(0, 80_000)) for _ in range(3)]
    waiver = replace(first, at=days[0], waives="value.range", until=days[0] + timedelta(days=dice.randint(5, 90)))
    fixed = Delivery(first.source, f"{first.name}.fixed.xlsx", _corrected(dice, first, sources), days[1])
    gone = replace(first, at=max(days) + timedelta(days=9), withdraws=True)
    return [d for d, odds in ((waiver, 0.7), (fixed, 0.9), (gone, 0.3)) if dice.random() < odds]


def _corrected(dice: random.Random, first: Delivery, sources: Path) -> bytes:
    """Most held rows of a file in a workbook of corrections, each with a number that may be accepted or not."""
    with TemporaryDirectory() as place:
        settings = Settings(Path(place), sources)
        receive(settings, [first], first.at)
        judge(settings, load_catalogue(sources), first.at)
        source = load_catalogue(sources).sources[first.source]
        rows = rows_in_words(settings, open_rows(settings, source, stamp(first.at)))
        book = openpyxl.load_workbook(io.BytesIO(correction_workbook(source, rows, "en", first.at)))
    sheet = book["activity"]
    (targeted,) = [cell.column for cell in sheet[1] if cell.value == "targeted"]
    for line in range(sheet.max_row, 1, -1):
        if dice.random() < 0.3:
            sheet.delete_rows(line)
        else:
            sheet.cell(line, targeted).value = dice.choice(["7", "70", "700", "7000"])
    book.properties.created = book.properties.modified = first.at.replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def receive(settings: Settings, sent: list[Delivery], until: datetime) -> None:
    """Put into the inbox, and among the waivers, whatever arrived by an instant."""
    for delivery in sent:
        if delivery.at > until:
            continue
        inbox, content = settings.inbox / delivery.source, _bytes(delivery.content)
        inbox.mkdir(parents=True, exist_ok=True)
        if delivery.withdraws:
            notice = {"withdraws": delivery.name, "at": delivery.at.isoformat(), "by": "GB-GOV-1", "why": "wrong"}
            (inbox / f"{delivery.name}{WITHDRAWAL}").write_text(json.dumps(notice), "utf-8")
        elif delivery.waives:
            submission = submission_id_of(delivery.source, hashlib.sha256(content).hexdigest())
            given = "", (delivery.waives,), "GB-GOV-1", "agreed", delivery.at, delivery.until.date()
            Waivers(settings).give(Waiver(delivery.source, submission, *given))
        else:
            envelope = json.dumps({"received_at": delivery.at.isoformat()})
            (inbox / f"{delivery.name}{ENVELOPE}").write_text(envelope, "utf-8")
            (inbox / delivery.name).write_bytes(content)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def run(settings: Settings, now: datetime, *, publish: bool = True) -> None:
    """What a run does, without the orchestrator: land, judge, refresh, derive and, unless told otherwise, publish."""
    catalogue = load_catalogue(settings.sources)
    held = judge(settings, catalogue, now)
    assert not sum(rows for source, rows in held.items() if source != "returns"), held
    steps.write_registers(settings, catalogue)
    refreshed = steps.refresh_store(settings, catalogue, now)
    assert not refreshed.unreconciled and not refreshed.broken
    derive(settings, now, publish=publish)


def judge(settings: Settings, catalogue: Catalogue, now: datetime) -> dict[str, int]:
    """Land and judge what lies in the inbox: how many rows of each source are held."""
    home, held = Home.of(settings), dict.fromkeys(catalogue.sources, 0)
    for source in catalogue.sources.values():
        got = collect(settings, source, now)
        assert not got.problems, got.problems
        histories, records = Histories(settings, source), Records(settings, source)
        for receipt in each_pending(settings, source, catalogue):
            held[source.id] += judge_one(home, catalogue, source, receipt, histories.before(receipt), records).rows_held
    return held


def derive(settings: Settings, now: datetime, until: datetime | None = None, *, publish: bool = True) -> None:
    """Cells, scores and metrics of what has been refreshed, and the publication."""
    catalogue = load_catalogue(settings.sources)
    steps.write_cells(settings, catalogue, now, until)
    steps.write_scores(settings, catalogue, now, until)
    for family in families():
        steps.write_metrics(settings, catalogue, family, now, until)
    if publish:
        steps.publish(settings, catalogue, "hmg", now, until)


def stamp(at: datetime) -> pd.Timestamp:
    """An instant as the store keeps it."""
    return pd.Timestamp(at).tz_convert("UTC").tz_localize(None)
