"""The generator: the same seed gives the same bytes, a filled home is left alone, sources do not disturb each other."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from programme.__main__ import main
from programme.inbox import STAMP, is_current
from programme.world import SEED, World


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    assert main(["--into", str(folder)]) == 0
    return folder


def test_two_runs_give_the_same_bytes(home: Path, tmp_path: Path) -> None:
    main(["--into", str(tmp_path)])
    assert _hashes(tmp_path) == _hashes(home)


def test_another_seed_gives_other_figures_in_the_same_files(home: Path, tmp_path: Path) -> None:
    main(["--into", str(tmp_path), "--seed", str(SEED + 1)])
    first, second = _hashes(home), _hashes(tmp_path)
    assert set(first) == set(second)
    assert sum(first[name] != second[name] for name in first) > len(first) / 2


def test_a_filled_home_is_left_alone_unless_forced(tmp_path: Path) -> None:
    main(["--into", str(tmp_path)])
    taken = next((tmp_path / "inbox" / "hmrc_capacity_records").glob("*.json"))
    taken.unlink()
    main(["--into", str(tmp_path)])
    assert not taken.exists()
    main(["--into", str(tmp_path), "--force"])
    assert taken.exists()


def test_only_an_untouched_stamp_of_this_generator_and_seed_counts(home: Path, tmp_path: Path) -> None:
    assert is_current(home, SEED)
    assert not is_current(home, SEED + 1)
    assert not is_current(tmp_path, SEED)
    for content in ("{", "[]", json.dumps({"seed": SEED, "version": "other"})):
        (tmp_path / STAMP).write_text(content, encoding="utf-8")
        assert not is_current(tmp_path, SEED)


def test_every_file_has_an_envelope_before_the_clock(home: Path) -> None:
    reports = [p for p in (home / "inbox").rglob("*") if p.is_file() and not p.name.endswith(("envelope.json", "withdrawal.json"))]  # fmt: skip
    assert len(reports) > 200
    for path in reports:
        envelope = json.loads(path.with_name(f"{path.name}.envelope.json").read_text(encoding="utf-8"))
        arrived = datetime.fromisoformat(envelope["received_at"])
        assert datetime(2023, 7, 1, tzinfo=UTC) < arrived < datetime(2026, 11, 15, tzinfo=UTC), path.name
        assert envelope["submitted_by"]


def test_a_stream_does_not_depend_on_the_streams_before_it() -> None:
    alone = World().stream("b").normal(size=3)
    world = World()
    world.stream("a").normal(size=100)
    assert np.array_equal(world.stream("b").normal(size=3), alone)


def test_the_arguments_must_ask_for_something(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    assert "--into" in capsys.readouterr().err


def test_no_report_comes_before_the_work_it_speaks_of(home: Path) -> None:
    """Except the one planted row, activities of a return lie in the quarter that it reports."""
    for path in (home / "inbox" / "hmrc_capacity_records").glob("hmrc_capacity_*.json"):
        if path.name.endswith(".envelope.json"):
            continue
        envelope = json.loads(path.with_name(f"{path.name}.envelope.json").read_text(encoding="utf-8"))
        received = datetime.fromisoformat(envelope["received_at"]).date()
        for record in json.loads(path.read_text(encoding="utf-8"))["activities"]:
            assert date.fromisoformat(record["ended"]) < received
