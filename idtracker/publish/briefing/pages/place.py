"""A page for each place: from its score down to parts, cells, reports and the rows of files."""

from __future__ import annotations

from typing import Any

from idtracker.model.messages import phrase
from idtracker.publish.briefing.charts.specs import small_multiples
from idtracker.publish.briefing.evidence import Evidence, children_of, digits_of, fact_figure
from idtracker.publish.briefing.figures import TEXTS as SCORES
from idtracker.publish.briefing.figures import figure, interval, number
from idtracker.publish.briefing.parts import (
    Block,
    Chart,
    Edition,
    Fold,
    Link,
    Page,
    Section,
    SectionsWhenRead,
    Sentence,
    Table,
)
from idtracker.publish.briefing.scores import Row, Scores, points
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.words import file_name_of, sentence, signed
from idtracker.store.tables import quoted

TEXTS = "publish/briefing/place"
MOST_ROWS = 6
"""Rows of files shown for a report; the CSV has all of them."""


def pages(source: PublishedRows, edition: Edition) -> list[Page]:
    """A page for the country and each place that the index is of."""
    scores = Scores(source, edition)
    evidence = Evidence(source, edition.period, scores.ordered)
    return [_Place(scores, evidence, place).page() for place in scores.ordered]


class _Place:
    """One place of one edition, as a page."""

    def __init__(self, scores: Scores, evidence: Evidence, place: str) -> None:
        self._scores, self._evidence, self._place = scores, evidence, place
        self._source, self._lang = scores.source, scores.lang
        self._root = scores.source.root or ""
        self._name = self._source.name_of_place(place, self._lang)

    def page(self) -> Page:
        """The page; what stands on it is made when it is read, from rows of this place alone."""
        return Page(f"tracker/{file_name_of(self._place)}.html", self._name, SectionsWhenRead(self._sections))

    def _sections(self) -> list[Section]:
        row = self._scores.latest[self._place, self._root]
        names = {"node": self._source.name_of_node(self._root, self._lang), "place": self._name}
        chart = self._scores.chart_over_time(self._place, self._root, height=180)
        head: list[Block] = [
            sentence(TEXTS, "above", self._lang, 3, tracker=Link(self._text("tracker"), "tracker.html")),
            self._scores.lead(row, phrase("publish/briefing/overview", "lead", self._lang, **names)),
            *([chart] if chart else []),
        ]
        moved: list[Block] = [
            self._scores.change_claim((self._place, self._root)),
            *self._scores.why_moved((self._place, self._root)),
        ]
        return [
            Section("score", self._text("score", period=row["period"]), head),
            Section(
                "moved", self._text("moved"), moved, [sentence("publish/briefing/overview", "moved_why", self._lang)]
            ),
            Section("parts", self._text("parts"), [self._nodes(row), *self._nodes_over_time(row)]),
            Section("cells", self._text("cells"), self._cells(), [sentence(TEXTS, "cells_why", self._lang)]),
            Section("reports", self._text("reports"), self._reports(), [sentence(TEXTS, "reports_why", self._lang)]),
        ]

    def _text(self, name: str, **details: object) -> str:
        return phrase(TEXTS, name, self._lang, **details)

    def _headings(self, *names: str) -> list[str]:
        return [self._text(f"column_{name}") for name in names]

    def _parts_of(self, row: Row) -> list[str]:
        """The parts of the index below the whole, in their order."""
        stated = [node for node in children_of(row) if (self._place, node) in self._scores.latest]
        return sorted({*stated, *self._scores.nodes[self._place]} - {self._root})

    def _nodes(self, row: Row) -> Table:
        rows: list[list[Any]] = []
        for node in self._parts_of(row):
            part, sure = self._scores.latest[self._place, node], self._scores.uncertain.get((self._place, node))
            rows.append(
                [
                    self._source.name_of_node(node, self._lang),
                    figure("score", part),
                    interval("score", part, self._lang),
                    self._source.name_of_band(part["band"], self._lang) or self._text("withheld"),
                    None if sure is None else signed(figure("score_uncertainty", sure, "change")),
                    phrase(SCORES, f"reading_{self._scores.reading_of((self._place, node))}", self._lang),
                    figure("score", part, "completeness", 2),
                ]
            )
        sql = f"SELECT * FROM score WHERE place_id = {quoted(self._place)} ORDER BY node_code, period"
        headings = self._headings("node", "score", "interval", "band", "change", "reading", "completeness")
        return Table(self._text("parts_title", place=self._name), headings, rows, f"scores-{self._place}.csv", sql)

    def _nodes_over_time(self, row: Row) -> list[Block]:
        names = {node: self._source.name_of_node(node, self._lang) for node in self._parts_of(row)}
        over_time = {node: self._scores.over_time(self._place, node) for node in names}
        drawn = [point for node in names for point in points(over_time[node], group=names[node])]
        if all(point["score"] is None for point in drawn):
            return []
        title = self._text("over_time", place=self._name)
        periods = sorted({point["period"] for point in drawn})
        by_period = {node: {one["period"]: one for one in over_time[node]} for node in names}
        table = Table(
            title,
            [self._text("column_period"), *names.values()],
            [
                [p, *(figure("score", by_period[node][p]) if p in by_period[node] else None for node in names)]
                for p in periods
            ],
        )
        spec = small_multiples(drawn, list(names.values()), self._lang, columns=3, width=235)
        alt = self._text("over_time_alt", title=title, count=len(names), since=periods[0], until=periods[-1])
        return [Chart(title, spec, alt, table)]

    def _own_cells(self) -> list[Row]:
        return self._evidence.cells_of(self._place)

    def _cells(self) -> list[Block]:
        rows: list[list[Any]] = [
            [
                Link(
                    self._source.name_of_indicator(cell["indicator_id"], self._lang),
                    f"#{_anchor(cell['indicator_id'])}",
                ),
                figure("merged_cell", cell, digits=digits_of(number(cell["value"]))),
                figure("merged_cell", cell, "score"),
                figure("merged_cell", cell, "score_error"),
                self._source.code_label("error_basis", cell["error_basis"], self._lang) or None,
                self._source.code_label("merge_method", cell["method"], self._lang) or None,
                figure("merged_cell", cell, "org_count", 0),
                self._remark(cell),
            ]
            for cell in self._own_cells()
        ]
        headings = self._headings(
            "indicator", "value", "score", "score_error", "basis", "method", "organisations", "remark"
        )
        sql = f"SELECT * FROM merged_cell WHERE place_id = {quoted(self._place)} ORDER BY indicator_id, period"
        if not rows:
            return [sentence(TEXTS, "no_cells", self._lang)]
        return [Table(self._text("cells_title", place=self._name), headings, rows, f"cells-{self._place}.csv", sql)]

    def _remark(self, cell: Row) -> str:
        """What a reader must know before trusting a cell."""
        said = [self._text("carried", period=cell["origin_period"])] if cell["is_carried"] is True else []
        said += [self._text("disagreement")] if cell["is_disagreement"] is True else []
        said += [self._text("ungraded")] if cell["is_ungraded"] is True else []
        return "; ".join(said) if self._lang == "en" else "؛ ".join(said)

    def _reports(self) -> list[Block]:
        cells = self._own_cells()
        if not cells:
            return [sentence(TEXTS, "no_cells", self._lang)]
        sql = self._evidence.rows_sql(self._place)
        note = sentence(TEXTS, "rows_shown", self._lang, 3)
        reports, facts = self._evidence.reports_of(self._place), self._evidence.facts_of(self._place)
        return [note, *(self._fold(cell, sql, reports.get(cell["indicator_id"], []), facts) for cell in cells)]

    def _fold(self, cell: Row, sql: str | None, reports: list[Row], facts: dict[str, Row]) -> Fold:
        indicator = cell["indicator_id"]
        value = figure("merged_cell", cell, digits=digits_of(number(cell["value"])))
        title = sentence(
            TEXTS, "cell", self._lang, indicator=self._source.name_of_indicator(indicator, self._lang), value=value
        )
        blocks: list[Block] = [self._report_table(reports)] if reports else [self._from_places(indicator)]
        rows = [line for report in reports for line in self._file_rows(report, facts)]
        if rows and sql is not None:
            headings = self._headings("organisation", "file", "sheet", "row", "value", "submission", "fact")
            blocks.append(Table(self._text("rows_title"), headings, rows, f"rows-{self._place}.csv", sql))
        return Fold(title, blocks, _anchor(indicator))

    def _report_table(self, reports: list[Row]) -> Table:
        rows: list[list[Any]] = [
            [
                self._source.name_of_organisation(report["org_id"], self._lang),
                figure("cell_report", report, "value", digits_of(number(report["value"]))),
                figure("cell_report", report, "standard_error", 2),
                figure("cell_report", report, "score"),
                figure("cell_report", report, "quality", 2),
                figure("cell_report", report, "weight", 2),
                self._source.code_label("report_use", report["use"], self._lang),
            ]
            for report in reports
        ]
        headings = self._headings("organisation", "value", "standard_error", "score", "quality", "weight", "use")
        return Table(self._text("reports_title"), headings, rows)

    def _file_rows(self, report: Row, known: dict[str, Row]) -> list[list[Any]]:
        facts = [f for i in str(report["fact_ids"] or "").split(";") if (f := known.get(i)) is not None]
        return [
            [
                self._source.name_of_organisation(report["org_id"], self._lang),
                fact["file_name"] or None,
                fact["sheet"] or None,
                fact_figure(fact, "row_number"),
                fact_figure(fact, "value", digits_of(number(fact["value"]))),
                fact["submission_id"],
                fact["fact_id"],
            ]
            for fact in facts[:MOST_ROWS]
        ]

    def _from_places(self, indicator: str) -> Sentence:
        """The places that a cell of a larger one is made of; the quarter that says so is the same."""
        scored = set(self._scores.places)
        below = [place for place in self._evidence.places_by_indicator.get(indicator, ()) if place in scored]
        if self._place != self._source.country or not below:
            return sentence(TEXTS, "no_reports", self._lang)
        links: list[Any] = []
        for place in below:
            links += [", " if self._lang == "en" else "، "] if links else []
            links.append(
                Link(
                    self._source.name_of_place(place, self._lang),
                    f"tracker/{file_name_of(place)}.html#{_anchor(indicator)}",
                )
            )
        return sentence(TEXTS, "from_places", self._lang, places=links)


def _anchor(indicator: str) -> str:
    return f"cell-{file_name_of(indicator)}"
