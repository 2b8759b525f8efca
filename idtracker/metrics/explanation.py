"""Why a metric has its value: definition, numerator, denominator and the rows behind them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from idtracker.errors import UsageError
from idtracker.metrics.counted import PROGRAMME, Counted, Evidence
from idtracker.metrics.inputs import ROW, Inputs, Mode
from idtracker.metrics.quarter import Quarter
from idtracker.metrics.registry import Metric, metric_of
from idtracker.metrics.values import count, published_value

Node = dict[str, object]
Behind = tuple[Evidence, pd.DataFrame]


def explain(
    metric_id: str,
    facts: Mapping[str, pd.DataFrame],
    reference: Mapping[str, pd.DataFrame],
    period: str,
    scope: str = PROGRAMME,
    *,
    as_of: pd.Timestamp,
    organisations: Mode = "as_was",
    limit: int | None = 100,
) -> Node:
    """A tree of {"what", "value", "because"}: the definition, then each measure with the units and rows behind it.

    At most `limit` units are listed under each figure (None: all), and a last node says how many were left out. A row
    carries `table` and, where it is a fact, `fact_id`, `submission_id`, `sheet`, `row_number`, and the `waiver` that let it
    through, if any. UsageError for
    an unknown metric, or a scope that has no value in the quarter.
    """
    chosen, quarter = metric_of(metric_id), Quarter.of(period)
    inputs = Inputs(facts, reference, as_of, organisations)
    every = list(count(chosen, inputs, quarter))
    found = [counted for counted in every if counted.scope == scope]
    if not found:
        scopes = ", ".join(dict.fromkeys(counted.scope for counted in every))
        raise UsageError(f"{chosen.id} has no value for the scope {scope!r} in {period}; there are: {scopes}.")
    return _node(
        f"{chosen.id} {chosen.name}, {period}, {scope}",
        published_value(chosen, found[0]),
        [_definition(chosen), *(_measure(chosen, counted, limit) for counted in found)],
    )


def _definition(chosen: Metric) -> Node:
    least = f"{chosen.minimum_denominator} {chosen.denominator}"
    parts = {
        "question": chosen.question,
        "counted": chosen.denominator,
        "withheld below": least,
        "version": chosen.version,
    }
    return _node("definition", chosen.formula, [_node(what, value) for what, value in parts.items()])


def _measure(chosen: Metric, counted: Counted, limit: int | None) -> Node:
    units, evidence = counted.units, [(e, e.rows) for e in counted.evidence]
    counting = units["counts"].astype(bool)
    reason = counted.reason(chosen.minimum_denominator)
    because = [
        _node("numerator", counted.numerator, _units(evidence, units[counting], limit)),
        _node("denominator", counted.denominator, _units(evidence, units[~counting], limit)),
        _node("n", counted.n),
    ]
    if reason:
        because.insert(0, _node("withheld", reason))
    node = _node(chosen.all_measures()[counted.measure], published_value(chosen, counted), because)
    return {**node, "measure": counted.measure, "unit": chosen.unit_of(counted.measure)}


def _units(evidence: list[Behind], units: pd.DataFrame, limit: int | None) -> list[Node]:
    """The units by name, each with its rows; under the denominator stand those that are not in the numerator."""
    weights = dict(zip(units["unit"], units["weight"], strict=True)) if "weight" in units else {}
    names = sorted(units["unit"].drop_duplicates())
    listed = names if limit is None else names[:limit]
    nodes = [_node(name, _plain(weights.get(name)), _rows(evidence, name, limit)) for name in listed]
    return [*nodes, *_left_out(len(names) - len(listed))]


def _rows(evidence: list[Behind], unit: str, limit: int | None) -> list[Node]:
    nodes: list[Node] = []
    for found, behind in evidence:
        rows = behind[behind["unit"] == unit]
        listed = rows if limit is None else rows.head(limit)
        nodes.extend(_row(found, row) for row in listed.to_dict("records"))
        nodes.extend(_left_out(len(rows) - len(listed)))
    return nodes


def _row(evidence: Evidence, row: Mapping[object, object]) -> Node:
    table = str(row["table"]) if "table" in row else evidence.table
    shown = {name: _plain(row.get(name)) for name in evidence.show}
    place = {name: _plain(row[name]) for name in ROW if name in row}
    if place.get("waiver") is None:
        place.pop("waiver", None)
    else:
        shown["let through by"] = place["waiver"]
    what = f"{table}: " + ", ".join(f"{name} {value}" for name, value in shown.items() if value is not None)
    return {**_node(what, _where(place)), "table": table, **place}


def _where(place: Mapping[str, object]) -> str | None:
    """`submission, sheet!row`, as far as the row has them; text files have no sheet."""
    sheet, number = place.get("sheet"), place.get("row_number")
    cell = sheet if number is None else f"{sheet}!{number}" if sheet else f"row {number}"
    parts = [str(part) for part in (place.get("submission_id"), cell) if part]
    return ", ".join(parts) or None


def _left_out(number: int) -> list[Node]:
    return [_node("left out of this list", number)] if number > 0 else []


def _node(what: str, value: object, because: list[Node] | None = None) -> Node:
    return {"what": what, "value": value, "because": because or []}


def _plain(value: object) -> object:
    """A value that JSON can hold; missing is None."""
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value
