"""The same files, in any order and cut into any number of runs, give the same facts, cells and scores as all at once.

Arrival is written on the envelope: it is a property of a file, and not of the run that finds it.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from idtracker.ingest.judge.assess import Assessment
from idtracker.ingest.judge.conform import to_facts
from idtracker.ingest.judged.archive import write_assessment
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.method import load_method
from idtracker.model.periods import bounds_frame
from idtracker.model.tables import TABLES, conform_types
from idtracker.store.refresh_facts import forget_sources, refresh_facts
from idtracker.store.schema import ensure_tables
from idtracker.store.tables import read_table
from tests.unit.analyse.figures import merge_cells, score_cells

START = datetime(2026, 1, 1, tzinfo=UTC)
CASES = 200
PLANS = 5
"""Orders and splits of each set of files."""
QUARTERS = ["2025-Q3", "2025-Q4", "2026-Q1"]
ORGS = {"a": "GB-GOV-1", "b": "GB-GOV-24"}
INDICATORS = {"X": "quality_weighted", "Y": "median", "Z": "priority"}


@dataclass(frozen=True)
class File:
    """A submission; its rows are (indicator, place, period) -> (value, credibility)."""

    source: str
    name: str
    edition: int
    arrived: int
    rows: tuple[tuple[tuple[str, str, str], tuple[int, str]], ...]
    withdrawn: int | None

    @property
    def receipt(self) -> Receipt:
        return Receipt(
            submission_id=f"{self.source}{self.arrived}", source_id=self.source, file_name=f"{self.name}-{self.edition}",
            base_name=self.name, edition=str(self.edition) if self.edition else "", sha256=f"{self.arrived:064}",
            size_bytes=1, received_at=START + timedelta(days=self.arrived), submitted_by=ORGS[self.source],
        )  # fmt: skip


Step = tuple[str, File]
Plan = list[list[Step]]


@dataclass(frozen=True)
class Case:
    """Files, the revision mode of each source, and several plans of the same runs.

    A plan is a list of runs and a run a list of steps: a file lands, or is withdrawn.
    """

    revisions: dict[str, str]
    files: list[File]
    plans: list[Plan]


KEY = st.tuples(
    st.sampled_from("XYZ"), st.sampled_from(["JO-AM", "JO-IR"]), st.sampled_from(["2025-Q4", "2026-01", "2025"])
)
ROWS = st.dictionaries(KEY, st.tuples(st.integers(0, 100), st.sampled_from("1246")), min_size=1, max_size=4)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.integers(2, 5))
    arrivals = draw(st.permutations(range(1, count + 1)))
    files = []
    for arrived in arrivals:
        source = draw(st.sampled_from("ab"))
        gone = draw(st.one_of(st.none(), st.none(), st.integers(arrived + 1, 12)))
        name, edition = draw(st.sampled_from("pq")), draw(st.integers(0, 2))
        files.append(File(source, name, edition, arrived, tuple(draw(ROWS).items()), gone))
    modes = st.sampled_from(["upsert", "append", "replace_period", "replace_all"])
    plans = [draw(plan_of(files)) for _ in range(PLANS)]
    return Case({"a": draw(modes), "b": draw(modes)}, files, plans)


@st.composite
def plan_of(draw: st.DrawFn, files: list[File]) -> Plan:
    """Files in any order, each withdrawn at any time after it landed, cut into up to three runs."""
    steps = [("land", file) for file in draw(st.permutations(files))]
    for file in files:
        if file.withdrawn is not None:
            steps.insert(draw(st.integers(steps.index(("land", file)) + 1, len(steps))), ("withdraw", file))
    return list(cut(steps, draw(st.sets(st.integers(1, len(steps)), min_size=1, max_size=2))))


def cut(steps: list[Step], at: set[int]) -> Iterator[list[Step]]:
    edges = sorted({0, *at, len(steps)})
    for first, last in itertools.pairwise(edges):
        yield steps[first:last]


def source(name: str, revision: str) -> Source:
    fields = ["indicator", "place", "period", "value", "credibility"]
    definition = {
        "title": name, "publisher": ORGS[name], "format": {"kind": "csv"}, "cadence": {"every": "quarter"},
        "feeds": "observation", "key": fields[:3], "revision": revision, "columns": [{"field": f} for f in fields],
        "grading": {"reliability": "B"},
    }  # fmt: skip
    return Source.model_validate(definition).located(name, Path(), "f")


def judged(file: File, definition: Source) -> Assessment:
    periods = pd.Series([key[2] for key, _ in file.rows], dtype="str")
    bounds = bounds_frame(periods)
    frame = pd.DataFrame({
        "period": periods, "period_start": bounds["start"], "period_end": bounds["end"],
        "value": [float(value) for _, (value, _) in file.rows], "credibility": [code for _, (_, code) in file.rows],
    })  # fmt: skip
    for at, field in enumerate(("indicator", "place")):
        frame[field] = frame[f"{field}_id"] = pd.Series([key[at] for key, _ in file.rows], dtype="str")
    numbers = pd.RangeIndex(2, len(frame) + 2).to_numpy()
    part = definition.parts[0]
    facts = to_facts(frame, part, definition, submission_id=file.receipt.submission_id, sheet="s", row_numbers=numbers)
    return Assessment(file.source, file.receipt.submission_id, "f", {part.id: facts}, rows_read=len(frame))


def stored(store: duckdb.DuckDBPyConnection, home: Path, case: Case, plan: Plan) -> pd.DataFrame:
    """Every vintage after the runs of a plan over an empty store. What was judged of each file lies in `home`."""
    forget_sources(store, [])
    place = Home(Path(tempfile.mkdtemp(dir=home)), Path())
    place.accepted.symlink_to(Home(home, Path()).accepted, target_is_directory=True)
    ledger = Ledger(place)
    for steps in plan:
        for step, file in steps:
            if step == "land":
                ledger.add(file.receipt)
            elif file.withdrawn is not None:
                at = START + timedelta(days=file.withdrawn)
                ledger.withdraw(file.source, file.receipt.submission_id, at=at, by="x", why="y")
        for name, revision in case.revisions.items():
            refresh_facts(store, place, source(name, revision))
    return read_table(store, "observation")


def in_one_order(facts: pd.DataFrame) -> pd.DataFrame:
    return facts.sort_values(["source_id", "fact_id", "recorded_from"], ignore_index=True)


def test_any_order_and_any_split_give_the_same_facts_cells_and_scores(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = duckdb.connect(config={"threads": 1})
    ensure_tables(store)
    piecewise: list[pd.DataFrame] = []
    at_once: list[pd.DataFrame] = []

    @hypothesis_settings(
        max_examples=CASES // PLANS, derandomize=True, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases())
    def facts_are_the_same(case: Case) -> None:
        home = tmp_path_factory.mktemp("home")
        for file in case.files:
            write_assessment(Home(home, Path()), judged(file, source(file.source, case.revisions[file.source])), "v")
        steps = [step for run in case.plans[0] for step in run]
        whole = stored(store, home, case, [sorted(steps, key=lambda s: (s[0] == "withdraw", s[1].arrived))])
        for plan in case.plans:
            found = stored(store, home, case, plan)
            pd.testing.assert_frame_equal(in_one_order(found), in_one_order(whole), check_exact=True)
            piecewise.append(found[found["recorded_to"].isna()])
            at_once.append(whole[whole["recorded_to"].isna()])

    facts_are_the_same()
    assert len(at_once) >= CASES
    for found, expected in zip(derived(piecewise), derived(at_once), strict=True):
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


def derived(facts: list[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cells and scores of all cases together, each in a country of its own."""
    apart = [f.assign(place_id=f["place_id"].str.replace("JO", f"C{n}")) for n, f in enumerate(facts)]
    places = []
    for n in range(len(facts)):
        places += [{"place_id": f"C{n}", "name": "-", "level": "country"}]
        places += [{"place_id": f"C{n}-{p}", "name": "-", "level": "adm1", "parent_id": f"C{n}"} for p in ("AM", "IR")]
    place = conform_types(pd.DataFrame(places), TABLES["place"])
    rows = [
        {
            "indicator_id": name, "name": name, "dimension_code": "BSF1", "unit": "-", "direction": 1, "goalpost_low": 0.0,
            "goalpost_high": 100.0, "weight": 1.0, "level": "both", "frequency": "quarter", "roll_up": "mean",
            "max_age_days": 190, "merge_policy": policy, "priority_org_id": ORGS["b"],
        }
        for name, policy in INDICATORS.items()
    ]  # fmt: skip
    indicator, method = conform_types(pd.DataFrame(rows), TABLES["indicator"]), load_method()
    cells = merge_cells(pd.concat(apart, ignore_index=True), indicator, place, method, QUARTERS)
    assert len(cells) > len(facts)
    return cells, score_cells(cells, indicator, place, method, QUARTERS)
