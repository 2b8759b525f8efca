"""The whole pipeline over the real files, through the commands that people type."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from real_files import FILES

from idtracker.cli import cli
from idtracker.ingest.judge.assess import Assessment

SOURCES = Path(__file__).parent
TABLES = ("activity", "activity_cell", "event", "observation", "participation", "transaction")
SUBMITTED = ("ucdp_bangladesh_events", "fco_spending")  # the others are dropped into the inbox as files
Command = Callable[..., tuple[int, Any]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Call `idtracker … --json` over a home of its own; returns the exit code and the document."""
    monkeypatch.setenv("IDTRACKER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IDTRACKER_SOURCES", str(SOURCES))

    def run(*words: str) -> tuple[int, Any]:
        done = CliRunner().invoke(cli, [*words, "--json"], prog_name="idtracker")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.stdout)

    return run


def test_submitted_files_reach_the_published_store_and_a_second_run_changes_nothing(
    command: Command, judge: Callable[[str], Assessment], real_files: dict[str, Path], tmp_path: Path
) -> None:
    judged = {source_id: judge(source_id) for source_id in FILES}
    for source_id, path in real_files.items():
        if source_id in SUBMITTED:
            code, said = command("submit", str(path), "--source", source_id)
            assert (code, said["verdict"]) == (1 if judged[source_id].rows_held else 0, judged[source_id].verdict)
        else:
            (tmp_path / "home" / "inbox" / source_id).mkdir(parents=True)
            shutil.copy(path, tmp_path / "home" / "inbox" / source_id)
    code, said = command("run")
    assert code == 0
    assert len(said["submissions"]) == len(FILES)
    assert said["rows"] == {
        "read": sum(a.rows_read for a in judged.values()),
        "accepted": sum(a.rows_accepted for a in judged.values()),
        "held": sum(a.rows_held for a in judged.values()),
        "unchanged": 0,
        "superseded": sum(a.rows_repeated for a in judged.values()),
    }
    union = " union all ".join(f'select source_id from "{table}"' for table in TABLES)
    _, stored = command("query", f"select source_id, count(*) as n from ({union}) group by 1")
    assert {row["source_id"]: row["n"] for row in stored} == {s: a.rows_accepted for s, a in judged.items()}
    code, said = command("run")
    assert (code, said["submissions"]) == (0, [])
