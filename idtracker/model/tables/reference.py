"""Reviewed reference data as tables."""

from __future__ import annotations

from idtracker.model.tables.base import Flag, Integer, Moment, Table, column


class Organisation(Table):
    """One organisation during one stretch of its life (mergers end one row and begin another)."""

    key = ("org_id", "valid_from")

    org_id: str = column("Identifier, org-id.guide form", "text", required=True)
    name: str = column("Name", "text", required=True)
    name_ar: str = column("Name in Arabic", "text")
    short_name: str = column("Short name", "text")
    org_type: str = column("IATI organisation type", "code", codelist="organisation_type")
    group_code: str = column("Group for diversity and reach", "code", codelist="organisation_group", required=True)
    is_hmg: Flag = column("Part of His Majesty's Government", "flag", required=True)
    is_traditional: Flag = column("One of FCO, DFID, FCDO, MOD", "flag", required=True)
    parent_org_id: str = column("Parent", "organisation")
    successor_org_id: str = column("Successor after a merger", "organisation")
    valid_from: Moment = column("First day", "date")
    valid_to: Moment = column("Last day; empty while it exists", "date")


class OrganisationAlias(Table):
    """One reviewed name or code of an organisation in a scheme."""

    key = ("scheme", "value", "org_id")  # a name may pass from one organisation to the next

    scheme: str = column("`name`, or the scheme of the code", "text", required=True)
    value: str = column("Name or code as met", "text", required=True)
    org_id: str = column("Organisation", "organisation", required=True)


class Place(Table):
    """One place: country, administrative division of any level, or site."""

    key = ("place_id",)

    place_id: str = column(
        "ISO 3166-1 alpha-2 or ISO 3166-2 code; below that the programme's own", "text", required=True
    )
    name: str = column("Name", "text", required=True)
    name_ar: str = column("Name in Arabic", "text")
    level: str = column("`country`, `adm1` to `adm5`, or `site`", "text", required=True)
    parent_id: str = column("Place above", "place")
    population: Integer = column(
        "Population used as weight and denominator, where the programme states one", "integer", ge=0, unit="people"
    )
    area_km2: float = column("Area, where the programme states one", "number", ge=0, unit="km²")
    valid_from: Moment = column("First day", "date")
    valid_to: Moment = column("Last day; empty while it exists", "date")


class PlaceCode(Table):
    """One code or reviewed name of a place; the key is scheme and code together, never the code alone."""

    key = ("scheme", "code")

    scheme: str = column("`name`, or the scheme of the code", "text", required=True)
    code: str = column("Code or name", "text", required=True)
    place_id: str = column("Place", "place", required=True)


class Indicator(Table):
    """One indicator of the tracker."""

    key = ("indicator_id",)

    indicator_id: str = column("Identifier", "text", required=True)
    name: str = column("Name", "text", required=True)
    name_ar: str = column("Name in Arabic", "text")
    dimension_code: str = column("Dimension of the index; empty: kept, not scored", "code")
    unit: str = column("Unit", "text", required=True)
    direction: Integer = column("1 higher is better, -1 lower is better", "integer", required=True)
    goalpost_low: float = column("Goalpost at one end", "number")
    goalpost_high: float = column("Goalpost at the other end", "number")
    weight: float = column("Weight inside its dimension", "number", required=True, ge=0)
    level: str = column("Where it is expected: `adm1`, `country` or `both`", "text", required=True)
    frequency: str = column("month, quarter, half_year, year", "text", required=True)
    roll_up: str = column("How shorter periods make a quarter: mean, sum or last", "text", required=True)
    max_age_days: Integer = column("Longest carry-forward", "integer", required=True, ge=0, unit="days")
    scale: str = column(
        "continuous (also where empty) or ordinal: values are ranks, one step apart is 1 in the indicator's unit",
        "text",
    )
    merge_policy: str = column(
        "priority, quality_weighted, median, unobserved_components or adjudicated", "text", required=True
    )
    priority_org_id: str = column("Designated owner where the policy is priority", "organisation")
    derived_from: str = column("Fact table and question it is computed from, such as `event:count`", "text")
    owner_org_id: str = column("Owner", "organisation")
    retired_on: Moment = column("Retired", "date")


class Codelist(Table):
    """One code of one codelist version."""

    key = ("scheme", "version", "code")

    scheme: str = column("Codelist", "text", required=True)
    version: str = column("Version of the codelist", "text", required=True)
    code: str = column("Code", "text", required=True)
    label_en: str = column("Meaning", "text", required=True)
    label_ar: str = column("Meaning in Arabic", "text")
    rank: Integer = column("Order, where the list has one", "integer")
    parent_code: str = column("Code above", "text")
    valid_from: Moment = column("First day of validity", "date")
    valid_to: Moment = column("Last day of validity", "date")
    source: str = column("Where the list comes from", "text")


class Unit(Table):
    """One reviewed unit of measurement; what is not here may still be known to pint."""

    unit: str = column("Unit as written", "text", required=True)
    dimension: str = column("What it measures; only units of one dimension are converted", "text", required=True)
    to_base: float = column("How many base units of its dimension it is", "number", required=True)
    name: str = column("Name", "text", required=True)
    name_ar: str = column("Name in Arabic", "text")


class Currency(Table):
    """One currency of ISO 4217."""

    currency: str = column("ISO 4217 code", "text", required=True)
    name: str = column("Name", "text", required=True)
    name_ar: str = column("Name in Arabic", "text")
    minor_units: Integer = column("Decimal places of an amount", "integer", required=True, ge=0)
    valid_from: Moment = column("First day, where it is known and matters", "date")
    valid_to: Moment = column("Last day; empty while it is in use", "date")


class ExchangeRate(Table):
    """The rate of one currency against another on one day, with its source."""

    currency: str = column("Currency that is quoted", "text", required=True)
    base: str = column("Currency of which one unit is priced", "text", required=True)
    quoted_on: Moment = column(
        "Day of the rate; of a month its last day, of a fixed rate its first", "date", required=True
    )
    rate: float = column("Units of `currency` for one unit of `base`", "number", required=True)
    kind: str = column("`day`, `month` or `fixed`", "text", required=True)
    max_age_days: Integer = column(
        "Longest use after its day, until a newer one comes; empty for fixed rates", "integer", ge=0, unit="days"
    )
    source: str = column("Who published the rate", "text", required=True)


class SeriesBreak(Table):
    """One upstream change of an indicator: from when its values are on another basis, and how earlier ones translate to it."""

    key = ("break_id",)

    break_id: str = column("Identifier", "text", required=True)
    indicator_id: str = column("Indicator", "indicator", required=True)
    source_id: str = column("Source that changed; empty where all did", "text")
    valid_from: Moment = column("First day of the new basis, the first of a quarter", "date", required=True)
    kind: str = column("What is new: `codes`, `base`, `edition` or `definition`", "text", required=True)
    crosswalk: str = column(
        "How earlier values become comparable: `linear` (factor and addend), `codes` (value by value), or `none`: they do not",
        "text",
        required=True,
    )
    factor: float = column("By which earlier values are multiplied", "number")
    addend: float = column("What is added after that, in the indicator's unit; empty is 0", "number")
    crosswalk_error: float = column(
        "Standard error that translating adds, the same for all values, in the indicator's unit", "number", ge=0
    )
    scheme: str = column("Codelist of the new values, whose codes or ranks they are", "text")
    restated_on: Moment = column("Rows recorded from this day on are on the new basis, whatever their period", "date")
    reason: str = column("What changed, and where it is written", "text", required=True)


class CodeCrosswalk(Table):
    """One value before a break with a crosswalk of codes, and the value that it is after it."""

    key = ("break_id", "old_value")

    break_id: str = column("Break", "text", required=True)
    old_value: float = column("Value on the old basis", "number", required=True)
    new_value: float = column(
        "The same on the new basis: a rank or code of the break's scheme", "number", required=True
    )


class PlaceShare(Table):
    """What part of a place that was split or merged went into another one."""

    key = ("from_place_id", "to_place_id")

    from_place_id: str = column("Place until the day before", "place", required=True)
    to_place_id: str = column("Place from that day on", "place", required=True)
    valid_from: Moment = column("First day of the new place, the first of a quarter", "date", required=True)
    share: float = column(
        "Part of the old place's population that went into the new one", "number", required=True, ge=0, le=1
    )
    share_error: float = column(
        "Standard error of saying of the new place what was reported of the old one, in points of the 0-100 scale",
        "number",
        required=True,
        ge=0,
        unit="0-100",
    )
    source: str = column("Where the share comes from", "text", required=True)


class Method(Table):
    """One version of a method, in full: the headline, those beside it, and that which merges where the headline does not."""

    key = ("method_version",)

    method_version: str = column("Version", "text", required=True)
    method_id: str = column("Name, that of its file", "text", required=True)
    role: str = column("What it does in this programme", "code", required=True, codelist="method_role")
    root_code: str = column("Node that stands for the whole index", "code", required=True)
    title: str = column("Title", "text", required=True)
    definition: str = column("Every parameter, JSON", "text", required=True)


class Entity(Table):
    """One identifier of an organisation or activity that a person judged to be the same thing as others."""

    kind: str = column("`organisation` or `activity`", "text", required=True)
    entity_id: str = column("Identifier under which derived tables count it", "text", required=True)
    member_id: str = column("Identifier as reported", "text", required=True)
    decided_by: str = column(
        "Role that decided that it belongs to the entity, the last where several did", "text", required=True
    )
    decided_on: Moment = column("Day of that decision", "date", required=True)


class Definition(Table):
    """What figures rest on beside rows: of one source what it feeds and when its reports are owed, or the framework under review."""

    key = ("kind", "definition_id")

    kind: str = column("`source` or `framework`", "text", required=True)
    definition_id: str = column("Source, or framework with its version", "text", required=True)
    definition: str = column("What it states, JSON", "text", required=True)
