"""Features of a file of boundaries that a programme names: the code and the geometry of each, as the file has them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idtracker.model.geography.boundary_files import BoundaryFile
from idtracker.model.messages import Message, message
from idtracker.publish.extras import extra_module, has_modules
from idtracker.publish.geography.geometry import Geometry

_TEXTS = "publish/geography/boundaries"
_DEGREES = re.compile(r"(EPSG:{1,2}4326|OGC:[0-9.]*:?CRS84|CRS84)$", re.IGNORECASE)
_LARGEST = 64 << 20
"""Bytes of a file of boundaries: one that is drawn at the size of a page has a hundredth of it."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its one-based number in the file, its code as text (None: it has none), its geometry (None: it has none)."""

    number: int
    code: str | None
    geometry: Geometry | None


class UnreadableError(Exception):
    """A file of boundaries that nothing can be taken from; `reason` says why in both languages."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.en)
        self.reason = reason


def read_features(path: Path, entry: BoundaryFile) -> list[Feature]:
    """The features of a file, in its order; UnreadableError where it is missing, damaged, in other coordinates or without the property."""
    if not path.is_file():
        raise UnreadableError(message(_TEXTS, "file_missing"))
    if path.stat().st_size > _LARGEST:
        raise UnreadableError(message(_TEXTS, "file_large", most=_LARGEST >> 20))
    if not has_modules("shapely", "geopandas", "pyogrio"):
        raise UnreadableError(message(_TEXTS, "extra_missing"))
    features, names = _of_geopackage(path, entry) if path.suffix.lower() == ".gpkg" else _of_geojson(path, entry)
    if not features:
        raise UnreadableError(message(_TEXTS, "no_features"))
    if entry.code not in names:
        raise UnreadableError(message(_TEXTS, "no_property", code=entry.code, names=", ".join(sorted(names)) or "–"))
    return features


def _of_geojson(path: Path, entry: BoundaryFile) -> tuple[list[Feature], set[str]]:
    try:
        document: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as problem:
        raise UnreadableError(message(_TEXTS, "not_geojson")) from problem
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise UnreadableError(message(_TEXTS, "not_geojson"))
    if (stated := document.get("crs")) is not None:
        _check_crs(_name_of_crs(stated))
    features, names = [], set()
    for number, feature in enumerate(document["features"], 1):
        own = feature if isinstance(feature, dict) else {}
        values = own["properties"] if isinstance(own.get("properties"), dict) else {}
        names |= set(values)
        geometry = own.get("geometry")
        features.append(
            Feature(number, _code(values.get(entry.code)), geometry if isinstance(geometry, dict) else None)
        )
    return features, names


def _name_of_crs(stated: object) -> str:
    properties = stated.get("properties") if isinstance(stated, dict) else None
    return str(properties.get("name", "")) if isinstance(properties, dict) else str(stated)


def _check_crs(name: str) -> None:
    if not _DEGREES.search(name):
        raise UnreadableError(message(_TEXTS, "wrong_crs", crs=name or "–"))


def _of_geopackage(path: Path, entry: BoundaryFile) -> tuple[list[Feature], set[str]]:
    pyogrio, shapely = extra_module("pyogrio", "geo"), extra_module("shapely", "geo")
    damaged = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, shapely.GEOSException, ValueError)
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind]
        layer = entry.layer or (layers[0] if len(layers) == 1 else None)
        if layer not in layers:
            raise UnreadableError(message(_TEXTS, "which_layer", layers=", ".join(layers) or "–"))
        frame = pyogrio.read_dataframe(path, layer=layer)
    except damaged as problem:
        raise UnreadableError(message(_TEXTS, "not_geopackage")) from problem
    authority = frame.crs.to_authority() if frame.crs is not None else None
    _check_crs(":".join(authority) if authority else "")
    columns = [name for name in frame.columns if name != frame.geometry.name]
    codes = frame[entry.code] if entry.code in columns else [None] * len(frame)
    return list(_of_shapes(codes, frame.geometry)), set(columns)


def _of_shapes(codes: Any, shapes: Any) -> Iterator[Feature]:
    shapely = extra_module("shapely", "geo")
    for number, (code, shape) in enumerate(zip(codes, shapes, strict=True), 1):
        geometry = json.loads(shapely.to_geojson(shape)) if shape is not None and not shape.is_empty else None
        yield Feature(number, _code(code), geometry)


def _code(value: object) -> str | None:
    """A code as text; a whole number without a point."""
    if value is None or isinstance(value, bool) or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None
