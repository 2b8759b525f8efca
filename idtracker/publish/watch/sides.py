"""The two publications that are compared: this one, and the one before it or what stands for it where it is no longer kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import pandas as pd

from idtracker.model.errors import NotPublishedError
from idtracker.publish.manifest import DATABASE
from idtracker.publish.watch.pattern import FigurePattern, Identity
from idtracker.publish.watch.reading import Row
from idtracker.store.connection import connect

Basis = Literal["PUBLICATION", "KNOWLEDGE"]


@dataclass(frozen=True, slots=True)
class TwoSides:
    """Connections to both sides, the manifests, and between which instants of knowledge (UTC) they lie."""

    now: duckdb.DuckDBPyConnection
    before: duckdb.DuckDBPyConnection
    manifest: dict[str, Any]
    earlier: dict[str, Any] | None
    name: str
    since: str
    since_at: pd.Timestamp

    @property
    def basis(self) -> Basis:
        return "KNOWLEDGE" if self.earlier is None else "PUBLICATION"

    @property
    def at(self) -> pd.Timestamp:
        return pd.Timestamp(str(self.manifest["as_of"]))

    def rows_before(self, pattern: FigurePattern) -> dict[Identity, Row]:
        """The rows of a pattern on the earlier side."""
        return pattern.rows(self.before, self.since_at if self.earlier is None else None)

    def arrived(self) -> set[str]:
        """Submissions that this publication has and the earlier one has not; an envelope may say that they came long before.

        Where the earlier one is gone: those received since.
        """
        now = self.now.execute("SELECT submission_id, received_at FROM submission").fetchall()
        if self.earlier is None:
            return {str(name) for name, at in now if pd.Timestamp(at) > self.since_at}
        before = {str(name) for (name,) in self.before.execute("SELECT submission_id FROM submission").fetchall()}
        return {str(name) for name, _ in now} - before

    def changed_definitions(self) -> list[str]:
        """What other than reports differs between the publications, such as `method`; nothing where the earlier one is gone."""
        if self.earlier is None:
            return []
        now, before = dict(self.manifest["versions"]), dict(self.earlier["versions"])
        return sorted(name for name in {*now, *before} if now.get(name) != before.get(name))


@contextmanager
def both_sides(folder: Path, previous: Path | pd.Timestamp) -> Iterator[TwoSides]:
    """Open the publication in `folder` and the one in `previous`; an instant (UTC) is read from the first, as known then.

    NotPublishedError where either cannot be read.
    """
    with ExitStack() as stack:
        now = stack.enter_context(connect(str(_database(folder)), read_only=True))
        manifest = manifest_of(folder)
        if isinstance(previous, Path):
            earlier = manifest_of(previous)
            before = stack.enter_context(connect(str(_database(previous)), read_only=True))
            at = pd.Timestamp(str(earlier["as_of"]))
            yield TwoSides(now, before, manifest, earlier, folder.name, previous.name, at)
        else:
            yield TwoSides(now, now, manifest, None, folder.name, f"{previous.isoformat()}Z", previous)


def manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a publication; NotPublishedError where it cannot be read."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        manifest["as_of"], manifest["versions"]
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise NotPublishedError(f"{folder}: the manifest of the publication cannot be read ({problem}).") from problem
    return dict(manifest)


def publication_before(folder: Path) -> Path | None:
    """The kept publication of the same audience that was known last before this one; None where there is none."""
    own = manifest_of(folder)["as_of"]
    kept = []
    for other in folder.parent.iterdir():
        if other.is_symlink() or other.name in (folder.name,) or not (other / DATABASE).is_file():
            continue
        manifest = manifest_of(other)
        if manifest["as_of"] <= own:
            kept.append((str(manifest["as_of"]), other.stat().st_mtime_ns, other))
    return max(kept)[2] if kept else None


def _database(folder: Path) -> Path:
    path = folder / DATABASE
    if not path.is_file():
        raise NotPublishedError(f"{folder}: there is no publication.")
    return path
