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
