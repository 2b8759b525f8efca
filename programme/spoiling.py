"""Ways to spoil a report: verbs that alter a delivery and say which records of which sheet they touched."""

from __future__ import annotations

from collections.abc import Callable

from programme.delivery import Cell, Delivery, Grid
from programme.writing import render

Change = Callable[[Delivery], tuple[str, list[int]]]


def cell(record: int, sheet: str = "", /, **values: Cell) -> Change:
    """Type other values into a record; blanks of headings are written as underscores, and `pct` for %."""

    def change(delivery: Delivery) -> tuple[str, list[int]]:
        grid = delivery.grid(sheet)
        for heading, value in values.items():
            grid.put(record, _heading(grid, heading), value)
        return sheet, [record]

    return change


def _heading(grid: Grid, written: str) -> str:
    plain = written.replace("_pct", " %").replace("_", " ")
    return next(h for h in grid.headings if h in (written, plain) or h.startswith((f"{plain} (", f"{plain} /")))


def again(record: int, **values: Cell) -> Change:
    """Write a record a second time, with other values if any are given."""

    def change(delivery: Delivery) -> tuple[str, list[int]]:
        grid = delivery.grids[0]
        grid.rows.append(list(grid.rows[record]))
        copy = len(grid.rows) - 1
        for heading, value in values.items():
            grid.put(copy, _heading(grid, heading), value)
        return "", [record, copy] if values else [copy]

    return change


def more(*rows: list[Cell]) -> Change:
    """Add records."""

    def change(delivery: Delivery) -> tuple[str, list[int]]:
        grid = delivery.grids[0]
        first = len(grid.rows)
        grid.rows += [list(row) for row in rows]
        return "", list(range(first, len(grid.rows)))

    return change


def whole(change: Callable[[Delivery], object]) -> Change:
    """A mistake of the whole file."""

    def apply(delivery: Delivery) -> tuple[str, list[int]]:
        change(delivery)
        return "", []

    return apply


def with_extra_cell(record: int) -> Change:
    def change(delivery: Delivery) -> tuple[str, list[int]]:
        delivery.grids[0].rows[record].append("seen again in May")
        return "", [record]

    return change


def with_new_column(delivery: Delivery) -> None:
    grid = delivery.grids[0]
    grid.headings = [*grid.headings, "Internal remarks"]
    grid.rows = [[*row, "ok"] for row in grid.rows]


def without_column(heading: str) -> Callable[[Delivery], None]:
    def change(delivery: Delivery) -> None:
        grid = delivery.grids[0]
        place = grid.headings.index(heading)
        grid.headings = [h for i, h in enumerate(grid.headings) if i != place]
        grid.rows = [[c for i, c in enumerate(row) if i != place] for row in grid.rows]

    return change


def heading_twice(heading: str) -> Callable[[Delivery], None]:
    def change(delivery: Delivery) -> None:
        grid = delivery.grids[0]
        grid.headings = [*grid.headings, heading]
        grid.rows = [[*row, row[grid.headings.index(heading)]] for row in grid.rows]

    return change


def content_of(content: bytes) -> Callable[[Delivery], None]:
    def change(delivery: Delivery) -> None:
        delivery.kind, delivery.content = "bytes", content

    return change


def cut_short(delivery: Delivery) -> None:
    content = render(delivery)
    delivery.kind, delivery.content = "bytes", content[: len(content) // 2]


def marked_secret(delivery: Delivery) -> None:
    grid = delivery.grids[0]
    grid.lead = [["SECRET"], *grid.lead]


def first_rows(count: int) -> Callable[[Delivery], None]:
    def change(delivery: Delivery) -> None:
        del delivery.grids[0].rows[count:]

    return change


def as_per_cent(delivery: Delivery) -> None:
    grid = delivery.grids[0]
    for record, row in enumerate(grid.rows):
        grid.put(record, "share", round(float(row[grid.headings.index("share")]) * 100, 1))


def everywhere(**values: Cell) -> Callable[[Delivery], None]:
    """Write the same value into every record."""

    def change(delivery: Delivery) -> None:
        grid = delivery.grids[0]
        for heading, value in values.items():
            for record in range(len(grid.rows)):
                grid.put(record, heading, value)

    return change


def settings(**values: str) -> Callable[[Delivery], None]:
    def change(delivery: Delivery) -> None:
        for name, value in values.items():
            setattr(delivery, name, value)

    return change


def blank(heading: str, count: int) -> Callable[[Delivery], None]:
    def change(delivery: Delivery) -> None:
        for record in range(count):
            delivery.grids[0].put(record, heading, None)

    return change


def without_sheet(name: str) -> Callable[[Delivery], None]:
    def change(delivery: Delivery) -> None:
        delivery.grids = [g for g in delivery.grids if g.sheet != name]

    return change
