"""A number that the file holds as a number is never read by a declared decimal mark."""

from __future__ import annotations

from pathlib import Path

from stated_files import HEAD, SPENDING, Judge, column, records, rules, table, workbook

COMMA = {"decimal": ","}
FIELDS = (("place", "Governorate"), ("period", "Period"), ("value", "Value"))
ACROSS = [{"field": "indicator"}, {"field": "place"}, {"field": "period"}, {"field": "value"}]


def obs(place: str, value: object, *more: object) -> tuple[object, ...]:
    return ("WAIT", place, "2026-Q3", value, *more)


def test_numbers_and_texts_of_one_workbook_column(judge: Judge) -> None:
    rows = [
        obs("Amman", 14.125),
        obs("Irbid", 12.5),
        obs("Karak", "17,25"),
        obs("Mafraq", "1.750"),
        obs("Zarqa", 36.333),
    ]
    result = judge(workbook(HEAD, *rows), "xlsx", format=COMMA)
    assert column(result, "value") == [14.125, 12.5, 17.25, 1750.0, 36.333]
    assert "value.ambiguous_number" not in rules(result)


def test_the_same_text_typed_and_stored_are_two(judge: Judge) -> None:
    result = judge(workbook(HEAD, obs("Amman", 14.125), obs("Irbid", "14.125")), "xlsx", format=COMMA)
    assert column(result, "value") == [14.125, 14125.0]


def test_numbers_of_json(judge: Judge) -> None:
    cells = (14.125, "14.125", "14,125", [14.125])
    content = records(
        *(
            dict(zip(HEAD, obs(p, v), strict=False))
            for p, v in zip(("Amman", "Irbid", "Karak", "Zarqa"), cells, strict=True)
        )
    )
    assert column(judge(content, "json", format=COMMA), "value") == [14.125, 14125.0, 14.125, 14.125]


def test_years_that_json_stores_as_numbers_with_a_point(judge: Judge) -> None:
    """Pandas and map software write whole numbers so; the same text in quotes is no number, and waits."""
    content = records(*(dict(zip(HEAD, ("WAIT", "Amman", y, 5), strict=False)) for y in (2017.0, 2018, "2019.0")))
    result = judge(content, "json")
    assert (column(result, "period"), rules(result)) == (["2017", "2018"], {"value.period": [3]})


def test_columns_side_by_side_keep_what_was_stored(judge: Judge) -> None:
    content = workbook(
        ("indicator", "place", "2026-Q1", "2026-Q2"),
        ("WAIT", "Amman", 14.125, "14.125"),
        ("WAIT", "Irbid", None, 2.125),
    )
    result = judge(content, "xlsx", format=COMMA, columns=ACROSS, unpivot={"columns": r"(?P<period>\d{4}-Q\d)"})
    assert column(result, "value") == [14.125, 14125.0, 2.125]


def test_rows_divided_at_a_list_keep_what_was_stored(judge: Judge) -> None:
    columns = [*ACROSS[:1], {"field": "place", "split": ";"}, *ACROSS[2:]]
    content = workbook(HEAD, obs("Amman;Irbid", 14.125), obs("Karak", "2.125"))
    assert column(judge(content, "xlsx", format=COMMA, columns=columns), "value") == [14.125, 14.125, 2125.0]


def test_rows_that_are_left_out_move_nothing(judge: Judge) -> None:
    content = workbook(HEAD, HEAD, (None,) * 4, obs("Amman", "14.125"), obs("Irbid", 14.125))
    assert column(judge(content, "xlsx", format=COMMA), "value") == [14125.0, 14.125]


def test_amounts_and_counts(judge: Judge) -> None:
    content = workbook(("reference", "reached", "spend"), ("A", 1234, 350.125), ("B", "1.234", "350.125"))
    result = judge(content, "xlsx", format=COMMA, **SPENDING)
    assert (column(result, "people_reached"), column(result, "spend")) == ([1234, 1234], [350.125, 350125.0])


def test_a_workbook_written_as_xml(judge: Judge) -> None:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    rows = [[("String", h) for h in HEAD[:4]]]
    for place, kind in (("Amman", "Number"), ("Irbid", "String")):
        rows.append([*(("String", v) for v in obs(place, 0)[:3]), (kind, "14.125")])
    cell = '<Cell><Data ss:Type="{}">{}</Data></Cell>'
    body = "".join(f"<Row>{''.join(cell.format(*c) for c in row)}</Row>" for row in rows)
    sheet = f'<Worksheet ss:Name="D"><Table>{body}</Table></Worksheet>'
    content = f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">{sheet}</Workbook>'
    assert column(judge(content.encode(), "xlsx", format=COMMA), "value") == [14.125, 14125.0]


def test_text_files_hold_text_alone(judge: Judge) -> None:
    result = judge(table(",".join(HEAD[:4]), 'WAIT,Amman,2026-Q3,"14.125"'), format=COMMA)
    assert column(result, "value") == [14125.0]


def test_the_shared_example(judge: Judge, cases: Path) -> None:
    columns = [{"field": "indicator", "constant": "WAIT"}, *({"field": f, "heading": h} for f, h in FIELDS)]
    result = judge((cases / "decimal_on_numbers.xlsx").read_bytes(), "xlsx", format=COMMA, columns=columns)
    assert column(result, "value") == [14.125, 12.5, 17.25, 1.75, 36.333]


def test_a_held_row_comes_back_as_it_was(judge: Judge) -> None:
    """Held rows are exported as text, so that a number must be written as the source declares it."""
    result = judge(workbook(HEAD, obs("Atlantis", 14.125)), "xlsx", format=COMMA)
    assert '"value": "14,125"' in result.held["cells"].iloc[0]
