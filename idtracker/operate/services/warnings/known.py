"""What the warning rules of a programme may name."""

from __future__ import annotations

from typing import Any

from idtracker.analyse.history.cells import scored_places
from idtracker.analyse.warning.low_base import counts_events
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.warnings.load import Known
from idtracker.model.warnings.rule import Side


def known_to(catalogue: ProgrammeCatalogue) -> Known:
    """Nodes of the method that makes the scores, indicators and scored places of the register."""
    indicators = catalogue.register.indicators.astype("object").where(lambda frame: frame.notna(), None)
    places = scored_places(catalogue.register.places, catalogue.programme)
    places = places[places["level"].isin(["country", "adm1"])]
    columns = ["indicator_id", "direction", "derived_from", "unit"]
    rows: list[dict[str, Any]] = indicators[columns].to_dict("records")  # type: ignore[assignment]
    sides: dict[str, Side] = {
        row["indicator_id"]: "below" if row["direction"] is None or row["direction"] > 0 else "above" for row in rows
    }
    counted = {row["indicator_id"] for row in rows if counts_events(row["derived_from"], row["unit"])}
    return Known(
        catalogue.methods.headline.nodes,
        sides,
        counted,
        dict(zip(places["place_id"].astype(str), places["level"].astype(str), strict=True)),
    )
