"""What tells the rows of exported tables apart, and which rows refer to which: stated only where it holds in what is exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from idtracker.model.tables import FACTS, OVER_TIME, TABLES, ColumnSpec, columns_of
from idtracker.model.tables.vintages import KEYS, SUFFIX
from idtracker.publish.export.published import Published

_NAMED = {"place": "place.place_id", "indicator": "indicator.indicator_id", "organisation": "organisation.org_id"}
_BY_NAME = {
    "submission_id": "submission.submission_id",
    "of_submission_id": "submission.submission_id",
    "round_id": "round.round_id",
    "question_id": "scenario.question_id",
    "rule_id": "warning_skill.rule_id",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A column whose values are looked up in a column of another table; `unmatched` rows have a value that is not there."""

    column: str
    table: str
    other: str
    unmatched: int


@dataclass(frozen=True, slots=True)
class Relations:
    """Key of a table (none where it has none, or two rows share one), whether each of its columns is always filled, references."""

    key: tuple[str, ...]
    is_filled: bool
    references: tuple[Reference, ...]


def key_of(table: str) -> tuple[str, ...]:
    """Columns that tell the rows of a published table apart, by its definition; none where it states none."""
    if table in FACTS:
        return ("fact_id", "recorded_from")
    if table in OVER_TIME:
        return (*KEYS[table.removesuffix(SUFFIX)], "known_from")
    return TABLES[table].key


def relations_of(published: Published, table: str, exported: Sequence[str]) -> Relations:
    """Key and references of a table, held against its rows; references lead to tables of the same export alone."""
    key = key_of(table)
    if key and _repeats(published, table, key):
        key = ()
    required = {spec.name for spec in columns_of(TABLES[table]) if spec.is_required}
    references = (
        _reference(published, table, spec.name, target)
        for spec in columns_of(TABLES[table])
        if (target := _target(table, spec)) and target.partition(".")[0] in exported
    )
    return Relations(key, set(key) <= required, tuple(references))


def _target(table: str, spec: ColumnSpec) -> str | None:
    """Table and column that a column refers to by its definition; None where to none, or to itself."""
    target = spec.references or _NAMED.get(spec.kind) or _BY_NAME.get(spec.name)
    return None if target == f"{table}.{spec.name}" else target


def _repeats(published: Published, table: str, key: Sequence[str]) -> bool:
    columns = ", ".join(f'"{name}"' for name in key)
    sql = f"SELECT 1 FROM {published.place(table)} GROUP BY {columns} HAVING count(*) > 1 LIMIT 1"
    return published.connection.execute(sql).fetchone() is not None


def _reference(published: Published, table: str, column: str, target: str) -> Reference:
    other, _, other_column = target.partition(".")
    row = published.connection.execute(
        f'SELECT count(*) FROM {published.place(table)} WHERE "{column}" IS NOT NULL AND "{column}" NOT IN '
        f'(SELECT "{other_column}" FROM {published.place(other)} WHERE "{other_column}" IS NOT NULL)'
    ).fetchone()
    return Reference(column, other, other_column, int(row[0]) if row else 0)
