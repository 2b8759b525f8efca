"""What a publication is made of, and the manifest of the current one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from idtracker.model.home import Home
from idtracker.model.marking import Marking

DATABASE, BOUNDARIES = "idtracker.duckdb", "boundaries.geojson"


def read_manifest(home: Home, audience_id: str) -> dict[str, object] | None:
    """Manifest of the current snapshot, or None where nothing is published, or what is published has no manifest to read."""
    path = home.published / audience_id / "current" / "manifest.json"
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return loaded if isinstance(loaded, dict) and "content" in loaded else None


def whole_manifest(home: Home, audience_id: str) -> dict[str, Any] | None:
    """The same where database, boundaries and every Parquet file of the snapshot are there, by their names; None where one is not."""
    manifest: dict[str, Any] | None = read_manifest(home, audience_id)
    current = (home.published / audience_id / "current").resolve()
    there = {path.name for path in [*current.glob("*"), *current.glob("parquet/*.parquet")]}
    wanted = {DATABASE, BOUNDARIES, *(f"{table}.parquet" for table in (manifest or {}).get("tables", ()))}
    return manifest if wanted <= there else None


def marking_of_publication(rows: Marking, manifest: Mapping[str, Any]) -> Marking:
    """The marking of all of a publication: that of its rows together, for the group of an audience that is not the owner.

    Everything in such a publication is released to its audience, also what is made of no row at all and says so by naming nobody.
    """
    group = manifest.get("released_to")
    return Marking(rows.classification, frozenset({str(group)})) if group else rows


def published_baseline(home: Home, audience_id: str) -> str | None:
    """The quarter that the programme named as its baseline when it was published; None where it named none."""
    versions = (read_manifest(home, audience_id) or {}).get("versions")
    return versions.get("baseline") if isinstance(versions, dict) else None


def is_of_another_model(home: Home) -> bool:
    """Whether anything published now has the tables of another version of this library."""
    from idtracker.model.tables.version import model_version

    manifests = (read_manifest(home, path.name) for path in home.published.glob("*"))
    versions = [m["versions"] for m in manifests if m is not None and isinstance(m.get("versions"), dict)]
    return any(isinstance(v, dict) and v.get("model") != model_version() for v in versions)
