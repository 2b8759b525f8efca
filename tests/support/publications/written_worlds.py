"""Random accepted reports as files of a home: what else a file is like is noise, which nobody may see through."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import asdict
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
from idtracker.model.tables import FACTS, conform_types
from tests.support.publications.release_worlds import Report, Row, World


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
        place = _place(receipt, numbers, row)
        if row.kind:
            name = f"{'facts' if row.kind == 'facts' else 'waivable'}-{row.part}"
            frames.setdefault(name, []).append(_fact(source.id, row, place))
        if row.kind == "held":
            held.append(_held(source.id, row, place))
        if row.of is not None:
            lines.append({"part": row.part, **place, **roots[row.of], "fate": row.fate})
    accepted = sum(len(rows) for name, rows in frames.items() if name.startswith("facts"))
    tables = {name: _typed(source, name.partition("-")[2], rows) for name, rows in frames.items()}
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet")
    if held:
        types = {"of_submission_id": "str", "of_sheet": "str", "of_row_number": "Int64", "of_row_piece": "Int64"}
        pd.DataFrame(held).astype(types).to_parquet(folder / "held.parquet")
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


def _place(receipt: Receipt, numbers: dict[int, int], row: Row) -> dict[str, object]:
    number = numbers[row.number]
    return {"submission_id": receipt.submission_id, "sheet": "", "row_number": number, "row_piece": row.piece}


def _fact(source_id: str, row: Row, place: dict[str, object]) -> dict[str, object]:
    said = json.dumps([source_id, row.part, row.says], sort_keys=True)
    own = {
        "fact_id": _hash(_key_of(source_id, row)),
        "source_id": source_id,
        "content_hash": _hash(said),
        "handling": None,
    }
    return own | place | _marked(row) | {"originator_org_id": "GB-GOV-1"} | row.says


def _held(source_id: str, row: Row, place: dict[str, object]) -> dict[str, object]:
    nowhere = dict.fromkeys(["of_submission_id", "of_sheet", "of_row_number", "of_row_piece"])
    own = {"held_id": _hash(str(place))[:12], "source_id": source_id, "part": row.part, "cells": json.dumps(row.says)}
    return own | place | nowhere | _marked(row) | {"rules": "value.range", "is_waivable": True}


def _marked(row: Row) -> dict[str, object]:
    return {"classification": row.marking[0], "releasable_to": row.marking[1]}


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
