"""Whatever is changed by hand in a home is found by `verify`, at its place, and nothing else is blamed; rebuilding mends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.ingest.judged.archive import accepted_folder
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.home import Home
from idtracker.operate.custody.rebuild import COMPARED, WORKSHOP, rebuild
from idtracker.operate.custody.verify import verify
from idtracker.publish.manifest import read_manifest
from idtracker.store.connection import open_store
from idtracker.store.copies import content_hashes
from tests.support.custody_home import NOW, copy_home

Harm = Callable[[Home], str]


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    return copy_home(made, tmp_path)


def receipt_of(home: Home, name: str) -> Receipt:
    return next(r for s in Ledger(home).sources() for r in Ledger(home).receipts(s) if r.file_name == name)


def landed(home: Home, name: str) -> Path:
    sha256 = receipt_of(home, name).sha256
    return home.landing / sha256[:2] / sha256


def accepted(home: Home, name: str) -> Path:
    receipt = receipt_of(home, name)
    return accepted_folder(home, receipt.source_id, receipt.submission_id)


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.chmod(0o644)
    path.write_bytes(change(path.read_bytes()))


def flipped(content: bytes) -> bytes:
    """The same length, one bit changed in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def damage_bytes(home: Home) -> str:
    rewrite(landed(home, "courses_2.csv"), flipped)
    return "courses/courses_2.csv"


def lose_bytes(home: Home) -> str:
    landed(home, "courses_2.csv").unlink()
    return "courses/courses_2.csv"


def add_a_stray_file(home: Home) -> str:
    (home.landing / "ab").mkdir(exist_ok=True)
    (home.landing / "ab" / "notes.txt").write_text("x", "utf-8")
    return "landing/ab/notes.txt"


def edit_a_receipt(home: Home) -> str:
    path = home.landing / "ledger" / "survey" / f"{receipt_of(home, 'survey_2025-Q3.csv').submission_id}.json"
    rewrite(path, lambda content: content.replace(b"2025-10-10", b"2025-10-11"))
    return "ledger/chain.jsonl"


def damage_a_receipt(home: Home) -> str:
    path = home.landing / "ledger" / "products" / f"{receipt_of(home, 'products_3.csv').submission_id}.json"
    rewrite(path, lambda content: content[:40])
    return path.relative_to(home.root).as_posix()


def halve_an_accepted_file(home: Home) -> str:
    path = next(accepted(home, "courses_3.csv").glob("facts-*.parquet"))
    rewrite(path, lambda content: content[: len(content) // 2])
    return path.parent.relative_to(home.root).as_posix()


def flip_a_bit_of_an_accepted_file(home: Home) -> str:
    path = next(accepted(home, "courses_3.csv").glob("held.parquet"))
    rewrite(path, flipped)
    return path.parent.relative_to(home.root).as_posix()


def edit_an_outcome(home: Home) -> str:
    path = accepted(home, "courses_3.csv") / "outcome.json"
    rewrite(path, lambda content: content.replace(b'"rows_held": 1', b'"rows_held": 0'))
    return path.parent.relative_to(home.root).as_posix()


def open_a_second_vintage(home: Home) -> str:
    with open_store(home) as store:
        store.execute("INSERT INTO activity SELECT * FROM activity WHERE recorded_to IS NULL LIMIT 1")
    return "store/idtracker.duckdb"


def end_a_vintage_before_it_begins(home: Home) -> str:
    with open_store(home) as store:
        store.execute(
            "UPDATE observation SET recorded_to = recorded_from - INTERVAL 1 DAY WHERE fact_id = (SELECT min(fact_id) FROM observation)"
        )
    return "store/idtracker.duckdb"


def break_the_store(home: Home) -> str:
    home.store.write_bytes(b"no database at all" * 1000)
    return "store/idtracker.duckdb"


def change_published_rows(home: Home) -> str:
    with duckdb.connect(str(home.published / "hmg" / "current" / "idtracker.duckdb")) as published:
        published.execute("UPDATE score SET score = score + 1")
    return "published/hmg/current"


def swap_a_published_file(home: Home) -> str:
    folder = home.published / "hmg" / "current" / "parquet"
    (folder / "score.parquet").write_bytes((folder / "trend.parquet").read_bytes())
    return "published/hmg/current"


def edit_the_manifest(home: Home) -> str:
    path = home.published / "hmg" / "current" / "manifest.json"
    rewrite(path, lambda content: content.replace(b'"notice": "Invented figures [of a test]."', b'"notice": ""'))
    return "published/hmg/current"


HARMS: list[tuple[str, Harm]] = [
    ("landing", damage_bytes),
    ("landing", lose_bytes),
    ("landing", add_a_stray_file),
    ("chain", edit_a_receipt),
    ("ledger", damage_a_receipt),
    ("accepted", halve_an_accepted_file),
    ("accepted", flip_a_bit_of_an_accepted_file),
    ("accepted", edit_an_outcome),
    ("store", open_a_second_vintage),
    ("store", end_a_vintage_before_it_begins),
    ("store", break_the_store),
    ("published", change_published_rows),
    ("published", swap_a_published_file),
    ("published", edit_the_manifest),
]
FOLLOWS = {"ledger": {"chain", "landing", "accepted", "store"}, "store": {"published"}}
"""What else cannot hold once something does not: without its receipt, bytes and rows belong to nothing."""


def test_a_home_that_nobody_touched_is_whole(home: Home) -> None:
    found = verify(home, load_catalogue(home.sources), NOW, deep=True)
    assert (found.problems, found.notes) == ([], [])
    assert found.counts["receipts"] == 14 and found.counts["landed_files"] == found.counts["accepted_folders"] == 13
    assert found.counts["links"] == found.counts["documents"] == 15
    assert found.counts["tables_compared"] == len(COMPARED)


@pytest.mark.parametrize(("check", "harm"), HARMS, ids=lambda x: getattr(x, "__name__", x))
def test_each_harm_is_found_at_its_place(home: Home, check: str, harm: Harm) -> None:
    place = harm(home)
    found = verify(home, load_catalogue(home.sources), NOW)
    assert (check, place) in {(p.check, p.place) for p in found.problems}
    assert {p.check for p in found.problems} <= {check} | FOLLOWS.get(check, set())
    assert all(p.problem and p.remedy for p in found.problems)


def hashes(home: Home) -> dict[str, str]:
    with open_store(home) as store:
        return content_hashes(store, COMPARED)


@pytest.mark.parametrize(
    "harm", [halve_an_accepted_file, open_a_second_vintage, break_the_store], ids=lambda x: x.__name__
)
def test_a_rebuild_mends_what_follows_from_the_received_files(home: Home, made: Home, harm: Harm) -> None:
    catalogue = load_catalogue(home.sources)
    harm(home)
    result = rebuild(home, catalogue, NOW)
    assert (result.problems, result.judged) == ([], 13)
    assert [t.table for t in result.differing] == (["activity"] if harm is open_a_second_vintage else [])
    assert [(t.missing, t.added) for t in result.differing] == [(1, 0)] * len(result.differing)
    assert hashes(home) == hashes(made)
    assert verify(home, catalogue, NOW).problems == []
    assert not (home.root / WORKSHOP).exists()


def test_a_rebuild_over_a_damaged_file_changes_nothing_and_names_it(home: Home) -> None:
    damage_bytes(home)
    before = (home.store.read_bytes(), sorted(home.accepted.rglob("*")), read_manifest(home, "hmg"))
    result = rebuild(home, load_catalogue(home.sources), NOW)
    (problem,) = result.problems
    assert "courses_2.csv is damaged; restore it from a backup" in problem
    assert (home.store.read_bytes(), sorted(home.accepted.rglob("*")), read_manifest(home, "hmg")) == before


def test_a_rebuild_beside_the_home_leaves_it_alone(home: Home, tmp_path: Path) -> None:
    open_a_second_vintage(home)
    before = home.store.read_bytes()
    result = rebuild(home, load_catalogue(home.sources), NOW, into=tmp_path / "beside")
    assert [t.table for t in result.differing] == ["activity"]
    assert home.store.read_bytes() == before
    assert sorted(p.name for p in (tmp_path / "beside").iterdir()) == ["accepted", "runs.jsonl", "store"]


def test_a_receipt_in_the_future_is_named(home: Home) -> None:
    receipt = receipt_of(home, "survey_2025-Q3.csv")
    path = home.landing / "ledger" / "survey" / f"{receipt.submission_id}.json"
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(document | {"received_at": "2031-01-01T00:00:00+00:00"}), "utf-8")
    found = verify(home, load_catalogue(home.sources), NOW)
    assert ("clock", f"survey/{receipt.submission_id}") in {(p.check, p.place) for p in found.problems}
