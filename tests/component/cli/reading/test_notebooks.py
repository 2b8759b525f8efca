"""The notebooks run as scripts on a home, read nothing but its publication, and show its rows."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

import idtracker
from idtracker.model.home import Home
from tests.support.cli_programme import Prepared

pytest.importorskip("marimo", reason="marimo is not installed")

FOLDER = Path(__file__).parents[4] / "notebooks"


def ran(name: str, home: Home, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a notebook has worked out when all its cells have run."""
    monkeypatch.setenv("IDTRACKER_HOME", str(home.root))
    monkeypatch.setenv("IDTRACKER_SOURCES", "/no/such/folder")
    outputs, names = runpy.run_path(str(FOLDER / f"{name}.py"), run_name="notebook")["app"].run()
    assert any("Invented figures" in getattr(shown, "text", "") for shown in outputs), "the notice is shown first"
    return dict(names)


def test_every_notebook_is_tested() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.py")) == [
        "what_is_overdue",
        "who_works_with_whom",
        "why_did_the_score_move",
    ]


def test_why_the_score_moved(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ran("why_did_the_score_move", prepared.home, monkeypatch)
    with idtracker.open(prepared.home.root) as tracker:
        scores = tracker.scores(names["place"], node=names["root"]).dropna(subset=["score"]).sort_values("period")
    assert names["quarters"] == scores["period"].tolist() and len(scores) > 1
    moved = scores["score"].iloc[-1] - scores["score"].iloc[-2]
    assert names["change"].value == pytest.approx(moved, abs=1e-9)
    assert names["parts"]["points"].sum() == pytest.approx(moved, abs=0.01 * len(names["parts"]))


PAIRS = [
    ("2025-Q3", "GB-1", "GB-GOV-8", 1, 1, "JO-AZ water", None, True),
    ("2025-Q4", "GB-1", "GB-GOV-8", 0, 1, "JO-AZ water", None, False),
    ("2025-Q4", "GB-1", "GB-GOV-24", 3, 2, "JO-AZ health;JO-KA water", 3, True),
    ("2025-Q4", "GB-GOV-24", "GB-GOV-8", 0, 0, None, 1, False),
]


@pytest.fixture
def with_pairs(prepared: Prepared, tmp_path: Path) -> Home:
    """A home that publishes some pairs of organisations."""
    folder = tmp_path / "published" / "hmg" / "current"
    shutil.copytree((prepared.home.published / "hmg" / "current").resolve(), folder)
    with duckdb.connect(str(folder / "idtracker.duckdb")) as changed:
        for period, org, other, activities, cells, listed, level, is_coordinated in PAIRS:
            row = [
                period,
                org,
                other,
                org,
                other,
                activities,
                0,
                0,
                cells,
                listed,
                level,
                is_coordinated,
                "OFFICIAL",
                "HMG",
            ]
            changed.execute(f"INSERT INTO pair VALUES ({', '.join('?' * len(row))})", row)
    return Home(tmp_path, tmp_path)


def test_who_works_with_whom(with_pairs: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ran("who_works_with_whom", with_pairs, monkeypatch)
    assert len(names["pairs"]) == 3, "those of the last quarter"
    assert names["together"]["shared_activity_count"].tolist() == [3, 0, 0]
    assert names["apart"]["shared_cells"].tolist() == ["JO-AZ water"], (
        "coordinated pairs and those that meet nowhere are not there"
    )
    assert dict(names["where"].to_numpy().tolist()) == {"JO-AZ water": 1, "JO-AZ health": 1, "JO-KA water": 1}
    with idtracker.open(with_pairs.root) as tracker:
        assert len(tracker.pairs()) == 4 and len(tracker.pairs("2025-Q3")) == 1


def test_what_is_overdue(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ran("what_is_overdue", prepared.home, monkeypatch)
    assert names["freshness"]["source_id"].tolist() == ["courses", "products", "survey"]
    assert set(names["late"]["state"]) <= {"DUE", "OVERDUE", "DELINQUENT", "NEVER"}
    assert len(names["missing"]) >= len(names["estimated"])
