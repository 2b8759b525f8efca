"""Which places a derived indicator is computed for, and which facts fall in each.

An indicator of level `adm1` is derived per governorate (its national cell is made when cells are merged), `country` for
the country alone, `both` for both. A fact about a governorate, or about a district, a camp or any other place in one,
falls in the governorate and in its country; one about a country, or about a place in it that no governorate holds, falls
in the country alone. A fact without a place lies in the country of its source, where that has placed facts in one
country only.

Only facts that are counted fall in the places above them. A value stated for a district is an observation of that
district: nothing is added up from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from idtracker.analyse.engine import Types
from idtracker.analyse.merge.keys import PartitionBy
from idtracker.analyse.merge.plan import Plan

if TYPE_CHECKING:
    import ibis.expr.types as ir

PLACE: Types = dict.fromkeys(("place_id", "level", "division_id", "country_id"), "string")
"""Places as with_areas() gives them."""
FACTS: Types = {"row": "int64", "source_id": "string", "place_id": "string"}


def with_country(facts: ir.Table, place: ir.Table, keys: PartitionBy = ()) -> ir.Table:
    """The facts with `division_id` and `country_id`; a source is one for each value of `keys`."""
    known = place.select("place_id", "division_id", home="country_id")
    rows = facts.left_join(known, "place_id").select(
        *(facts[name] for name in facts.columns), division_id=known["division_id"], home=known["home"]
    )
    source = [*keys, "source_id"]
    rows = rows.mutate(
        lowest=rows["home"].min().over(group_by=source), highest=rows["home"].max().over(group_by=source)
    )
    single = (rows["lowest"] == rows["highest"]).ifelse(rows["lowest"], ibis.null("string"))
    country = rows["place_id"].isnull().ifelse(single, rows["home"])
    return rows.mutate(country_id=country).drop("home", "lowest", "highest")


def located(facts: ir.Table) -> ir.Table:
    """The facts (as in with_country) once for every place in which they fall, as `place_id` with its `place_level`."""
    areas = (("division_id", "adm1"), ("country_id", "country"))
    return ibis.union(
        *(
            facts.filter(facts[area].notnull()).mutate(place_id=facts[area], place_level=ibis.literal(level))
            for area, level in areas
        )
    )


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
    wanted = place.filter(place["level"].isin(["country", "adm1"]))
    wanted = wanted.select("place_id", "country_id", place_level="level")
    return known.join(wanted, "country_id").select(*keys, "source_id", "place_id", "place_level")


def located_plan() -> Plan:
    """The rows of `facts` once for every place in which they fall, as `located`."""
    plan = Plan()
    plan.keep("located", located(with_country(plan.table("facts", FACTS), plan.table("place", PLACE))))
    return plan
