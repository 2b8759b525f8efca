"""Pages of the data dictionary: one for each canonical table, and the index by group."""

from __future__ import annotations

from docs_builder.markdown import anchor, code, codes, page, plain, table
from idtracker.model.tables import (
    DERIVED,
    FACTS,
    INDICES,
    OPERATIONS,
    OVER_TIME,
    PROVENANCE,
    REFERENCE,
    SIMULATED,
    TABLES,
    ColumnSpec,
    Table,
    columns_of,
    grain,
)
from idtracker.model.tables.column_inputs import MADE_OF
from idtracker.model.tables.outside_inputs import (
    CLOCK,
    FRAMEWORK,
    INDEX_DATA,
    INDEX_ENTRY,
    INDEX_METHOD,
    METRIC_DEFINITION,
    METRIC_INPUTS,
    ROUND_ACTS,
    WARNING_RULES,
)
from idtracker.model.tables.vintages import KEYS, vintages_of

_GROUPS: dict[str, tuple[str, dict[str, type[Table]]]] = {
    "facts": ("What departments and partners report. Sources feed these tables and no others.", FACTS),
    "derived": ("Computed from facts. Never fed by a source.", DERIVED),
    "rounds": (
        "The latest round under other errors and choices; any other quarter is worked out on request.",
        SIMULATED,
    ),
    "indices": (
        "Published indices that programme.yml names, each worked out on the present edition of its data file alone.",
        INDICES,
    ),
    "vintages": ("Derived tables over time: every version of their rows, from when to when it was known.", OVER_TIME),
    "reference": ("Reviewed organisations, places, indicators and codes, and the method.", REFERENCE),
    "operations": ("The work itself: submissions, findings, held rows, what is owed, runs.", OPERATIONS),
}
_NAMED = ("organisation", "place", "indicator")  # kinds that are the name of the table they identify
_NO_COLUMN = {
    METRIC_INPUTS: "the inputs of the [metric](../metrics/README.md)",
    METRIC_DEFINITION: "the definition of the [metric](../metrics/README.md)",
    WARNING_RULES: "the warning rules",
    INDEX_ENTRY: "the entry of the index in `programme.yml`",
    INDEX_METHOD: "the method of the index",
    INDEX_DATA: "the data file of the index",
    ROUND_ACTS: "the acts about rounds and their records",
    FRAMEWORK: "the framework's file",
    CLOCK: "the quarter and the day of knowledge",
}
_VINTAGES = """\
A fact table holds **every vintage**: a corrected or withdrawn row stays, with the time at which it stopped being known
(`recorded_to`). There are three ways to read one:

- `SELECT * FROM {table}` is every vintage. The rows known today are those with `recorded_to IS NULL`.
- `SELECT * FROM now.{table}` is what is known now: one view for each fact table, in the schema `now`.
- `SELECT * FROM {table}_as_known_at('2026-06-30 23:59')` is what was known at that instant (UTC): one macro
  `<fact>_as_known_at` for each fact table. A bare day means its end, here and in `--as-known-at`."""
_OVER_TIME = """\
The table holds what is known now. Every version of its rows, with from when to when each was known, stands in
[`{vintages}`]({vintages}.md), and `SELECT * FROM {table}_as_known_at('2026-06-30')` is the table as it was known at that
instant (UTC; a bare day means its end)."""
_BY_MONTH = """\
The table holds what is known now. What was known at the first instant of each month stands in [`{vintages}`]({vintages}.md).
`SELECT * FROM {table}_as_known_at('2026-07-01')` gives the last of these that is not after that instant (UTC; a bare day means
its end), and its column `known_at` says which. Any other day is worked out by `--as-known-at` and `as_known_at()`."""


def table_pages() -> dict[str, str]:
    """File name -> Markdown of every table page, and `tables.md`."""
    pages = {f"tables/{name}.md": _table_page(name, model) for name, model in TABLES.items()}
    return {"tables.md": _index(), **pages}


def group_of(name: str) -> str:
    """facts, derived, rounds, indices, vintages, reference or operations."""
    return next(group for group, (_, models) in _GROUPS.items() if name in models)


def _index() -> str:
    blocks = [
        "# Tables",
        f"The {len(TABLES)} tables of every published `idtracker.duckdb` (schema `main`), one Parquet file each beside it. "
        "Each page says what one row is and what every column holds.",
        "## Reading facts",
        _VINTAGES.format(table="observation"),
        "Derived tables have a macro of that name as well; each page names it. `idtracker query --as-known-at` reads every "
        "table as it was on a past day.",
    ]
    for group, (meaning, models) in _GROUPS.items():
        rows = [
            [f"[`{name}`](tables/{name}.md)", plain(grain(model)), str(len(columns_of(model)))]
            for name, model in models.items()
        ]
        blocks += [f"## {group.capitalize()}", meaning, table(["table", "one row is", "columns"], rows)]
    return page(*blocks)


def _table_page(name: str, model: type[Table]) -> str:
    group = group_of(name)
    blocks = [
        f"# {name}",
        plain(grain(model)),
        f"One of the [{group} tables](../tables.md{anchor(group.capitalize())}).",
        "## Columns",
        _columns(model, is_fact=group == "facts"),
    ]
    if group == "facts":
        blocks += ["## Vintages", _VINTAGES.format(table=name), "## Fields that a source maps", _fields(model)]
    if name in KEYS:
        text = _BY_MONTH if name == "metric_value" else _OVER_TIME
        blocks += ["## Over time", text.format(table=name, vintages=vintages_of(name))]
    if name in MADE_OF:
        rows = [[code(column), _column_inputs(parts)] for column, parts in MADE_OF[name].items()]
        blocks += ["## What the columns are made of", table(["column", "made of"], rows)]
    return page(*blocks)


def _column_inputs(parts: tuple[str, ...]) -> str:
    """The columns by table, each table with a link to its page."""
    of: dict[str, list[str]] = {}
    for part in parts:
        if part not in _NO_COLUMN:
            of.setdefault(part.partition(".")[0], []).append(part.partition(".")[2])
    words = [f"[`{name}`]({name}.md): {codes(columns)}" for name, columns in of.items()]
    return "; ".join([*words, *(_NO_COLUMN[part] for part in parts if part in _NO_COLUMN)])


def _columns(model: type[Table], is_fact: bool) -> str:
    headings = ["column", "type", "holds", "required", "meaning"]
    rows = []
    for spec in columns_of(model):
        row = [code(spec.name), spec.sql_type, _holds(spec), "yes" if spec.is_required else "", plain(spec.description)]
        rows.append([*row, _filled_from(spec)] if is_fact else row)
    return table([*headings, "filled from"] if is_fact else headings, rows)


def _holds(spec: ColumnSpec) -> str:
    """Kind of the value with its unit, limits and codelist."""
    words: list[str] = [spec.kind]
    if spec.codelist:
        words = [f"code of [`{spec.codelist}`](../codelists.md{anchor(spec.codelist)})"]
    elif spec.kind in _NAMED:
        words = [f"identifier of [`{spec.kind}`]({spec.kind}.md)"]
    if spec.unit:
        words.append(f"unit: {plain(spec.unit)}")
    if spec.minimum is not None:
        words.append(f"at least {spec.minimum:g}")
    if spec.maximum is not None:
        words.append(f"at most {spec.maximum:g}")
    return ", ".join(words)


def _filled_from(spec: ColumnSpec) -> str:
    if spec.name in PROVENANCE:
        return "the pipeline"
    if spec.part_of:
        return f"field `{spec.part_of}`"
    field = f"field `{spec.field}`"
    return f"{field}, else `{spec.default}` of the source" if spec.default else field


def _fields(model: type[Table]) -> str:
    """Each field with everything it fills; a column's own name works as well as its field name."""
    specs = [s for s in columns_of(model) if s.name not in PROVENANCE and not s.part_of]
    rows = []
    for spec in specs:
        beside = [s.name for s in columns_of(model) if s.part_of == spec.field]
        is_needed = "yes" if spec.is_required and not spec.default else ""
        rows.append([code(spec.field), code(spec.kind), is_needed, code(spec.name), codes(beside)])
    return (
        "`columns` of a [source.yml](../source-yml.md) name these fields. The column's own name may be written instead of "
        "the field's. The row is held where a required field is empty.\n\n"
        + table(["field", "type", "required", "fills", "and beside it"], rows)
    )
