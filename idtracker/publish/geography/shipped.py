"""Boundaries that ship with the package: openly licensed, one file for each country, with where it is from beside it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from idtracker.model.messages import Message
from idtracker.publish.geography.geometry import Geometry

_FOLDER = resources.files("idtracker") / "publish/geography/data"


@dataclass(frozen=True, slots=True)
class ShippedSet:
    """The shipped boundaries of one country: code -> geometry, the scheme of the codes, and where they are from."""

    name: str
    scheme: str
    geometries: dict[str, Geometry]
    attribution: Message
    licence: str
    origin: str


@lru_cache(maxsize=4)
def shipped_boundaries(country: str) -> ShippedSet | None:
    """The boundaries that ship for a country (ISO 3166-1 alpha-2); None where there are none. Nobody may change them."""
    import yaml

    table, note = _FOLDER / f"{country}.csv", _FOLDER / f"{country}.yml"
    if not country or not table.is_file():
        return None
    about = yaml.safe_load(note.read_bytes())
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 20))
    rows = csv.DictReader(io.StringIO(table.read_text("utf-8")))
    geometries = {row["code"]: json.loads(row["geometry"]) for row in rows}
    attribution = Message(about["attribution"]["en"], about["attribution"]["ar"])
    return ShippedSet(
        f"idtracker/{country}.csv", about["scheme"], geometries, attribution, about["licence"], about["origin"]
    )
