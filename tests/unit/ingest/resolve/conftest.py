"""A register, and one column resolved on its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from resolving_cases import Resolving

from idtracker.ingest.resolve.resolving import Resolved, resolve
from idtracker.ingest.shape.shaped import Shaped
from idtracker.model.config.source import Part
from idtracker.model.findings import Findings
from idtracker.model.register.register import Register
from idtracker.model.register.reviewed_names import Names

INDICATORS = """indicator_id,name,name_ar,dimension_code,unit,direction,goalpost_low,goalpost_high,weight,level,frequency,\
roll_up,max_age_days,merge_policy,priority_org_id,derived_from,owner_org_id,retired_on
BSF2-UNEMP,Unemployment rate,معدل البطالة,BSF2,%,-1,5,35,2,both,quarter,mean,190,priority,GB-GOV-24,,GB-GOV-24,
BSF3-EVENTS,Security events,,BSF3,events,-1,0,40,1,adm1,month,sum,120,median,,event:count,GB-GOV-8,
"""


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The bundled register with two indicators of a programme."""
    sources = tmp_path_factory.mktemp("sources")
    (sources / "_reference").mkdir()
    (sources / "_reference" / "indicators.csv").write_text(INDICATORS, encoding="utf-8")
    return Register.load(sources)


@pytest.fixture
def resolve_column(register: Register) -> Resolving:
    """Resolve one column: `resolve_column(values, type, dates=None, names=..., publisher=..., **column)`."""

    def run(
        values: Sequence[str | None],
        kind: str,
        dates: Sequence[str | None] | None = None,
        names: Names | None = None,
        publisher: str = "GB-GOV-1",
        **column: Any,
    ) -> Resolved:
        fields: list[dict[str, Any]] = [{"field": "thing", "heading": "Thing", "type": kind, **column}]
        frame = pd.DataFrame({"thing": pd.Series(list(values), dtype="str")})
        if dates is not None:
            fields.append({"field": "seen_on", "type": "date"})
            frame["seen_on"] = pd.to_datetime(pd.Series(list(dates))).astype("datetime64[ns]")
        part = Part.model_validate({"feeds": "activity", "key": ["thing"], "columns": fields})
        shaped = Shaped(
            sheet="Sheet1",
            frame=frame,
            row_numbers=np.arange(2, len(frame) + 2, dtype=np.int64),
            raw=frame[["thing"]].rename(columns={"thing": "Thing"}),
            findings=Findings(),
            positions={"thing": 3},
            headings={"thing": "Thing"},
        )
        return resolve(shaped, part, {}, register, names or Names(), {}, publisher)

    return run


@pytest.fixture
def overlay(tmp_path: Path) -> Callable[..., Path]:
    """Write overlay files and give the folder of sources: `overlay(organisations="…csv text…")`."""

    def write(**files: str) -> Path:
        folder = tmp_path / "_reference"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return write
