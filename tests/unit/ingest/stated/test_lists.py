"""A list of plain values in JSON keeps its entries."""

from __future__ import annotations

from pathlib import Path

from stated_files import Judge, column, records, rules

FIELDS = {"feeds": "activity", "key": ["reference", "place"]}


def columns(**place: str) -> list[dict[str, object]]:
    return [{"field": "reference"}, {"field": "place", **place}, {"field": "sector"}]


def activity(place: object, sector: object = "Health") -> dict[str, object]:
    return {"reference": "A", "place": place, "sector": sector}


def test_entries_become_rows_whatever_the_separator(judge: Judge) -> None:
    for separator in ("", ",", ";", " / "):
        result = judge(
            records(activity(["Al Mafraq", "Al Karak", "Amman"])), "json", columns=columns(split=separator), **FIELDS
        )
        assert column(result, "place_name") == ["Al Mafraq", "Al Karak", "Amman"]


def test_a_list_of_one_is_one_entry(judge: Judge) -> None:
    result = judge(records(activity(["Al Mafraq"])), "json", columns=columns(split=""), **FIELDS)
    assert (column(result, "place_name"), rules(result)) == (["Al Mafraq"], {})


def test_a_text_is_divided_as_declared(judge: Judge) -> None:
    rows = records(activity("Amman Irbid"), {**activity(["Al Mafraq", "Zarqa"]), "reference": "B"})
    assert column(judge(rows, "json", columns=columns(split=""), **FIELDS), "place_name") == [
        "Amman",
        "Irbid",
        "Al Mafraq",
        "Zarqa",
    ]


def test_a_list_that_is_not_divided_stays_one(judge: Judge) -> None:
    result = judge(
        records(activity("Amman", ["Basic health care", "Urban development"])), "json", columns=columns(), **FIELDS
    )
    assert column(result, "sector") == ["Basic health care;Urban development"]


def test_a_list_where_one_thing_is_asked_for_is_held(judge: Judge) -> None:
    result = judge(records(activity(["Amman", "Irbid"])), "json", columns=columns(), **FIELDS)
    assert (column(result, "place_name"), rules(result)) == ([], {"name.place": [1]})


def test_entries_with_the_mark_between_entries(judge: Judge) -> None:
    content = records(activity(["Al Mafraq", "Amman"], ["Health; basic", "Towns,\nroads"]))
    fields = [{"field": "reference"}, {"field": "place", "split": ""}, {"field": "sector", "split": ","}]
    assert column(judge(content, "json", columns=fields, **FIELDS), "sector") == ["Health; basic", "Towns, roads"]


def test_lists_side_by_side_go_together(judge: Judge) -> None:
    both = [{"field": "reference"}, {"field": "place", "split": ""}, {"field": "sector", "split": ","}]
    result = judge(
        records(activity(["Al Mafraq", "Amman"], ["Health, basic", "Towns"])), "json", columns=both, **FIELDS
    )
    assert column(result, "sector") == ["Health, basic", "Towns"]


def test_numbers_of_a_list_are_numbers(judge: Judge) -> None:
    fields = [
        {"field": "indicator"},
        {"field": "place", "split": ";"},
        {"field": "period"},
        {"field": "value", "split": ";"},
    ]
    row = {"indicator": "WAIT", "place": ["Amman", "Irbid"], "period": "2026-Q3", "value": [14.125, 2]}
    assert column(judge(records(row), "json", columns=fields, format={"decimal": ","}), "value") == [14.125, 2.0]
    held = judge(
        records({**row, "place": "Amman", "value": [1, 234]}),
        "json",
        columns=[{k: v for k, v in f.items() if k != "split"} for f in fields],
    )
    assert (column(held, "value"), rules(held)) == ([], {"value.number": [1]})


def test_the_shared_example(judge: Judge, cases: Path) -> None:
    fields = [
        {"field": "reference", "heading": "id"},
        {"field": "title"},
        {"field": "place", "heading": "areas", "split": ""},
        {"field": "sector", "heading": "sectors"},
    ]
    result = judge(
        (cases / "json_lists.json").read_bytes(), "json", columns=fields, layout={"records": "data"}, **FIELDS
    )
    assert column(result, "place_name") == ["Amman", "Irbid", "Al Mafraq", "Ar Ramtha"]
    assert column(result, "place_id") == ["JO-AM", "JO-IR", "JO-MA", "JO-IR-RAMTHA"]
    assert (result.rows_read, result.rows_held) == (4, 0)
    assert column(result, "sector")[0] == "Basic health care;Urban development"
