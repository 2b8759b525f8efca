"""What the programme was built to show, for tests to recover: synergy, silence, corrections, a withdrawal, a merger, faults."""

from __future__ import annotations

from typing import Any

from programme import organisations as org
from programme.departments import SILENT_AFTER
from programme.faults import planted
from programme.inbox import clean_deliveries
from programme.observers import DEROGATED
from programme.portfolio import ARMS, ARMS_START, CELLS, MEANS, MERGER, OUTCOMES
from programme.revisions import CORRECTIONS, REPLACEMENT, WITHDRAWAL
from programme.world import CLOCK, NO_ACCESS, TREND, World


def truth(world: World) -> dict[str, Any]:
    """Every planted truth and fault as plain data."""
    return {
        "notice": "Invented figures",
        "seed": world.seed,
        "clock": CLOCK,
        "comparisons": comparisons(),
        "trends": [
            {"place": place, "dimension": dimension, "points_per_quarter": slope}
            for (place, dimension), slope in TREND.items()
        ],
        "silent": {
            "organisation": org.MOD,
            "sources": ["mod_military_cooperation", "mod_security_assessment"],
            "last_period": SILENT_AFTER,
        },
        "derogated": {"source": "mopic_public_works", "period": DEROGATED},
        "merger": {"on": MERGER.isoformat(), "before": [org.FCO, org.DFID], "after": org.FCDO},
        "shared_origin": {
            "indicator": "BSF3-PROTEST",
            "origin": org.NAMES[org.OBSERVATORY],
            "sources": ["embassy_tracker_workbook", "mod_security_assessment"],
        },
        "disagreement": {"indicator": "BSF3-MEDIATION", "place": "JO-AT"},
        "corrections": [
            {"source": source, "file": name, "corrected": corrected, "changes": [list(c) for c in changes]}
            for source, name, corrected, _, changes in CORRECTIONS
        ],
        "withdrawal": {"source": WITHDRAWAL[0], "file": WITHDRAWAL[1], "why": WITHDRAWAL[3]},
        "replacement": {"file": REPLACEMENT[0], "left_out": list(REPLACEMENT[2])},
        "no_access": {"place": NO_ACCESS[0], "periods": list(NO_ACCESS[1])},
        "faults": faults(world),
    }


def comparisons() -> list[dict[str, Any]]:
    """The two 2x2 comparisons: the first pair of departments has synergy, the second has none."""
    found = []
    for ref, (first, second) in ARMS.items():
        m = MEANS[ref]
        found.append(
            {
                "activity": ref,
                "outcome": OUTCOMES[ref],
                "source": "fcdo_logframe_results",
                "arm_a": first,
                "arm_b": second,
                "starts_on": ARMS_START.isoformat(),
                "cells": {cell: list(places) for cell, places in CELLS[ref].items()},
                "means": m,
                "interaction_contrast": m["both"] - m["a"] - m["b"] + m["neither"],
            }
        )
    return found


def faults(world: World) -> list[dict[str, Any]]:
    """Every planted fault with file, sheet, one-based rows (none: the whole file) and rule."""
    return [
        {
            "rule": p.fault.rule,
            "source": p.fault.source,
            "file": p.fault.file,
            "sheet": p.sheet,
            "rows": list(p.rows),
            "why": p.fault.why,
        }
        for p in planted(clean_deliveries(world))
    ]
