"""SDMX-CSV: the structure of each table, and the status of each observation against rules written out here."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from published_rows import Rows, publish_rows, row_of

from idtracker.model.errors import IdtrackerError
from idtracker.model.register.register import Register
from idtracker.publish.export.sdmx import HEADER, STRUCTURES, SUPPRESSION_STATUS
from idtracker.publish.export.write_export import export_publication
from tests.support.packages.table_schema import description_of, problems


def exported(tmp_path: Path, rows: Rows, table: str) -> list[dict[str, str]]:
    home = publish_rows(tmp_path, {"indicator": [], **rows})
    export_publication(home, tmp_path / "out", formats="sdmx")
    assert problems(tmp_path / "out") == []
    with (tmp_path / "out" / "sdmx" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_cells_keep_their_status_and_get_the_unit_of_their_indicator(tmp_path: Path) -> None:
    cells = [
        row_of(
            "merged_cell", indicator_id=i, place_id="JO-IR", period="2026-Q1", value=-5.0, obs_status=s, handling="x;y"
        )
        for i, s in (("A", "I"), ("B", "U"), ("C", None))
    ]
    rows = exported(
        tmp_path, {"merged_cell": cells, "indicator": [row_of("indicator", indicator_id="A", unit="%")]}, "merged_cell"
    )
    assert [(r["INDICATOR"], r["OBS_STATUS"], r["UNIT_MEASURE"]) for r in rows] == [
        ("A", "I", "%"),
        ("B", "U", ""),
        ("C", "A", ""),
    ]
    assert list(rows[0])[:8] == [*HEADER, "FREQ", "REF_AREA", "INDICATOR", "TIME_PERIOD", "OBS_VALUE"]
    assert {(r["STRUCTURE"], r["STRUCTURE_ID"], r["ACTION"]) for r in rows} == {
        ("datastructure", "IDTRACKER:MERGED_CELL(1.0.0)", "I")
    }
    assert {(r["FREQ"], r["TIME_PERIOD"], r["OBS_VALUE"], r["HANDLING"]) for r in rows} == {
        ("Q", "2026-Q1", "-5.0", "x;y")
    }
    assert {(r["CLASSIFICATION"], r["RELEASABLE_TO"]) for r in rows} == {("OFFICIAL", "HMG;PARTNERS")}


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"score": 50.0, "carried_share": 0.0, "imputed_share": 0.0}, "A"),
        ({"score": 50.0}, "A"),
        ({"score": 50.0, "carried_share": 0.25}, "E"),
        ({"score": 50.0, "imputed_share": 0.25, "carried_share": 0.0}, "E"),
        ({"score": 50.0, "carried_share": 0.5, "imputed_share": 0.5}, "I"),
        ({"score": None, "carried_share": 0.5}, "Q"),
    ],
)
def test_a_score_is_normal_estimated_imputed_or_withheld(tmp_path: Path, values: dict[str, Any], status: str) -> None:
    (row,) = exported(tmp_path, {"score": [row_of("score", period="2026-Q1", low=1.5, **values)]}, "score")
    assert (row["OBS_STATUS"], row["LOWER"]) == (status, "1.5")
    assert row["OBS_VALUE"] == ("50.0" if values["score"] else "")


def test_every_reason_for_no_value_has_a_status_of_the_codelist(tmp_path: Path) -> None:
    lists = Register.load().codelists
    reasons = sorted(lists.loc[lists["scheme"] == "suppression_reason", "code"])
    assert len(reasons) >= 9 and set(SUPPRESSION_STATUS) == set(reasons)
    statuses = set(lists.loc[lists["scheme"] == "obs_status", "code"])
    assert set(SUPPRESSION_STATUS.values()) | {"A", "E", "I", "Q", "O"} <= statuses
    values = [row_of("metric_value", metric_id=r, period="2026-Q1", suppressed_reason=r) for r in reasons]
    values += [
        row_of("metric_value", metric_id="none", period="2026-Q1"),
        row_of("metric_value", metric_id="v", period="2026-Q1", value=0.0),
    ]
    rows = {r["METRIC"]: r for r in exported(tmp_path, {"metric_value": values}, "metric_value")}
    assert {m: r["OBS_STATUS"] for m, r in rows.items()} == {**SUPPRESSION_STATUS, "none": "O", "v": "A"}
    assert {m: r["OBS_VALUE"] for m, r in rows.items()} == {**dict.fromkeys(rows, ""), "v": "0.0"}


def test_the_structure_is_stated_and_names_every_column(tmp_path: Path) -> None:
    exported(tmp_path, {"score": [row_of("score", period="2026-Q1")]}, "score")
    (resource,) = description_of(tmp_path / "out")["resources"]
    own = resource["sdmx"]
    assert own["id"] == "IDTRACKER:SCORE(1.0.0)"
    assert own["dimensions"] == resource["schema"]["primaryKey"] == ["FREQ", "REF_AREA", "NODE", "TIME_PERIOD"]
    names = [field["name"] for field in resource["schema"]["fields"]]
    assert sorted(names) == sorted([*HEADER, *own["dimensions"], *own["measures"], *own["attributes"]])
    assert set(own["obsStatus"]) == {"A", "E", "I", "Q"}
    assert set(STRUCTURES) == {"merged_cell", "score", "metric_value"}


@pytest.mark.parametrize("periods", [("2026-Q1", "2026-Q1"), ("2026-Q1", "2026-05")])
def test_rows_that_do_not_fit_the_structure_are_refused(tmp_path: Path, periods: tuple[str, str]) -> None:
    home = publish_rows(tmp_path, {"indicator": [], "score": [row_of("score", period=p) for p in periods]})
    with pytest.raises(IdtrackerError, match=r"does not fit IDTRACKER:SCORE\(1.0.0\)"):
        export_publication(home, tmp_path / "out", formats="sdmx")
    assert not (tmp_path / "out").exists()
