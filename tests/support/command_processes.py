"""Runs commands of `idtracker` each in a process of its own, forked from one that has imported everything already.

Nothing but the imports is shared: no cache, folder or environment of one command reaches another.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.support.runs import SUITES, runner_without

PRELOADED = ("tests.support.command_processes", "pandera.pandas", "ibis", "openpyxl", "scipy.stats", "networkx",
             "idtracker.operate.pipeline", "idtracker.publish.snapshot")  # fmt: skip
LONGEST = 900
"""Seconds after which a command is given up."""


@dataclass(frozen=True)
class Outcome:
    """What a command left."""

    code: int
    out: str
    err: str


def run_forked(
    words: list[str], folder: Path, environment: Mapping[str, str], outputs: Path, suites: bool = True
) -> Outcome:
    """`idtracker` with these words in `folder`; without `suites` a run does not judge the merged tables."""
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    out, err = outputs / "stdout", outputs / "stderr"
    process = context.Process(target=_command, args=(words, folder, dict(environment), out, err, suites))
    process.start()
    process.join(LONGEST)
    if process.exitcode is None:
        process.kill()
        process.join()
    return Outcome(process.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))


def _command(words: list[str], folder: Path, environment: dict[str, str], out: Path, err: Path, suites: bool) -> None:
    """Becomes the command: its folder, environment and outputs; ends with its exit code."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8")
    sys.argv = ["idtracker", *words]
    from idtracker.cli import main

    fewer = patch("idtracker.cli.output.installed", lambda group, remedy: runner_without(SUITES))
    try:
        with nullcontext() if suites else fewer:
            main()
    except Exception:
        traceback.print_exc()
        sys.exit(70)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
