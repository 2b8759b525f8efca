"""What a round's score depends on among the choices of its method, and what could not be varied."""

from __future__ import annotations

from typing import Any

from idtracker.publish.briefing.pages.wording import Row, Words, change_of, figure, records
from idtracker.publish.briefing.parts import Block, Chart, Inline, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows

_SOURCES = ("measurement", "disagreement", "carried", "weights", "aggregation", "normalisation", "imputation")
_CHANGES = ("DROP_ONE", "SWAP_WEIGHTS", "SWAP_AGGREGATION", "SWAP_NORMALISATION")
Cell = Inline | Sentence | None


def varied_sections(source: PublishedRows, words: Words) -> list[Section]:
    """Of the country's whole index in the latest quarter: shares of its variance, and what one change of the method does."""
    title = words.text("varied_title")
    found = _of_latest(source)
    here = [row for row in found if row["place_id"] == source.country and row["output"] == "SCORE"]
    if not here:
        return [Section("varied", title, [words.sentence("varied_empty", 1)])]
    place = source.name_of_place(source.country, words.lang)
    blocks: list[Block] = [words.sentence("varied_intro", place=place, period=here[0]["period"])]
    blocks += _interval(source, words, here[0])
    shares = [row for row in here if row["analysis"] == "VARIANCE"]
    shares.sort(key=lambda row: (row["first_order"] is None, -(row["first_order"] or 0.0), row["subject"]))
    blocks += [_chart(words, shares)] if any(row["first_order"] is not None for row in shares) else []
    blocks += [_changes(source, words, here, analysis) for analysis in _CHANGES if _has(here, analysis)]
    return [Section("varied", title, blocks, [words.sentence(n, 3) for n in ("why_shares", "why_changes")])]


def not_varied_section(source: PublishedRows, words: Words) -> Section:
    """What the method fixes, in plain words; a reason that has no plain words stands as it is published."""
    rows = [row for row in _of_latest(source) if row["analysis"] == "NOT_VARIED"]
    title = words.text("not_varied_title")
    said = [words.sentence("not_varied_always")]
    if not rows:
        return Section("not-varied", title, [words.sentence("not_varied_empty", 1), *said])
    cells = [(_source_name(words, row["subject"]), _reason(words, row)) for row in rows]
    headings = [words.text(f"column_{name}") for name in ("choice", "why")]
    return Section("not-varied", title, [Table(words.text("not_varied"), headings, cells), *said])


def coverage_of(source: PublishedRows) -> str | None:
    """How often the intervals of the headline method should hold the truth, such as `90 %`; None where it does not say."""
    level = source.definition.get("interval_level")
    return f"{100 * level:g} %" if isinstance(level, int | float) else None


def _of_latest(source: PublishedRows) -> list[Row]:
    return records(source, "sensitivity", "period = (SELECT max(period) FROM sensitivity)")


def _has(rows: list[Row], analysis: str) -> bool:
    return any(row["analysis"] == analysis for row in rows)


def _interval(source: PublishedRows, words: Words, row: Row) -> list[Sentence]:
    """The stated score and where it lies over all draws."""
    where = "place_id = ? AND period = ? AND node_code = ?"
    found = records(source, "score_uncertainty", where, row["place_id"], row["period"], row["node_code"])
    if not found or found[0]["score"] is None:
        return []
    one = found[0]
    numbers = {name: figure("score_uncertainty", one, name) for name in ("score", "low", "high", "draws")}
    return [words.sentence("varied_interval", 1, coverage=coverage_of(source), **numbers)]


def _chart(words: Words, shares: list[Row]) -> Chart:
    values = [
        {"source": _source_name(words, row["subject"]), "share": row["first_order"]}
        for row in shares
        if row["first_order"] is not None
    ]
    rows: list[list[Cell]] = [
        [_source_name(words, row["subject"]), figure("sensitivity", row, "first_order", 2),
         figure("sensitivity", row, "total_order", 2), _reason(words, row) if row["why"] else None]
        for row in shares
    ]  # fmt: skip
    headings = [words.text(f"column_{name}") for name in ("choice", "first", "total", "why")]
    table = Table(words.text("shares"), headings, rows, "sensitivity.csv", "SELECT * FROM sensitivity ORDER BY ALL")
    return Chart(words.text("shares_chart"), shares_spec(values, words), words.text("shares_alt"), table)


def shares_spec(values: list[dict[str, Any]], words: Words) -> dict[str, Any]:
    """The Vega-Lite specification of bars, the largest first."""
    return {
        "width": 480,
        "padding": {"left": 40, "top": 5, "right": 5, "bottom": 5},
        "height": {"step": 30},
        "data": {"values": values},
        "mark": {"type": "bar", "color": "#00539f"},
        "encoding": {
            "y": {"field": "source", "type": "nominal", "sort": None, "title": None},
            "x": {"field": "share", "type": "quantitative", "title": words.text("column_first")},
        },
    }


def _changes(source: PublishedRows, words: Words, here: list[Row], analysis: str) -> Table:
    """What one change of the method does to the score, the largest first."""
    rows = [row for row in here if row["analysis"] == analysis]
    rows.sort(key=lambda row: (row["difference"] is None, -abs(row["difference"] or 0.0), row["subject"]))
    cells = [
        (
            _subject(source, words, row),
            change_of(figure("sensitivity", row, "difference", 2)) or _reason(words, row) or None,
        )
        for row in rows
    ]
    headings = [words.text(f"column_{name}") for name in ("changed", "difference")]
    return Table(words.text(f"changes_{analysis}"), headings, cells)


def _subject(source: PublishedRows, words: Words, row: Row) -> str:
    """What was changed, by names where the subject is made of codes."""
    if row["analysis"] == "DROP_ONE":
        return source.name_of_node(row["subject"], words.lang)
    if row["analysis"] == "SWAP_WEIGHTS":
        first, mark, second = row["subject"].partition(" and ")
        if mark:
            names = (source.name_of_node(code, words.lang) for code in (first, second))
            return words.text("swapped", **dict(zip(("first", "second"), names, strict=True)))
    if row["analysis"] == "SWAP_AGGREGATION":
        code, mark, other = row["subject"].partition(" ")
        if mark:
            return words.text("aggregated", node=source.name_of_node(code, words.lang),
                              other=source.code_label("aggregation", other, words.lang))  # fmt: skip
    return str(row["subject"])


def _source_name(words: Words, subject: str) -> str:
    return words.text(f"source_{subject}") if subject in _SOURCES else subject


def _reason(words: Words, row: Row) -> str:
    """Why something was not varied, in plain words where the method has one reason alone for it."""
    reasons = {
        "the method imputes nothing: the weight of a missing value is shared out, a carried one has its error": "imputes_nothing",
        "the goalposts are fixed reference data, and the method names no other normalisation": "goalposts_fixed",
        "no value is carried forward": "nothing_carried",
        "it does not vary, or is not defined in every draw": "does_not_vary",
    }  # fmt: skip
    name = reasons.get(row["why"] or "")
    return words.text(f"why_{name}") if name else str(row["why"] or "")
