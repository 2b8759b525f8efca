"""What the sources of the small programme send: late, corrected, withdrawn and deleted reports.

One of them sends rows that are held: some come back in the workbook of corrections, some are let through by a waiver.
"""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from benchmarks.proofs.small_programme import END, PLACES, QUARTERS, START, Delivery, judge, receive, stamp
from idtracker.feedback.held_rows import rows_in_words
from idtracker.feedback.workbooks.held_workbook import correction_workbook
from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.operate.services.held import open_rows


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
        home, catalogue = Home(Path(place), sources), load_catalogue(sources)
        receive(home, [first], first.at)
        judge(home, catalogue, first.at)
        source = catalogue.sources[first.source]
        rows = rows_in_words(home, open_rows(home, source, stamp(first.at)))
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
