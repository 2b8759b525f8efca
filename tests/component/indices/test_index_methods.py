"""Published methods through the step of a run: against their formulas, against `method compute`, and ASEM against what is published."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from idtracker.model.composite.load import shipped
from idtracker.model.home import Home
from tests.support.cli_programme import Program
from tests.support.programmes.index_programme import name_indices, put, step, stored

Row = dict[str, float]


def _inform_pair(first: float, second: float) -> float:
    """The mean of two categories in which a bad one dominates, as the workbooks of INFORM write it."""
    turned = [(10 - x) / 10 * 9 + 1 for x in (first, second)]
    return round((10 - math.sqrt(turned[0] * turned[1])) / 9 * 10, 1)


def _categories(row: Row) -> float:
    pairs = (("NATURAL", "HUMAN"), ("SOCIOECONOMIC", "GROUPS"), ("INSTITUTIONAL", "INFRASTRUCTURE"))
    return round(math.prod(_inform_pair(row[a], row[b]) ** (1 / 3) for a, b in pairs), 1)


def _mazziotta_pareto(row: Row, rows: list[Row]) -> float:
    scaled = []
    for code, sign in (("A", 1), ("B", 1), ("C", -1)):
        values = [other[code] for other in rows]
        scaled.append(100 + sign * 10 * (row[code] - statistics.fmean(values)) / statistics.pstdev(values))
    spread, mean = statistics.pstdev(scaled), statistics.fmean(scaled)
    return mean - spread * spread / mean


ANSWERS = {"met": 0.0, "partly": 50.0, "not met": 100.0}
FSI = ("C1", "C2", "C3", "E1", "E2", "E3", "P1", "P2", "P3", "S1", "S2", "X1")
RETURN = ("HOUSING", "WORK", "WATER", "ELECTRICITY", "RECONCILIATION", "SECURITY", "MOVEMENT", "CHECKPOINTS")
CATEGORIES = ("NATURAL", "HUMAN", "SOCIOECONOMIC", "GROUPS", "INSTITUTIONAL", "INFRASTRUCTURE")
CASES: dict[str, tuple[tuple[str, ...], list[list[Any]], Callable[..., float]]] = {
    "FSI": (FSI, [[3.1] * 12, [5.5, 6, 7, 2, 3, 4, 5, 6, 7, 8, 9, 9.5]], lambda row, _: sum(row.values())),
    "INFORM-RISK": (
        ("HAZARD", "VULNERABILITY", "COPING"), [[6.1, 4.2, 5.3], [2.5, 3.5, 4.5]],
        lambda row, _: round(math.prod(value ** (1 / 3) for value in row.values()), 1),
    ),
    "INFORM-RISK-CATEGORIES": (CATEGORIES, [[6, 3, 4, 4.5, 5, 7], [2, 2.2, 1, 3, 4, 4.1]], lambda row, _: _categories(row)),
    "INFORM-SEVERITY": (
        ("IMPACT", "CONDITIONS", "COMPLEXITY"), [[3.2, 4.1, 2.2], [1.5, 2.5, 3.5]],
        lambda row, _: 0.2 * row["IMPACT"] + 0.5 * row["CONDITIONS"] + 0.3 * row["COMPLEXITY"],
    ),
    "MAZZIOTTA-PARETO": (("A", "B", "C"), [[3, 40, 0.2], [5, 35, 0.9], [9, 61, 0.4], [4, 52, 0.1]], _mazziotta_pareto),
    "RETURN-INDEX": (
        RETURN, [["met", "partly", "not met", "met", "met", "partly", "partly", "met"], ["not met"] * 8],
        lambda row, _: statistics.fmean(row.values()),
    ),
}  # fmt: skip
"""Method -> columns, invented rows, and the formula of its whole, from the row and from all rows."""


def csv(columns: tuple[str, ...], rows: list[list[Any]]) -> str:
    lines = [",".join(["unit", *columns])] + [",".join([f"u{n}", *map(str, row)]) for n, row in enumerate(rows)]
    return "\n".join(lines) + "\n"


def as_by_command(home: Home, method: str, data: Path, index_id: str) -> None:
    """Every node, indicator, rank, band and coverage of the table is that of `method compute`, to the bit."""
    rows = stored(home, "index_score", index_id)
    roots = 0
    for stage, column, is_indicator in (
        ("nodes", "score", False),
        ("normalised", "score", True),
        ("imputed", "value", True),
    ):
        document = Program(home).document(
            "method", "compute", method, data, "--stage", stage, code=1 if _findings(home, index_id) else 0
        )
        wide = rows[rows["is_indicator"] == is_indicator].pivot(index="unit_name", columns="node_code", values=column)
        assert len(document["units"]) == len(wide) > 0
        for unit in document["units"]:
            mine = {code: None if math.isnan(value) else value for code, value in wide.loc[unit["unit"]].items()}
            assert mine == unit["values"], (stage, unit["unit"])
            if stage == "nodes":
                root = rows[(rows["unit_name"] == unit["unit"]) & (rows["node_code"] == document["root"])].iloc[0]
                said = [None if pd.isna(root[name]) else root[name] for name in ("rank", "band", "coverage")]
                assert said == [unit["rank"], unit["band"], unit["coverage"]]
                roots += 1
    assert roots == rows["unit_name"].nunique()


def _findings(home: Home, index_id: str) -> int:
    return int(stored(home, "programme_index", index_id)["finding_count"].iloc[0])


@pytest.mark.parametrize("method", CASES)
def test_a_published_method_is_worked_out_by_its_formula_and_as_the_command_does(home: Home, method: str) -> None:
    columns, rows, formula = CASES[method]
    put(home, "_indices/invented.csv", csv(columns, rows))
    name_indices(home, {"id": "invented", "method": method, "data": "_indices/invented.csv"})
    assert step(home).checks[0].passed
    scores = stored(home, "index_score")
    [index] = stored(home, "programme_index").to_dict("records")
    roots = scores[scores["node_code"] == index["root_code"]].set_index("unit_name")["score"]
    numbers = [{code: ANSWERS.get(cell, cell) for code, cell in zip(columns, row, strict=True)} for row in rows]
    assert len(roots) == len(rows)
    for n, row in enumerate(numbers):
        assert roots[f"u{n}"] == pytest.approx(formula(row, numbers), abs=1e-9), f"u{n}"
    as_by_command(home, method, home.sources / "_indices" / "invented.csv", "invented")


def test_every_shipped_method_is_among_the_cases() -> None:
    assert {*CASES, "HDI", "ASEM"} == set(shipped()), "HDI is in test_index_step"


def test_asem_agrees_with_what_is_published_and_with_the_command(home: Home, shared_data: Path) -> None:
    """Pentland, COINr's example: 51 countries, 49 indicators, 11 nodes; to 1e-9 at every level."""
    book = shared_data / "08_composite" / "TRUTH_ASEM_results.xlsx"
    if not book.is_file():
        pytest.skip(f"the ASEM results are not at {book}")
    stages = ("DataImputed", "DataNormalised", "DataAggregated")
    sheets = pd.read_excel(book, sheet_name=["InputIndData", "InputDenominators", *stages], engine="calamine")
    sheets = {name: frame.set_index("UnitCode") for name, frame in sheets.items()}
    names = {"Group_GDP": "GDP_group", "Group_EurAsia": "EurAsia_group", "Den_GDP": "GDP", "Den_Pop": "Population"}
    names |= {"Den_Area": "Area", "Den_Energy": "Energy"}
    data = sheets["InputIndData"].join(sheets["InputDenominators"].filter(like="Den_")).rename(columns=names)
    put(home, "_indices/asem.csv", data.to_csv())
    name_indices(home, {"id": "asem", "method": "ASEM", "data": "_indices/asem.csv"})
    said = step(home)
    assert said.checks[0].passed, said.checks[0].description
    rows = stored(home, "index_score")
    assert len(rows) == 51 * (49 + 11)
    for stage, column, codes in (
        ("DataImputed", "value", 49),
        ("DataNormalised", "score", 49),
        ("DataAggregated", "score", 11),
    ):
        mine = rows[rows["is_indicator"] == (codes == 49)].pivot(index="unit_name", columns="node_code", values=column)
        theirs = sheets[stage].loc[mine.index, list(mine.columns)].astype(float)
        assert mine.shape == (51, codes) and (mine.isna() == theirs.isna()).all(axis=None)
        assert float((mine - theirs).abs().max(axis=None)) < 1e-9, stage
    as_by_command(home, "ASEM", home.sources / "_indices" / "asem.csv", "asem")
