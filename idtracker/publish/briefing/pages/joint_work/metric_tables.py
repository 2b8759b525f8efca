"""Tables of metrics: one row for each on the page of integration, and every measure of a family on a page of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from idtracker.model.messages import Lang
from idtracker.publish.briefing.pages.joint_work.metrics import (
    PROGRAMME,
    Measured,
    digits_of,
    unit_name,
)
from idtracker.publish.briefing.pages.wording import MOST, Row, Words, between, change_of, cut, figure
from idtracker.publish.briefing.parts import Inline, Link, Page, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows
from idtracker.store.tables import quoted

AS_IS = "_as_is"
_MANY = ("org=", "place=", "department=", "objective=", "source=", "portfolio=", "dimension=")
"""Scopes that are not listed on the pages of families: there is a row for each organisation, place or objective. Their file has them."""
_SHORT = ("metric", "of", "value", "interval", "n", "change", "direction", "state")
_LONG = ("metric", "measure", "scope", "value", "interval", "n", "better", "change", "direction", "state")
_PARTS = re.compile(" (?=indicator=|pair=)")
Cell = Inline | Link | Sentence | None


def families_section(source: PublishedRows, measured: Measured, lang: Lang) -> Section:
    """One row for each metric, a table for each family, each with a link to all measures of the family."""
    from idtracker.analyse.metrics.registry import families, family

    words = Words("metrics", lang)
    blocks: list[Sentence | Table] = [words.sentence("intro")]
    for name in families():
        shown = [row for metric in family(name) if (row := _first(measured, metric.id, metric.measures)) is not None]
        title = words.text(f"family_{name}")
        blocks.append(_table(source, words, title, measured, shown, _SHORT))
        if shown:
            blocks.append(words.sentence("more", all=Link(words.text("all_measures", family=title), page_of(name))))
    return Section("metrics", words.text("title", period=measured.period), blocks, [words.sentence("legend", 3)])


def family_pages(source: PublishedRows, measured: Measured, lang: Lang) -> list[Page]:
    """A page for each family with rows: every measure, its change since the baseline, and why it is stale or withheld."""
    from idtracker.analyse.metrics.registry import families, family

    words, pages = Words("metrics", lang), []
    for name in families():
        members = [metric.id for metric in family(name)]
        shown = [row for metric in family(name) for row in _listed(measured, metric.id, metric.measures)]
        if not shown:
            continue
        title = words.text(f"family_{name}")
        heading = words.text("family_title", family=title, period=measured.period)
        table = _table(source, words, title, measured, shown, _LONG, name, members)
        back = words.sentence("back", up=Link(words.text("up"), "integration.html"))
        methods = words.sentence("what_they_mean", link=Link(words.text("limits"), "methods-metrics.html"))
        section = Section("measures", heading, [back, methods, *cut(lang, shown), table], [words.sentence("legend", 3)])
        pages.append(Page(page_of(name), heading, [section]))
    return pages


def page_of(family: str) -> str:
    """The page of a family, below the folder of the language."""
    return f"metrics-{family}.html"


def _first(measured: Measured, metric_id: str, measures: Iterable[str]) -> Row | None:
    """The row that stands for a metric: the figure of the programme that the framework compares, else its first of the programme,
    else its first of anything."""
    ordered = [(metric_id, measure, PROGRAMME) for measure in measures]
    for key in (*(key for key in ordered if key in measured.changes), *ordered):
        if (row := measured.row(*key)) is not None:
            return row
    others = [row for (metric, _, _), row in measured.rows.items() if metric == metric_id]
    return others[0] if others else None


def _listed(measured: Measured, metric_id: str, measures: Iterable[str]) -> list[Row]:
    """Every measure of a metric in its order but those with mergers applied to the past, and those of single organisations,
    places and objectives.
    """
    order = {measure: n for n, measure in enumerate(measures)}
    rows = [
        row
        for (metric, measure, scope), row in measured.rows.items()
        if metric == metric_id and not measure.endswith(AS_IS) and not scope.startswith(_MANY)
    ]
    return sorted(
        rows, key=lambda row: (order.get(row["measure"], len(order)), row["scope"] != PROGRAMME, row["scope"])
    )


def _table(
    source: PublishedRows,
    words: Words,
    title: str,
    measured: Measured,
    rows: list[Row],
    columns: tuple[str, ...],
    file: str | None = None,
    members: Iterable[str] = (),
) -> Table:
    cells = [_cells(source, words, measured, row, columns) for row in rows[:MOST]]
    sql = None
    if file is not None:
        listed = ", ".join(quoted(metric_id) for metric_id in members)
        sql = f"SELECT * FROM metric_value WHERE period = {quoted(measured.period)} AND metric_id IN ({listed}) ORDER BY ALL"
    return Table(
        title,
        [words.text(f"column_{name}") for name in columns],
        cells,
        csv=f"metrics-{file}.csv" if file else None,
        rows_sql=sql,
        empty_text=words.text("family_empty"),
    )


def _cells(source: PublishedRows, words: Words, measured: Measured, row: Row, columns: tuple[str, ...]) -> list[Cell]:
    from idtracker.analyse.metrics.registry import metrics

    metric = metrics().get(row["metric_id"])
    name = "" if metric is None else metric.name_ar if words.lang == "ar" else metric.name
    meaning = "" if metric is None else metric.all_measures().get(row["measure"], "")
    better = "none" if metric is None else metric.direction_of(row["measure"])
    value = measured.cell(row, "value", words.lang)
    ends = (figure("metric_value", row, name, digits_of(row["unit"])) for name in ("lower", "upper"))
    every: dict[str, Cell] = {
        "metric": f"{row['metric_id']} {name}",
        "of": row["measure"],
        "measure": row["measure"] if words.lang == "ar" else meaning or row["measure"],
        "scope": scope_name(source, row["scope"], words),
        "value": words.text("withheld", reason=row["reason"]) if value is None and row["reason"] else value,
        "interval": between(words.lang, *ends),
        "n": figure("metric_value", row, "n", 0),
        "better": f"{words.text(f'better_{better}')} · {unit_name(row['unit'], words.lang)}",
        "state": _state(source, words, row),
    }
    every |= _change(source, words, measured.changes.get((row["metric_id"], row["measure"], row["scope"])))
    return [every[column] for column in columns]


def _change(source: PublishedRows, words: Words, row: Row | None) -> dict[str, Cell]:
    """What the framework says of a change; that it is not compared where no question and no element cites the figure."""
    if row is None:
        return {"change": None, "direction": words.text("not_compared")}
    names = ("change", "change_lower", "change_upper")
    change, lower, upper = (figure("framework_evidence", row, name, digits_of(row["unit"])) for name in names)
    cell: Cell = change_of(change)
    if change is not None and (lower is not None or upper is not None):
        cell = words.sentence("change_between", change=change_of(change), lower=lower, upper=upper)
    return {"change": cell, "direction": source.code_label("framework_direction", row["direction"], words.lang)}


def _state(source: PublishedRows, words: Words, row: Row) -> str:
    """Whether a source of the figure owes a report that is newer than what it sent."""
    if row["is_stale"] is None:
        return words.text("stale_not_known")
    owed = [source.name_of_source(name, words.lang) for name in (row["overdue_source_ids"] or "").split(";")]
    return words.text("stale", sources=words.list_of(owed)) if row["is_stale"] else words.text("current")


def scope_name(source: PublishedRows, scope: str, words: Words) -> str:
    """What a figure is about, in words where the scope names a place, an organisation or the programme."""
    if scope == PROGRAMME:
        return words.text("programme")
    kind, _, code = scope.partition("=")
    if kind == "place":
        return source.name_of_place(code, words.lang)
    if kind in ("org", "department", "claimant"):
        return source.name_of_organisation(code, words.lang)
    if kind == "activity":
        return _comparison(source, scope, words)
    return source.code_label("barrier", code, words.lang) if kind == "barrier" else scope


def _comparison(source: PublishedRows, scope: str, words: Words) -> str:
    """An activity, its result indicator and the two departments that are compared, such as `activity=A indicator=I pair=X+Y`."""
    parts = dict(part.split("=", 1) for part in _PARTS.split(scope))
    pair = [source.name_of_organisation(org, words.lang) for org in parts.pop("pair", "").split("+") if org]
    return " · ".join([*parts.values(), *([" + ".join(pair)] if pair else [])])
