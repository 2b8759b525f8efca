"""Every kind of mistake in a source.yml is answered with its line, its key, what was expected and what stood there."""

from __future__ import annotations

from pathlib import Path

import pytest

from idtracker.model.config.discover import load_source
from idtracker.model.errors import DefinitionError

SINGLE = """\
title: Tax-authority capacity building
publisher: GB-GOV-11
format: {kind: json}
cadence: {every: quarter, due_after_days: 20, calendar: [GB, JO]}
feeds: activity
key: [reference, period]
columns:
  - {field: reference, heading: ref, required: true}
  - field: period
    heading: [quarter, period]
    type: period
bounds: {rows: [20, 400]}
"""
PARTS = """\
title: Joint-work log
publisher: GB-GOV-1
format:
  kind: xlsx
cadence:
  every: month
parts:
  - feeds: analysis_product
    key: [reference]
    columns:
      - field: reference
  - name: shares
    feeds: share_event
    key: [reference]
    columns:
      - field: reference
"""


def problems_of(folder: Path, text: str | bytes) -> list[str]:
    source = folder / "sources" / "hmrc_capacity"
    source.mkdir(parents=True)
    (source / "source.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DefinitionError) as caught:
        load_source(source)
    assert str(caught.value) == "\n".join(caught.value.problems)
    return [line.removeprefix("sources/hmrc_capacity/source.yml:") for line in caught.value.problems]


MISTAKES = {
    "literal, nearest": (
        SINGLE.replace("type: period", "type: perod"),
        "11: columns[1].type: expected one of text, integer, number, money, date, period, flag, code, organisation, place, "
        "indicator; got 'perod'. Did you mean 'period'?",
    ),
    "literal, nothing near": (
        SINGLE.replace("kind: json", "kind: pdf"),
        "3: format.kind: expected one of csv, xlsx, json, hxl, iati; got 'pdf'",
    ),
    "literal left empty": (
        PARTS.replace("every: month", "every:"),
        "6: cadence.every: expected one of day, week, month, quarter, half_year, year, financial_year, as_needed; got nothing",
    ),
    "literal as a number": (
        SINGLE + "grading: {credibility: 2}\n",
        "13: grading.credibility: expected one of 1, 2, 3, 4, 5, 6; got 2. Write '2' in quotes",
    ),
    "unknown key at the top": (
        SINGLE.replace("publisher:", "publsher:"),
        "2: publsher: unknown key. Did you mean 'publisher'?",
    ),
    "unknown key of the single part": (
        SINGLE.replace("feeds: activity", "feeds: activity\nrevison: upsert"),
        "6: revison: unknown key. Did you mean 'revision'?",
    ),
    "unknown key in a column": (
        SINGLE.replace("    type: period", "    typ: period"),
        "11: columns[1].typ: unknown key. Did you mean 'type'?",
    ),
    "unknown key, nothing near": (
        SINGLE.replace("{kind: json}", "{kind: json, zzz: 1}"),
        "3: format.zzz: unknown key. Known are sheet, records, header_rows, data_row, stop_at, skip_rows, kind, encoding, delimiter, comment, decimal, dates, codebook, missing",
    ),
    "key of a part beside parts": (
        PARTS + "ignore: [x]\n",
        "17: ignore: unknown key here: beside `parts`, it belongs inside one of them",
    ),
    "missing key at the top": (
        SINGLE.replace("title: Tax-authority capacity building\n", "# no title\n"),
        "2: title: this key is required and missing: Name of the source as people know it.",
    ),
    "missing key of the single part": (
        SINGLE.replace("feeds: activity\n", ""),
        "1: feeds: this key is required and missing: Canonical table: see the data dictionary.",
    ),
    "missing key in a column": (
        SINGLE.replace("  - field: period\n    heading", "  - heading"),
        "9: columns[1].field: this key is required and missing: Field of the canonical table that the part feeds.",
    ),
    "missing key in a named part": (
        PARTS.replace("    feeds: share_event\n", ""),
        "12: parts[1].feeds: this key is required and missing: Canonical table: see the data dictionary.",
    ),
    "number for text": (
        SINGLE.replace("GB-GOV-11", "11"),
        "2: publisher: expected text; got 11. Write '11' in quotes",
    ),
    "text for a list": (
        SINGLE.replace("[reference, period]", "reference"),
        "6: key: expected a list; got 'reference'",
    ),
    "list left empty": (
        SINGLE.replace("[reference, period]", "[]"),
        "6: key: expected at least 1 of them; got none",
    ),
    "one of two forms": (
        SINGLE.replace("heading: [quarter, period]", "heading: 5"),
        "10: columns[1].heading: expected text or a list; got 5. Write '5' in quotes",
    ),
    "deep in one of two forms": (
        SINGLE.replace("heading: [quarter, period]", "heading:\n      - quarter\n      - 5"),
        "12: columns[1].heading[1]: expected text; got 5. Write '5' in quotes",
    ),
    "mapping in place of either form": (
        SINGLE.replace("heading: [quarter, period]", "heading: {a: b}"),
        "10: columns[1].heading: expected text or a list; got keys with values",
    ),
    "text for an entry": (
        SINGLE.replace("{kind: json}", "json"),
        "3: format: expected keys with values (sheet, records, header_rows, data_row, stop_at, skip_rows, kind, encoding, delimiter, comment, decimal, dates, codebook, missing); got 'json'",
    ),
    "not a whole number": (
        SINGLE.replace("due_after_days: 20", "due_after_days: soon"),
        "4: cadence.due_after_days: expected a whole number; got 'soon'",
    ),
    "below the least": (
        SINGLE.replace("due_after_days: 20", "due_after_days: -1"),
        "4: cadence.due_after_days: expected at least 0; got -1",
    ),
    "above the most": (
        SINGLE.replace("rows: [20, 400]", "held_rate: 10"),
        "12: bounds.held_rate: expected at most 1; got 10",
    ),
    "half a range": (
        SINGLE.replace("[20, 400]", "[20]"),
        "12: bounds.rows[1]: expected two entries, such as [20, 400]",
    ),
    "range upside down": (
        SINGLE.replace("[20, 400]", "[400, 20]"),
        "12: bounds.rows: fewest rows 400 is more than most rows 20",
    ),
    "not a flag": (
        SINGLE.replace("required: true", "required: maybe"),
        "8: columns[0].required: expected true or false; got 'maybe'",
    ),
    "identifier in capitals": (
        SINGLE.replace("field: period", "field: Period"),
        "9: columns[1].field: expected lower-case letters, digits and _, beginning with a letter; got 'Period'",
    ),
    "not an expression": (
        SINGLE + "received:\n  edition: 'v(\\d+'\n",
        "14: received.edition: not a regular expression: missing ), unterminated subpattern at position 1; got 'v(\\d+'",
    ),
    "expression without a group": (
        SINGLE + "unpivot: {columns: 'Q\\d'}\n",
        "13: unpivot.columns: expected at least one named group, such as (?P<period>...); got 'Q\\d'",
    ),
    "not a day": (
        SINGLE.replace("every: quarter", "every: quarter, since: 2026"),
        "4: cadence.since: expected a day such as 2026-04-01; got 2026",
    ),
    "no such day": (
        SINGLE.replace("every: quarter", "every: quarter, since: 2026-02-30"),
        "4: cadence.since: expected a day such as 2026-04-01; got '2026-02-30'",
    ),
    "days in the wrong order": (
        SINGLE.replace("every: quarter", "every: quarter, since: 2026-04-01, until: 2026-01-01"),
        "4: cadence.until: `until` 2026-01-01 is before `since` 2026-04-01",
    ),
    "unknown country": (
        SINGLE.replace("[GB, JO]", "[GB, UK]"),
        "4: cadence.calendar[1]: expected an ISO 3166-1 country with a known calendar, two capitals such as GB or JO; got 'UK'",
    ),
    "not a period": (
        SINGLE.replace("every: quarter", "every: quarter, derogations: [2026-Q5]"),
        "4: cadence.derogations[0]: expected a period such as 2026-04, 2026-Q2, 2026-H1, 2026, 2025/26 or 2026-W14; "
        "got '2026-Q5'",
    ),
    "field mapped twice": (
        SINGLE.replace("field: period", "field: reference"),
        "9: columns[1].field: field `reference` is mapped twice",
    ),
    "key without a column": (
        SINGLE.replace("[reference, period]", "[reference, place]"),
        "6: key[1]: no column maps `place`; mapped are reference, period",
    ),
    "heading and constant": (
        SINGLE.replace("    type: period", "    constant: 2026-Q1"),
        "11: columns[1].constant: a column has either `heading` or `constant`, not both",
    ),
    "two parts of one name": (
        PARTS.replace("name: shares", "name: analysis_product"),
        "12: parts[1]: two parts are called `analysis_product`: give each its own `name`",
    ),
    "key written twice": (
        SINGLE + "title: Another\n",
        "13: title: written twice, first in line 1: remove one",
    ),
    "key is a number": (
        SINGLE.replace("    type: period", "    map: {1: high}"),
        "11: columns[1].map.1: a key must be text: write '1' in quotes",
    ),
    "tab": (
        SINGLE.replace("    type: period", "\ttype: period"),
        "11: not YAML: while scanning for the next token, found character that cannot start any token; indent with blanks, "
        "not tabs",
    ),
    "colon in text": (
        SINGLE.replace("Tax-authority capacity", "Tax: capacity"),
        "1: not YAML: mapping values are not allowed in this context; text that holds ': ' must stand in quotes, and keys "
        "of one entry must line up",
    ),
    "quote not closed": (
        SINGLE.replace("publisher: GB", "publisher: 'GB"),
        "2: not YAML: while scanning a quoted scalar, found unexpected end of stream; close the quote that begins here",
    ),
    "bracket not closed": (SINGLE.replace("[GB, JO]}", "[GB, JO"), "5: not YAML: …"),
    "not UTF-8": (b"title: a\npublisher: \xe9\n", "2: not UTF-8 text: save the file as UTF-8"),
    "control character": (b"title: a\npublisher: \x07\n", "2: not YAML: unacceptable character…"),
    "empty": ("", "1: expected keys with values, such as `title: …`; the file is empty"),
    "a list": ("- title: x\n", "1: expected keys with values, such as `title: …`; got list"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_is_named_with_its_line(name: str, tmp_path: Path) -> None:
    text, expected = MISTAKES[name]
    found = problems_of(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(expected.removesuffix("…"))
    assert expected.endswith("…") or found[0] == expected


def test_all_problems_come_together_in_the_order_of_lines(tmp_path: Path) -> None:
    text = SINGLE.replace("json", "jsn").replace("type: period", "typ: period").replace("feeds: activity\n", "")
    assert [line.split(":")[0] for line in problems_of(tmp_path, text + "title: b\n")] == ["1", "3", "10", "12"]
