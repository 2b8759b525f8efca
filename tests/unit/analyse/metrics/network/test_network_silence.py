"""Silence only widens: a report that is missing never lifts the end of a range at which integration looks worst."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from idtracker.analyse.metrics.registry import metric_of
from idtracker.analyse.metrics.values import measure
from tests.unit.analyse.metrics.metrics_given import Frames, read_reference, table

ORGS = ["GB-GOV-1", "GB-GOV-8", "GB-GOV-11", "GB-GOV-6", "XM-UN", "JO-CSO"]
METRICS = ["IM-16", "IM-17", "IM-18", "IM-19", "IM-24"]
NOW, BEFORE = "2026-Q1", "2025-Q4"
KEY = ["metric_id", "measure"]


def programme(seed: int, silent: str | None = None) -> Frames:
    """Every organisation reports its own activities quarter by quarter, in the first with two partners; one may not report now."""
    draw = random.Random(seed)
    activities, participants, owed = [], [], []
    for org in ORGS:
        partners = draw.sample([other for other in ORGS if other != org], 2)
        for quarter in (BEFORE, NOW):
            chosen = [partner for partner in partners if quarter == BEFORE or draw.random() < 0.6]
            is_missing = org == silent and quarter == NOW
            owed.append((org, org, quarter, None if is_missing else pd.Timestamp("2026-04-20"), False))
            if is_missing:
                continue
            for partner in chosen:
                name = f"{org} {quarter} {partner}"
                activities.append((name, quarter, org))
                participants += [(name, org, quarter, org), (name, partner, quarter, org)]
            if len(chosen) == 2:
                participants.append((name, chosen[0], quarter, org))  # ties its partners with each other too
    return {
        "activity": _frame("activity", activities, ["activity_id", "period", "source_id"]),
        "participation": _frame("participation", participants, ["activity_id", "org_id", "period", "source_id"]),
        "obligation": _frame("obligation", owed, ["source_id", "org_id", "period", "received_at", "is_derogated"]),
    }


def _frame(name: str, rows: list[tuple[object, ...]], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    if "is_derogated" in frame:
        frame["is_derogated"] = frame["is_derogated"].map({True: "true", False: "false"})
    return table(name, frame)


def measured(facts: Frames) -> pd.DataFrame:
    found = measure(facts, read_reference(), [NOW], pd.Timestamp("2026-06-30"), metric_ids=METRICS)
    return found[~found["measure"].str.endswith("_as_is") & (found["measure"] != "expected")].set_index(KEY)


@pytest.mark.parametrize("seed", range(4))
def test_a_range_with_less_reported_holds_the_one_with_more(seed: int) -> None:
    whole = measured(programme(seed))
    assert whole["lower"].isna().all() and whole["value"].notna().sum() >= 5
    compared = moved = 0
    for org in ORGS:
        less = measured(programme(seed, org))
        for key, full in whole.iterrows():
            part = less.loc[key]
            if pd.isna(full["value"]) or pd.isna(part["value"]):
                continue
            assert part["lower"] - 1e-9 <= full["value"] <= part["upper"] + 1e-9, (key, org)
            assert part["lower"] - 1e-9 <= part["value"] <= part["upper"] + 1e-9, (key, org)
            worst = {"higher": "lower", "lower": "upper"}.get(metric_of(key[0]).direction_of(key[1]))
            if worst is not None:
                sign = 1 if worst == "lower" else -1
                assert sign * part[worst] <= sign * full["value"] + 1e-9, (key, org)
            compared += 1
            moved += part["value"] != full["value"]
        assert less.loc[("IM-16", "value"), "value"] <= whole.loc[("IM-16", "value"), "value"]
    assert compared >= 30 and moved > 5


def test_silence_may_flatter_an_index_and_its_range_says_so() -> None:
    """The one tie within HMG is reported by MOD alone: without it every tie crosses the border, and the lower end knows better."""
    facts = {
        "activity": _frame(
            "activity",
            [("A", NOW, "GB-GOV-8"), ("B", NOW, "XM-UN"), ("C", BEFORE, "GB-GOV-8")],
            ["activity_id", "period", "source_id"],
        ),
        "participation": _frame(
            "participation",
            [
                ("A", "GB-GOV-8", NOW, "GB-GOV-8"),
                ("A", "GB-GOV-1", NOW, "GB-GOV-8"),
                ("B", "XM-UN", NOW, "XM-UN"),
                ("B", "GB-GOV-1", NOW, "XM-UN"),
                ("C", "GB-GOV-8", BEFORE, "GB-GOV-8"),
                ("C", "GB-GOV-1", BEFORE, "GB-GOV-8"),
            ],
            ["activity_id", "org_id", "period", "source_id"],
        ),
    }
    owed = [("GB-GOV-8", "GB-GOV-8", NOW, None, False), ("XM-UN", "XM-UN", NOW, pd.Timestamp("2026-04-20"), False)]
    columns = ["source_id", "org_id", "period", "received_at", "is_derogated"]
    heard = [(*owed[0][:3], pd.Timestamp("2026-04-20"), False), owed[1]]
    with_it = measured({**facts, "obligation": _frame("obligation", heard, columns)}).loc[("IM-18", "value")]
    silent = {
        name: frame[(frame["source_id"] != "GB-GOV-8") | (frame["period"] != NOW)] for name, frame in facts.items()
    }
    without = measured({**silent, "obligation": _frame("obligation", owed, columns)}).loc[("IM-18", "value")]
    assert with_it["value"] == 0
    assert without["value"] == 1
    assert (without["lower"], without["upper"]) == (0, 1)
