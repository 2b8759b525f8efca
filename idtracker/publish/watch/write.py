"""The reports of a new publication as files: `<home>/watch/<audience>/<subscriber>/<publication>.<lang>.json` and `.html`."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from idtracker.ingest.decisions.watches import Watches
from idtracker.model.files import write_bytes
from idtracker.model.home import Home
from idtracker.publish.watch.document import WatchReport
from idtracker.publish.watch.page import watch_page
from idtracker.publish.watch.report import watch_reports
from idtracker.publish.watch.sides import publication_before

FOLDER = "watch"


def write_watches(
    home: Home, audience_id: str, folder: Path, previous: Path | pd.Timestamp | None = None
) -> list[Path]:
    """Write what changed for whoever follows figures of an audience, between `previous` and the publication in `folder`.

    `previous` is the folder of an earlier publication, or an instant of knowledge (UTC) where it is gone; without it the kept one that was
    known last before counts, and where there is none nothing is written, for there is nothing to compare with. A subscriber for
    whom nothing changed gets no file. The same two publications give the same bytes. Returns what was written, by path.
    """
    acts = Watches(home).in_force(audience_id)
    if not acts:
        return []
    earlier = previous if previous is not None else publication_before(folder)
    if isinstance(earlier, Path) and not earlier.is_dir():
        earlier = publication_before(folder)
    if earlier is None:
        return []
    written: list[Path] = []
    for report in watch_reports(home, audience_id, folder, earlier, acts):
        if report.changed:
            written += write_report(report, home.root / FOLDER / audience_id / report.subscriber)
    return sorted(written)


def write_report(report: WatchReport, folder: Path) -> list[Path]:
    """One report as a JSON document and a page, each whole or not at all."""
    document = json.dumps(report.printed(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    contents = {"json": document, "html": watch_page(report)}
    paths = [folder / f"{report.publication}.{report.lang}.{form}" for form in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        write_bytes(path, content.encode())
    return paths
