"""Families C and E over two real 3W and one IATI file, by organisation, governorate and sector: held against plain loops over the accepted rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import combinations

import pandas as pd
import pytest

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.overlap.pair_rows import pair_rows
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.values import measure
from idtracker.ingest.judge.assess import Assessment
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue

AS_OF = pd.Timestamp("2026-11-15")
CASES = {"ocha_iraq_presence": "2021-Q2", "ocha_syria_presence": "2021-Q2"}
Frames = dict[str, pd.DataFrame]
Facts = Callable[[str], Frames]


@pytest.fixture(scope="module")
def reference(catalogue: ProgrammeCatalogue) -> Frames:
    return catalogue.register.tables()


@pytest.fixture(scope="module")
def facts(judge: Callable[[str], Assessment]) -> Facts:
    """Accepted rows of a real file, by the table that they feed."""

    @cache
    def accepted(source_id: str) -> Frames:
        parts = judge(source_id).facts
        named = {"funders": "activity_cell", "partners": "activity_cell"}
        tables: dict[str, list[pd.DataFrame]] = defaultdict(list)
        for name, frame in parts.items():
            if len(frame):
                tables[named.get(name, name)].append(frame)
        return {name: pd.concat(frames, ignore_index=True) for name, frames in tables.items()}

    return accepted


def cells_of(rows: pd.DataFrame, reference: Frames, quarter: Quarter) -> dict[str, set[tuple[str, str]]]:
    """Organisation -> its governorates and sectors in a quarter, by plain loops."""
    above = {p.place_id: (p.level, p.parent_id) for p in reference["place"].itertuples()}
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows.itertuples():
        if pd.isna(row.sector) or pd.isna(row.place_id) or pd.isna(row.org_id):
            continue
        if row.period_start > quarter.end or row.period_end < quarter.start:
            continue
        place = row.place_id
        while place in above and above[place][0] not in ("adm1", "country"):
            place = above[place][1]
        if place in above and above[place][0] == "adm1":
            found[row.org_id].add((place, " ".join(row.sector.split()).casefold()))
    return found


@pytest.mark.parametrize("source_id", CASES)
def test_pairs_that_meet_are_those_of_plain_loops(source_id: str, facts: Facts, reference: Frames) -> None:
    quarter, known = Quarter.of(CASES[source_id]), facts(source_id)
    cells = cells_of(known["activity_cell"], reference, quarter)
    assert len(cells) > 50
    shared = {(a, b): len(cells[a] & cells[b]) for a, b in combinations(sorted(cells), 2) if cells[a] & cells[b]}
    rows = pair_rows(Inputs(known, reference, AS_OF), quarter)
    assert {(r.org_id, r.other_org_id): r.shared_cell_count for r in rows} == shared
    assert len(shared) > 500
    values = measure(known, reference, [quarter.code], AS_OF, family="overlap").set_index(
        ["metric_id", "measure", "scope"]
    )
    overlap = values.loc[("IM-34", "value", "programme")]
    assert (overlap["denominator"], overlap["value"]) == (
        len(shared),
        100,
    )  # a 3W says of nobody that they work together
    jaccard = [len(cells[a] & cells[b]) / len(cells[a] | cells[b]) for a, b in combinations(sorted(cells), 2)]
    assert values.loc[("IM-32", "value", "programme"), "value"] == pytest.approx(sum(jaccard) / len(jaccard))


def test_an_iati_file_with_one_organisation_for_each_activity_has_no_ties_and_its_indices_are_undefined(
    facts: Facts, reference: Frames
) -> None:
    known = facts("iom_humanitarian_activities")
    taking_part = known["participation"].groupby("activity_id")["org_id"].nunique()
    assert len(taking_part) == 577 and set(taking_part) == {1}
    values = measure(known, reference, ["2018-Q4"], AS_OF, family="network").set_index(
        ["metric_id", "measure", "scope"]
    )
    density = values.loc[("IM-16", "value", "programme")]
    assert density["value"] == 0 and 50 < density["n"] <= known["participation"]["org_id"].nunique()
    for name in (("IM-17", "value"), ("IM-18", "value"), ("IM-19", "constraint")):
        undefined = values.loc[(*name, "programme")]
        assert pd.isna(undefined["value"]) and undefined["suppressed_reason"] == "undefined"
