"""Totals among the rows are held, by their words in any column that names something and by their figures; names are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.register.register import Register

HEAD = "Who,Sector,Where,Reached,Targeted\n"
ABOVE = "UNHCR,Shelter,Mafraq,60,80\nUNICEF,Shelter,Mafraq,30,35\nWFP,Shelter,Mafraq,10,15\n"
COLUMNS: list[dict[str, Any]] = [
    {"field": "organisation", "heading": "Who"},
    {"field": "sector", "heading": "Sector"},
    {"field": "place", "heading": "Where"},
    {"field": "period", "constant": "2026-Q1"},
    {"field": "people_reached", "heading": "Reached"},
    {"field": "people_targeted", "heading": "Targeted"},
]
Judge = Callable[..., Assessment]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    (tmp_path_factory.mktemp("sources") / "_reference").mkdir()
    return Register.load(tmp_path_factory.getbasetemp())


@pytest.fixture
def judge(register: Register) -> Judge:
    def run(rows: str, head: str = HEAD, columns: list[dict[str, Any]] = COLUMNS) -> Assessment:
        source = Source.model_validate(
            {
                "title": "t",
                "publisher": "GB-GOV-1",
                "format": {"kind": "csv"},
                "cadence": {"every": "quarter"},
                "feeds": "activity_cell",
                "key": ["organisation", "sector", "place", "period"],
                "columns": columns,
            }
        ).located("t", Path(), "x")
        catalogue = ProgrammeCatalogue(Programme(title="-", country=""), {}, register, {})
        return assess((head + rows).encode(), "t.csv", source, catalogue, submission_id="s", received_at=pd.Timestamp("2026-04-20"))  # fmt: skip

    return run


def of(result: Assessment, rule: str) -> list[int]:
    return [r for g in result.findings.groups if g.rule.id == rule for r in g.rows]


@pytest.mark.parametrize(
    "name",
    [
        *("WFP Total", "WFP - total", "wfp (Total)", "Subtotal WFP", "Sub-total: WFP", "GRAND TOTAL WFP", "Total: WFP"),
        *("Total for Mafraq", "Total WFP", "Total Mafraq", "Total partners", "Total Reached", "Sous-total PAM"),
        *("WFP total 2026", "WFP - total for Q3", "Total people reached", "Sum: WFP", "All", "All partners combined", "الكل"),
        *("All partners", "all the agencies", "All implementing partners", "Tous les partenaires"),
        *("إجمالي اليونيسف", "إِجْمالي اليونيسف", "اليونيسف - المجموع", "المجموع الفرعي", "كل الشركاء", "جميع المنظمات الدولية"),
    ],
)  # fmt: skip
def test_a_total_is_held_whatever_its_figures(judge: Judge, name: str) -> None:
    result = judge(f"{ABOVE}{name},Shelter,Mafraq,7,9\n")
    assert (of(result, "row.total"), result.rows_accepted) == ([5], 3)


@pytest.mark.parametrize(
    "name",
    [
        *("Total Energies", "TotalEnergies", "Totally Free NGO", "All Girls Foundation", "Sum Of Us", "Subtotalia"),
        *("All Partners Access Network", "All other partners", "Total Solutions Ltd", "Allied Partners", "UNHCR", "Summit"),
        *("Share (% of total)", "All Together", "Total Population Services", "Total Energies 2026", "Allied Total Care"),
        *("مجموعة السلام", "كلية الطب", "جمعية البر"),
    ],
)  # fmt: skip
def test_a_name_is_no_total(judge: Judge, name: str) -> None:
    result = judge(f"{ABOVE}{name},Protection,Irbid,7,9\n")
    assert not of(result, "row.total") and result.rows_accepted == 4


@pytest.mark.parametrize(("sector", "is_total"), [("Shelter total", True), ("Subtotal", True), ("All sectors", False)])
def test_a_total_in_another_column_of_the_key(judge: Judge, sector: str, is_total: bool) -> None:
    assert of(judge(f"{ABOVE}IRC,{sector},Mafraq,7,9\n"), "row.total") == ([5] if is_total else [])


def test_a_column_in_which_every_row_is_for_all_partners_has_no_totals(judge: Judge) -> None:
    result = judge("All partners,Shelter,Mafraq,7,9\nAll partners,Shelter,Irbid,1,2\n")
    assert not of(result, "row.total") and result.rows_accepted == 2


def test_what_the_map_of_the_column_knows_is_no_total(judge: Judge) -> None:
    columns = [{**COLUMNS[0], "map": {"WFP Total": "WFP"}}, *COLUMNS[1:]]
    assert not of(judge(f"{ABOVE}WFP Total,Health,Mafraq,7,9\n", columns=columns), "row.total")


def test_figures_settle_what_words_leave_open(judge: Judge) -> None:
    assert of(judge(f"{ABOVE}Total Everyone,Shelter,Mafraq,100,130\n"), "row.total") == [5]


@pytest.mark.parametrize(
    ("last", "rule"),
    [
        (",Shelter,Mafraq,100,130\n", "row.total_unnamed"),
        ("Everybody,Shelter,Mafraq,100,130\n", "row.sum"),
        ("Everybody,Shelter,Mafraq,100,131\n", ""),
        ("IRC,Shelter,Mafraq,0,0\n", ""),
    ],
)
def test_figures_that_sum_up_the_rows_above(judge: Judge, last: str, rule: str) -> None:
    result = judge(ABOVE + last)
    named = {g.rule.id for g in result.findings.groups if g.rule.id in ("row.sum", "row.total_unnamed", "row.total")}
    assert named == ({rule} if rule else set())
    assert result.rows_accepted == (3 if rule == "row.total_unnamed" else 4)
    assert "3 rows above" in "".join(g.message() for g in result.findings.groups) if rule else True


def test_sums_begin_anew_below_each_total_and_a_last_one_takes_all(judge: Judge) -> None:
    block = "A1,S,Irbid,{0},1\nA2,S,Irbid,{0},2\n,S,Irbid,{1},3\n"
    result = judge(f"{block.format(1, 2)}{block.format(5, 10).replace('A', 'B')},S,Irbid,12,6\n")
    assert of(result, "row.total_unnamed") == [4, 7, 8]


def test_a_known_place_whose_figure_is_the_sum_is_data(judge: Judge) -> None:
    assert judge(f"{ABOVE}UNHCR,Shelter,Jordan,100,130\n").rows_accepted == 4
