"""Expectations that people write down: what no column's model can say. YAML in, the same values as the generated ones out.

A line names a table, a column, one form with its argument, severity, dimension and why. Bundled ones stand in `suites/`,
a programme's own in `_expectations/` beside its sources. Forms:
  known_in: TABLE.COLUMN           every value occurs there; with in_at_least: SHARE at least that share of them
  filled_at_least: SHARE           at least that share of the rows has a value
  at_most_column: COLUMN           no value lies above that of the other column, where both are filled
  differs_from: COLUMN             no value equals that of the other column
  mean_between: [LOW, HIGH]        the mean lies between
  share_true_at_most: SHARE        at most that share of a yes-or-no column is yes
  newest_within_days: DAYS         the latest day is no older than that
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from idtracker.model.errors import DefinitionError
from idtracker.model.tables import TABLES, columns_of
from idtracker.quality.expectations.stated import stated_files
from idtracker.quality.expectations.suite import Dimension, Expected, Severity

_BUNDLED = Path(__file__).parent / "suites"
_FORMS = (
    *("known_in", "filled_at_least", "at_most_column", "differs_from"),
    *("mean_between", "share_true_at_most", "newest_within_days"),
)
Share = Annotated[float, Field(ge=0, le=1)]
Known = Callable[[str, str], Sequence[str]]
"""Table and column -> the different values that stand there, sorted; none for a table that is absent."""


class DeclaredExpectation(BaseModel):
    """One line of a suite."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    column: str
    severity: Severity
    dimension: Dimension
    why: str = Field(min_length=10)
    in_at_least: Share = 1.0
    known_in: str | None = None
    filled_at_least: Share | None = None
    at_most_column: str | None = None
    differs_from: str | None = None
    mean_between: tuple[float, float] | None = None
    share_true_at_most: Share | None = None
    newest_within_days: int | None = Field(None, gt=0)

    @property
    def form(self) -> str:
        return next(name for name in _FORMS if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _fits(self) -> DeclaredExpectation:
        stated = [name for name in _FORMS if getattr(self, name) is not None]
        if len(stated) != 1:
            raise ValueError(f"write one of {', '.join(_FORMS)}")
        others = [(self.table, c) for c in (self.column, self.at_most_column, self.differs_from) if c]
        if self.known_in:
            others.append((self.known_in.partition(".")[0], self.known_in.partition(".")[2]))
        for table, column in others:
            if table not in TABLES:
                raise ValueError(f"there is no table `{table}`")
            if column not in {spec.name for spec in columns_of(TABLES[table])}:
                raise ValueError(f"`{table}` has no column `{column}`")
        if self.in_at_least < 1 and not self.known_in:
            raise ValueError("in_at_least belongs to known_in")
        if self.mean_between and self.mean_between[0] > self.mean_between[1]:
            raise ValueError("mean_between: the first bound is the lower one")
        return self


def read_declared(sources_dir: Path | None = None) -> list[DeclaredExpectation]:
    """The bundled lines and those of a programme, in a fixed order; DefinitionError names every one that is wrong."""
    own = stated_files(sources_dir) if sources_dir else []
    declared, problems = [], []
    for path in [*sorted(_BUNDLED.glob("*.yml")), *own]:
        try:
            lines = yaml.safe_load(path.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as problem:
            problems.append(f"{path.name}: it is no YAML: {' '.join(str(problem).split())}")
            continue
        for number, line in enumerate(lines if isinstance(lines, list) else [lines], start=1):
            try:
                declared.append(DeclaredExpectation.model_validate(line))
            except ValidationError as problem:
                message = "; ".join(e["msg"].removeprefix("Value error, ") for e in problem.errors())
                problems.append(f"{path.name}: expectation {number}: {message}")
    if problems:
        raise DefinitionError(problems)
    return declared


def declared_for(
    table: str, stated: Iterable[DeclaredExpectation], known: Known, as_of: pd.Timestamp
) -> list[Expected]:
    """The expectations stated for a table. `known` gives the values that a column named by `known_in` has."""
    return [_expected(line, known, as_of) for line in stated if line.table == table]


def _expected(line: DeclaredExpectation, known: Known, as_of: pd.Timestamp) -> Expected:
    kind, kwargs, says = _translated(line, known, as_of)
    ident = f"gx.{line.table}.{line.column}.{line.form}"
    other = line.at_most_column or line.differs_from
    if other or line.known_in:
        ident += f"_{other or str(line.known_in).replace('.', '_')}"
    return Expected(
        ident, kind, kwargs, line.severity, line.dimension, f"{line.column} {says}: {line.why}.", line.column
    )


def _translated(line: DeclaredExpectation, known: Known, as_of: pd.Timestamp) -> tuple[str, dict[str, Any], str]:
    """Type and arguments for Great Expectations, and the same in words."""
    column = {"column": line.column}
    pair = {"ignore_row_if": "either_value_is_missing"}
    if line.known_in:
        table, _, name = line.known_in.partition(".")
        often = f" in at least {line.in_at_least:.0%} of the rows" if line.in_at_least < 1 else ""
        arguments = {**column, "value_set": list(known(table, name)), "mostly": line.in_at_least}
        return "expect_column_values_to_be_in_set", arguments, f"occurs in {line.known_in}{often}"
    if line.filled_at_least is not None:
        share = line.filled_at_least
        return (
            "expect_column_values_to_not_be_null",
            {**column, "mostly": share},
            f"is filled in {share:.0%} of the rows",
        )
    if line.at_most_column:
        both = {"column_A": line.at_most_column, "column_B": line.column, "or_equal": True, **pair}
        return "expect_column_pair_values_a_to_be_greater_than_b", both, f"is not above {line.at_most_column}"
    if line.differs_from:
        names = {"column_list": [line.column, line.differs_from], "ignore_row_if": "any_value_is_missing"}
        return "expect_select_column_values_to_be_unique_within_record", names, f"differs from {line.differs_from}"
    if line.mean_between:
        low, high = line.mean_between
        bounds = {**column, "min_value": low, "max_value": high}
        return "expect_column_mean_to_be_between", bounds, f"has a mean between {low:g} and {high:g}"
    if line.share_true_at_most is not None:
        share = line.share_true_at_most
        arguments = {**column, "value_set": [False], "mostly": round(1 - share, 12)}
        return "expect_column_values_to_be_in_set", arguments, f"is yes in at most {share:.0%} of the rows"
    oldest = (as_of.normalize() - pd.Timedelta(days=line.newest_within_days or 0)).to_pydatetime()
    return "expect_column_max_to_be_between", {**column, "min_value": oldest}, f"reaches {oldest:%Y-%m-%d}"
