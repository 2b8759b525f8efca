"""Given tables of the metric cases: CSV with only the columns that matter, the rest filled in."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from idtracker.model.periods import bounds_frame
from idtracker.model.tables import FACTS, TABLES, columns_of, conform_types

HERE = Path(__file__).parent


def read_given(folder: Path) -> dict[str, pd.DataFrame]:
    """Every `given_<table>.csv` of a case as a canonical frame."""
    return {
        path.stem.removeprefix("given_"): table(path.stem.removeprefix("given_"), pd.read_csv(path, dtype="str"))
        for path in sorted(folder.glob("given_*.csv"))
    }


@cache
def read_reference() -> dict[str, pd.DataFrame]:
    """The register that all cases share."""
    folder = HERE / "reference"
    return {path.stem: table(path.stem, pd.read_csv(path, dtype="str")) for path in sorted(folder.glob("*.csv"))}


def table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A canonical frame from text: typed, with periods bounded, provenance numbered and markings OFFICIAL."""
    frame = frame.copy()
    if "period" in frame and "period_start" not in frame:
        frame[["period_start", "period_end"]] = bounds_frame(frame["period"]).to_numpy()
    if name in FACTS:
        number = pd.Series(range(1, len(frame) + 1), index=frame.index)
        filled = {
            "fact_id": name + "-" + number.astype("str"),
            "source_id": "given",
            "submission_id": "submission-1",
            "sheet": name,
            "row_number": number + 1,
            "content_hash": number.astype("str"),
            "recorded_from": pd.Timestamp("2020-01-01"),
            "classification": "OFFICIAL",
        }
        frame = frame.assign(**{key: value for key, value in filled.items() if key not in frame})
    for spec in columns_of(TABLES[name]):
        if spec.name in frame and spec.kind == "flag":
            frame[spec.name] = frame[spec.name].map({"true": True, "false": False}).astype("boolean")
        elif spec.name in frame and spec.kind in ("integer", "number", "money"):
            frame[spec.name] = pd.to_numeric(frame[spec.name])
    return conform_types(frame, TABLES[name])
