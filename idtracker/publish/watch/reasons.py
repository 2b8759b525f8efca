"""Why a figure moved, as far as the two publications say: the explanation of a score, reports of a cell, rows under a metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from idtracker.model.errors import IdtrackerError
from idtracker.model.home import Home
from idtracker.model.marking import Marking, marking_of
from idtracker.model.messages import Lang, phrase
from idtracker.publish.watch.compare import TEXTS, number
from idtracker.publish.watch.document import WatchReason
from idtracker.publish.watch.names import FigureNames, code_labels, keys_of
from idtracker.publish.watch.reading import Row, has_table, published_rows
from idtracker.publish.watch.sides import TwoSides

MOST_EXPLAINED = 10
"""Scores that are explained in one report: each costs up to a second of processor time."""
_LEAST_POINTS = 0.05
_LISTED = 20
_OF_ONE = {"indices": "index_score", "warnings": "warning", "framework": "framework", "baseline": "metric_value"}
"""Versions that tables of one kind alone rest on, by the beginning of their names; every other may be behind any figure."""


class Reasons:
    """What is known of why figures moved between two publications; it explains the first few scores and says which it left out."""

    def __init__(self, home: Home, audience_id: str, sides: TwoSides, names: FigureNames) -> None:
        self._home, self._audience, self._sides, self._names = home, audience_id, sides, names
        self._lang: Lang = names.lang
        self._explained = 0
        self.arrived = sides.arrived()
        self.shown = list[Marking]()

    def of(self, table: str, address: str, before: Row | None, now: Row | None) -> tuple[list[WatchReason], list[str]]:
        """Reasons, and what is not known, of a figure by its rows."""
        keys = keys_of(address)
        reasons, unknown = list[WatchReason](), list[str]()
        if table == "score":
            self._add_score(keys, reasons, unknown)
        elif table == "merged_cell":
            reasons += self._reports(keys, _ids(now) - _ids(before))
        elif table == "metric_value":
            reasons += self._rows_of_metric(keys["metric_id"])
            unknown.append(
                self._say("unknown_metric", metric=keys["metric_id"], period=keys["period"], scope=keys["scope"])
            )
        else:
            unknown.append(self._say("unknown_table"))
        reasons += self._definitions(table)
        if self._sides.earlier is None:
            unknown.append(self._say("unknown_definitions"))
        if not any(reason.kind != "definition" for reason in reasons):
            unknown.append(self._say("unknown_why"))
        return reasons, unknown

    def _say(self, key: str, /, **details: object) -> str:
        return phrase(TEXTS, key, self._lang, **details)

    def _add_score(self, keys: dict[str, str], reasons: list[WatchReason], unknown: list[str]) -> None:
        """The explanation of a score with its causes, and the submissions behind its cells that arrived since."""
        from idtracker.publish.changes import change_of_score

        place, period, node = keys["place_id"], keys["period"], keys["node_code"]
        if self._explained >= MOST_EXPLAINED:
            unknown.append(self._say("unknown_explained", most=MOST_EXPLAINED, place=place, period=period, node=node))
        else:
            self._explained += 1
            since = self._sides.since if self._sides.earlier is not None else self._sides.since_at.isoformat()
            try:
                tree = change_of_score(
                    self._home, self._audience, self._sides.now, place, period, since, node, self._lang
                )
                reasons += _explained(tree, code_labels(self._sides.now, "change_cause", self._lang))
            except IdtrackerError as problem:
                unknown.append(self._say("unknown_change", why=str(problem)))
        reasons += self._arrived_behind(place, period, node)

    def _arrived_behind(self, place: str, period: str, node: str) -> Iterator[WatchReason]:
        """Submissions behind cells of the quarter, of the place or below it, that arrived or were withdrawn since."""
        submissions = self._sides.now.execute(
            """WITH RECURSIVE below AS (
                SELECT $place AS place_id UNION SELECT p.place_id FROM place p JOIN below b ON p.parent_id = b.place_id
            ), behind AS (
                SELECT DISTINCT unnest(string_split(c.submission_ids, ';')) AS submission_id
                FROM main.merged_cell c JOIN below USING (place_id) LEFT JOIN indicator i USING (indicator_id)
                WHERE c.period = $period AND (i.dimension_code = $node OR c.indicator_id = $node
                    OR NOT EXISTS (SELECT 1 FROM indicator WHERE dimension_code = $node OR indicator_id = $node))
            ) SELECT s.submission_id FROM submission s JOIN behind USING (submission_id)
            WHERE list_contains(CAST($arrived AS VARCHAR[]), s.submission_id) ORDER BY s.received_at, s.submission_id""",
            {"place": place, "period": period, "node": node, "arrived": sorted(self.arrived)},
        ).fetchall()
        yield from self.submissions([str(row[0]) for row in submissions])

    def _reports(self, keys: dict[str, str], new: set[str]) -> Iterator[WatchReason]:
        """Reports of a cell that came, went or say another value, by organisation, and the submissions behind it that are `new`.

        Cells that are carried forward or made of those of other places have no reports of their own, only submissions.
        """
        at = self._sides.since_at if self._sides.earlier is None else None
        before = {_report_key(row): row for row in published_rows(self._sides.before, "cell_report", keys, at)}
        now = {_report_key(row): row for row in published_rows(self._sides.now, "cell_report", keys)}
        for key in sorted({*before, *now}):
            old, current = before.get(key), now.get(key)
            if _report(old) == _report(current):
                continue
            new |= _ids(current) - _ids(old)
            self._mark(*(row for row in (old, current) if row is not None))
            words = {"org": self._names.part(key[0]), "before": _value(old), "now": _value(current)}
            kind = "report_came" if old is None else "report_went" if current is None else "report_changed"
            yield WatchReason(kind="report", text=self._say(kind, **words))
        yield from self.submissions(sorted(new))

    def _rows_of_metric(self, metric_id: str) -> Iterator[WatchReason]:
        """Rows of a metric's tables of facts that came or were closed since, by submission: what may have moved it."""
        from idtracker.analyse.metrics.registry import metrics
        from idtracker.model.tables import FACTS

        metric = metrics().get(metric_id)
        new: list[str] = []
        for table in sorted({*(metric.inputs if metric else ())} & set(FACTS)):
            if not has_table(self._sides.now, table):
                continue
            counted = self._sides.now.execute(
                f"""WITH moved AS (
                    SELECT submission_id, recorded_from > $since OR list_contains(CAST($arrived AS VARCHAR[]), submission_id) AS came,
                        coalesce(recorded_to > $since, false) AS closed FROM main.{table}
                ) SELECT submission_id, count(*) FILTER (came), count(*) FILTER (closed)
                FROM moved WHERE came OR closed GROUP BY 1 ORDER BY 1""",
                {"since": self._sides.since_at, "arrived": sorted(self.arrived)},
            ).fetchall()
            for submission, came, closed in counted[:_LISTED]:
                words = {"table": table, "submission": submission, "came": came, "closed": closed}
                yield WatchReason(kind="rows", text=self._say("rows_moved", **words), submission_id=str(submission))
                new.append(str(submission))
            if len(counted) > _LISTED:
                yield WatchReason(kind="rows", text=self._say("rows_more", table=table, count=len(counted) - _LISTED))
        yield from self.submissions(list(dict.fromkeys(new))[:_LISTED])

    def submissions(self, identifiers: list[str]) -> Iterator[WatchReason]:
        """What is published of submissions: arrival, what they correct, that they were withdrawn."""
        for identifier in identifiers:
            for row in published_rows(self._sides.now, "submission", {"submission_id": identifier}):
                yield self.submission(row)

    def submission(self, row: Row) -> WatchReason:
        """What is published of one submission, in one sentence."""
        self._mark(row)
        words = {name: row[name] for name in ("file_name", "source_id", "submission_id", "rows_accepted", "rows_held")}
        words |= {
            "at": f"{row['received_at']:%Y-%m-%d}",
            "corrects": row["corrects"],
            "why": row["withdrawn_why"] or "",
        }
        kind: Any = "withdrawal" if row["state"] == "withdrawn" else "correction" if row["corrects"] else "submission"
        return WatchReason(kind=kind, text=self._say(f"about_{kind}", **words), submission_id=str(row["submission_id"]))

    def _mark(self, *rows: Row) -> None:
        self.shown += [marking_of(row["classification"], row["releasable_to"]) for row in rows]

    def _definitions(self, table: str) -> Iterator[WatchReason]:
        """That something other than reports, on which the table may rest, is another in this publication."""
        for name in self._sides.changed_definitions():
            if not table.startswith(_OF_ONE.get(name, "")):
                continue
            yield WatchReason(kind="definition", text=self._say("definition", name=name))


def _explained(tree: dict[str, Any], causes: Mapping[str, str]) -> Iterator[WatchReason]:
    yield WatchReason(kind="explanation", text=str(tree.get("sentence") or tree["what"]))
    for cause in tree["because"]:
        points = cause.get("value")
        if cause.get("kind") == "cause" and isinstance(points, float) and abs(points) >= _LEAST_POINTS:
            yield WatchReason(kind="cause", text=causes.get(cause.get("cause", ""), str(cause["what"])), points=points)


def _report_key(row: Row) -> tuple[str, str]:
    return str(row["org_id"]), str(row["origin"])


def _report(row: Row | None) -> tuple[object, ...] | None:
    return None if row is None else tuple(row[name] for name in ("value", "standard_error", "quality", "weight", "use"))


def _ids(row: Row | None) -> set[str]:
    return set() if row is None or not row["submission_ids"] else set(str(row["submission_ids"]).split(";"))


def _value(row: Row | None) -> str:
    return "–" if row is None else number(row["value"])
