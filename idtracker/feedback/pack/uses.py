"""How the reports of a body are used: which values, scores, metrics and decisions rest on them, and which reports would help most.

What others report is never shown to a body outside HMG: of a figure that others' reports are behind as well it gets the name (indicator, node, place,
quarter) and the share of the weight that its own reports have, to the whole percent.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import duckdb

from idtracker.analyse.metrics.registry import metrics
from idtracker.feedback.pack.document import CellUse, DecisionUse, HelpfulReport, MetricUse, ScoreUse
from idtracker.feedback.pack.own import Body, rows
from idtracker.model.json_values import plain
from idtracker.model.marking import marking_of
from idtracker.model.messages import Lang
from idtracker.model.tables import FACTS
from idtracker.publish.watch.reading import has_table

_DERIVED = ("merged_cell", "cell_report", "score")
Cell = tuple[str, str, str]


class Uses:
    """The uses of one body's reports in one publication, in one language."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, body: Body, lang: Lang) -> None:
        self._connection, self._body, self._lang = connection, body, lang
        self._names = {**self._names_of("place", "place_id"), **self._names_of("indicator", "indicator_id")}
        self._reports = rows(connection, _OWN_SHARES, own=list(body.submissions))

    def _names_of(self, table: str, key: str) -> dict[str, str]:
        own = "coalesce(name_ar, name)" if self._lang == "ar" else "name"
        return {
            str(row["k"]): str(row["n"])
            for row in rows(self._connection, f"SELECT {key} AS k, {own} AS n FROM {table}")
        }

    def name(self, identifier: str) -> str:
        """The name of a place or indicator."""
        return self._names.get(identifier, identifier)

    def cells(self) -> list[CellUse]:
        """By quarter and indicator, the latest quarter first: places that it reported about and what its reports count there."""
        grouped: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in self._reports:
            grouped[str(row["period"]), str(row["indicator_id"])].append(row)
        order = sorted(sorted(grouped), key=lambda at: at[0], reverse=True)
        return [self._cell_use(indicator, period, grouped[period, indicator]) for period, indicator in order]

    def _cell_use(self, indicator: str, period: str, own: list[dict[str, Any]]) -> CellUse:
        return CellUse(
            indicator_id=indicator,
            indicator=self.name(indicator),
            period=period,
            places=sorted(self.name(str(row["place_id"])) for row in own),
            cells=len(own),
            share=round(sum(float(row["share"]) for row in own) / len(own), 2),
            sole=sum(float(row["share"]) > 1 - 1e-9 for row in own),
        )

    def scores(self) -> tuple[int, list[ScoreUse]]:
        """How many scores rest on values in which its reports have weight, and those of the latest quarter with any."""
        resting = self._resting()
        latest = max((str(row["period"]) for row in resting), default="")
        shown = [row for row in resting if str(row["period"]) == latest]
        return len(resting), [self._score_use(row) for row in shown]

    def _score_use(self, row: dict[str, Any]) -> ScoreUse:
        use = ScoreUse(
            node_code=str(row["node_code"]),
            place=self.name(str(row["place_id"])),
            place_id=str(row["place_id"]),
            period=str(row["period"]),
        )
        if self._body.may_see(marking_of(row["classification"], row["releasable_to"])):
            return ScoreUse(
                **use.model_dump(exclude_unset=True), score=None if row["score"] is None else float(row["score"])
            )
        return use

    def _resting(self) -> list[dict[str, Any]]:
        """Scores that weigh a value of the same place and quarter, or one that is made of it, and the nodes above them."""
        reached: set[Cell] = set()
        weighs = {
            (str(row["indicator_id"]), str(row["place_id"]), str(row["period"]))
            for row in self._reports
            if row["share"] > 0
        }
        parents = {str(row["p"]): str(row["u"]) for row in rows(self._connection, _PARENTS)}
        own = set(weighs)
        for indicator, place, period in weighs:
            while (place := parents.get(place, "")) != "":
                own.add((indicator, place, period))
        scores = rows(self._connection, _SCORES)
        codes = {id(row): set(json.loads(row["effective_weights"] or "{}")) for row in scores}
        found: list[dict[str, Any]] = []
        while True:
            behind = own | reached
            more = [
                row
                for row in scores
                if (at := _at(row)) not in reached and any((code, *at[1:]) in behind for code in codes[id(row)])
            ]
            if not more:
                return sorted(found, key=_at)
            reached |= {_at(row) for row in more}
            found += more

    def metrics(self) -> list[MetricUse]:
        """Published metrics with an input table that holds rows of it."""
        holds = {table for table in FACTS if self._fills(table)}
        if any(row["share"] > 0 for row in self._reports):
            holds |= set(_DERIVED)
        given = {str(row["m"]) for row in rows(self._connection, "SELECT DISTINCT metric_id AS m FROM metric_value")}
        return [
            MetricUse(
                metric_id=metric.id,
                name=metric.name_ar if self._lang == "ar" else metric.name,
                tables=sorted(holds & set(metric.inputs)),
                questions=sorted(metric.kpqs),
                elements=sorted(metric.elements),
            )
            for metric in metrics().values()
            if metric.id in given and holds & set(metric.inputs)
        ]

    def _fills(self, table: str) -> bool:
        if not has_table(self._connection, table):
            return False
        sql = f"SELECT 1 AS x FROM {table} WHERE recorded_to IS NULL AND list_contains(CAST($own AS VARCHAR[]), submission_id) LIMIT 1"
        return bool(rows(self._connection, sql, own=list(self._body.submissions)))

    def decisions(self) -> list[DecisionUse]:
        """Decisions that cite one of its products, for a body that may see them."""
        own = rows(
            self._connection,
            "SELECT DISTINCT product_id AS p FROM analysis_product WHERE recorded_to IS NULL AND list_contains(CAST($own AS VARCHAR[]), submission_id)",
            own=list(self._body.submissions),
        )
        products = {str(row["p"]) for row in own}
        decided = rows(
            self._connection, "SELECT * FROM decision WHERE recorded_to IS NULL ORDER BY decided_on, decision_id"
        )
        uses = []
        for row in decided:
            cited = sorted(products & set(str(row["product_ids"] or "").split(";")))
            if cited and self._body.may_see(marking_of(row["classification"], row["releasable_to"])):
                day = plain(row["decided_on"])
                uses.append(DecisionUse(
                    decision_id=str(row["decision_id"]), title=str(row["title"] or ""),
                    decided_on=None if day is None else str(day), product_ids=cited,
                ))  # fmt: skip
        return uses

    def helpful(self) -> list[HelpfulReport]:
        """Reports that it owes, by what each would narrow most, the most helpful first."""
        owed = rows(self._connection, _OWED, org=self._body.org_id)
        best: dict[tuple[str, str], HelpfulReport] = {}
        for row in owed:
            key = str(row["source_id"]), str(row["report_period"])
            if key not in best:
                best[key] = self._helpful(row)
        return list(best.values())

    def _helpful(self, row: dict[str, Any]) -> HelpfulReport:
        named = [name for name in str(row["indicator_ids"] or "").split(";") if name]
        report = HelpfulReport(
            source=str(row["source_id"]),
            report_period=str(row["report_period"]),
            indicators=[self.name(name) for name in named],
            node_code=str(row["node_code"] or ""),
            place=self.name(str(row["place_id"] or "")),
            period=str(row["period"] or ""),
        )
        if row["narrowing"] is not None and self._body.may_see(marking_of(row["classification"], row["releasable_to"])):
            return HelpfulReport(**report.model_dump(exclude_unset=True), narrowing=float(row["narrowing"]))
        return report


def _at(row: dict[str, Any]) -> Cell:
    return str(row["node_code"]), str(row["place_id"]), str(row["period"])


_OWN_SHARES = """
WITH own AS (
    SELECT indicator_id, place_id, period, weight, use,
        list_has_any(string_split(coalesce(submission_ids, ''), ';'), CAST($own AS VARCHAR[])) AS is_own FROM cell_report
) SELECT indicator_id, place_id, period,
    coalesce(sum(weight) FILTER (is_own AND use = 'USED') / nullif(sum(weight) FILTER (use = 'USED'), 0), 0) AS share
FROM own GROUP BY ALL HAVING bool_or(is_own) ORDER BY ALL"""
_PARENTS = "SELECT place_id AS p, parent_id AS u FROM place WHERE parent_id IS NOT NULL"
_SCORES = """SELECT place_id, period, node_code, score, effective_weights, classification, releasable_to FROM score
ORDER BY period, place_id, node_code"""
_OWED = """SELECT * FROM missing_report WHERE org_id = $org
ORDER BY narrowing DESC NULLS LAST, source_id, report_period, period, place_id, node_code"""
