"""Reports -> the cells of their own quarters, one after another: value, error, spread, disagreement, status, marking."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .components import calibrate, merge_components
from .given import Method, Row, score, score_error
from .markings import listed, marked, united
from .policies import is_ordinal, merged, owners_report, policy_of
from .quarters import code_of, first_day, last_day
from .reports import Report, independent, reports
from .uncertainty import decided, evidence

Cell = dict[str, Any]
Key = tuple[str, str, int]


def decisions_at(adjudication: list[Row], instant: Any = None) -> dict[tuple[str, str, str], Row]:
    """The latest decision of each cell known at the instant; a revoked one is none."""
    latest: dict[tuple[str, str, str], Row] = {}
    for row in sorted(adjudication, key=lambda a: (a["decided_at"], a["adjudication_id"])):
        if instant is None or row["decided_at"] <= instant:
            latest[row["indicator_id"], row["place_id"], row["period"]] = row
    return {cell: row for cell, row in latest.items() if row["value"] is not None}


def own_cells(
    observation: list[Row],
    indicator: list[Row],
    place: list[Row],
    method: Method,
    adjudication: list[Row] | None = None,
) -> list[Cell]:
    """A cell for every indicator, place and quarter that somebody reports."""
    indicators = {i["indicator_id"]: i for i in indicator}
    grouped: dict[Key, list[Report]] = defaultdict(list)
    for report in reports(observation, indicators, {p["place_id"]: p for p in place}, method):
        grouped[report["indicator_id"], report["place_id"], report["quarter"]].append(report)
    decisions = decisions_at(adjudication or [])
    found = []
    for name, definition in indicators.items():
        mine = {key[1:]: independent(every)[0] for key, every in grouped.items() if key[0] == name}
        calibration = None
        if policy_of(definition, method) == "unobserved_components" and mine:
            calibration = calibrate(mine, definition, method)
        for (place_id, quarter), counted in mine.items():
            result = merge_components(counted, definition, calibration) if calibration and len(counted) > 1 else None
            cell = one_cell(counted, result or merged(counted, definition, method), definition, method)
            decision = decisions.get((name, place_id, code_of(quarter)))
            found.append(cell if decision is None else decide(cell, decision, counted, definition, method))
    return found


def one_cell(counted: list[Report], result: dict[str, Any], indicator: Row, method: Method) -> Cell:
    quarter = counted[0]["quarter"]
    scores = [s for r in counted if (s := score(r["value"], indicator)) is not None]
    is_disagreement = disagree([r["value"] for r in counted], indicator, method)
    speaking = speaking_of(counted, indicator, method)
    parts = [p for r in counted for p in r["parts"]]
    return {
        "indicator_id": indicator["indicator_id"], "place_id": counted[0]["place_id"], "period": code_of(quarter),
        "period_start": first_day(quarter), "period_end": last_day(quarter),
        "value": result["value"], "standard_error": result["standard_error"],
        "score": score(result["value"], indicator), "score_error": score_error(result["standard_error"], indicator),
        "error_basis": basis_of(result, counted), "method": result["method"], **evidence(counted, result),
        "obs_count": len(parts), "org_count": len({r["org_id"] for r in counted}),
        "spread": max(scores) - min(scores) if len(scores) > 1 else None,
        "is_disagreement": is_disagreement, "obs_status": status_of(speaking, is_disagreement or is_doubted(speaking)),
        "is_carried": False, "origin_period": code_of(quarter), "age_days": 0,
        "is_ungraded": any(r["is_ungraded"] for r in counted),
        **marked(parts),
        "submission_ids": united(p["submission_id"] for p in parts),
        "org_ids": listed(r["org_id"] for r in counted),
        "waivers": united(p["waiver"] for p in parts), "crosswalk_ids": None,  # nothing is declared here
    }  # fmt: skip


def basis_of(result: dict[str, Any], counted: list[Report]) -> str | None:
    """Stated where a report that has weight states an error; else the reports' differences or their sources say one."""
    if result["standard_error"] is None:
        return None
    stated = any(w > 0 and r["error"] is not None for w, r in zip(result["weights"], counted, strict=True))
    return "STATED" if stated and result["method"] != "UNOBSERVED_COMPONENTS" else "ESTIMATED"


def disagree(values: list[float], indicator: Row, method: Method) -> bool:
    """Whether values about one cell lie further apart than the method allows."""
    if policy_of(indicator, method) == "adjudicated":
        return len(set(values)) > 1
    if is_ordinal(indicator):
        return bool(max(values) - min(values) >= method["merging"]["disagreement_steps"])
    scores = [s for v in values if (s := score(v, indicator)) is not None]
    return bool(scores and max(scores) - min(scores) > method["disagreement_points"])


def speaking_of(counted: list[Report], indicator: Row, method: Method) -> list[Report]:
    """The reports that the value rests on: of a priority the owner's alone."""
    is_priority = policy_of(indicator, method) == "priority"
    owner = owners_report(counted, indicator["priority_org_id"]) if is_priority else None
    return counted if owner is None else [owner]


def is_doubted(counted: list[Report]) -> bool:
    """Whether no report says it without doubt."""
    return all(r["is_unusable"] or r["statuses"] == {"U"} for r in counted)


def status_of(counted: list[Report], is_in_doubt: bool) -> str:
    """Break, doubt, estimate, provisional, normal: the first that holds."""
    stated = {s for r in counted for s in r["statuses"]} - {"U"}
    if is_in_doubt:
        stated.add("U")
    return next((s for s in "BUEP" if s in stated), "A")


def decide(cell: Cell, decision: Row, counted: list[Report], indicator: Row, method: Method) -> Cell:
    """The cell as decided, out of doubt; a disagreement again where a later report lies too far from what was decided."""
    later = [r["value"] for r in counted if r["recorded_from"] > decision["decided_at"]]
    is_disagreement = any(disagree([v, decision["value"]], indicator, method) for v in later)
    return cell | {
        "value": decision["value"], "standard_error": decision["standard_error"], "method": "ADJUDICATED",
        "error_basis": None if decision["standard_error"] is None else "STATED", **decided(decision),
        "score": score(decision["value"], indicator),
        "score_error": score_error(decision["standard_error"], indicator),
        "recorded_from": max(cell["recorded_from"], decision["decided_at"]),
        "is_disagreement": is_disagreement,
        "obs_status": status_of(speaking_of(counted, indicator, method), is_disagreement),
    }  # fmt: skip
