"""Observations -> one report per organisation, origin and quarter, and of those the independent ones of each cell."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from .given import Method, Row
from .quarters import MONTHS, first_day, fit_of, kind_of, last_day, quarters_of, thursday

Report = dict[str, Any]
Z90 = 1.645
THURSDAY = 4


def counts(row: Row, indicator: Row, method: Method) -> bool:
    """A total with a value, about a span that the indicator allows for."""
    if row["value"] is None or row["disaggregation"] or row["obs_status"] in method["not_merged"]:
        return False
    is_longer = MONTHS[kind_of(row["period"])] > max(3, MONTHS[indicator["frequency"]])
    return not (indicator["roll_up"] == "sum" and is_longer)


def quality(row: Row, method: Method) -> float | None:
    grading = method["grading"]
    if is_unusable(row):
        return 0.0
    reliability = grading["reliability"].get(row["reliability"])
    credibility = grading["credibility"].get(row["credibility"])
    if reliability is None or credibility is None:
        return None
    return float((reliability * credibility) ** 0.5 / 100)


def is_unusable(row: Row) -> bool:
    return row["reliability"] == "E" or row["credibility"] == "5"


def error(row: Row, method: Method) -> float | None:
    """The stated error; where every value must have one, 0 is no statement."""
    counts_zero = not method.get("uncertainty")
    if row["standard_error"] is not None and (row["standard_error"] > 0 or counts_zero):
        return float(row["standard_error"])
    if row["lower"] is None or row["upper"] is None or (row["upper"] == row["lower"] and not counts_zero):
        return None
    return float((row["upper"] - row["lower"]) / (2 * Z90))


def grade_key(quality: float | None) -> float:
    """Larger is better graded: a report that cannot be judged stands below every usable one and above an unusable one."""
    return 1e-9 if quality is None else quality


def best_row(rows: list[Row], method: Method) -> Row:
    """Of rows of one organisation about one period: the best graded, then the newest."""
    return max(rows, key=lambda r: (grade_key(quality(r, method)), r["recorded_from"]))


def reports(observation: list[Row], indicators: dict[str, Row], places: dict[str, Row], method: Method) -> list[Report]:
    """Every organisation's report about a quarter, in the order of cell, organisation and origin."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in observation:
        indicator = indicators.get(row["indicator_id"])
        if indicator is None or row["place_id"] not in places or not counts(row, indicator, method):
            continue
        for quarter in quarters_of(row["period_start"], row["period_end"]):
            org = row["org_id"] or row["originator_org_id"] or row["source_id"]
            groups[row["indicator_id"], row["place_id"], quarter, org, quoted_by(org, row)].append(row)
    spelled: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for key, rows in groups.items():
        spelled[*key[:3], key[4]] |= {one_blank(r["origin_org_id"] or r["origin"]) for r in rows}
    made = [rolled_up(key, rows, indicators[key[0]], method) for key, rows in sorted(groups.items())]
    named = [r | {"origin": r["origin"] and min(spelled[r["indicator_id"], r["place_id"], r["quarter"], r["origin"]])}
             for r in made if r is not None]  # fmt: skip
    return sorted(named, key=lambda r: (r["indicator_id"], r["place_id"], r["quarter"], r["org_id"], r["origin"] or ""))


def one_blank(origin: str | None) -> str:
    return " ".join((origin or "").split())


def quoted_by(org: str, row: Row) -> str:
    """The origin that a row quotes, in whatever case; empty where that is nobody else."""
    word = one_blank(row["origin_org_id"] or row["origin"]).lower()
    return "" if word == org.lower() else word


def rolled_up(key: tuple[Any, ...], rows: list[Row], indicator: Row, method: Method) -> Report | None:
    """One report from the rows of the best fit; None where parts of a sum leave days of the quarter out."""
    fit = min(fit_of(r["period"]) for r in rows)
    by_period: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if fit_of(row["period"]) == fit:
            by_period[row["period"]].append(row)
    parts = sorted((best_row(same, method) for same in by_period.values()), key=lambda r: r["period_end"])
    if fit >= fit_of("2025"):  # a calendar and a financial year: the better graded, then the later one
        parts.sort(key=lambda r: grade_key(quality(r, method)))
    if indicator["roll_up"] == "last" or fit > fit_of("2025-11-07"):
        parts = parts[-1:]
    is_sum = indicator["roll_up"] == "sum"
    if is_sum and fit < 4 and not covers(parts, key[2]):
        return None
    share = 1.0 if is_sum else 1 / len(parts)
    errors = [error(p, method) for p in parts]
    known = [e for e in errors if e is not None]
    grades = [quality(p, method) for p in parts]
    return {
        "indicator_id": key[0], "place_id": key[1], "quarter": key[2], "org_id": key[3], "origin": key[4] or None,
        "value": sum(p["value"] for p in parts) * share,
        "error": share * sum(e * e for e in known) ** 0.5 if len(known) == len(parts) else None,
        "quality": min(grades, key=grade_key),
        "is_ungraded": None in grades,
        "is_unusable": any(is_unusable(p) for p in parts),
        "statuses": {p["obs_status"] for p in parts},
        "parts": parts,
        "since": max(quarters_of(p["period_start"], p["period_end"])[0] for p in parts),
        "recorded_from": max(p["recorded_from"] for p in parts),
    }  # fmt: skip


def covers(parts: list[Row], quarter: int) -> bool:
    """Whether parts leave no day of a quarter out; weeks no Thursday."""
    if kind_of(parts[0]["period"]) == "week":
        stated = {thursday(p["period_start"]) for p in parts}
        every = (first_day(quarter) + timedelta(days=n) for n in range(92))
        return all(day in stated for day in every if day <= last_day(quarter) and day.isoweekday() == THURSDAY)
    days = sum((p["period_end"] - p["period_start"]).days + 1 for p in parts)
    return days == (last_day(quarter) - first_day(quarter)).days + 1


def word_of(report: Report) -> str:
    """Whose word a report is: the origin's that it quotes, else its organisation's own."""
    return str(report["origin"] or report["org_id"]).lower()


def independent(cell: list[Report]) -> tuple[list[Report], list[Report], list[Report]]:
    """The reports of one cell that count, those quoted once already, and those unusable beside usable ones."""
    by_origin: dict[str, list[Report]] = defaultdict(list)
    for report in cell:
        by_origin[word_of(report)].append(report)
    chosen, quoted = [], []
    for same in by_origin.values():
        first, *others = sorted(
            same, key=lambda r: (r["is_unusable"], r["origin"] is not None, -grade_key(r["quality"]), r["org_id"])
        )
        chosen.append(first)
        quoted += others
    chosen.sort(key=lambda r: (r["org_id"], r["origin"] or ""))
    usable = [r for r in chosen if not r["is_unusable"]]
    return (usable, quoted, [r for r in chosen if r["is_unusable"]]) if usable else (chosen, quoted, [])
