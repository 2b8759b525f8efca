"""What is expected of a table of the store, derived from its pandera model. Nothing here knows Great Expectations.

Most expectations follow from columns and key (present, filled, in codelist, within bounds, known reference, unique). What
a model does not say is written by hand below, each with its reason: order of two columns, and the coverage rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from idtracker.model.errors import DefinitionError
from idtracker.model.tables import FACTS, TABLES, ColumnSpec, Table, columns_of

Severity = Literal["critical", "warning"]
Dimension = Literal["accuracy", "completeness", "uniqueness", "consistency", "timeliness", "validity"]

COVERAGE = 2 / 3  # of the method in force, unless the caller says otherwise
_ROUNDING = 1e-9  # shares of weights are sums of binary fractions: 2/3 itself may come out a hair below

# Kind of column -> table and column that its values must occur in.
REFERENCES: dict[str, tuple[str, str]] = {
    "indicator": ("indicator", "indicator_id"),
    "place": ("place", "place_id"),
}


@dataclass(frozen=True, slots=True)
class Order:
    """Two columns of one row of which the first never lies above the second, where both are filled."""

    low: str
    high: str
    or_equal: bool
    dimension: Dimension
    reason: str


ORDERS = (
    Order("recorded_from", "recorded_to", False, "consistency", "a vintage is known for some time before it is closed"),
    Order("period_start", "period_end", True, "consistency", "a period lasts at least one day"),
    Order("valid_from", "valid_to", True, "consistency", "what exists has existed for at least one day"),
    Order("low", "high", True, "accuracy", "an interval has its lower bound below its upper one"),
    Order("lower", "upper", True, "accuracy", "an interval has its lower bound below its upper one"),
    Order("rank_low", "rank_high", True, "accuracy", "the best rank is not above the worst one"),
    Order("change_low", "change_high", True, "accuracy", "an interval has its lower bound below its upper one"),
    Order("org_count", "obs_count", True, "accuracy", "every organisation counted has sent at least one report"),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation: its Great Expectations type and arguments (plain values), and what a failure means.

    `id` is `gx.<table>.<column>.<kind>`; `table` stands for the column where the whole table is meant, `key` where
    several columns together are. `column` is empty in those two cases.
    """

    id: str
    type: str
    kwargs: dict[str, Any]
    severity: Severity
    dimension: Dimension
    description: str
    column: str = field(default="")


def key_of(table_name: str) -> tuple[str, ...]:
    """Columns that name a row: identifier and vintage of a fact, the key of any other table; may be empty."""
    return ("fact_id", "recorded_from") if table_name in FACTS else TABLES[table_name].key


def expectations_for(
    table_name: str,
    model: type[Table],
    codes: Mapping[str, Sequence[str]],
    references: Mapping[str, Sequence[str]] | None = None,
    *,
    coverage: float | None = COVERAGE,
) -> list[Expected]:
    """Everything expected of a table, in the order of its columns.

    `codes` holds the codes of each codelist. `references` holds known identifiers per kind of column (`indicator`,
    `place`); a kind that is absent is not checked. `coverage` is the share of the weight from which the method gives a
    score. None where each node has a rule of its own. Raises DefinitionError for a codelist that `codes` lacks.
    """
    specs = columns_of(model)
    unknown = [f"{table_name}.{s.name}: the codelist {s.codelist} is not among the reference data; add it there"
               for s in specs if s.codelist and s.codelist not in codes]  # fmt: skip
    if unknown:
        raise DefinitionError(unknown)
    names = [s.name for s in specs]
    expected = [_columns(table_name, names)]
    for spec in specs:
        expected += _of_column(table_name, spec, codes, references or {})
    expected += _unique(table_name, names)
    expected += [_ordered(table_name, order) for order in ORDERS if {order.low, order.high} <= set(names)]
    if table_name == "score" and coverage is not None:
        expected += _covered(table_name, coverage)
    return expected


def _columns(table: str, names: list[str]) -> Expected:
    return Expected(
        id=f"gx.{table}.table.columns",
        type="expect_table_columns_to_match_ordered_list",
        kwargs={"column_list": names},
        severity="critical",
        dimension="validity",
        description="The columns are those of the contract, in its order.",
    )


def _of_column(
    table: str, spec: ColumnSpec, codes: Mapping[str, Sequence[str]], references: Mapping[str, Sequence[str]]
) -> Iterator[Expected]:
    stem = f"gx.{table}.{spec.name}"
    if spec.is_required:
        yield Expected(f"{stem}.filled", "expect_column_values_to_not_be_null", {"column": spec.name}, "critical",
                       "completeness", f"{spec.name} is filled.", spec.name)  # fmt: skip
    if spec.codelist:
        values = {"column": spec.name, "value_set": list(codes[spec.codelist])}
        yield Expected(f"{stem}.code", "expect_column_values_to_be_in_set", values, "critical",
                       "validity", f"{spec.name} is a code of the list {spec.codelist}.", spec.name)  # fmt: skip
    if spec.minimum is not None or spec.maximum is not None:
        bounds = {"column": spec.name, "min_value": spec.minimum, "max_value": spec.maximum}
        yield Expected(f"{stem}.bounds", "expect_column_values_to_be_between", bounds, "critical",
                       "accuracy", f"{spec.name} is {_range(spec)}.", spec.name)  # fmt: skip
    if spec.kind in references and spec.kind in REFERENCES:
        target, column = REFERENCES[spec.kind]
        values = {"column": spec.name, "value_set": list(references[spec.kind])}
        yield Expected(f"{stem}.known", "expect_column_values_to_be_in_set", values, "warning",
                       "consistency", f"{spec.name} occurs in {target}.{column}.", spec.name)  # fmt: skip


def _range(spec: ColumnSpec) -> str:
    unit = f" {spec.unit}" if spec.unit and not spec.unit[0].isdigit() else ""
    if spec.maximum is None:
        return f"at least {spec.minimum:g}{unit}"
    if spec.minimum is None:
        return f"at most {spec.maximum:g}{unit}"
    return f"between {spec.minimum:g} and {spec.maximum:g}{unit}"


def _unique(table: str, names: list[str]) -> Iterator[Expected]:
    if "fact_id" in names:
        current = {"type": "nullity", "column": {"name": "recorded_to"}, "is_null": True}
        yield Expected(f"gx.{table}.fact_id.unique", "expect_column_values_to_be_unique",
                       {"column": "fact_id", "row_condition": current}, "critical", "uniqueness",
                       "fact_id occurs once among the current rows (recorded_to is empty).", "fact_id")  # fmt: skip
        return
    key = TABLES[table].key
    if len(key) == 1:
        yield Expected(f"gx.{table}.{key[0]}.unique", "expect_column_values_to_be_unique", {"column": key[0]},
                       "critical", "uniqueness", f"{key[0]} occurs once.", key[0])  # fmt: skip
    elif key:
        yield Expected(f"gx.{table}.key.unique", "expect_compound_columns_to_be_unique",
                       {"column_list": list(key), "ignore_row_if": "never"}, "critical", "uniqueness",
                       f"{', '.join(key[:-1])} and {key[-1]} together occur once.")  # fmt: skip


def _ordered(table: str, order: Order) -> Expected:
    relation = "not below" if order.or_equal else "above"
    return Expected(
        id=f"gx.{table}.{order.high}.{relation.replace(' ', '_')}_{order.low}",
        type="expect_column_pair_values_a_to_be_greater_than_b",
        kwargs={
            "column_A": order.high,
            "column_B": order.low,
            "or_equal": order.or_equal,
            "ignore_row_if": "either_value_is_missing",
        },
        severity="critical",
        dimension=order.dimension,
        description=f"{order.high} is {relation} {order.low}: {order.reason}.",
        column=order.high,
    )


def _covered(table: str, coverage: float) -> Iterator[Expected]:
    """A score stands for its place only where enough of its weight is present; below that it stays empty."""
    share = {"type": "comparison", "column": {"name": "completeness"}, "parameter": coverage - _ROUNDING}
    for kind, operator, test, text in (
        ("empty_below_coverage", "<", "expect_column_values_to_be_null", "is empty where completeness is below"),
        ("filled_at_coverage", ">=", "expect_column_values_to_not_be_null", "is filled where completeness reaches"),
    ):
        yield Expected(
            id=f"gx.{table}.score.{kind}",
            type=test,
            kwargs={"column": "score", "row_condition": {**share, "operator": operator}},
            severity="critical",
            dimension="consistency",
            description=f"score {text} {coverage:.1%}.",
            column="score",
        )
