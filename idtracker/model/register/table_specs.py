"""The reference tables as files: the columns of each, what must be filled, what identifies a row, what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "integer", "number", "flag", "date"]
PLACE_LEVELS = ("country", "adm1", "adm2", "adm3", "adm4", "adm5", "site")
BARE_SCHEMES = ("iso3166-1-a2", "iso3166-2", "iso3166-1-a3")
"""Schemes of codes of places that are read without naming their scheme."""
RATE_KINDS = ("day", "month", "fixed")
BREAK_KINDS = ("codes", "base", "edition", "definition")
CROSSWALKS = ("linear", "codes", "none")


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One reference table.

    `name` is its attribute of the register, `table` its name in the store (none: it is not kept there). `key` is unique
    within a file; a row of an overlay replaces every earlier row with the same `replaces`. `choices` lists the texts a
    column allows. `folder` names a folder whose CSV files all hold rows of the table.
    """

    name: str
    file: str
    columns: Mapping[str, Kind]
    required: tuple[str, ...]
    key: tuple[str, ...]
    replaces: tuple[str, ...]
    table: str | None = None
    folder: str | None = None
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _texts(*names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, "text")


_VALIDITY: dict[str, Kind] = {"valid_from": "date", "valid_to": "date"}

ORGANISATION = TableSpec(
    name="organisations",
    table="organisation",
    file="organisations.csv",
    columns={
        **_texts("org_id", "name", "name_ar", "short_name", "org_type", "group_code"),
        "is_hmg": "flag",
        "is_traditional": "flag",
        **_texts("parent_org_id", "successor_org_id"),
        **_VALIDITY,
    },
    required=("org_id", "name", "group_code", "is_hmg", "is_traditional"),
    key=("org_id", "valid_from"),
    replaces=("org_id",),
)
ORGANISATION_ALIAS = TableSpec(
    name="organisation_aliases",
    table="organisation_alias",
    file="organisation_aliases.csv",
    columns=_texts("scheme", "value", "org_id"),
    required=("scheme", "value", "org_id"),
    key=("scheme", "value", "org_id"),
    replaces=("scheme", "value"),
)
PLACE = TableSpec(
    name="places",
    table="place",
    file="places.csv",
    columns={
        **_texts("place_id", "name", "name_ar", "level", "parent_id"),
        "population": "integer",
        "area_km2": "number",
        **_VALIDITY,
    },
    required=("place_id", "name", "level"),
    key=("place_id",),
    replaces=("place_id",),
    choices={"level": PLACE_LEVELS},
)
PLACE_CODE = TableSpec(
    name="place_codes",
    table="place_code",
    file="place_codes.csv",
    columns=_texts("scheme", "code", "place_id"),
    required=("scheme", "code", "place_id"),
    key=("scheme", "code"),
    replaces=("scheme", "code"),
)
INDICATOR = TableSpec(
    name="indicators",
    table="indicator",
    file="indicators.csv",
    columns={
        **_texts("indicator_id", "name", "name_ar", "dimension_code", "unit"),
        "direction": "integer",
        "goalpost_low": "number",
        "goalpost_high": "number",
        "weight": "number",
        **_texts("level", "frequency", "roll_up"),
        "max_age_days": "integer",
        **_texts("scale", "merge_policy", "priority_org_id", "derived_from", "owner_org_id"),
        "retired_on": "date",
    },
    required=(
        *("indicator_id", "name", "unit", "direction", "weight", "level"),
        *("frequency", "roll_up", "max_age_days", "merge_policy"),
    ),
    key=("indicator_id",),
    replaces=("indicator_id",),
    choices={
        "direction": ("1", "-1"),
        "level": ("adm1", "country", "both"),
        "frequency": ("month", "quarter", "half_year", "year"),
        "roll_up": ("mean", "sum", "last"),
        "scale": ("continuous", "ordinal"),
        "merge_policy": ("priority", "quality_weighted", "median", "unobserved_components", "adjudicated"),
    },
)
CODELIST = TableSpec(
    name="codelists",
    table="codelist",
    file="codelists.csv",
    folder="codelists",
    columns={
        **_texts("scheme", "version", "code", "label_en", "label_ar"),
        "rank": "integer",
        "parent_code": "text",
        **_VALIDITY,
        "source": "text",
    },
    required=("scheme", "version", "code", "label_en"),
    key=("scheme", "version", "code"),
    replaces=("scheme", "version", "code"),
)
CODE_ALIAS = TableSpec(
    name="code_aliases",
    file="code_aliases.csv",
    columns=_texts("scheme", "value", "code"),
    required=("scheme", "value", "code"),
    key=("scheme", "value"),
    replaces=("scheme", "value"),
)
UNIT = TableSpec(
    name="units",
    table="unit",
    file="units.csv",
    columns={**_texts("unit", "dimension"), "to_base": "number", **_texts("name", "name_ar")},
    required=("unit", "dimension", "to_base", "name"),
    key=("unit",),
    replaces=("unit",),
)
CURRENCY = TableSpec(
    name="currencies",
    table="currency",
    file="currencies.csv",
    columns={**_texts("currency", "name", "name_ar"), "minor_units": "integer", **_VALIDITY},
    required=("currency", "name", "minor_units"),
    key=("currency",),
    replaces=("currency",),
)
EXCHANGE_RATE = TableSpec(
    name="exchange_rates",
    table="exchange_rate",
    file="exchange_rates.csv",
    columns={
        **_texts("currency", "base"),
        "quoted_on": "date",
        "rate": "number",
        "kind": "text",
        "max_age_days": "integer",
        "source": "text",
    },
    required=("currency", "base", "quoted_on", "rate", "kind", "source"),
    key=("currency", "base", "quoted_on"),
    replaces=("currency", "base", "quoted_on"),
    choices={"kind": RATE_KINDS},
)
SERIES_BREAK = TableSpec(
    name="series_breaks",
    table="series_break",
    file="series_breaks.csv",
    columns={
        **_texts("break_id", "indicator_id", "source_id"),
        "valid_from": "date",
        **_texts("kind", "crosswalk"),
        **dict.fromkeys(("factor", "addend", "crosswalk_error"), "number"),
        "scheme": "text",
        "restated_on": "date",
        "reason": "text",
    },
    required=("break_id", "indicator_id", "valid_from", "kind", "crosswalk", "reason"),
    key=("break_id",),
    replaces=("break_id",),
    choices={"kind": BREAK_KINDS, "crosswalk": CROSSWALKS},
)
CODE_CROSSWALK = TableSpec(
    name="code_crosswalks",
    table="code_crosswalk",
    file="code_crosswalks.csv",
    columns={"break_id": "text", "old_value": "number", "new_value": "number"},
    required=("break_id", "old_value", "new_value"),
    key=("break_id", "old_value"),
    replaces=("break_id", "old_value"),
)
PLACE_SHARE = TableSpec(
    name="place_shares",
    table="place_share",
    file="place_shares.csv",
    columns={
        **_texts("from_place_id", "to_place_id"),
        "valid_from": "date",
        "share": "number",
        "share_error": "number",
        "source": "text",
    },
    required=("from_place_id", "to_place_id", "valid_from", "share", "share_error", "source"),
    key=("from_place_id", "to_place_id"),
    replaces=("from_place_id", "to_place_id"),
)
SPECS = (
    *(ORGANISATION, ORGANISATION_ALIAS, PLACE, PLACE_CODE, INDICATOR, CODELIST, CODE_ALIAS),
    *(UNIT, CURRENCY, EXCHANGE_RATE, SERIES_BREAK, CODE_CROSSWALK, PLACE_SHARE),
)
SPEC_OF: dict[str, TableSpec] = {spec.name: spec for spec in SPECS}
