"""Explanations as trees of what, value and because: how a node is made, and how a row of a canonical table stands in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from idtracker.model.json_values import plain

Node = dict[str, object]

PLACE_OF_ROW = ("fact_id", "submission_id", "sheet", "row_number", "waiver")


def node(what: str, value: object, because: Iterable[Node] = (), /, **more: object) -> Node:
    """One node. Keys beside the three promised ones: `unit`, `says` (one line about the value) and figures by name."""
    values = {name: plain(value_said) for name, value_said in more.items()}
    return {"what": what, "value": plain(value), "because": list(because), **values}


def row_node(table: str, row: Mapping[str, object], show: Sequence[str]) -> Node:
    """A row of a table: the columns of `show` in words and where it stands; a fact with `fact_id`, submission and row."""
    shown = {name: plain(row.get(name)) for name in show}
    place = {name: plain(row[name]) for name in PLACE_OF_ROW if name in row}
    if place.get("waiver") is None:
        place.pop("waiver", None)
    else:
        shown["let through by"] = place["waiver"]
    what = f"{table}: " + ", ".join(f"{name} {value}" for name, value in shown.items() if value is not None)
    return node(what, _where(place), table=table, **place)


def left_out(number: int) -> list[Node]:
    """A last node that says how many were left out of a list, where any were."""
    return [node("left out of this list", number)] if number > 0 else []


def first_of(nodes: Sequence[Node], limit: int | None) -> list[Node]:
    """The first nodes of a list (None: all) and how many were left out."""
    listed = list(nodes if limit is None else nodes[:limit])
    return [*listed, *left_out(len(nodes) - len(listed))]


def _where(place: Mapping[str, object]) -> str | None:
    """`submission, sheet!row`, as far as the row has them; text files have no sheet."""
    sheet, number = place.get("sheet"), place.get("row_number")
    cell = sheet if number is None else f"{sheet}!{number}" if sheet else f"row {number}"
    parts = [str(part) for part in (place.get("submission_id"), cell) if part]
    return ", ".join(parts) or None
