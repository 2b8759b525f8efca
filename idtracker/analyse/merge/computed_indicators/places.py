"""Which places a derived indicator is computed for, and which facts fall in each.

An indicator of level `adm1` is derived per governorate (its national cell is made when cells are merged), `country` for
the country alone, `both` for both. A fact about a governorate falls in it and in its country, one about a country in
the country alone, one about any other place nowhere. A fact without a place lies in the country of its source, where
that has placed facts in one country only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.engine import Types, canonical_types
from idtracker.analyse.merge.keys import PartitionBy
from idtracker.analyse.merge.plan import Plan
from idtracker.model.tables.reference import Place

if TYPE_CHECKING:
    import ibis.expr.types as ir

PLACE: Types = {name: canonical_types(Place)[name] for name in ("place_id", "level", "parent_id")}
FACTS: Types = {"row": "int64", "source_id": "string", "place_id": "string"}


def with_country(facts: ir.Table, place: ir.Table, keys: PartitionBy = ()) -> ir.Table:
    """The facts with `place_level` and `country_id`; a source is one for each value of `keys`."""
    known = place.select("place_id", "level", home=_country_of(place))
    rows = facts.left_join(known, "place_id").select(
        *(facts[name] for name in facts.columns), place_level=known["level"], home=known["home"]
    )
    source = [*keys, "source_id"]
    rows = rows.mutate(
        lowest=rows["home"].min().over(group_by=source), highest=rows["home"].max().over(group_by=source)
    )
    single = (rows["lowest"] == rows["highest"]).ifelse(rows["lowest"], ibis.null("string"))
    country = rows["place_id"].isnull().ifelse(single, rows["home"])
    return rows.mutate(country_id=country).drop("home", "lowest", "highest")


def located(facts: ir.Table) -> ir.Table:
    """The facts (with country_id) once for every place in which they fall, as `place_id` with its `place_level`."""
    governorates = facts.filter(facts["place_level"] == "adm1")
    national = facts.filter(facts["country_id"].notnull())
    national = national.mutate(place_id=national["country_id"], place_level=ibis.literal("country"))
    return ibis.union(governorates, national)


def requested_levels(requested: ir.Table) -> ir.Table:
    """The indicators asked for once for each level of places that theirs means, as `place_level`."""
    return ibis.union(
        *(
            requested.filter(requested["level"].isin([level, "both"])).mutate(place_level=ibis.literal(level))
            for level in ("adm1", "country")
        )
    )


def expected_places(facts: ir.Table, place: ir.Table, keys: PartitionBy = ()) -> ir.Table:
    """Countries and governorates of every country that a source has facts about: source_id, place_id, place_level."""
    known = facts.filter(facts["country_id"].notnull()).select(*keys, "source_id", "country_id").distinct()
    wanted = place.select("place_id", place_level="level", country_id=_country_of(place))
    return known.join(wanted, "country_id").select(*keys, "source_id", "place_id", "place_level")


def located_plan() -> Plan:
    """The rows of `facts` once for every place in which they fall, as `located`."""
    plan = Plan()
    plan.keep("located", located(with_country(plan.table("facts", FACTS), plan.table("place", PLACE))))
    return plan


def _country_of(place: ir.Table) -> ir.StringValue:
    """The country of each place; other places than countries and first-level divisions have none."""
    return place["level"].cases(("country", place["place_id"]), ("adm1", place["parent_id"]), else_=ibis.null("string"))
