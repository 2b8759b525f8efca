"""The files of boundaries that a programme names, for its maps and for the formats of geographic systems."""

from __future__ import annotations

from pydantic import Field

from idtracker.model.config.values import Strict, Text
from idtracker.model.methods.named_indices import InnerPath

PLACE_ID = "place_id"
"""The scheme of codes that are identifiers of places themselves."""


class BoundaryFile(Strict):
    """One file of boundaries: which of its properties holds the code of the place, and who made it."""

    file: InnerPath = Field(
        description="GeoJSON (.geojson, .json) or GeoPackage (.gpkg) file below the folder of programme.yml, in degrees of WGS 84."
    )
    code: Text = Field(PLACE_ID, description="Property (column) that holds the code of the place.")
    scheme: Text = Field(
        PLACE_ID,
        description="Scheme of these codes in place_codes.csv, such as `iso3166-2`; left out: they are identifiers of places.",
    )
    layer: Text | None = Field(None, description="Layer of a GeoPackage; left out: the only one that it has.")
    attribution: Text = Field(
        description="Who made the boundaries and under which licence, as it is printed wherever they are shown."
    )
    attribution_ar: Text | None = Field(None, description="The same in Arabic; left out: as it stands.")
