"""Random accepted reports, and the same without the rows that an audience may not see, as if nobody had ever sent them.

Which rows that are is said here in plain loops, and never asked of the library.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd

from idtracker.ingest.decisions.signing import content_id
from idtracker.ingest.decisions.waivers import FOR_GOOD, Waiver
from idtracker.ingest.judge.reported.coverage import coverage_of
from idtracker.ingest.judged.archive import SubmissionOutcome, accepted_folder
from idtracker.ingest.judged.seals import write_sealed
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.files import write_json
from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.model.tables import FACTS, conform_types

DAY = datetime(2026, 1, 1, 8, tzinfo=UTC)
MARKINGS = [
    ("OFFICIAL", "HMG"),
    ("OFFICIAL", "HMG;PARTNERS"),
    ("OFFICIAL", "PARTNERS;PUBLIC"),
    ("OFFICIAL", "PUBLIC"),
    ("OFFICIAL-SENSITIVE", "HMG;PARTNERS"),
    ("OFFICIAL", None),
    ("OFFICIAL", "GB-GOV-1"),
    ("SECRET", "PUBLIC"),
    (None, "PUBLIC"),
]
AUDIENCES = [
    Audience("partners", "Partners", ("PARTNERS", "PUBLIC"), "OFFICIAL", 5),
    Audience("cleared", "Cleared partners", ("PARTNERS",), "OFFICIAL-SENSITIVE", 0),
    Audience("public", "Public", ("PUBLIC",), "OFFICIAL", 10),
    Audience("fcdo", "FCDO", ("GB-GOV-1", "PARTNERS"), "OFFICIAL", 0),
]
_COLUMNS = "columns:\n  - {field: indicator, heading: I, required: true}\n"
OBSERVED = {
    "title": "Observed", "publisher": "GB-GOV-1", "format": {"kind": "csv"}, "cadence": {"every": "quarter"}, "feeds": "observation",
    "key": ["indicator", "place", "period"],
    "columns": [{"field": name, "heading": name, "required": True} for name in ("indicator", "place", "period", "value")],
}  # fmt: skip
JOINT = {
    "title": "Joint", "publisher": "GB-GOV-1", "format": {"kind": "csv"}, "cadence": {"every": "as_needed"},
    "parts": [
        {"name": "activities", "feeds": "activity", "key": ["reference"], "columns": [{"field": "reference", "heading": "A", "required": True}]},
        {"name": "members", "feeds": "participation", "key": ["reference", "organisation"],
         "columns": [{"field": n, "heading": n, "required": True} for n in ("reference", "organisation", "role")]},
        {"name": "decisions", "feeds": "decision", "key": ["reference"], "columns": [{"field": "reference", "heading": "D", "required": True}]},
        {"name": "products", "feeds": "analysis_product", "key": ["reference"],
         "columns": [{"field": n, "heading": n, "required": True} for n in ("reference", "product_type")]},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One accepted or held row: where it stands in its file, its marking, and what it says."""

    part: str
    kind: str
    number: int
    piece: int
    marking: tuple[str | None, str | None]
    says: dict[str, object]
    of: tuple[int, int] | None = None
    """Of a line of a correction: the file and the row that it is about."""
    fate: str = ""


@dataclass(frozen=True)
class Report:
    """One file of a source."""

    source_id: str
    received_at: datetime
    rows: tuple[Row, ...]
    withdrawn_at: datetime | None = None
    is_correction: bool = False
    is_waived: bool = False


@dataclass(frozen=True)
class World:
    """Files in order of arrival."""

    reports: tuple[Report, ...]
    handling: dict[str, list[str]] = field(default_factory=dict)

    def sources(self) -> dict[str, Source]:
        known = {}
        for name in {report.source_id for report in self.reports}:
            document = dict(OBSERVED if name.startswith("observed") else JOINT)
            document["handling"] = {"releasable_to": self.handling[name]}
            known[name] = Source.model_validate(document).located(name, Path(name), f"definition of {name}")
        return dict(sorted(known.items()))


def random_world(seed: int, families: int) -> World:
    """Sources of two kinds, each with a few files, some withdrawn, corrected or waived."""
    chance = random.Random(seed)
    reports: list[Report] = []
    handling: dict[str, list[str]] = {}
    for family in range(families):
        for kind in ("observed", "joint"):
            name = f"{kind}_{family}"
            handling[name] = chance.choice([["HMG"], ["HMG", "PARTNERS"], ["PUBLIC"]])
            for _ in range(chance.randint(1, 3)):
                at = DAY + timedelta(days=chance.randint(0, 40))
                rows = _observed(chance, family) if kind == "observed" else _joint(chance, family)
                gone = at + timedelta(days=chance.randint(1, 20)) if chance.random() < 0.2 else None
                reports.append(Report(name, at, tuple(rows), gone, is_waived=chance.random() < 0.3))
    reports.sort(key=lambda one: one.received_at)
    for name in [name for name in handling if chance.random() < 0.5]:
        reports.append(_correction(chance, name, reports))
    return World(tuple(reports), handling)


def _observed(chance: random.Random, family: int) -> list[Row]:
    rows = []
    for number in sorted(chance.sample(range(2, 40), chance.randint(1, 6))):
        says = {
            "indicator_id": chance.choice(["PEOPLE", "VOICE"]),
            "place_id": chance.choice(["JO", "JO-AM", "JO-IR", "JO-MA"]),
            "period": chance.choice(["2025-Q3", "2025-Q4"]),
            "value": float(chance.choice([1, 3, 4, 6, 12, 40])),
        }
        rows.append(
            Row(
                "observation",
                chance.choice(["facts", "facts", "held"]),
                number,
                chance.choice([0, 0, 1]),
                chance.choice(MARKINGS),
                says,
            )
        )
    return rows


def _joint(chance: random.Random, family: int) -> list[Row]:
    rows = []
    for number in sorted(chance.sample(range(2, 60), chance.randint(2, 8))):
        part = chance.choice(["activities", "members", "decisions", "products"])
        own = f"{part[0]}{family}-{chance.randint(1, 4)}"
        says: dict[str, object] = {
            "activities": {"activity_id": own, "people_reached": chance.choice([None, 2, 5, 90])},
            "members": {
                "activity_id": f"a{family}-{chance.randint(1, 4)}",
                "org_id": chance.choice(["GB-GOV-1", "GB-GOV-8"]),
                "role": "LEAD",
            },
            "decisions": {
                "decision_id": own,
                "product_ids": ";".join(f"p{family}-{n}" for n in chance.sample(range(1, 5), 2)),
            },
            "products": {"product_id": own, "product_type": "CONFLICT"},
        }[part]
        rows.append(Row(part, "facts", number, 0, chance.choice(MARKINGS), says))
    return rows


def _correction(chance: random.Random, name: str, reports: Sequence[Report]) -> Report:
    """A file of lines about rows of one earlier file of the source."""
    place = chance.choice([n for n, one in enumerate(reports) if one.source_id == name and not one.is_correction])
    first = reports[place]
    chosen = chance.sample(range(len(first.rows)), min(2, len(first.rows)))
    rows = []
    for number, at in enumerate(chosen, start=2):
        root, fate = first.rows[at], chance.choice(["accepted", "held", "left_out"])
        kind = {"accepted": "facts", "held": "held"}.get(fate, "")
        says = root.says | ({"value": 77.0} if "value" in root.says else {})
        rows.append(Row(root.part, kind, number, 0, chance.choice(MARKINGS), says, (place, at), fate))
    return Report(name, first.received_at + timedelta(days=50), tuple(rows), is_correction=True)


def may_see(audience: Audience, marking: tuple[str | None, str | None], *, guarded: bool = True) -> bool:
    """Whether a row of that marking is released to one of the groups, at or below the clearance; what is not known counts as the highest."""
    if not guarded:
        return True
    classification, released = marking
    rank = {"OFFICIAL": 0, "OFFICIAL-SENSITIVE": 1}
    allowed = rank.get(classification or "", 1) <= rank[audience.clearance]
    return allowed and any(group in (audience.groups or ()) for group in (released or "").split(";"))


def without_unseen(world: World, audience: Audience) -> World:
    """The world in which no row was sent that the audience may not see: files without any are not there."""
    kept: dict[tuple[int, int], int] = {}
    reports: list[Report] = []
    moved: dict[int, int] = {}
    for place, report in enumerate(world.reports):
        if report.is_correction:
            continue
        rows = [(n, row) for n, row in enumerate(report.rows) if may_see(audience, row.marking)]
        kept |= {(place, n): at for at, (n, _) in enumerate(rows)}
    for place, report in enumerate(world.reports):
        own = []
        for row in report.rows:
            if report.is_correction:
                is_there = row.of in kept and (row.kind == "" or may_see(audience, row.marking))
            else:
                is_there = may_see(audience, row.marking)
            if is_there:
                own.append(row)
        if own:
            moved[place] = len(reports)
            reports.append(replace(report, rows=tuple(own)))
    return World(
        tuple(
            replace(
                r, rows=tuple(replace(row, of=(moved[row.of[0]], kept[row.of])) if row.of else row for row in r.rows)
            )
            for r in reports
        ),
        world.handling,
    )


def write_world(home: Home, world: World, noise: int) -> None:
    """Accepted files and ledger. `noise` is what else a file is like: its bytes, its name, where its rows stand in it."""
    chance = random.Random(noise)
    sources = world.sources()
    names = [hashlib.sha256(f"{noise} {n}".encode()).hexdigest()[:16] for n in range(len(world.reports))]
    numbers = [_spread(chance, [row.number for row in report.rows]) for report in world.reports]
    for n, report in enumerate(world.reports):
        receipt = Receipt(names[n], report.source_id, f"file {noise} {n}.csv", f"base {report.source_id} {n % 2 == 5}", "", names[n] * 4,
                          chance.randint(100, 9999), report.received_at, "GB-GOV-1", sequence=3 * n + chance.randint(1, 2))  # fmt: skip
        Ledger(home).add(receipt)
        if report.withdrawn_at:
            Ledger(home).withdraw(
                report.source_id, names[n], at=report.withdrawn_at, by=f"somebody {noise}", why=f"reason {noise}"
            )
        if report.is_waived:
            waiver = Waiver(
                report.source_id, names[n], "", ("value.range",), "role", f"why {noise}", report.received_at, FOR_GOOD
            )
            write_json(
                home.landing / "ledger" / report.source_id / "waivers" / f"{content_id(waiver)}.json", asdict(waiver)
            )
        roots = {row.of: _root(world, row.of, numbers, names) for row in report.rows if row.of is not None}
        _write_report(home, sources[report.source_id], report, receipt, numbers[n], roots)


def _spread(chance: random.Random, numbers: Sequence[int]) -> dict[int, int]:
    """Rows elsewhere in the file, in the same order."""
    spread, at = {}, 1
    for number in sorted(set(numbers)):
        at += chance.randint(1, 5)
        spread[number] = at
    return spread


def _root(world: World, of: tuple[int, int], numbers: list[dict[int, int]], names: list[str]) -> dict[str, object]:
    """Where the row stands that a line is about."""
    root = world.reports[of[0]].rows[of[1]]
    return {
        "of_submission_id": names[of[0]],
        "of_sheet": "",
        "of_row_number": numbers[of[0]][root.number],
        "of_row_piece": root.piece,
    }


def _write_report(
    home: Home,
    source: Source,
    report: Report,
    receipt: Receipt,
    numbers: dict[int, int],
    roots: dict[tuple[int, int], dict[str, object]],
) -> None:
    folder = accepted_folder(home, source.id, receipt.submission_id)
    folder.mkdir(parents=True)
    frames: dict[str, list[dict[str, object]]] = {}
    held, lines = [], []
    for row in report.rows:
        place = {
            "submission_id": receipt.submission_id,
            "sheet": "",
            "row_number": numbers[row.number],
            "row_piece": row.piece,
        }
        marked = {"classification": row.marking[0], "releasable_to": row.marking[1]}
        said = json.dumps([source.id, row.part, row.says], sort_keys=True)
        fact = {"fact_id": _hash(_key_of(source.id, row)), "source_id": source.id, **place, "content_hash": _hash(said), **marked, "handling": None,
                "originator_org_id": "GB-GOV-1", **row.says}  # fmt: skip
        if row.kind == "facts":
            frames.setdefault(f"facts-{row.part}", []).append(fact)
        if row.kind == "held":
            frames.setdefault(f"waivable-{row.part}", []).append(fact)
            held.append({"held_id": _hash(str(place))[:12], "source_id": source.id, "part": row.part, **place, "of_submission_id": None, "of_sheet": None,
                         "of_row_number": None, "of_row_piece": None, "rules": "value.range", "is_waivable": True, "cells": said, **marked})  # fmt: skip
        if row.of is not None:
            lines.append({"part": row.part, **place, **roots[row.of], "fate": row.fate})
    accepted = sum(len(rows) for name, rows in frames.items() if name.startswith("facts"))
    tables = {name: _typed(source, name.partition("-")[2], rows) for name, rows in frames.items()}
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet")
    if held:
        pd.DataFrame(held).astype(
            {"of_submission_id": "str", "of_sheet": "str", "of_row_number": "Int64", "of_row_piece": "Int64"}
        ).to_parquet(folder / "held.parquet")
    if lines:
        pd.DataFrame(lines).to_parquet(folder / "lines.parquet")
    kinds = "facts" if accepted else "waivable"
    facts = {name.partition("-")[2]: table for name, table in tables.items() if name.startswith(kinds)}
    periods = coverage_of(source, facts, pd.Timestamp(receipt.received_at))
    corrects = ";".join(sorted({str(root["of_submission_id"]) for root in roots.values()}))
    outcome = SubmissionOutcome(
        receipt.submission_id, source.id, "partly_accepted" if held else "accepted", accepted + len(held), accepted, len(held), 0, ";".join(periods.periods),
        "rules", f"judged {receipt.submission_id}", is_correction=report.is_correction, corrects=corrects,
    )  # fmt: skip
    write_sealed(folder, asdict(outcome))


def _typed(source: Source, part: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Accepted rows of a part as its table has them, with the piece of the row."""
    feeds = next(one.feeds for one in source.parts if one.id == part)
    return conform_types(pd.DataFrame(rows), FACTS[feeds]).assign(
        row_piece=pd.Series([row["row_piece"] for row in rows], dtype="int64").to_numpy()
    )


def _key_of(source_id: str, row: Row) -> str:
    named = {"observation": ("indicator_id", "place_id", "period"), "members": ("activity_id", "org_id")}
    return json.dumps([source_id, row.part, [row.says[k] for k in named.get(row.part, (next(iter(row.says)),))]])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def contents_of(root: Path) -> dict[str, object]:
    """Everything in a home by path: rows of Parquet files, texts of others but seals, which name the bytes of files."""
    contents: dict[str, object] = {}
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".parquet":
            rows = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
            contents[name] = (rows.columns, sorted(map(repr, rows.fetchall())))
        elif path.name == "outcome.json":
            contents[name] = {
                k: v for k, v in json.loads(path.read_text("utf-8")).items() if k not in ("sha256", "files")
            }
        elif path.name != "released.json":
            contents[name] = path.read_text("utf-8")
    return contents
