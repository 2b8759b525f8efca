"""The invented data of the index that the bundled programme names: what a published yearbook of governorates might hold.

Nobody counted in the governorate without access, so that it has no figure of schooling and no value of the index.
"""

from __future__ import annotations

import csv
import io

from programme.places import GOVERNORATES
from programme.world import BASE, NO_ACCESS, OFFSET, World

FILE = "_indices/human_development.csv"
"""Below the folder of sources."""
HEADINGS = ("place_id", "name", "LE", "EYS", "MYS", "GNI")


def human_development(world: World) -> str:
    """One row for each governorate: years of life, expected and mean years of schooling, income per head in dollars."""
    rng, out = world.stream("human_development"), io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    for place in GOVERNORATES:
        level = (BASE["BSF4"] + OFFSET[place.iso]) / 100
        noise = rng.normal(0, 1, 4)
        life, expected, mean = (
            66 + 14 * level + 0.6 * noise[0],
            7 + 9 * level + 0.4 * noise[1],
            4 + 9 * level + 0.4 * noise[2],
        )
        income = 10 * round((2500 + 14000 * level**2) * (1 + 0.05 * noise[3]) / 10)
        counted = "" if place.iso == NO_ACCESS[0] else f"{mean:.1f}"
        writer.writerow([place.iso, place.name, f"{life:.1f}", f"{expected:.1f}", counted, income])
    return out.getvalue()
