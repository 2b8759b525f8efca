"""Cases of the metrics and the register that they share: texts of comma-separated columns, only those that matter.

`cases/<family>/<id>.yml` holds the cases of one metric by name. Each says in a sentence what it shows, gives tables
(`given`) and every row of the result (`expect`), and may name the quarters and the day of knowledge. One case of each metric
says `example`: the arithmetic of its measures, as docs_builder/metric_examples.py shows it on the page of the metric.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from idtracker.analyse.metrics.values import measure
from idtracker.model.periods import bounds_frame
from idtracker.model.tables import FACTS, TABLES, columns_of, conform_types

HERE = Path(__file__).parent
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Case:
    """Given tables of one metric, and what it makes of them."""

    metric_id: str
    name: str
    shows: str
    tables: dict[str, str]
    expect: str
    periods: tuple[str, ...]
    as_of: pd.Timestamp
    example: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.metric_id}_{self.name}"

    def given(self) -> Frames:
        """Every given table as a canonical frame; whoever changes one copies it."""
        return dict(_given(str(self)))

    def measured(self) -> pd.DataFrame:
        """What the metric makes of the given tables."""
        return _measured(str(self))

    def expected(self) -> pd.DataFrame:
        """Every row of the result and no other."""
        return _rows(self.expect)


def cases() -> list[Case]:
    """All of them in the order of metric and name."""
    return sorted(_read().values(), key=str)


def case_of(name: str) -> Case:
    """The one of a name such as IM-01_merger."""
    return _read()[name]


@cache
def _read() -> dict[str, Case]:
    found = [
        _case(path.stem, name, keys)
        for path in sorted((HERE / "cases").glob("*/*.yml"))
        for name, keys in yaml.safe_load(path.read_text("utf-8")).items()
    ]
    return {str(case): case for case in found}


def _case(metric_id: str, name: str, keys: dict[str, object]) -> Case:
    """A key that no case has is a mistake."""
    options = {"periods": ["2026-Q1"], "as_of": "2026-06-30"} | keys
    periods, as_of = tuple(options.pop("periods")), pd.Timestamp(options.pop("as_of"))
    return Case(metric_id, name, tables=options.pop("given"), periods=periods, as_of=as_of, **options)


@cache
def _given(name: str) -> Frames:
    return {n: table(n, _rows(text, dtype="str")) for n, text in sorted(case_of(name).tables.items())}


@cache
def _measured(name: str) -> pd.DataFrame:
    case = case_of(name)
    return measure(case.given(), read_reference(), case.periods, case.as_of, metric_ids=[case.metric_id])


@cache
def read_reference() -> Frames:
    """The register that all cases share."""
    folder = HERE / "reference"
    return {path.stem: table(path.stem, pd.read_csv(path, dtype="str")) for path in sorted(folder.glob("*.csv"))}


def _rows(text: str, dtype: str | None = None) -> pd.DataFrame:
    """Only an empty cell is missing: NA is an answer."""
    return pd.read_csv(io.StringIO(text), skipinitialspace=True, dtype=dtype, keep_default_na=False, na_values=[""])


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
