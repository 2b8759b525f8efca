"""The lists of names and codes that the scripts go by: the tool's own, folded, each with what it means."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.resolve.codes import index_codes
from idtracker.ingest.resolve.indicators import index_indicators
from idtracker.ingest.resolve.organisations import index_organisations
from idtracker.ingest.resolve.places import index_places
from idtracker.model.register.register import Register
from idtracker.model.text import fold


def lists_of(catalogue: ProgrammeCatalogue) -> dict[str, pd.DataFrame]:
    """A table of each list: folded text, and the identifier or code it stands for."""
    register = catalogue.register
    organisations, places = index_organisations(register), index_places(register)
    return {
        "indicator_name": _listed(index_indicators(register).known),
        "organisation_name": _listed({k: v[-1] for k, v in organisations.known.names.items()} | organisations.ids),
        "place_name": _listed(
            {k: v[-1] for k, v in places.known.names.items()}
            | {fold(k): v[-1] for k, v in (*places.bare.items(), *places.ids.items())}
        ),
        "status_name": _coded(register, "activity_status"),
        "obs_status_name": _coded(register, "obs_status"),
    }


def write_lists(catalogue: ProgrammeCatalogue, folder: Path) -> Path:
    """The lists as Parquet files, for a script that reads nothing else of the tool."""
    folder.mkdir(parents=True)
    for name, frame in lists_of(catalogue).items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def _coded(register: Register, scheme: str) -> pd.DataFrame:
    """The codes of every version of a codelist, the latest last."""
    return _listed({folded: code for index in index_codes(register, scheme) for folded, code in index.known.items()})


def _listed(known: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(sorted(known.items()), columns=["folded", "id"], dtype=object)
