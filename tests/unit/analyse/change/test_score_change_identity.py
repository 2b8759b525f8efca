"""The parts of a change add up to the difference, whatever changes, and each cause is named as what it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from idtracker.analyse.change.cells import Basis, Cell, Scale
from idtracker.analyse.change.decompose import ChangeRow, Expected, Side, decompose
from tests.unit.analyse.change.programmes import METHOD, SCALE, cell, national, side, sides

ROOT = METHOD.root


def total(rows: list[ChangeRow]) -> float:
    return sum(row.points or 0.0 for row in rows)


@settings(max_examples=25, deadline=None)
@given(sides())
def test_the_parts_add_up_to_the_difference(pair: tuple[Side, Side]) -> None:
    for basis in ("PERIOD", "KNOWLEDGE"):
        rows = decompose(*pair, ROOT, basis)  # type: ignore[arg-type]
        if None in (pair[0].score, pair[1].score):
            assert all(row.points is None for row in rows)
        else:
            assert total(rows) == pytest.approx(pair[1].score - pair[0].score, abs=1e-9)  # type: ignore[operator]


@settings(max_examples=10, deadline=None)
@given(sides())
def test_backwards_the_sum_is_the_same_with_the_other_sign(pair: tuple[Side, Side]) -> None:
    there, back = (decompose(*sides, ROOT, "KNOWLEDGE") for sides in (pair, pair[::-1]))
    assert total(there) == pytest.approx(-total(back), abs=2e-9)


BASE = {f"BSF{n}-{x}": cell(40.0 + n) for n in range(1, 6) for x in "abc"}
TOLD = {i: Expected(i[:4], 1.0, SCALE) for i in BASE}


def causes(before: Side, after: Side, basis: Basis) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in decompose(before, after, ROOT, basis):
        found[row.cause] = found.get(row.cause, 0.0) + (row.points or 0.0)
    return found


def with_cells(**cells: Cell | None) -> dict[str, Cell]:
    changed = {**BASE, **{name.replace("_", "-"): c for name, c in cells.items()}}
    return {name: c for name, c in changed.items() if c is not None}


@pytest.mark.parametrize(
    ("name", "before", "after", "basis", "cause"),
    [
        ("new data", BASE, with_cells(BSF1_a=cell(60.0, origin="2026-Q3")), "PERIOD", "NEW_DATA"),
        ("a revision", BASE, with_cells(BSF1_a=cell(60.0)), "KNOWLEDGE", "REVISION"),
        ("a report beside others", BASE, with_cells(BSF1_a=cell(60.0, carried=True, origin="2026-Q1")), "KNOWLEDGE", "CARRIED"),
        ("a carried value expires", with_cells(BSF1_a=cell(90.0, carried=True)), with_cells(BSF1_a=None), "PERIOD", "CARRIED"),
        ("an indicator enters", with_cells(BSF1_a=None), BASE | {"BSF1-a": cell(90.0)}, "PERIOD", "COVERAGE"),
        ("a decision", BASE, with_cells(BSF1_a=cell(60.0, made="ADJUDICATED")), "KNOWLEDGE", "JUDGEMENT"),
    ],
)  # fmt: skip
def test_each_cause_of_a_cell_is_named(
    name: str, before: dict[str, Cell], after: dict[str, Cell], basis: Basis, cause: str
) -> None:
    assert list(causes(side(before, expected=TOLD), side(after, expected=TOLD), basis)) == [cause], name


def test_a_new_organisation_beside_another_has_all_of_the_move() -> None:
    both = Cell(45.0, 45.0, "WEIGHTED_MEAN", False, "2026-Q2", {"UN": (41.0, 0.5), "NGO": (49.0, 0.5)})
    rows = decompose(side(BASE, expected=TOLD), side(with_cells(BSF1_a=both), expected=TOLD), ROOT, "KNOWLEDGE")
    assert [(row.cause, row.org_id) for row in rows] == [("NEW_DATA", "NGO")]


def test_another_method_is_a_cause_of_its_own() -> None:
    low = with_cells(BSF1_a=cell(5.0), BSF1_b=cell(5.0), BSF1_c=cell(5.0))
    other = METHOD.model_copy(update={"across": "arithmetic"})
    assert list(causes(side(low, expected=TOLD), side(low, expected=TOLD, method=other), "KNOWLEDGE")) == ["METHOD"]


def test_another_weight_and_other_goalposts_are_reference_data() -> None:
    heavy = TOLD | {"BSF1-a": Expected("BSF1", 3.0, SCALE)}
    cells = with_cells(BSF1_a=cell(80.0))
    assert list(causes(side(cells, expected=TOLD), side(cells, expected=heavy), "KNOWLEDGE")) == ["REFERENCE"]
    wide = TOLD | {"BSF1-a": Expected("BSF1", 1.0, Scale(0.0, 200.0, 1))}
    half = with_cells(BSF1_a=Cell(80.0, 40.0, "SINGLE", False, "2026-Q2", {"UN": (80.0, 1.0)}))
    assert list(causes(side(cells, expected=TOLD), side(half, expected=wide), "KNOWLEDGE")) == ["REFERENCE"]


def test_another_population_is_reference_data_of_the_national_cell() -> None:
    shares = {"P": 1.0, "Q": 1.0}, {"P": 3.0, "Q": 1.0}
    values = {"P": 20.0, "Q": 60.0}
    pair = [side(with_cells(BSF1_a=national(values, s)), expected=TOLD, shares=s) for s in shares]
    found = causes(pair[0], pair[1], "KNOWLEDGE")
    assert list(found) == ["REFERENCE"] and found["REFERENCE"] < 0


def test_a_national_cell_is_divided_among_the_reports_of_its_governorates() -> None:
    shares = {"P": 3.0, "Q": 1.0}
    old, new = {"P": 20.0, "Q": 60.0}, {"P": 24.0, "Q": 56.0}
    pair = [side(with_cells(BSF1_a=national(v, shares)), expected=TOLD, shares=shares) for v in (old, new)]
    rows = {row.org_id: row.points for row in decompose(pair[0], pair[1], ROOT, "KNOWLEDGE")}
    assert set(rows) == {"ORG-P", "ORG-Q"}
    assert rows["ORG-P"] == pytest.approx(-3 * rows["ORG-Q"])  # type: ignore[operator]


def test_a_governorate_that_comes_in_is_coverage() -> None:
    shares = {"P": 3.0, "Q": 1.0}
    pair = [
        side(with_cells(BSF1_a=national(v, shares)), expected=TOLD, shares=shares)
        for v in ({"P": 20.0}, {"P": 20.0, "Q": 60.0})
    ]
    assert [(r.cause, r.org_id) for r in decompose(*pair, ROOT, "PERIOD")] == [("COVERAGE", "ORG-Q")]


@pytest.mark.parametrize("appears", [True, False], ids=["appears", "is withheld"])
def test_a_score_on_one_side_alone_has_no_difference(appears: bool) -> None:
    few = side({"BSF1-a": cell(50.0)}, expected=TOLD)
    assert few.score is None
    pair = (few, side(BASE, expected=TOLD))
    rows = decompose(*(pair if appears else pair[::-1]), ROOT, "PERIOD")
    assert rows[0].cause == ("APPEARED" if appears else "WITHHELD")
    assert {row.points for row in rows} == {None}
    assert len(rows) > 10  # which indicators came or went is said


def test_a_score_that_does_not_follow_from_its_cells_is_refused() -> None:
    wrong = Side(99.0, METHOD, TOLD, BASE, {})
    with pytest.raises(ValueError, match="what it is made of gives"):
        decompose(side(BASE, expected=TOLD), wrong, ROOT, "PERIOD")
