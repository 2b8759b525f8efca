"""Writes `home.tar.gz`: a home as an earlier version left it, with its sources. Run it with that version on PYTHONPATH.

    PYTHONPATH=<checkout of the earlier version> python tests/system/custody/older_home/make.py

Figures are invented. The archive is kept as it is: what is written today is what "older" means to every later version.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
KEPT = ("landing", "accepted", "store/idtracker.duckdb", "published", "runs.jsonl")


def main() -> None:
    sys.path.append(str(HERE.parents[3]))  # behind the earlier version
    from idtracker.model.home import Home
    from tests.support.runs import SUITES, runner_without
    from tests.support.small_programme import write_programme
    from tests.support.small_year import YEAR_SOURCES, drop_first, drop_rest

    with tempfile.TemporaryDirectory() as name:
        home = Home(Path(name, "home"), Path(name, "sources"))
        write_programme(home.sources, YEAR_SOURCES)
        drop_first(home.root)
        drop_rest(home.root)
        report = runner_without(SUITES)(home).run()
        if report.failed_steps:
            sys.exit(f"failed: {report.failed_steps}")
        with tarfile.open(HERE / "home.tar.gz", "w:gz") as archive:
            archive.add(home.sources, "sources")
            for part in KEPT:
                archive.add(home.root / part, f"home/{part}", filter=_lean)


def _lean(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Without owners, and without the published copies of tables: the manifest has their hashes."""
    if "/published/" in member.name and member.isreg() and not member.name.endswith("manifest.json"):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main()
