"""Why a cell has its value: carried or of its own quarter, merged from which reports or governorates, or decided."""

from __future__ import annotations

import pandas as pd

from idtracker.explain.certainty import certainty_of_cell
from idtracker.explain.crosswalks import crosswalk_words, shares_into, stopped_words, uncounted_words, waiting_words
from idtracker.explain.rows import contributing_reports, contributing_rows, governorates_of
from idtracker.explain.tables import KnownTables, Row, rows_of
from idtracker.model.explanation import Node, first_of, left_out, node
from idtracker.model.json_values import plain
from idtracker.model.periods import period_bounds

_FIGURES = (
    "score",
    "standard_error",
    "score_error",
    "error_basis",
    "obs_status",
    "is_carried",
    "origin_period",
    "age_days",
    "spread",
    "is_disagreement",
    "classification",
    "recorded_from",
)


def cell_node(
    known: KnownTables, indicator_id: str, place_id: str, period: str, limit: int | None, **more: object
) -> Node:
    """A cell with value, unit, score and status, and below it what it was merged from; `value` is None where there is none.

    Further keys: `kind`, `method`, and `more`, such as the weight in a score.
    """
    indicator = known.indicator(indicator_id)
    what = f"{indicator['name']} ({indicator_id}), {known.place(place_id)}, {period}"
    cell = known.one("merged_cell", indicator_id=indicator_id, place_id=place_id, period=period)
    keys = {"kind": "cell", "indicator_id": indicator_id, "place_id": place_id, "period": period, **more}
    if cell is None:
        return node(what, None, says=_absence(known, indicator, place_id, period), **keys)
    keys |= {name: cell.get(name) for name in _FIGURES} | {"merge_method": cell["method"], "unit": indicator["unit"]}
    return node(what, cell["value"], _contributions(known, cell, limit), says=_words(known, indicator, cell), **keys)


def _words(known: KnownTables, indicator: Row, cell: Row) -> str:
    """The cell's standing in one line."""
    words = [f"{cell['score']:.2f} between its goalposts"] if cell["score"] is not None else []
    words.append(known.label("merge_method", cell["method"]).lower())
    words += crosswalk_words(known, cell, indicator["unit"])
    words += certainty_of_cell(known, indicator, cell)
    if cell["is_carried"]:
        uncounted = uncounted_words(known, cell["indicator_id"], cell["place_id"], cell["period"])
        words.append(
            f"carried from {cell['origin_period']}: {uncounted or 'no report for ' + cell['period']}, {cell['age_days']} days old, "
            f"at most {indicator['max_age_days']}"
        )
        words += waiting_words(known, indicator, cell["place_id"], cell["origin_period"], cell["period"])
    elif cell["obs_status"] not in (None, "A"):
        words.append(known.label("obs_status", cell["obs_status"]).lower())
    if cell["is_disagreement"]:
        words.append(f"reports disagree by {cell['spread']:.1f} points")
    return "; ".join(words)


def _absence(known: KnownTables, indicator: Row, place_id: str, period: str) -> str:
    """Why there is no cell."""
    series = known.select("merged_cell", indicator_id=indicator["indicator_id"], place_id=place_id, is_carried=False)
    earlier = series[series["period"] < period].sort_values("period")
    uncounted = uncounted_words(known, indicator["indicator_id"], place_id, period)
    words = [f"no value: {uncounted or 'nothing was reported for this quarter, nor before'}"]
    if len(earlier):
        last = rows_of(earlier)[-1]
        days = _end_of(period) - last["period_end"]
        words = [
            f"no value: the last report is of {last['period']}, {days.days} days old, and may be "
            f"carried for {indicator['max_age_days']}"
        ] + ([uncounted] if uncounted else [])
        words += stopped_words(known, indicator["indicator_id"], place_id, last["period"], period)
    after = str(earlier["period"].max()) if len(earlier) else None
    words += waiting_words(known, indicator, place_id, after, period)
    parts = governorates_of(known, place_id)
    if len(parts) and indicator["level"] in ("adm1", "both"):
        there = known.select(
            "merged_cell", indicator_id=indicator["indicator_id"], period=period, is_carried=False
        )  # a carried cell makes no national one
        count = int(parts["place_id"].isin(there["place_id"]).sum())
        words.append(f"{count} of {len(parts)} governorates have a value of this quarter, too few for a national one")
    return "; ".join(words)


def _end_of(period: str) -> pd.Timestamp:
    return pd.Timestamp(period_bounds(period)[1])


def _contributions(known: KnownTables, cell: Row, limit: int | None) -> list[Node]:
    """What a cell was made from, in the quarter that its value comes from."""
    if cell["method"] == "PLACE_SHARE":
        return _old_places(known, cell, limit)
    if str(cell["method"]).startswith("NATIONAL_"):
        return _governorates(known, cell, limit)
    about = {"indicator_id": cell["indicator_id"], "place_id": cell["place_id"], "period": cell["origin_period"]}
    decided = [_decision(row) for row in _decisions(known, about, cell)]
    reports = contributing_reports(known, *(str(about[name]) for name in ("indicator_id", "place_id", "period")))
    if not reports:
        says = "this publication does not keep them; run `idtracker run` to publish it again"
        return [*decided, node("reports behind the cell", None, says=says)]
    return [*decided, *first_of([report_node(known, report, limit) for report in reports], limit)]


def report_node(known: KnownTables, report: Row, limit: int | None) -> Node:
    """One organisation's report: value, weight and use, and the rows it was rolled up from."""
    quoted = f", quoting {known.organisation(report['origin'])}" if report["origin"] else ""
    use = f"used with weight {report['weight']:.3f}" if report["use"] == "USED" else "not used"
    why = "" if report["use"] == "USED" else f": {known.label('report_use', report['use']).lower()}"
    graded = "ungraded" if report["quality"] is None else f"quality {report['quality']:.2f}"
    figures = ("org_id", "origin", "weight", "use", "score", "quality", "standard_error", "recorded_from")
    return node(
        f"{known.organisation(report['org_id'])}{quoted}",
        report["value"],
        contributing_rows(known, report, limit),
        unit=known.indicator(report["indicator_id"])["unit"],
        says="; ".join(
            [f"{use}{why}", graded, *crosswalk_words(known, report, known.indicator(report["indicator_id"])["unit"])]
        ),
        kind="report",
        **{name: report[name] for name in figures},
    )


def _governorates(known: KnownTables, cell: Row, limit: int | None) -> list[Node]:
    """The governorates' own cells that a national cell was made from, with weight and part of the value."""
    parts = governorates_of(known, cell["place_id"])
    cells = known.select(
        "merged_cell", indicator_id=cell["indicator_id"], period=cell["origin_period"], is_carried=False
    )
    cells = cells[cells["method"] != "PLACE_SHARE"]
    governorates = cells.merge(parts[["place_id", "weight"]], on="place_id").sort_values("place_id")
    is_sum = cell["method"] == "NATIONAL_SUM"
    shares = (governorates["weight"] / governorates["weight"].sum()).tolist()
    nodes = [
        cell_node(
            known,
            row["indicator_id"],
            row["place_id"],
            row["period"],
            limit,
            kind="governorate",
            population_share=share,
            part_of_value=row["value"] if is_sum else share * row["value"],
        )
        for row, share in zip(rows_of(governorates[:limit]), shares, strict=False)
    ]
    return [*nodes, *left_out(len(governorates) - len(nodes))]


def _old_places(known: KnownTables, cell: Row, limit: int | None) -> list[Node]:
    """The cells of the places that a cell was taken over from, with the part of each that went into this place."""
    nodes = [
        cell_node(
            known, cell["indicator_id"], row["from_place_id"], cell["origin_period"], limit, place_share=row["share"]
        )
        for row in shares_into(known, cell["place_id"])
    ]
    return first_of(nodes, limit)


def _decisions(known: KnownTables, about: dict[str, object], cell: Row) -> list[Row]:
    """The decision that a cell follows."""
    if cell["method"] != "ADJUDICATED" or not known.has("adjudication"):
        return []
    decisions = known.select("adjudication", **about).sort_values(["decided_at", "adjudication_id"])
    return rows_of(decisions.tail(1))


def _decision(row: Row) -> Node:
    return node(
        f"decision {row['adjudication_id']} of {row['decided_by']}",
        row["value"],
        says=f"decided {plain(row['decided_at'])}: {row['why']}",
        kind="decision",
    )
