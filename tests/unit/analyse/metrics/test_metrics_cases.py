"""Every metric on given tables: `cases/<metric>_<what>/given_<table>.csv` -> `expect.csv`, every row of it and no other.

`case.yml` may name the quarters (`periods`, default 2026-Q1) and the day of knowledge (`as_of`, default 2026-06-30).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml
from metrics_given import HERE, read_given, read_reference

from idtracker.analyse.metrics.registry import metrics
from idtracker.analyse.metrics.values import measure
from idtracker.model.tables import TABLES, schema_of

CASES = sorted(path for path in (HERE / "cases").iterdir() if path.is_dir())
COLUMNS = ["measure", "scope", "period", "value", "numerator", "denominator", "n", "suppressed_reason"]
KEY = ["period", "scope", "measure"]


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_case(folder: Path) -> None:
    settings = yaml.safe_load((folder / "case.yml").read_text()) if (folder / "case.yml").exists() else {}
    metric_id = folder.name.split("_")[0]
    found = measure(
        read_given(folder),
        read_reference(),
        settings.get("periods", ["2026-Q1"]),
        pd.Timestamp(settings.get("as_of", "2026-06-30")),
        metric_ids=[metric_id],
    )
    schema_of(TABLES["metric_value"]).validate(found)
    assert not found.duplicated(KEY).any()
    expected = pd.read_csv(folder / "expect.csv")
    assert list(expected.columns) == COLUMNS
    pd.testing.assert_frame_equal(_comparable(found), _comparable(expected), atol=1e-6, rtol=0)
    assert found["value"].isna().eq(found["suppressed_reason"].notna()).all()


def test_every_metric_has_a_case_and_one_that_withholds_its_value() -> None:
    withheld: dict[str, set[str]] = {}
    for folder in CASES:
        reasons = pd.read_csv(folder / "expect.csv")["suppressed_reason"].dropna()
        withheld.setdefault(folder.name.split("_")[0], set()).update(reasons)
    assert set(withheld) == set(metrics())
    assert {"no_units", "below_minimum_denominator", "undefined"} == set().union(*withheld.values())


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = dict.fromkeys(("value", "numerator", "denominator", "n"), "float64")
    typed = frame[COLUMNS].astype(numbers)
    typed["suppressed_reason"] = (
        typed["suppressed_reason"].astype("object").where(typed["suppressed_reason"].notna(), "")
    )
    for name in (*KEY, "suppressed_reason"):
        typed[name] = typed[name].astype("object")
    return typed.sort_values(KEY).reset_index(drop=True)
