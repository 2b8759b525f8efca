"""Scores of the headline index as the pages need them: a quarter's, over quarters, and why they moved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from idtracker.model.messages import Lang, phrase
from idtracker.publish.briefing.by_place import RowsByPlace
from idtracker.publish.briefing.charts.specs import interval_over_time
from idtracker.publish.briefing.figures import TEXTS, Reading, figure, interval, number, reading
from idtracker.publish.briefing.parts import Chart, Count, Edition, Figure, Lead, Link, Listing, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.words import counted_sentence, file_name_of, sentence, signed
from idtracker.store.tables import quoted

Row = dict[str, Any]
MOST_PARTS = 5
"""How many parts of a change are named; all are counted."""


@dataclass(frozen=True)
class Scores:
    """The rows of one publication and edition that are about scores, read once."""

    source: PublishedRows
    edition: Edition

    @property
    def lang(self) -> Lang:
        return self.edition.lang

    @cached_property
    def latest(self) -> dict[tuple[str, str], Row]:
        """(place, node) -> the row of the edition's quarter with its trend, whether or not it has a score."""
        if not self.source.has_rows("score"):
            return {}
        trend = "SELECT place_id, node_code, period, trend_class FROM trend"
        if "trend" not in self.source.tables:
            trend = "SELECT '' AS place_id, '' AS node_code, '' AS period, NULL AS trend_class WHERE FALSE"
        found = self.source.records(
            f"SELECT s.*, t.trend_class FROM score s LEFT JOIN ({trend}) t USING (place_id, node_code, period) "
            "WHERE period = ? ORDER BY place_id, node_code",
            self.edition.period,
        )
        return {(row["place_id"], row["node_code"]): row for row in found}

    @cached_property
    def nodes(self) -> dict[str, list[str]]:
        """Place -> the parts of the index that have a row of the edition's quarter, and the whole."""
        grouped: dict[str, list[str]] = {}
        for place, node in self.latest:
            grouped.setdefault(place, []).append(node)
        return grouped

    @cached_property
    def uncertain(self) -> dict[tuple[str, str], Row]:
        """(place, node) -> the redrawn score of the edition's quarter, with its change and rank."""
        if not self.source.has_rows("score_uncertainty"):
            return {}
        found = self.source.records(
            "SELECT * FROM score_uncertainty WHERE period = ? ORDER BY ALL", self.edition.period
        )
        return {(row["place_id"], row["node_code"]): row for row in found}

    def changes_of(self, place: str, node: str) -> list[Row]:
        """The parts of the change of a score since the quarter before, the largest first."""
        if not self.source.has_rows("score_change"):
            return []
        if node not in self._changes:
            of = f"period = {quoted(self.edition.period)} AND basis = 'PERIOD' AND node_code = {quoted(node)}"
            self._changes[node] = RowsByPlace(
                self.source,
                self.ordered,
                lambda here: (
                    f"SELECT * FROM score_change WHERE {of} AND {here} "
                    "ORDER BY place_id, abs(points) DESC NULLS LAST, cause, indicator_id, org_id"
                ),
            )
        return self._changes[node].of(place)

    @cached_property
    def _changes(self) -> dict[str, RowsByPlace]:
        return {}

    @cached_property
    def places(self) -> list[str]:
        """The places below the country that the whole index is of in this quarter: the highest first, those without a score last."""
        roots = {place: row for (place, node), row in self.latest.items() if node == self.source.root}
        roots.pop(self.source.country or "", None)
        return sorted(roots, key=lambda p: (number(roots[p]["score"]) is None, -(number(roots[p]["score"]) or 0.0), p))

    @cached_property
    def ordered(self) -> list[str]:
        """The country and these places: all that have a page."""
        root = self.source.root or ""
        return [p for p in (self.source.country, *self.places) if p is not None and (p, root) in self.latest]

    def over_time(self, place: str, node: str) -> list[Row]:
        """Every quarter's score of a place and part of the index, with its interval and band."""
        if not self.source.has_rows("score"):
            return []
        return [row for row in self._series.of(place) if row["node_code"] == node]

    @cached_property
    def _series(self) -> RowsByPlace:
        columns = "place_id, node_code, period, score, low, high, band"
        return RowsByPlace(
            self.source,
            self.ordered,
            lambda here: f"SELECT {columns} FROM score WHERE {here} ORDER BY place_id, node_code, period",
        )

    def place_link(self, place: str | None) -> Link | str:
        """The page of a place; its name alone where it has none."""
        name = self.source.name_of_place(place, self.lang)
        if place is None or (place, self.source.root) not in self.latest:
            return name
        return Link(name, f"tracker/{file_name_of(place)}.html")

    def lead(self, row: Row, label: str) -> Lead:
        """The score, large, with its interval, band, trend and how much was reported."""
        notes = [self.certainty(row), *self.bands_of(row), *self.scale_of(row)]
        return Lead(figure("score", row), label, notes)

    def certainty(self, row: Row, level: int = 1) -> Sentence:
        lang = self.lang
        if number(row["score"]) is None:
            return sentence(TEXTS, "withheld", lang, level, completeness=figure("score", row, "completeness", 2))
        return sentence(
            TEXTS, "certainty", lang, level,
            interval=interval("score", row, lang),
            band=self.source.name_of_band(row["band"], lang) or "–",
            trend=self.source.code_label("trend_class", row.get("trend_class"), lang) or "–",
        )  # fmt: skip

    def scale_of(self, row: Row) -> list[Sentence]:
        """What the numbers of a score mean; nothing where there is none."""
        if number(row["score"]) is None:
            return []
        name = "certainty_note" if self.source.definition.get("interval_level", 0.9) == 0.9 else "certainty_other"
        return [sentence(TEXTS, name, self.lang, 3, completeness=figure("score", row, "completeness", 2))]

    def bands_of(self, row: Row) -> list[Sentence]:
        """How often the redrawn score lies in which band, where it does not always lie in one."""
        found = self._band_shares.get((row["place_id"], row["node_code"]), [])
        if len(found) < 2:
            return []
        parts: list[Any] = []
        for one in found:
            parts += [", " if self.lang == "en" else "، "] if parts else []
            parts += [
                f"{self.source.name_of_band(one['band'], self.lang)} ",
                figure("band_probability", one, "share", 2),
            ]
        return [sentence(TEXTS, "bands", self.lang, bands=parts)]

    @cached_property
    def _band_shares(self) -> dict[tuple[str, str], list[Row]]:
        if not self.source.has_rows("band_probability"):
            return {}
        found = self.source.records(
            "SELECT * FROM band_probability WHERE period = ? AND share > 0 ORDER BY place_id, node_code, share DESC, band",
            self.edition.period,
        )
        grouped: dict[tuple[str, str], list[Row]] = {}
        for row in found:
            grouped.setdefault((row["place_id"], row["node_code"]), []).append(row)
        return grouped

    def chart_over_time(self, place: str, node: str, height: int = 220) -> Chart | None:
        """The score over quarters with its interval; None where no quarter has one."""
        rows, lang = self.over_time(place, node), self.lang
        if all(number(row["score"]) is None for row in rows):
            return None
        title = sentence_text(
            "over_time", lang, node=self.source.name_of_node(node, lang), place=self.source.name_of_place(place, lang)
        )
        table = Table(
            caption=title,
            headings=[self.source.label(f"score.{name}", lang) for name in ("period", "score", "low", "high", "band")],
            rows=[
                [
                    row["period"], *(figure("score", row, name) for name in ("score", "low", "high")),
                    self.source.name_of_band(row["band"], lang) or None,
                ]
                for row in rows
            ],
            csv=f"scores-{place}.csv",
            rows_sql=f"SELECT * FROM score WHERE place_id = {quoted(place)} ORDER BY node_code, period",
        )  # fmt: skip
        return Chart(
            title=title,
            spec=interval_over_time(points(rows), height=height),
            alt=alt_over_time(title, rows, lang),
            table=table,
        )

    def change_claim(self, key: tuple[str, str], level: int = 2) -> Sentence:
        """What can be said of the change since the quarter before, given how sure both scores are."""
        row, lang = self.uncertain.get(key), self.lang
        if row is None or number(row["change"]) is None:
            return sentence(TEXTS, "claim_unknown", lang, level)
        said = reading(row["change"], row["change_low"], row["change_high"])
        return sentence(
            TEXTS, f"claim_{said}", lang, level,
            change=signed(figure("score_uncertainty", row, "change")),
            interval=interval("score_uncertainty", row, lang, "change_low", "change_high", is_signed=True),
        )  # fmt: skip

    def reading_of(self, key: tuple[str, str]) -> Reading:
        row = self.uncertain.get(key)
        return "unknown" if row is None else reading(row["change"], row["change_low"], row["change_high"])

    def why_moved(self, key: tuple[str, str]) -> list[Sentence | Listing]:
        """The change of the published score and its largest parts."""
        rows, lang = self.changes_of(*key), self.lang
        if not rows:
            return [sentence(TEXTS, "not_moved", lang)]
        first = rows[0]
        before, after = (figure("score_change", first, name) for name in ("score_before", "score_after"))
        where = {"place_id": key[0], "period": first["period"], "node_code": key[1], "basis": "PERIOD"}
        named = [row for row in rows if abs(number(row["points"]) or 0.0) >= 0.05][:MOST_PARTS]
        moved = sentence(
            TEXTS, _kind(before, after), lang, place=self.source.name_of_place(key[0], lang),
            before=before, after=after, since=first["since_period"], period=first["period"],
        )  # fmt: skip
        if before.value is None or after.value is None or not named:
            return [moved]
        counted = counted_sentence(TEXTS, "parts", lang, Count(len(rows), "score_change", where), 3)
        return [moved, Listing([self._part(row) for row in named]), counted]

    def _part(self, row: Row) -> Sentence:
        what = self.source.name_of_indicator(row["indicator_id"] or None, self.lang)
        who = self.source.name_of_organisation(row["org_id"] or None, self.lang)
        text = "part" if what and who else "part_of" if what else "part_bare"
        return sentence(
            TEXTS, text, self.lang,
            points=signed(figure("score_change", row, "points", 2)),
            cause=self.source.code_label("change_cause", row["cause"], self.lang), what=what, who=who,
        )  # fmt: skip


def points(rows: list[Row], **more: Any) -> list[Row]:
    """Rows of scores as a chart takes them: period, score, low and high, missing as None."""
    return [{"period": r["period"], **{n: number(r[n]) for n in ("score", "low", "high")}, **more} for r in rows]


def alt_over_time(title: str, rows: list[Row], lang: Lang) -> str:
    """What a chart over quarters shows, in words."""
    scored = [row for row in rows if number(row["score"]) is not None]
    first, last = scored[0], scored[-1]
    return sentence_text(
        "alt_over_time", lang, title=title, count=len(scored), since=first["period"], until=last["period"],
        first=f"{first['score']:.1f}", last=f"{last['score']:.1f}",
    )  # fmt: skip


def sentence_text(name: str, lang: Lang, **details: object) -> str:
    """A text of scores without figures, for captions and for what pictures say."""
    return phrase(TEXTS, name, lang, **details)


def _kind(before: Figure, after: Figure) -> str:
    if before.value is None or after.value is None:
        return "nothing" if before.value is after.value else "appeared" if before.value is None else "gone"
    was, now = round(before.value, 1), round(after.value, 1)
    return "stayed" if was == now else "rose" if now > was else "fell"
