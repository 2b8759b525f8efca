"""Rules over rows of a canonical table: within a row, and between the rows of one file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.errors
import pandera.pandas as pa

from idtracker.ingest.judge.conform import is_shared
from idtracker.ingest.judge.definition import specs_of
from idtracker.ingest.shape.shaped import Shaped
from idtracker.ingest.shape.values import bounds_details
from idtracker.model.config.source import Part
from idtracker.model.findings import Findings, column_label
from idtracker.model.messages import Lang, Message, listed, message
from idtracker.model.tables import FACTS, ColumnSpec, columns_of
from idtracker.model.tables.schemas import values_schema_of

_PSEUDONYM = r"(?=.*\d)[^\s@]+"
"""A key has a digit and no blank; a name has a blank or no digit, an address has an @."""
_PHIA_RANGES = [(0, 5), (10, 20), (25, 35), (40, 50), (55, 75), (80, 90), (95, 100)]


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """Rows of one sheet under judgement: as a canonical table, and as they were shaped from the file."""

    facts: pd.DataFrame
    shaped: Shaped
    part: Part

    @property
    def deleted(self) -> npt.NDArray[np.bool_]:
        """The rows by which a record is deleted, which say nothing but their key."""
        cells = self.facts.get("is_deleted")
        return np.zeros(len(self.facts), dtype=bool) if cells is None else cells.to_numpy(dtype=bool)

    @property
    def specs(self) -> tuple[ColumnSpec, ...]:
        """The columns of the table."""
        return columns_of(FACTS[self.part.feeds])

    def report(
        self,
        findings: Findings,
        rule_id: str,
        mask: pd.Series,
        column: str,
        suggestions: pd.Series | None = None,
        shows_values: bool = True,
        **details: object,
    ) -> None:
        """Report a rule for the rows of `mask` at the file column that feeds the canonical `column`.

        Without `shows_values` the cells themselves are not repeated.
        """
        broken = mask.to_numpy(dtype=bool, na_value=False)
        if not broken.any():
            return
        field, shown = self.field_of(column), shows_values
        self.shaped.report(
            findings, rule_id, field, broken, suggestions=suggestions, details=details, shows_values=shown
        )

    def field_of(self, column: str) -> str:
        """The field, as the source calls it, that fills a canonical column; for a key, its first field."""
        mapped = {c.field for c in self.part.columns}
        for spec in self.specs:
            if spec.name == column:
                field = spec.part_of or spec.field
                return field if field in mapped else spec.name if spec.name in mapped else self.part.key[0]
        return column

    def report_repeats(self, findings: Findings, mask: npt.NDArray[np.bool_]) -> None:
        """Report rows that say what another one says; to the letter is said only where it is so."""
        same = np.flatnonzero(self.facts["fact_id"].isin(self.facts["fact_id"][mask]).to_numpy(dtype=bool))
        ids = self.facts[["fact_id", "content_hash"]].iloc[same].set_axis(same)
        first = ids.groupby(["fact_id", "content_hash"], dropna=False).cumcount() == 0
        origin = ids[mask[same]].merge(ids[first].reset_index(names="origin"), on=["fact_id", "content_hash"])["origin"]
        raw = self.shaped.raw
        differs = raw.iloc[mask].fillna("").to_numpy() != raw.iloc[origin.to_numpy()].fillna("").to_numpy()
        is_exact, names = np.zeros(len(mask), dtype=bool), raw.columns[differs.any(axis=0)]
        is_exact[mask] = ~differs.any(axis=1) & (origin.to_numpy() != np.flatnonzero(mask))
        others = listed(Message.of(partial(column_label, str(name))) for name in names)
        manner = message("ingest/judge/rules", "repeats_otherwise", columns=others) if len(names) else Message("", "")
        exactly = message("ingest/judge/rules", "repeats_exactly")
        self.report(findings, "row.duplicate", pd.Series(is_exact), "fact_id", manner=exactly)
        self.report(findings, "row.duplicate", pd.Series(mask & ~is_exact), "fact_id", manner=manner)

    def heading(self, column: str, lang: Lang = "en") -> str:
        """The heading of the file under which the canonical `column` stands, as people know it."""
        field = self.field_of(column)
        return column_label(self.shaped.headings.get(field, field), lang)

    def heading_in_both(self, column: str) -> Message:
        return Message.of(partial(self.heading, column))

    def key_details(self) -> dict[str, Any]:
        """The headings of the key, in the words of each language."""
        headings = [self.shaped.headings.get(field, field) for field in self.part.key]
        return {"key": listed(Message.of(partial(column_label, h)) for h in headings)}

    def maps(self, *columns: str) -> bool:
        """Whether the source fills every one of these canonical columns from its file."""
        filled = {spec.name for spec in specs_of(self.part).values()}
        return filled.issuperset(columns)


def check_rows(rows: JudgedRows, indicator: pd.DataFrame, received_at: pd.Timestamp) -> Findings:
    """Every rule within rows; rows that a finding already holds are judged as well."""
    findings = Findings()
    _orders(rows, findings)
    _intervals(rows, findings)
    _future(rows, findings, received_at)
    _percentages(rows, findings, indicator)
    _yardstick_gaps(rows, findings)
    _subsets(rows, findings)
    _actors(rows, findings)
    return findings


def _actors(rows: JudgedRows, findings: Findings) -> None:
    """Actors that are named in clear: the row is held, and the finding does not repeat the name."""
    if rows.part.feeds == "pai_record" and rows.maps("actor_id"):
        stated = rows.facts["actor_id"]
        in_clear = stated.notna() & ~stated.astype("str").str.fullmatch(_PSEUDONYM)
        rows.report(findings, "judgement.actor_in_clear", in_clear, "actor_id", shows_values=False)


def _orders(rows: JudgedRows, findings: Findings) -> None:
    for spec in rows.specs:
        for first in (spec.not_before, spec.follows):
            if first:
                rows.report(findings, "period.order", rows.facts[first] > rows.facts[spec.name], spec.name)


def _intervals(rows: JudgedRows, findings: Findings) -> None:
    for spec in rows.specs:
        if spec.between:
            low, middle, high = (rows.facts[name] for name in (spec.between[0], spec.name, spec.between[1]))
            broken = (low > middle) | (middle > high) | (low > high)
            rows.report(findings, "interval.order", broken.fillna(False), spec.name)


def _future(rows: JudgedRows, findings: Findings, received_at: pd.Timestamp) -> None:
    for spec in rows.specs:
        if spec.by_arrival:
            rows.report(findings, "period.future", rows.facts[spec.name] > received_at, spec.name)


def _percentages(rows: JudgedRows, findings: Findings, indicator: pd.DataFrame) -> None:
    if rows.part.feeds != "observation":
        return
    shares = indicator.loc[indicator["unit"] == "%", "indicator_id"]
    value = rows.facts["value"]
    outside = rows.facts["indicator_id"].isin(shares) & ((value < 0) | (value > 100))
    rows.report(findings, "value.range", outside, "value", bounds=message("ingest/judge/rules", "percentage"))


def _yardstick_gaps(rows: JudgedRows, findings: Findings) -> None:
    if rows.maps("probability_pct"):
        stated = rows.facts["probability_pct"]
        inside = np.logical_or.reduce([stated.between(low, high).to_numpy() for low, high in _PHIA_RANGES])
        other = rows.facts["icd203_code"].notna() & rows.facts["yardstick_code"].isna()  # a scheme without gaps
        shown = (
            rows.shaped.frame[rows.field_of("probability_pct")].notna().to_numpy()
        )  # else it stood in the term's cell
        broken = stated.between(0, 100) & ~inside & ~other & shown
        rows.report(findings, "judgement.yardstick_gap", broken, "probability_pct")


def _subsets(rows: JudgedRows, findings: Findings) -> None:
    for spec in rows.specs:
        if spec.at_most:
            broken = (rows.facts[spec.name] > rows.facts[spec.at_most]).fillna(False)
            rows.report(findings, "count.subset", broken, spec.name, whole=rows.heading_in_both(spec.at_most))


def check_schema(rows: JudgedRows, already: npt.NDArray[np.bool_]) -> Findings:
    """The pandera model as judge of typed rows: what is missing or out of bounds, for rows not held `already`."""
    findings = Findings()
    schema = values_schema_of(FACTS[rows.part.feeds], tuple(rows.facts.columns))
    doubtful = tuple(
        name for name, column in schema.columns.items() if _may_fail(rows.facts[name].array[~already], column)
    )
    if not doubtful:
        return findings
    schema = values_schema_of(FACTS[rows.part.feeds], doubtful)
    judged = rows.facts.loc[~already, list(schema.columns)]
    if judged.empty:
        return findings
    try:
        schema.validate(judged, lazy=True)
    except pandera.errors.SchemaErrors as failures:
        cases = failures.failure_cases
        for (column, check), group in cases.groupby(["column", "check"], sort=True, dropna=False):
            mask = pd.Series(rows.facts.index.isin(group["index"].dropna()), index=rows.facts.index)
            if str(check) == "not_nullable":
                rows.report(findings, "value.required", mask, str(column))
            else:
                rows.report(findings, "value.range", mask, str(column), **_bounds_of(rows, str(column)))
    return findings


def _may_fail(cells: Any, column: pa.Column) -> bool:
    """Whether the model's judgement of a column is needed: a cell that must be filled is not, or a value may be outside."""
    filled = ~cells.isna()
    if not column.nullable and not filled.all():
        return True
    return bool(filled.any()) and any(_may_be_outside(cells[filled], check) for check in column.checks)


def _may_be_outside(values: Any, check: pa.Check) -> bool:
    """Whether a value may break a check; of a check that is no bound nothing is known before it is made."""
    bounds = check.statistics or {}
    if check.name == "greater_than_or_equal_to":
        return not bool((values >= bounds["min_value"]).all())
    if check.name == "less_than_or_equal_to":
        return not bool((values <= bounds["max_value"]).all())
    return True


def _bounds_of(rows: JudgedRows, column: str) -> dict[str, Any]:
    spec = next(s for s in rows.specs if s.name == column)
    return bounds_details(spec.minimum, spec.maximum)


def check_duplicates(rows: JudgedRows, held: npt.NDArray[np.bool_]) -> tuple[Findings, npt.NDArray[np.bool_]]:
    """Rows that repeat each other, and rows of one key that disagree. Returns findings and the mask of repeats."""
    findings = Findings()
    shared = np.flatnonzero(is_shared(rows.facts["fact_id"]) & ~held)
    if not len(shared):
        return findings, np.zeros(len(held), dtype=bool)
    again = rows.facts[["fact_id", "content_hash"]].iloc[shared]
    repeated = again.duplicated().to_numpy()
    clash = again["fact_id"][~repeated].duplicated(keep=False).to_numpy()
    is_repeated, is_clash = np.zeros(len(held), dtype=bool), np.zeros(len(held), dtype=bool)
    is_repeated[shared[repeated]] = True
    is_clash[shared[~repeated][clash]] = True
    if is_repeated.any():
        rows.report_repeats(findings, is_repeated)
    rows.report(findings, "row.duplicate_key", pd.Series(is_clash), "fact_id", **rows.key_details())
    return findings, is_repeated
