"""The worked example on the page of a metric: one of the cases that test it, with its rows, its arithmetic and its result.

A case in `tests/unit/analyse/metrics/cases/<family>/<id>.yml` that says `example` is the one that is shown. `example` maps measures
to the arithmetic of their values, in which `numerator` and `denominator` stand for the figures that the case expects. Every
case is run by the tests, and they work the arithmetic out again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from docs_builder.markdown import code, plain, table
from idtracker.analyse.metrics.registry import AS_IS, Metric
from idtracker.model.errors import DefinitionError

GIVEN = Path(__file__).parents[1] / "tests" / "unit" / "analyse" / "metrics"
"""Where the cases and the register that they share stand: in a clone of the repository, not in the installed library."""
REGISTER = {
    "organisation": ("org_id", "parent_org_id"),
    "indicator": ("indicator_id", ""),
    "place": ("place_id", "parent_id"),
}
"""The shared tables, what tells their rows apart, and the column that names the row above."""
PERIOD_COLUMNS = {"period", "period_start", "period_end"}
VERSION_COLUMNS = ("recorded_from", "recorded_to")
FIGURES = ("numerator", "denominator")
ENDS = ("lower", "upper")
IS_SCALE = re.compile(r"-?\d|count$|ratio$")
"""Units that are no word to stand behind a number."""
Row = dict[str, str]


@dataclass(frozen=True)
class Example:
    """A case that reads as an example: given rows by table, expected rows, and the arithmetic of the measures it works out."""

    metric_id: str
    shows: str
    given: Mapping[str, list[Row]]
    expected: list[Row]
    arithmetic: Mapping[str, str]
    as_of: str

    def row_of(self, measure: str) -> Row:
        """The first expected row of a measure that has a value. DefinitionError where there is none."""
        for row in self.expected:
            if row["measure"] == measure and row["value"]:
                return row
        raise DefinitionError([f"the example of {self.metric_id} expects no value of the measure {measure!r}"])

    def beside(self) -> list[Row]:
        """The expected rows of the quarter and scope of the first measure worked out, as the organisations were."""
        first = self.row_of(next(iter(self.arithmetic)))
        same = [r for r in self.expected if (r["period"], r["scope"]) == (first["period"], first["scope"])]
        return [row for row in same if not row["measure"].endswith(AS_IS)]


def example_of(metric: Metric, folder: Path = GIVEN) -> Example:
    """The case of a metric that is marked as its example. DefinitionError where cases are missing, or not one is marked."""
    path = folder / "cases" / metric.family / f"{metric.id}.yml"
    if not path.is_file():
        raise DefinitionError(
            [f"{path}: no such file; the example of {metric.id} is a case of the tests: build the reference in a clone"]
        )
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    cases = yaml.load(path.read_text("utf-8"), loader)
    marked = [case for case in cases.values() if "example" in case]
    if len(marked) != 1:
        raise DefinitionError([f"{path}: {len(marked)} cases say `example`; the page of {metric.id} shows exactly one"])
    case = marked[0]
    given = {name: _rows(text) for name, text in case["given"].items()}
    as_of = str(case.get("as_of", "2026-06-30"))
    return Example(metric.id, case["shows"], given, _rows(case["expect"]), case["example"], as_of)


def example_section(metric: Metric, folder: Path = GIVEN) -> str:
    """The example as Markdown, without its heading: what is given, the arithmetic of each measure, and the result."""
    example = example_of(metric, folder)
    first = example.row_of(next(iter(example.arithmetic)))
    lines = [f"- {line}" for line in worked_lines(metric, example)]
    blocks = [
        plain(" ".join(example.shows.split())),
        f"Given, as known on {example.as_of}; every figure is invented:",
        *_given(metric, example),
        *_register(metric, example, folder),
        f"Worked out for {first['period']}, {code(first['scope'])}:",
        "\n".join(lines),
        *(["A plus marks a wait that had not ended."] if any(re.search(r"\d\+", line) for line in lines) else []),
        f"All measures of that quarter and scope{', as the organisations were then' if metric.has_as_is else ''}:",
        _result(metric, example),
    ]
    return "\n\n".join(blocks)


def worked_lines(metric: Metric, example: Example) -> Iterator[str]:
    """The arithmetic of each measure in a line, with value, unit, ends and n; with its scope where that is not that of the first."""
    first = example.row_of(next(iter(example.arithmetic)))["scope"]
    for measure, arithmetic in example.arithmetic.items():
        row = example.row_of(measure)
        filled = _filled(row, str(arithmetic))
        shown = "" if filled.isdecimal() else filled.replace("**2", "²").replace(" * ", " × ") + " = "
        ends = [_number(row.get(end, "")) or "no end" for end in ENDS]
        between = "" if ends == ["no end"] * 2 else f", from {ends[0]} to {ends[1]}"
        of = "" if row["scope"] == first else f" of {code(row['scope'])}"
        yield f"{code(measure)}{of} = {shown}**{_value(metric, row)}**{between}; n = {row['n']}"


def _given(metric: Metric, example: Example) -> Iterator[str]:
    """Every given table; only columns that the metric reads, and the first, which tells rows apart."""
    for name, rows in example.given.items():
        read = [*metric.inputs.get(name, rows[0]), *(VERSION_COLUMNS if name in metric.versions else ())]
        if PERIOD_COLUMNS & set(read):
            read.append("period")
        yield _shown(name, rows, [column for k, column in enumerate(rows[0]) if k == 0 or column in read])


def _register(metric: Metric, example: Example, folder: Path) -> Iterator[str]:
    """Rows of the shared register that the given rows name, and those above them; only columns that the metric reads, and names."""
    named = {value for rows in example.given.values() for row in rows for value in row.values()}
    for name, (key, above) in REGISTER.items():
        if name in example.given or name not in metric.inputs:
            continue
        known = _rows((folder / "reference" / f"{name}.csv").read_text("utf-8"))
        while more := {row[above] for row in known if above and row[key] in named} - named - {""}:
            named |= more
        rows = [row for row in known if row[key] in named]
        if rows:
            yield _shown(name, rows, [c for c in rows[0] if c == "name" or c in metric.inputs[name]])


def _shown(name: str, rows: list[Row], columns: Sequence[str]) -> str:
    filled = [column for column in columns if any(row[column] for row in rows)]
    return f"{code(name)}\n\n" + table([code(c) for c in filled], [[plain(row[c]) for c in filled] for row in rows])


def _result(metric: Metric, example: Example) -> str:
    rows = example.beside()
    ends = [end for end in ENDS if any(row.get(end) for row in rows)]
    numbers = [*ends, *FIGURES, "n"]
    lines = [
        [
            code(row["measure"]),
            _value(metric, row) if row["value"] else "withheld",
            *(_number(row[name]) for name in numbers),
            code(row["suppressed_reason"]),
        ]
        for row in rows
    ]
    return table(["measure", "value", *numbers, "reason"], lines)


def _value(metric: Metric, row: Row) -> str:
    unit = metric.unit_of(row["measure"])
    return _number(row["value"]) + ("" if IS_SCALE.match(unit) else f" {unit}")


def _number(text: str) -> str:
    return f"{float(text):.4f}".rstrip("0").rstrip(".") if text else ""


def _filled(row: Row, arithmetic: str) -> str:
    """Arithmetic with the figures of its row for their names."""
    for name in FIGURES:
        if name in arithmetic and not row[name]:
            raise DefinitionError(
                [f"the example of {row['measure']!r} works with a {name}, and its expected row has none"]
            )
        arithmetic = arithmetic.replace(name, f"({row[name]})" if row[name].startswith("-") else row[name])
    return arithmetic


def _rows(text: str) -> list[Row]:
    """The rows of a text of comma-separated columns; what a line leaves out at its end is empty."""
    rows = csv.DictReader(io.StringIO(text), skipinitialspace=True, restval="")
    return [{name.strip(): value.strip() for name, value in row.items()} for row in rows]
