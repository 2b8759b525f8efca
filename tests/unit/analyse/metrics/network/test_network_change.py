"""Why figures of networks differ between two quarters: parts that add up, and what a merger, a roster and silence do alone."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from idtracker.analyse.metrics.inputs import Inputs
from idtracker.analyse.metrics.network.changes import ChangePart, parts_of
from idtracker.analyse.metrics.network.sides import FORMULAS, NETWORK_METRICS, as_published, quarters_read
from idtracker.analyse.metrics.network.split import BEHAVIOUR, CAUSES, MERGER, ROSTER, SILENCE
from idtracker.analyse.metrics.quarter import Quarter
from idtracker.analyse.metrics.values import count, metric_of, published_value
from tests.unit.analyse.metrics.metrics_given import Frames, cases, read_reference, table

FCO, DFID, FCDO, MOD, HMRC, UN, CSO = "GB-GOV-3", "GB-1", "GB-GOV-1", "GB-GOV-8", "GB-GOV-11", "XM-UN", "JO-CSO"
Activities = Mapping[str, Mapping[str, list[str]]]
"""Quarter -> activity -> who takes part in it."""


def facts(activities: Activities, owed: list[tuple[str, str, bool]]) -> Frames:
    """Activities by quarter, all of a register that always comes; and reports owed: who, for which quarter, whether it came."""
    work = [(f"{name} {quarter}", quarter) for quarter, named in activities.items() for name in named]
    part = [
        (f"{name} {quarter}", org, quarter)
        for quarter, named in activities.items()
        for name, orgs in named.items()
        for org in orgs
    ]
    due = [(org, org, q, pd.Timestamp("2020-01-01") if came else None, "false") for org, q, came in owed]
    columns = ["source_id", "org_id", "period", "received_at", "is_derogated"]
    return {
        "activity": table("activity", pd.DataFrame(work, columns=["activity_id", "period"])),
        "participation": table("participation", pd.DataFrame(part, columns=["activity_id", "org_id", "period"])),
        "obligation": table("obligation", pd.DataFrame(due, columns=columns)),
    }


def changed(given: Frames, since: str, period: str) -> dict[tuple[str, str], dict[str, ChangePart]]:
    """The parts of every figure between two quarters, by cause."""
    inputs = Inputs(given, read_reference(), pd.Timestamp("2026-06-30"))

    def published(metric_id: str, measure: str, quarter: Quarter) -> float | None:
        metric = metric_of(metric_id)
        return {r.measure: published_value(metric, r) for r in count(metric, inputs, quarter)}[measure]

    parts = [p for m in NETWORK_METRICS for p in parts_of(inputs, Quarter.of(since), Quarter.of(period), m, published)]
    found: dict[tuple[str, str], dict[str, ChangePart]] = {}
    for part in parts:
        found.setdefault((part.metric_id, part.measure), {})[part.cause] = part
    return found


def assert_alone(found: dict[tuple[str, str], dict[str, ChangePart]], cause: str) -> int:
    """The whole difference of every figure is of one cause; how many differ."""
    assert found
    differing = 0
    for name, parts in found.items():
        if set(parts) != set(CAUSES):
            assert set(parts) <= {"APPEARED", "WITHHELD"}
            continue
        difference = parts[cause].value_after - parts[cause].value_before  # type: ignore[operator]
        assert {c: p.contribution for c, p in parts.items() if c != cause} == dict.fromkeys(set(CAUSES) - {cause}, 0), (
            name
        )
        assert parts[cause].contribution == pytest.approx(difference, abs=1e-12)
        differing += abs(difference) > 1e-9
    return differing


BEFORE_MERGER = {"A": [FCO, UN], "B": [DFID, UN], "C": [FCO, MOD], "D": [DFID, HMRC], "E": [MOD, HMRC]}
AS_ONE = {name: [FCDO if org in (FCO, DFID) else org for org in orgs] for name, orgs in BEFORE_MERGER.items()}


@pytest.mark.parametrize(
    ("since", "period", "after"),
    [
        ("2020-Q2", "2020-Q4", AS_ONE),
        ("2020-Q3", "2020-Q4", AS_ONE),
        ("2020-Q3", "2020-Q4", BEFORE_MERGER),  # typed by the old names still
        ("2020-Q2", "2020-Q3", AS_ONE),  # within the quarter of the merger, by the new name alone
        ("2020-Q2", "2020-Q3", BEFORE_MERGER),
        ("2020-Q2", "2020-Q3", {**BEFORE_MERGER, "A": [FCO, FCDO, UN], "C": [FCDO, MOD]}),  # by both
    ],
)
def test_a_merger_alone_is_no_behaviour(since: str, period: str, after: dict[str, list[str]]) -> None:
    quarters = ["2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4"]
    work = {q: BEFORE_MERGER if q < period else after for q in quarters if q <= period}
    owed = [(org, q, True) for org in (CSO, MOD) for q in quarters]
    differing = assert_alone(changed(facts(work, owed), since, period), MERGER)
    assert differing >= 4 or (after is BEFORE_MERGER and period == "2020-Q3")


def test_a_tie_within_what_merges_goes_with_the_merger() -> None:
    """Nobody is tied with oneself: FCO and DFID in one activity are one organisation afterwards."""
    before = {**BEFORE_MERGER, "F": [FCO, DFID]}
    after = {**AS_ONE, "F": [FCDO, FCDO]}
    found = changed(facts({"2020-Q2": before, "2020-Q4": after}, [(CSO, "2020-Q2", True)]), "2020-Q2", "2020-Q4")
    assert assert_alone(found, MERGER) >= 4
    density = found["IM-16", "value"][MERGER]
    assert (density.value_before, density.value_after) == (pytest.approx(6 / 15), pytest.approx(4 / 10))


NOW, EARLIER = "2026-Q1", "2025-Q4"
WHOLE = {"A": [FCDO, UN], "B": [FCDO, MOD], "C": [MOD, HMRC], "D": [FCDO, CSO], "E": [HMRC, CSO], "F": [MOD, UN]}


def test_silence_alone_is_no_behaviour() -> None:
    """What MOD reported is missing, and MOD does not report: every tie of MOD goes, none began or ended for certain."""
    silent = {name: orgs for name, orgs in WHOLE.items() if MOD not in orgs}
    owed = [(MOD, EARLIER, True), (MOD, NOW, False)]
    for since, period, work in (
        (EARLIER, NOW, {"2025-Q3": WHOLE, EARLIER: WHOLE, NOW: silent}),
        (NOW, "2026-Q2", {EARLIER: WHOLE, NOW: silent, "2026-Q2": WHOLE}),  # and comes back
    ):
        assert assert_alone(changed(facts(work, [*owed, (MOD, "2026-Q2", True)]), since, period), SILENCE) >= 5


def test_a_roster_alone_is_no_behaviour() -> None:
    """One that joins brings its ties; one that leaves takes them."""
    joined = {**WHOLE, "G": ["GB-GOV-6", UN], "H": ["GB-GOV-6", MOD]}
    given = facts({"2025-Q3": WHOLE, EARLIER: WHOLE, NOW: joined}, [])
    assert assert_alone(changed(given, EARLIER, NOW), ROSTER) >= 5
    work = {EARLIER: joined} | {f"202{6 + n // 4}-Q{n % 4 + 1}": WHOLE for n in range(8)}
    away = changed(facts(work, []), EARLIER, "2027-Q1")
    assert assert_alone({k: v for k, v in away.items() if k[0] != "IM-24"}, ROSTER) >= 5
    silent_newcomer = changed(
        facts({"2025-Q3": WHOLE, EARLIER: WHOLE, NOW: WHOLE}, [("GB-GOV-6", NOW, True)]), EARLIER, NOW
    )
    assert_alone(silent_newcomer, ROSTER)
    assert silent_newcomer["IM-16", "value"][ROSTER].contribution == pytest.approx(6 / 15 - 6 / 10)


def test_ties_that_begin_and_end_are_behaviour() -> None:
    others = {**{name: orgs for name, orgs in WHOLE.items() if name != "C"}, "G": [UN, CSO], "H": [FCDO, HMRC]}
    owed = [(org, q, True) for org in (MOD, UN) for q in ("2025-Q3", EARLIER, NOW)]
    assert (
        assert_alone(changed(facts({"2025-Q3": WHOLE, EARLIER: WHOLE, NOW: others}, owed), EARLIER, NOW), BEHAVIOUR)
        >= 5
    )


def test_what_is_known_on_both_sides_is_behaviour_though_a_report_is_missing() -> None:
    """MOD did not report before and does now; a tie of it that others reported before, and nobody reports now, has ended."""
    fewer = {name: orgs for name, orgs in WHOLE.items() if name != "B"}
    owed = [(MOD, EARLIER, False), (MOD, NOW, True)]
    found = changed(facts({"2025-Q3": WHOLE, EARLIER: WHOLE, NOW: fewer}, owed), EARLIER, NOW)
    assert found["IM-16", "value"][BEHAVIOUR].contribution == pytest.approx(-1 / 10)
    assert found["IM-16", "value"][SILENCE].contribution == 0


def test_two_on_the_roster_and_no_ties_have_no_parts() -> None:
    two = changed(facts({EARLIER: {"A": [MOD, UN]}, NOW: {"A": [MOD, UN]}}, []), EARLIER, NOW)
    assert two == {}
    owed = [(org, q, True) for org in (MOD, UN, CSO) for q in (EARLIER, NOW)]
    apart = changed(facts({}, owed), EARLIER, NOW)
    assert set(apart) == {("IM-16", "value"), ("IM-18", "expected")}
    begun = changed(facts({NOW: {"A": [MOD, UN]}}, owed), EARLIER, NOW)
    assert set(begun["IM-18", "value"]) == {"APPEARED"}
    assert begun["IM-18", "value"]["APPEARED"].contribution is None


@pytest.mark.parametrize("case", [c for c in cases() if c.metric_id in NETWORK_METRICS], ids=str)
def test_the_figures_are_those_that_are_published(case: object) -> None:
    compared = 0
    values = case.measured().set_index(["measure", "period"])["value"].dropna()  # type: ignore[attr-defined]
    inputs = Inputs(case.given(), read_reference(), case.as_of)  # type: ignore[attr-defined]
    for (metric_id, measure), formula in FORMULAS.items():
        for period in case.periods:  # type: ignore[attr-defined]
            if metric_id == case.metric_id and (measure, period) in values.index:  # type: ignore[attr-defined]
                side = as_published(inputs, quarters_read(metric_id, Quarter.of(period)))
                assert formula(side.is_hmg, side.weights) == pytest.approx(values[measure, period], abs=1e-12)
                compared += 1
    assert compared == len(values[~values.index.get_level_values(0).str.endswith("_as_is")])
