"""One sheet for a minister: where the country stands, whether it moved, what to watch, what is not known, what was agreed."""

from __future__ import annotations

from typing import Any

from idtracker.model.messages import phrase
from idtracker.publish.briefing.figures import figure, interval, number
from idtracker.publish.briefing.pages.overview import actions, missing_reports, moved_places
from idtracker.publish.briefing.parts import Block, Count, Edition, Listing, Page, Section, Sentence, Table
from idtracker.publish.briefing.scores import Scores
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.words import counted_sentence, sentence

TEXTS = "publish/briefing/minister"
PATH = "minister.html"
MOST = 3


def pages(source: PublishedRows, edition: Edition) -> list[Page]:
    """The sheet."""
    scores, lang = Scores(source, edition), edition.lang
    sections = [
        Section("stands", phrase(TEXTS, "stands", lang), _stands(scores)),
        Section("watch", phrase(TEXTS, "watch", lang), _watch(scores)),
        Section("unknown", phrase(TEXTS, "unknown", lang), _unknown(source, edition)),
        Section("agreed", phrase(TEXTS, "agreed", lang), _agreed(source, edition)),
    ]
    return [Page(PATH, phrase(TEXTS, "title", lang), sections, phrase(TEXTS, "menu", lang), is_sheet=True)]


def _stands(scores: Scores) -> list[Block]:
    source, lang = scores.source, scores.lang
    key = (source.country or "", source.root or "")
    row = scores.latest.get(key)
    if row is None:
        return [
            sentence(
                "publish/briefing/overview",
                "nothing_scored" if scores.edition.period is None else "no_country",
                lang,
                1,
            )
        ]
    names = {
        "node": source.name_of_node(key[1], lang),
        "place": source.name_of_place(key[0], lang),
        "period": row["period"],
    }
    lead = scores.lead(row, phrase(TEXTS, "lead", lang, **names))
    chart = scores.chart_over_time(*key, height=90)
    return [lead, scores.change_claim(key, 1), *([chart] if chart else [])]


def _watch(scores: Scores) -> list[Block]:
    """The lowest places, those that moved beyond doubt, and how many warnings stand."""
    source, lang, root = scores.source, scores.lang, scores.source.root or ""
    scored = [place for place in scores.places if number(scores.latest[place, root]["score"]) is not None]
    lowest: list[Sentence] = [
        sentence(
            TEXTS, "low", lang, place=scores.place_link(place), score=figure("score", scores.latest[place, root]),
            interval=interval("score", scores.latest[place, root], lang),
            band=source.name_of_band(scores.latest[place, root]["band"], lang) or "–",
        )
        for place in scored[::-1][:MOST]
    ]  # fmt: skip
    blocks: list[Block] = (
        [sentence(TEXTS, "lowest", lang), Listing(lowest)] if lowest else [sentence(TEXTS, "no_places", lang)]
    )
    blocks += moved_places(scores)
    return [*blocks, *_warning_count(source, scores.edition)]


def _warning_count(source: PublishedRows, edition: Edition) -> list[Block]:
    if not source.has_rows("warning") or edition.period is None:
        return []
    where = {"period": edition.period, "state": "RAISED"}
    found = source.rows("SELECT count(*) AS n FROM warning WHERE period = ? AND state = 'RAISED'", edition.period)
    return [
        counted_sentence(
            "publish/briefing/overview",
            "warnings_stand",
            edition.lang,
            Count(int(found["n"].iloc[0]), "warning", where),
        )
    ]


def _unknown(source: PublishedRows, edition: Edition) -> list[Block]:
    lang = edition.lang
    if not source.has_rows("freshness"):
        return [sentence("publish/briefing/overview", "no_freshness", lang)]
    states = source.rows(
        "SELECT state, count(*) AS n FROM freshness WHERE state NOT IN ('FRESH', 'DUE') GROUP BY state ORDER BY state"
    )
    if states.empty:
        return [sentence("publish/briefing/overview", "nothing_overdue", lang)]
    behind = [
        counted_sentence(
            TEXTS, "behind", lang, Count(int(n), "freshness", {"state": str(state)}), 2,
            state=source.code_label("freshness_state", str(state), lang),
        )
        for state, n in zip(states["state"], states["n"], strict=True)
    ]  # fmt: skip
    return [Listing(behind), *missing_reports(source, edition, most=1)]


def _agreed(source: PublishedRows, edition: Edition) -> list[Block]:
    """The first actions of the last round, without the file of all."""
    made: list[Block] = []
    for block in actions(source, edition):
        rows: list[Any] = list(block.rows[:MOST]) if isinstance(block, Table) else []
        made.append(Table(block.caption, block.headings, rows) if isinstance(block, Table) else block)
    return made
