"""`python -m benchmarks.performance.judge_only HOME SOURCES`: land and judge what waits, and nothing behind it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from idtracker.ingest.judge.catalogue import load_catalogue
from idtracker.model.home import Home
from idtracker.operate.pipeline import run_pipeline
from idtracker.operate.step import Context


def main(words: list[str]) -> int:
    """0 where every file was judged."""
    home = Home(root=Path(words[0]), sources=Path(words[1]))
    catalogue = load_catalogue(home.sources)
    result = run_pipeline(Context(home, catalogue, datetime.now(UTC)), list(catalogue.sources), store=[])
    return 1 if result.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
