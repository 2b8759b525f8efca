"""SDMX-CSV 2.0 of the figures of the tracker, each with its structure: dimensions, measure, attributes.

Source: SDMX-CSV 2.0 (SDMX 3.0); statuses are those of CL_OBS_STATUS 2.2. A cell that is empty states nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from idtracker.model.errors import IdtrackerError
from idtracker.publish.export.csv_files import CsvContent, write_csv
from idtracker.publish.export.published import Published

Role = Literal["dimension", "measure", "attribute"]
AGENCY, VERSION = "IDTRACKER", "1.0.0"
HEADER = ("STRUCTURE", "STRUCTURE_ID", "ACTION")
SUPPRESSION_STATUS: Mapping[str, str] = {
    "no_units": "M",
    "undefined": "M",
    "insufficient_points": "M",
    "not_yet_reported": "L",
    "missing_cells": "O",
    "below_minimum_denominator": "Q",
    "below_coverage": "Q",
    "small_count": "Q",
    "not_releasable": "Q",
}
"""Why a metric has no value -> observation status: M cannot exist, L not collected, Q suppressed, O for no reason that SDMX knows."""


@dataclass(frozen=True, slots=True)
class Component:
    """One column: its identifier, what it is made of (SQL over the table `t`), and its type in a table schema."""

    id: str
    role: Role
    made_of: str
    type: str = "string"


@dataclass(frozen=True, slots=True)
class Structure:
    """The structure of one table. `statuses` says in words which observation status stands for what."""

    table: str
    components: tuple[Component, ...]
    statuses: Mapping[str, str]

    @property
    def id(self) -> str:
        """As STRUCTURE_ID has it."""
        return f"{AGENCY}:{self.table.upper()}({VERSION})"

    def ids(self, role: Role) -> list[str]:
        """Identifiers of the components of a role, in order."""
        return [component.id for component in self.components if component.role == role]


def _dimensions(**columns: str) -> tuple[Component, ...]:
    """Frequency, the named dimensions, and the quarter."""
    named = {"FREQ": "'Q'", **columns, "TIME_PERIOD": "t.period"}
    return tuple(Component(name, "dimension", sql) for name, sql in named.items())


def _attributes(type_: str = "string", **columns: str) -> tuple[Component, ...]:
    return tuple(Component(name, "attribute", sql, type_) for name, sql in columns.items())


def _value(column: str) -> Component:
    return Component("OBS_VALUE", "measure", column, "number")


def _reasons_of(status: str) -> str:
    return ", ".join(reason for reason, own in SUPPRESSION_STATUS.items() if own == status)


_METRIC_STATUS = " ".join(f"WHEN '{reason}' THEN '{status}'" for reason, status in SUPPRESSION_STATUS.items())
_FILLED = "coalesce(t.carried_share, 0) + coalesce(t.imputed_share, 0)"
_MARKING = _attributes(CLASSIFICATION="t.classification", RELEASABLE_TO="t.releasable_to")
STRUCTURES: dict[str, Structure] = {
    "merged_cell": Structure(
        "merged_cell",
        (
            *_dimensions(REF_AREA="t.place_id", INDICATOR="t.indicator_id"),
            _value("t.value"),
            *_attributes(
                OBS_STATUS="coalesce(t.obs_status, 'A')",
                UNIT_MEASURE="(SELECT min(i.unit) FROM {indicator} AS i WHERE i.indicator_id = t.indicator_id)",
                MERGE_METHOD="t.method",
                ORIGIN_PERIOD="t.origin_period",
            ),
            *_attributes("number", STANDARD_ERROR="t.standard_error", SCORE="t.score", SCORE_ERROR="t.score_error"),
            *_attributes("integer", OBS_COUNT="t.obs_count", ORG_COUNT="t.org_count"),
            *_MARKING,
            *_attributes(HANDLING="t.handling"),
        ),
        {"*": "the status of the merged cell as published: A, B, E, I, P or U; A where it states none"},
    ),
    "score": Structure(
        "score",
        (
            *_dimensions(REF_AREA="t.place_id", NODE="t.node_code"),
            _value("t.score"),
            *_attributes(
                OBS_STATUS=f"CASE WHEN t.score IS NULL THEN 'Q' WHEN {_FILLED} >= 1 THEN 'I' WHEN {_FILLED} > 0 THEN 'E' ELSE 'A' END",
                UNIT_MEASURE="'0-100'",
                METHOD_VERSION="t.method_version",
                BAND_SCHEME="t.band_scheme",
                BAND="t.band",
            ),
            *_attributes("number", LOWER="t.low", UPPER="t.high", COMPLETENESS="t.completeness"),
            *_MARKING,
        ),
        {
            "Q": "withheld by the coverage rule",
            "I": "all of the present weight is carried forward or imputed",
            "E": "a part of the present weight is carried forward or imputed",
            "A": "any other score",
        },
    ),
    "metric_value": Structure(
        "metric_value",
        (
            *_dimensions(METRIC="t.metric_id", METRIC_MEASURE="t.measure", SCOPE="t.scope"),
            _value("t.value"),
            *_attributes(
                OBS_STATUS=f"CASE WHEN t.value IS NOT NULL THEN 'A' ELSE CASE t.suppressed_reason {_METRIC_STATUS} ELSE 'O' END END",
                UNIT_MEASURE="t.unit",
                SUPPRESSED_REASON="t.suppressed_reason",
                METRIC_VERSION="t.metric_version",
            ),
            *_attributes("number", LOWER="t.lower", UPPER="t.upper", NUMERATOR="t.numerator", DENOMINATOR="t.denominator"),
            *_attributes("integer", UNIT_COUNT="t.n"),
            *_MARKING,
        ),
        {"A": "there is a value", **{s: _reasons_of(s) for s in ("M", "L", "Q", "O")}},
    ),
}  # fmt: skip
"""By table. Scopes and measures of metrics are texts, not codes of a list."""


def write_sdmx(published: Published, table: str, path: Path) -> CsvContent:
    """Write one table as SDMX-CSV, in the order of its dimensions.

    IdtrackerError where the dimensions do not tell its rows apart or a period is no quarter: the file would say something else.
    """
    structure = STRUCTURES[table]
    _check(published, structure)
    indicator = published.place("indicator")
    columns = ", ".join(f"{c.made_of.format(indicator=indicator)} AS {c.id}" for c in structure.components)
    order = ", ".join(structure.ids("dimension"))
    fixed = ("datastructure", structure.id, "I")
    rows = published.rows(f"SELECT {columns} FROM {published.place(table)} AS t ORDER BY {order}")
    names = [component.id for component in structure.components]
    return write_csv(path, [*HEADER, *names], ((*fixed, *row) for row in rows))


def _check(published: Published, structure: Structure) -> None:
    dimensions = ", ".join(c.made_of for c in structure.components if c.role == "dimension")
    rows, different, quarters = published.connection.execute(
        f"SELECT count(*), count(DISTINCT ({dimensions})), count(*) FILTER (regexp_full_match(t.period, '\\d{{4}}-Q[1-4]')) "
        f"FROM {published.place(structure.table)} AS t"
    ).fetchone() or (0, 0, 0)
    if not rows == different == quarters:
        raise IdtrackerError(
            f"`{structure.table}` does not fit {structure.id}: {rows:,} rows, {different:,} by its dimensions, {quarters:,} about "
            "quarters. Nothing was exported; leave sdmx out with --format."
        )
