"""The boundaries of a publication as an export uses them: held against the manifest, in the bytes that systems read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from idtracker.model.errors import IdtrackerError
from idtracker.model.messages import Lang, phrase
from idtracker.publish.export.published import Published
from idtracker.publish.extras import extra_module
from idtracker.publish.geography.published_boundaries import attributions_of, boundaries_of, boundary_problems_of
from idtracker.publish.manifest import BOUNDARIES

_TEXTS = "publish/export/spatial"


@dataclass(frozen=True, slots=True)
class Shapes:
    """Place -> geometry as WKB, the kinds of geometry, and what has to be said beside a map of them, in one language."""

    wkb: dict[str, bytes]
    kinds: tuple[str, ...]
    attributions: tuple[str, ...]
    problems: tuple[str, ...]


def shapes_of(published: Published, lang: Lang) -> Shapes:
    """The boundaries that the manifest states; none, with the reason, where it states none. Needs the extra `geo`.

    IdtrackerError where the file is not what the manifest says.
    """
    shapely = extra_module("shapely", "geo")
    stated = published.manifest.get("boundaries")
    if not isinstance(stated, dict):
        return Shapes({}, (), (), (phrase(_TEXTS, "no_boundaries", lang),))
    path = published.folder / BOUNDARIES
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != stated.get("hash"):
        raise IdtrackerError(
            f"{path}: the boundaries are not what the manifest of the publication says; nothing was exported. "
            "`idtracker publish` makes it again."
        )
    geometries = boundaries_of(published.folder)
    wkb = {place: shapely.to_wkb(shapely.from_geojson(json.dumps(g)), byte_order=1) for place, g in geometries.items()}
    kinds = tuple(sorted({str(g["type"]) for g in geometries.values()}))
    problems = tuple(problem.text(lang) for problem in boundary_problems_of(published.folder))
    return Shapes(wkb, kinds, tuple(attributions_of(published.folder, lang)), problems)
