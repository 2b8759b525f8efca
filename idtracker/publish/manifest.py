"""What a publication is made of, and the manifest of the current one."""

from __future__ import annotations

import json

from idtracker.model.home import Home

DATABASE = "idtracker.duckdb"


def read_manifest(home: Home, audience_id: str) -> dict[str, object] | None:
    """Manifest of the current snapshot, or None where nothing is published, or what is published has no manifest to read."""
    path = home.published / audience_id / "current" / "manifest.json"
    try:
        loaded = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return loaded if isinstance(loaded, dict) and "content" in loaded else None


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
