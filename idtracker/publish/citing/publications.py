"""Publications that are kept, by name: the current one and the last ones before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from idtracker.explain.name_lookup import named
from idtracker.model.errors import NotPublishedError
from idtracker.model.home import Home
from idtracker.publish.current import known_audience
from idtracker.publish.manifest import DATABASE


def publication_folder(home: Home, audience_id: str, name: str | None) -> Path:
    """The folder of the current publication of an audience, or of a kept one by its name or the hash in it.

    NotPublishedError where there is none, UsageError with the nearest names where that one is not kept.
    """
    root = home.published / known_audience(home, audience_id)
    current = (root / "current").resolve()
    if not (current / DATABASE).is_file():
        raise NotPublishedError(f"Nothing is published in {home.published} yet; run `idtracker run` first.")
    if name is None:
        return current
    kept = kept_publications(home, audience_id)
    short = [(folder.rpartition("-")[2], folder) for folder in kept]
    return root / named(name, [*((folder, folder) for folder in kept), *short], "kept publication")


def kept_publications(home: Home, audience_id: str) -> list[str]:
    """Names of the publications that an audience can still open."""
    root = home.published / audience_id
    folders = (path for path in root.glob("*-*") if not path.is_symlink() and not path.name.startswith("."))
    return sorted(path.name for path in folders if (path / DATABASE).is_file())


def manifest_of(folder: Path) -> Mapping[str, Any]:
    """The manifest of a kept publication. NotPublishedError where it cannot be read."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        if {"tables", "versions", "as_of", "content"} <= set(manifest):
            return dict(manifest)
    except (FileNotFoundError, ValueError, TypeError):
        pass
    raise NotPublishedError(f"{folder}: the manifest of the publication cannot be read; run `idtracker publish`.")


def publication_name(manifest: Mapping[str, Any]) -> str:
    """What a publication is called, whatever its folder is called: day of knowledge and hash of its content."""
    return f"{str(manifest['as_of'])[:10]}-{str(manifest['content'])[:12]}"
