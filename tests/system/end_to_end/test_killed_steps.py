"""`idtracker run` killed between its steps, under the orchestrator: the next run makes it good, and Dagster knows what ended."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg

from idtracker.model.home import Home
from idtracker.publish.manifest import read_manifest
from pipelines.instance import COMMAND, open_instance
from tests.support.dagster_runs import orchestrated
from tests.support.quarterly_programme import drop_rows, drop_survey, write_quarterly

ROOT = Path(__file__).parents[3]
KILLED_AT = {
    "between landing and judging": "idtracker.operate.steps.sources.judge_waiting",
    "between facts and scores": "idtracker.operate.steps.figures.scores.write_scores",
    "before the switch to the new snapshot": "idtracker.publish.snapshot._switch",
}
KILL = """
import os, signal, sys
from pathlib import Path
from importlib import import_module
from idtracker.model.home import Home
from tests.support.dagster_runs import orchestrated
for place in sys.stdin:
    process = os.fork()
    if not process:
        module, name = place.strip().rsplit(".", 1)
        setattr(import_module(module), name, lambda *args, **options: os.kill(os.getpid(), signal.SIGKILL))
        orchestrated(Home(Path(sys.argv[1]), Path(sys.argv[2]))).run()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""
"""A process that runs the programme once per line that it reads, killed where the line says; it tells how each run ended."""


def test_a_run_killed_at_any_moment_is_made_good_by_the_next(tmp_path: Path) -> None:
    programme = Home(tmp_path / "home", write_quarterly(tmp_path / "sources"))
    drop_rows(programme.root)
    drop_survey(programme.root)
    undisturbed = Home(tmp_path / "undisturbed", programme.sources)
    shutil.copytree(programme.inbox, undisturbed.inbox)
    orchestrated(undisturbed).run()
    command = [sys.executable, "-c", KILL, str(programme.root), str(programme.sources)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killing:
        assert killing.stdin is not None and killing.stdout is not None
        for moment, place in KILLED_AT.items():
            print(place, file=killing.stdin, flush=True)
            assert killing.stdout.readline() == f"{-signal.SIGKILL}\n", moment
            assert read_manifest(programme, "hmg") is None, moment
    assert orchestrated(programme).run().outcome == "done"
    assert content_of(programme) == content_of(undisturbed)
    assert orchestrated(programme).run().outcome == "nothing_new"
    with open_instance(programme) as instance:
        found = instance.get_runs()
    ended = [run.status for run in found]
    assert ended.count(dg.DagsterRunStatus.FAILURE) == len(KILLED_AT)
    assert ended.count(dg.DagsterRunStatus.SUCCESS) == len(ended) - len(KILLED_AT)
    assert all(COMMAND.items() <= run.tags.items() for run in found)


def content_of(home: Home) -> object:
    manifest = read_manifest(home, "hmg")
    assert manifest is not None
    return manifest["content"]
