"""The same files in any order, and the same day seen from later, give the same tables."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from conftest import RunHome  # type: ignore[attr-defined]

from benchmarks.proofs.instants import AT_MONTH_ENDS, AT_PAST
from idtracker.model.home import Home
from idtracker.model.tables import DERIVED, FACTS, TABLES, columns_of
from idtracker.publish.tracker import instant, open_snapshot
from idtracker.store.copies import content_hashes

LATER = "2025-06-30T12:00:00Z"
_WHEN = {"recorded_from", "recorded_to", "submission_id", "submission_ids", "revision_type", "row_number"}


@pytest.fixture(scope="module")
def full(small_sources: Path, small_inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    home = RunHome(tmp_path_factory.mktemp("full") / "home", small_sources)
    shutil.copytree(small_inbox, home.path)
    home.run_here()
    return home


def current(home: RunHome) -> dict[str, list[tuple[object, ...]]]:
    """Current facts and everything derived, without when and through which file it was learnt.

    What a warning rule would have said in its past, and what a score was before, are about when things were learnt.
    """
    tables = {}
    for name in (t for t in (*FACTS, *DERIVED) if t not in AT_MONTH_ENDS):
        columns = ", ".join(f'"{c.name}"' for c in columns_of(TABLES[name]) if c.name not in _WHEN)
        where = (
            "WHERE recorded_to IS NULL" if name in FACTS else "WHERE basis = 'PERIOD'" if name == "score_change" else ""
        )
        tables[name] = home.sql(f'SELECT {columns} FROM "{name}" {where} ORDER BY ALL')
    return tables


def test_shuffling_the_arrivals_of_a_period_gives_the_same_current_tables(
    full: RunHome, small_inbox: Path, tmp_path: Path
) -> None:
    home = RunHome(tmp_path / "home", full.sources)
    shutil.copytree(small_inbox, home.path)
    groups: dict[str, list[Path]] = defaultdict(list)
    envelopes_of_all = list((home.path / "inbox").rglob("*.envelope.json"))
    replaced = {e.name.replace("_first.", ".") for e in envelopes_of_all if "_first." in e.name}
    for envelope in envelopes_of_all:
        if envelope.name.replace("_first.", ".") in replaced:
            continue  # of two files with names of their own about one period the later one counts: their order is content
        period = re.search(r"\d{4}-(?:Q\d|H\d|\d{2})|\d{4}", envelope.name)
        groups[period[0] if period else ""].append(envelope)
    dice, moved = random.Random(7), 0
    for envelopes in groups.values():
        documents = [json.loads(e.read_text("utf-8")) for e in sorted(envelopes)]
        times = [d["received_at"] for d in documents]
        dice.shuffle(times)
        for envelope, document, time in zip(sorted(envelopes), documents, times, strict=True):
            moved += document["received_at"] != time
            envelope.write_text(json.dumps(document | {"received_at": time}), "utf-8")
    assert moved > 20
    home.run_here()
    expected, found = current(full), current(home)
    rolled_up = ("framework_evidence", "framework_element", "framework_gap", "kpq_view")
    metrics = (
        "metric_value",
        *rolled_up,
    )  # punctuality and sharing speak of arrival itself, and the framework cites them
    for tables in (
        expected,
        found,
    ):  # which kinds of revision have a row, and what rested on what, follows from the order of arrival
        tables.pop("consequence")
        tables["metric_value"] = [row for row in tables["metric_value"] if row[0] != "IM-46"]
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in expected.items()}
    assert [name for name in expected if name not in metrics and found[name] != expected[name]] == []


def test_a_past_day_reads_as_a_home_that_received_no_more_and_the_rest_may_come_later(
    full: RunHome, small_inbox: Path, tmp_path: Path
) -> None:
    home = RunHome(tmp_path / "home", full.sources)
    shutil.copytree(small_inbox, home.path)
    home.run_here("--as-of", LATER)
    with open_snapshot(Home(full.path, full.sources), at=instant(LATER)) as later:
        seen_from_later = content_hashes(later, AT_PAST)
    with open_snapshot(Home(home.path, home.sources)) as then:
        seen_then = content_hashes(then, AT_PAST)
    assert [t for t in AT_PAST if seen_from_later.get(t) != seen_then.get(t)] == []
    home.run_here()
    assert home.hashes() == full.hashes()
