"""Boundaries as a publication holds them: one GeoJSON file beside its tables, so that a reader needs nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from idtracker.model.messages import Lang, Message
from idtracker.publish.geography.gather_boundaries import Boundaries
from idtracker.publish.geography.geometry import Geometry
from idtracker.publish.manifest import BOUNDARIES


def boundaries_document(boundaries: Boundaries, places: Collection[str], says_problems: bool = True) -> bytes:
    """The published file: a GeoJSON feature collection of those of the places that have a boundary, in the order of their identifiers.

    Members beside the standard's: `attributions` (by file) and `problems` (what was left out or is not there), in both languages.
    Problems name places and files of whoever keeps the definitions: leave them out for other audiences. The same boundaries give
    the same bytes.
    """
    shown = {place: b for place, b in sorted(boundaries.by_place.items()) if place in places}
    sources = {b.source for b in shown.values()}
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "attributions": [
            {"source": s, "en": text.en, "ar": text.ar}
            for s, text in sorted(boundaries.attributions.items())
            if s in sources
        ],
        "problems": [
            {"at": p.at, "rule": p.rule, "en": p.text.en, "ar": p.text.ar} for p in boundaries.problems if says_problems
        ],
        "features": [
            {"type": "Feature", "id": p, "properties": {"place_id": p, "source": b.source}, "geometry": b.geometry}
            for p, b in shown.items()
        ],
    }
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def write_boundaries(folder: Path, boundaries: Boundaries, places: Collection[str], says_problems: bool = True) -> str:
    """Write the boundaries of published places into the folder of a publication; the SHA-256 of what was written.

    The hash belongs into the manifest (`"boundaries": {"hash": …}`) and into what makes one publication differ from another.
    """
    content = boundaries_document(boundaries, places, says_problems)
    (folder / BOUNDARIES).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def boundaries_of(folder: Path) -> dict[str, Geometry]:
    """Place -> GeoJSON geometry, from the folder of a publication; nothing where it has no boundaries.

    Outer rings are counterclockwise, as RFC 7946 wants them; what draws on a sphere (D3, Vega without a flat projection) wants them
    the other way round.
    """
    return {str(f["properties"]["place_id"]): dict(f["geometry"]) for f in _document(folder).get("features", ())}


def attributions_of(folder: Path, lang: Lang) -> list[str]:
    """What has to be printed beside a map of the boundaries of a publication, in the order of their files."""
    return [str(entry[lang]) for entry in _document(folder).get("attributions", ())]


def boundary_problems_of(folder: Path) -> list[Message]:
    """What was left out of the boundaries of a publication, or is not there."""
    return [Message(str(p["en"]), str(p["ar"])) for p in _document(folder).get("problems", ())]


def _document(folder: Path) -> dict[str, Any]:
    path = folder / BOUNDARIES
    loaded: Any = json.loads(path.read_bytes()) if path.is_file() else {}
    return loaded if isinstance(loaded, dict) else {}
