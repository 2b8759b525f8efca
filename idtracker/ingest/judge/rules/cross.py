"""Rules between the fields of a row, between the rows of a table, and between the tables of a file.

None of them holds a row. A row that is held already is not judged here: what it lacks is said by the rule that holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from idtracker.ingest.judge.definition import specs_of
from idtracker.ingest.judge.rules.effects import check_claims
from idtracker.ingest.judge.rules.judged import Judged, Mask
from idtracker.ingest.judge.rules.judgements import check_judgements
from idtracker.ingest.judge.rules.rows import JudgedRows
from idtracker.model.findings import Findings
from idtracker.model.messages import Message, texts_of
from idtracker.model.tables import FACTS, referenced, referring
from idtracker.model.tables.labels import rows_of

_TRUST = ("trust_reliability", "trust_mission", "trust_openness")
_ONE_PART = re.compile(r"\s*([^=;]+?)\s*=\s*([^=;]+?)\s*")
_TEXTS = "ingest/judge/rules"
_ROUNDING = 1e-9
# Exchanged coordinates: far from the middle of the file as typed, near it the other way round. Three degrees are some
# 300 km; fewer than five points have no middle.
_FAR_DEGREES, _FEWEST_POINTS, _NEARER, _SPREADS = 3.0, 5, 3.0, 4.0


def check_cross(rows: JudgedRows, already: Mask, indicator: pd.DataFrame) -> Findings:
    """Every rule across the fields and rows of one table, for rows not held `already`."""
    findings = Findings()
    if already.all():
        return findings
    judged = Judged(rows, ~already, findings)
    _money(judged)
    _starts(judged)
    _coordinates(judged)
    _two_sides(judged)
    _completeness(judged)
    if rows.part.feeds == "judgement":
        check_judgements(judged)
    if rows.part.feeds == "effect_claim":
        check_claims(judged)
    _breakdowns(judged, indicator)
    return findings


def _money(judged: Judged) -> None:
    for spec in specs_of(judged.rows.part).values():
        if spec.kind == "money":
            amount = judged[spec.name]
            bare = amount.notna() & (amount != 0) & judged[f"{spec.name}_currency"].isna()
            judged.report("cross.currency", bare, spec.name)


def _starts(judged: Judged) -> None:
    for spec in judged.rows.specs:
        if spec.follows and judged.rows.maps(spec.follows, spec.name):
            alone = judged[spec.name].notna() & judged[spec.follows].isna()
            judged.report("cross.start_missing", alone, spec.name, other=spec.follows)


def _coordinates(judged: Judged) -> None:
    if not judged.rows.maps("latitude", "longitude"):
        return
    latitude, longitude = judged["latitude"].astype("float64"), judged["longitude"].astype("float64")
    for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
        alone = judged[one].notna() & judged[other].isna()
        judged.report("cross.coordinates_incomplete", alone, one, other=other)
    at_zero = (latitude == 0) & (longitude == 0)
    judged.report("cross.coordinates_zero", at_zero, "latitude")
    counted = judged.live & latitude.notna().to_numpy() & longitude.notna().to_numpy() & ~at_zero.to_numpy()
    judged.report("cross.coordinates_swapped", exchanged(latitude, longitude, counted), "latitude")


def exchanged(latitude: pd.Series, longitude: pd.Series, counted: Mask) -> Mask:
    """Which of the `counted` points lie far from the middle of all as typed, and near it the other way round."""
    if counted.sum() < _FEWEST_POINTS:
        return np.zeros(len(counted), dtype=bool)
    north, east = float(latitude[counted].median()), float(longitude[counted].median())
    away = np.maximum(np.abs(latitude - north), np.abs(longitude - east)).to_numpy()
    turned = np.maximum(np.abs(longitude - north), np.abs(latitude - east)).to_numpy()
    usual = float(np.median(away[counted]))
    far: Mask = (away > _FAR_DEGREES) & (away > _SPREADS * usual) & (turned < away / _NEARER)
    return counted & far


def _two_sides(judged: Judged) -> None:
    for spec in judged.rows.specs:
        if spec.other_than and judged.rows.maps(spec.other_than, spec.name):
            is_same = judged[spec.other_than] == judged[spec.name]
            judged.report("cross.same_organisation", is_same, spec.name, other=spec.other_than)
    if judged.rows.part.feeds == "collaboration_tie" and judged.rows.maps("frey_level"):
        rated = judged["frey_level"].eq(0).fillna(False)
        for trust in _TRUST:
            judged.report("cross.trust_without_tie", rated & judged[trust].notna(), trust)
            rated &= judged[trust].isna()


def _completeness(judged: Judged) -> None:
    feeds, maps = judged.rows.part.feeds, judged.rows.maps
    if feeds == "governance_role" and maps("is_filled", "org_id"):
        judged.report("cross.role_without_holder", judged["is_filled"] & judged["org_id"].isna(), "is_filled")
    for spec in judged.rows.specs:
        if spec.codelist_from and maps(spec.name):
            bare = judged[spec.name].notna() & judged[spec.codelist_from].isna()
            judged.report("cross.score_without_scheme", bare, spec.name)


def _breakdowns(judged: Judged, indicator: pd.DataFrame) -> None:
    """Counts by sex, age and the like that add up to more than the row of the total beside them."""
    key = [specs_of(judged.rows.part)[field].name for field in judged.rows.part.key]
    if "disaggregation" not in key:
        return
    facts = judged.rows.facts
    for column, counts in _counts(judged, indicator):
        table = facts.loc[judged.live & counts & facts[column].notna().to_numpy(), [*key, column]]
        for place, dimension, total, parts in _overfull(table, key, column):
            mask = pd.Series(False, index=facts.index)
            mask[place] = True
            names = dimension.split(";")
            known = (texts_of(_TEXTS, f"dimension_{n.casefold()}") or {"ar": n} for n in names)
            named = Message(" and ".join(names), " و".join(texts["ar"] for texts in known))
            sums = {"sum": f"{parts:.15g}", "total": f"{total:.15g}"}
            judged.report("cross.breakdown", mask, column, dimension=named, **sums)


def _counts(judged: Judged, indicator: pd.DataFrame) -> Iterator[tuple[str, Mask]]:
    """Columns that hold counts, with the rows in which they do: shares, scores and ranks do not add up."""
    if judged.rows.part.feeds == "result_value":
        adds_up = judged["measure"].eq("1") | judged["is_aggregable"].fillna(False)
        yield from ((c, adds_up.to_numpy(dtype=bool)) for c in ("target", "actual") if judged.rows.maps(c))
    elif judged.rows.part.feeds == "observation":
        summed = indicator.loc[(indicator["roll_up"] == "sum") & (indicator["unit"] != "%"), "indicator_id"]
        yield "value", judged["indicator_id"].isin(summed).to_numpy(dtype=bool)


def _dimensions(breakdown: object) -> str | None:
    """The names of the dimensions of a breakdown such as `age=5-17;sex=f`; None where it names none."""
    entries = [_ONE_PART.fullmatch(entry) for entry in breakdown.split(";")] if isinstance(breakdown, str) else [None]
    names = [entry[1] for entry in entries if entry is not None]
    return ";".join(sorted(names)) if len(names) == len(entries) else None


def _overfull(table: pd.DataFrame, key: Sequence[str], column: str) -> Iterator[tuple[int, str, float, float]]:
    """(row of the total, dimension, total, sum of the parts) wherever the parts are more than the total."""
    texts = table["disaggregation"]
    dimension = pd.Series([_dimensions(text) for text in texts], index=table.index, dtype="str")
    if dimension.isna().all():
        return
    shared = [name for name in key if name != "disaggregation"]
    group = table.groupby(shared, dropna=False).ngroup() if shared else pd.Series(0, index=table.index)
    totals = table.loc[texts.isna() | (texts == ""), column]
    of_group = dict(zip(group[totals.index], totals.items(), strict=True))
    parts = table[column].groupby([group.rename("group"), dimension.rename("dimension")]).sum().reset_index()
    for number, name, together in parts.itertuples(index=False, name=None):
        if number in of_group and together > of_group[number][1] * (1 + _ROUNDING):
            place, total = of_group[number]
            yield int(str(place)), str(name), float(total), float(together)


def check_references(
    tables: Sequence[tuple[JudgedRows, Mask]], sent: frozenset[str], earlier: Mapping[str, frozenset[str]]
) -> Findings:
    """References of one table of the file to another that no row of it has.

    `tables` are the tables of the file with the rows that are not held; `sent` the canonical tables that the file
    holds; `earlier` the identifiers that earlier files of the source gave, by canonical table.
    """
    findings = Findings()
    for target, column in referenced().items():
        cells = [(rows, live, c) for rows, live in tables for c in _referring_columns(rows, target)]
        known = set(earlier.get(target, ())) if cells else set()
        for rows, _ in tables:
            if cells and rows.part.feeds == target:
                known |= set(rows.facts[column].dropna())
        rule_id = "cross.reference" if target in sent else "cross.reference_unseen"
        for rows, live, name in cells if known else []:
            unknown = rows.facts[name].notna() & ~rows.facts[name].isin(known) & live
            rows.report(findings, rule_id, unknown, name, kind=rows_of(target))
    return findings


def _referring_columns(rows: JudgedRows, target: str) -> Iterator[str]:
    return (name for name in referring(FACTS[rows.part.feeds], target) if rows.maps(name))
