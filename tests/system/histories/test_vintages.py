"""Vintages follow from the accepted submissions alone: held against a plain model of what was known when."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from idtracker.ingest.judge.assess import Assessment
from idtracker.ingest.judge.conform import to_facts
from idtracker.ingest.judged.archive import write_assessment
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc
from idtracker.model.tables import FACTS, columns_of
from idtracker.store.operations import submission_tables
from idtracker.store.refresh_facts import forget_sources, refresh_facts
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import read_table

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class File:
    """A submission of the model: rows are key -> (period, value)."""

    name: str
    edition: int
    arrived: int
    rows: tuple[tuple[str, str, int], ...]
    withdrawn: int | None = None

    @property
    def receipt(self) -> Receipt:
        identity = f"{self.name}-{self.edition}"
        return Receipt(
            submission_id=identity,
            source_id="s",
            file_name=identity,
            base_name=self.name,
            edition=str(self.edition) if self.edition else "",
            sha256="0" * 64,
            size_bytes=1,
            received_at=START + timedelta(days=self.arrived),
            submitted_by="GB-GOV-11",
        )


def source(revision: str) -> Source:
    definition = {
        "title": "s",
        "publisher": "GB-GOV-11",
        "format": {"kind": "csv"},
        "cadence": {"every": "quarter"},
        "feeds": "activity",
        "key": ["reference", "period"],
        "revision": revision,
        "columns": [{"field": "reference"}, {"field": "period"}, {"field": "people_reached"}],
    }
    return Source.model_validate(definition).located("s", Path(), "f")


def land(home: Home, files: list[File], revision: str) -> None:
    """Files that arrived and were judged."""
    definition = source(revision)
    ledger = Ledger(home)
    for file in files:
        receipt = file.receipt
        ledger.add(receipt)
        if file.withdrawn is not None:
            ledger.withdraw("s", receipt.submission_id, at=START + timedelta(days=file.withdrawn), by="x", why="y")
        frame = pd.DataFrame(
            {
                "reference": [r[0] for r in file.rows],
                "period": [r[1] for r in file.rows],
                "period_start": pd.to_datetime(["2026-01-01"] * len(file.rows)),
                "period_end": pd.to_datetime(["2026-03-31"] * len(file.rows)),
                "people_reached": [r[2] for r in file.rows],
            }
        )
        part = definition.parts[0]
        numbers = pd.RangeIndex(2, len(frame) + 2).to_numpy()
        facts = to_facts(frame, part, definition, submission_id=receipt.submission_id, sheet="s", row_numbers=numbers)
        write_assessment(home, Assessment("s", receipt.submission_id, "f", {part.id: facts}, rows_read=len(frame)), "v")


@cache
def empty_store() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    ensure_tables(connection)
    return connection


def stored(home: Home, revision: str, until: datetime | None = None) -> duckdb.DuckDBPyConnection:
    """A store of what has arrived: one for all, emptied first, as to build one takes as long as to fill it."""
    connection = empty_store()
    forget_sources(connection, [])
    refresh_facts(connection, home, source(revision), until)
    return connection


def load(home: Home, files: list[File], revision: str) -> duckdb.DuckDBPyConnection:
    land(home, files, revision)
    return stored(home, revision)


def known(connection: duckdb.DuckDBPyConnection, day: float) -> dict[str, int]:
    at = naive_utc(START + timedelta(days=day))
    rows = connection.execute(
        "SELECT activity_id || '/' || period, people_reached FROM activity "
        "WHERE recorded_from <= ? AND (recorded_to IS NULL OR recorded_to > ?)",
        [at, at],
    ).fetchall()
    assert len(rows) == len(dict(rows)), "two open vintages of one key"
    return dict(rows)


def expected(files: list[File], revision: str, day: float) -> dict[str, int]:
    """What was known on a day: the strongest submission present speaks for each key, period or for all."""
    order: list[File] = []
    for file in sorted(files, key=lambda f: (f.arrived, f.receipt.submission_id)):
        higher = [n for n, f in enumerate(order) if f.name == file.name and f.edition > file.edition]
        order.insert(higher[0] if higher else len(order), file)
    present = [f for f in order if f.arrived <= day and (f.withdrawn is None or f.withdrawn > day)]
    state: dict[str, tuple[str, int]] = {}
    for file in present:
        if revision == "replace_all" and file.rows:
            state = {}
        if revision == "replace_period":
            covered = {row[1] for row in file.rows}
            state = {k: v for k, v in state.items() if v[0] not in covered}
        state |= {f"{key}/{period}": (period, value) for key, period, value in file.rows}
    return {k: v[1] for k, v in state.items()}


KEYS, PERIODS = ("A", "B", "C"), ("2026-Q1", "2026-Q2")
ROWS = st.dictionaries(
    st.tuples(st.sampled_from(KEYS), st.sampled_from(PERIODS)), st.integers(0, 3), min_size=1, max_size=5
)


@st.composite
def histories(draw: st.DrawFn) -> list[File]:
    names = draw(st.lists(st.tuples(st.sampled_from("pqr"), st.integers(0, 2)), min_size=1, max_size=6, unique=True))
    arrivals = draw(st.permutations(range(1, len(names) + 1)))
    files = []
    for (name, edition), arrived in zip(names, arrivals, strict=True):
        rows = tuple((key, period, value) for (key, period), value in draw(ROWS).items())
        gone = draw(st.one_of(st.none(), st.integers(arrived + 1, 12).map(lambda d: d)))
        files.append(File(name, edition, arrived, rows, gone))
    return files


@pytest.mark.parametrize("revision", ["upsert", "replace_period", "replace_all"])
@given(files=histories(), order=st.randoms())
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_past_day_reads_as_the_model_says_and_every_row_has_a_fate(
    tmp_path_factory: pytest.TempPathFactory, revision: str, files: list[File], order: object
) -> None:
    home = Home(tmp_path_factory.mktemp("home"), Path())
    shuffled = list(files)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    connection = load(home, shuffled, revision)
    for day in itertools.chain(range(14), (2.5, 7.5)):
        assert known(connection, day) == expected(files, revision, day), f"day {day}"
    withdrawn = {f.receipt.submission_id for f in files if f.withdrawn is not None}
    cited = connection.execute("SELECT DISTINCT submission_id FROM activity WHERE recorded_to IS NULL").fetchall()
    assert not withdrawn & {submission for (submission,) in cited}
    table = submission_tables(connection, home, ["s"])["submission"]
    assert len(table) == len(files)
    fates = table[["rows_accepted", "rows_held", "rows_unchanged", "rows_superseded"]].sum(axis=1)
    assert fates.tolist() == table["rows_read"].tolist()


def vintages_at(connection: duckdb.DuckDBPyConnection, at: datetime) -> pd.DataFrame:
    """Every vintage of the activities that had begun by an instant; one that ended later is still open."""
    moment = naive_utc(at)
    frame = read_table(connection, "activity", f"recorded_from <= TIMESTAMP '{moment.isoformat(sep=' ')}'")
    frame.loc[frame["recorded_to"] > moment, "recorded_to"] = pd.NaT
    return frame.sort_values(["fact_id", "recorded_from"], ignore_index=True)


@given(files=histories(), day=st.integers(1, 12), revision=st.sampled_from(["upsert", "replace_period", "replace_all"]))
@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_as_known_at_equals_a_home_that_received_no_more(
    tmp_path_factory: pytest.TempPathFactory, files: list[File], day: int, revision: str
) -> None:
    at = START + timedelta(days=day)
    home = Home(tmp_path_factory.mktemp("home"), Path())
    later = vintages_at(load(home, files, revision), at)
    only = [
        f if f.withdrawn is None or f.withdrawn <= day else File(f.name, f.edition, f.arrived, f.rows)
        for f in files
        if f.arrived <= day
    ]
    fresh = vintages_at(load(Home(tmp_path_factory.mktemp("home"), Path()), only, revision), at)
    pd.testing.assert_frame_equal(later, fresh)
    pd.testing.assert_frame_equal(later, vintages_at(stored(home, revision, until=at), at))


def test_corrections_and_revisions_are_told_apart(home: Home) -> None:
    files = [
        File("p", 0, 1, (("A", "2026-Q1", 1), ("B", "2026-Q1", 5))),
        File("p", 2, 3, (("A", "2026-Q1", 2), ("B", "2026-Q1", 5))),
        File("q", 0, 4, (("B", "2026-Q1", 6),)),
    ]
    connection = load(home, files, "upsert")
    rows = connection.execute(
        "SELECT activity_id, people_reached, revision_type, submission_id, recorded_to IS NULL FROM activity ORDER BY 1, recorded_from"
    ).fetchall()
    assert rows == [
        ("A", 1, "INITIAL", "p-0", False),
        ("A", 2, "C", "p-2", True),
        ("B", 5, "INITIAL", "p-0", False),
        ("B", 6, "R1", "q-0", True),
    ]


def test_a_withdrawn_correction_is_no_longer_cited(home: Home) -> None:
    files = [File("p", 0, 1, (("A", "2026-Q1", 5),)), File("p", 2, 2, (("A", "2026-Q1", 5),), withdrawn=4)]
    connection = load(home, [files[1], files[0]], "upsert")
    rows = connection.execute(
        "SELECT submission_id, recorded_to IS NULL FROM activity ORDER BY recorded_from"
    ).fetchall()
    assert rows == [("p-0", False), ("p-0", True)]
    late = [File("p", 2, 1, (("A", "2026-Q1", 5),), withdrawn=4), File("p", 0, 2, (("A", "2026-Q1", 5),))]
    connection = load(Home(home.root / "late", home.sources), late, "upsert")
    rows = connection.execute(
        "SELECT submission_id, recorded_to IS NULL FROM activity ORDER BY recorded_from"
    ).fetchall()
    assert rows == [("p-2", False), ("p-0", True)]


def test_a_second_refresh_changes_nothing(home: Home) -> None:
    connection = load(home, [File("p", 0, 1, (("A", "2026-Q1", 1),))], "upsert")
    assert refresh_facts(connection, home, source("upsert")) is False
    assert next(c.name for c in columns_of(FACTS["activity"])) == "fact_id"
