"""The log of runs: one line per run, only ever added to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from idtracker.model.files import private_folder
from idtracker.model.home import Home

if TYPE_CHECKING:
    import pandas as pd


def logged_runs(home: Home) -> list[dict[str, object]]:
    """Lines of the log of runs; what a crash left of a line is passed over."""
    path, runs = home.root / "runs.jsonl", []
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        with suppress(ValueError):
            runs.append(json.loads(line))
    return [run for run in runs if isinstance(run, dict)]


def run_log(home: Home) -> pd.DataFrame:
    """Runs of this home, from its append-only log."""
    import pandas as pd

    columns = ["run_id", "started_at", "ended_at", "outcome", "submissions_count", "message"]
    frame = pd.DataFrame(logged_runs(home), columns=columns)
    for column in ("started_at", "ended_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True).dt.tz_localize(None)
    return frame


def log_run(home: Home, record: Mapping[str, object]) -> None:
    """Append one run to the home's log."""
    private_folder(home.root)
    path = home.root / "runs.jsonl"
    torn = path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0
    with path.open("a", encoding="utf-8") as out:
        out.write(("\n" if torn else "") + json.dumps(dict(record), sort_keys=True) + "\n")
