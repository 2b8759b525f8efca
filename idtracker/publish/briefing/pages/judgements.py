"""The page about judgements: open questions, how estimates moved, what came about, and how well likelihoods were judged."""

from __future__ import annotations

from typing import Any

from idtracker.publish.briefing.pages.wording import (
    MOST,
    Row,
    Words,
    between,
    change_of,
    counted,
    cut,
    day,
    figure,
    records,
    short_name,
)
from idtracker.publish.briefing.parts import Block, Chart, Edition, Figure, Inline, Page, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows

PATH = "judgements.html"
_TERMS = {"phia_yardstick": "yardstick_code", "icd203_yardstick": "icd203_code"}
_LIKELIHOOD = "%"
_OUTCOMES = {100.0: "happened", 0.0: "did_not"}
_DRAWN = 12
"""Questions that are drawn."""
_LONGEST = 62
"""Characters of a question that fit above its picture."""
Cell = Inline | Sentence | None


def pages(source: PublishedRows, edition: Edition) -> list[Page]:
    """Judgements as they are pooled by quarter. They enter no score."""
    words = Words("judgements", edition.lang)
    title, menu = words.text("title"), words.text("menu")
    questions = records(source, "scenario")
    questions.sort(key=lambda row: (row["scenario"], row["place_id"] or "", row["period"], row["scheme"]))
    sections = [_open(source, edition, words, questions)]
    sections += [_over_time(source, words, questions)] if questions else []
    sections += [_record(source, words), *_bands(source, words)]
    return [Page(PATH, title, sections, menu)]


def _open(source: PublishedRows, edition: Edition, words: Words, questions: list[Row]) -> Section:
    """What is asked and not known yet; what should be known by now is told apart."""
    if not questions:
        return Section("open", words.text("open_title"), [words.sentence("empty", 1)])
    open_questions = [row for row in questions if row["resolution_basis"] is None]
    now = edition.as_known_at[:10]
    terms = _terms(source, words)
    rows: list[list[Cell]] = [
        [*_named(source, words, row), words.in_order(row["period"]), _until(words, row, now),
         _estimate(row, terms.get((row["scenario"], row["place_id"], row["period"], row["scheme"]))),
         between(words.lang, *(figure("scenario", row, name, _digits(row)) for name in ("low", "high"))),
         source.code_label("ancr", row["ancr"], words.lang) or None,
         figure("scenario", row, "assessor_count"), change_of(figure("scenario", row, "change", _digits(row))),
         _list_of_names(source, words, row["warning_indicators"])]
        for row in open_questions
    ]  # fmt: skip
    names = ("question", "place", "judged", "until", "estimate", "range", "ancr", "assessors", "change", "warns")
    table = Table(
        words.text("open"), [words.text(f"column_{name}") for name in names], rows, empty_text=words.text("none_open")
    )
    said = [words.sentence("intro"), words.sentence("counts", 1, open=counted(source, "scenario", resolution_basis=None),
                                                    known=counted(source, "scenario", resolution_basis="REPORT"),
                                                    decided=counted(source, "scenario", resolution_basis="ACT"),
                                                    disputed=counted(source, "scenario", resolution_basis="DISPUTED"))]  # fmt: skip
    why = [words.sentence(name, 3) for name in ("why_pool", "why_range", "why_ancr")]
    return Section("open", words.text("open_title"), [*said, table], why)


def _over_time(source: PublishedRows, words: Words, questions: list[Row]) -> Section:
    """Every estimate by quarter, drawn where it is a likelihood, and what came of it."""
    rows: list[list[Cell]] = [
        [*_named(source, words, row), words.in_order(row["period"]), day(row["horizon_on"]),
         figure("scenario", row, "estimate", _digits(row), row["unit"]),
         between(words.lang, *(figure("scenario", row, name, _digits(row)) for name in ("lowest", "highest"))),
         figure("scenario", row, "assessor_count"), change_of(figure("scenario", row, "change", _digits(row))),
         *_outcome(source, words, row)]
        for row in _latest(questions, MOST)
    ]  # fmt: skip
    names = ("question", "place", "judged", "until", "estimate", "all_said", "assessors", "change", "outcome", "basis")
    headings = [words.text(f"column_{name}") for name in names]
    sql = "SELECT * FROM scenario ORDER BY scenario, place_id, period, scheme"
    table = Table(words.text("all"), headings, rows, "scenarios.csv", sql)
    drawn = [row for row in _latest_series(questions) if row["unit"] == _LIKELIHOOD and row["estimate"] is not None]
    blocks: list[Block] = [words.sentence("time_intro"), *cut(words.lang, questions)]
    if drawn:
        spec = likelihoods_spec(_points(source, words, drawn), words)
        blocks.append(Chart(words.text("time_chart"), spec, words.text("time_alt"), table))
    else:
        blocks.append(table)
    return Section("time", words.text("time_title"), blocks, [words.sentence("why_time", 3)])


def _latest(questions: list[Row], most: int) -> list[Row]:
    """At most so many questions, those of the latest quarters, in their order."""
    kept = {id(row) for row in sorted(questions, key=lambda row: row["period"], reverse=True)[:most]}
    return [row for row in questions if id(row) in kept]


def _series(row: Row) -> tuple[str, str, str]:
    return row["scenario_id"], row["place_id"] or "", row["scheme"]


def _latest_series(questions: list[Row]) -> list[Row]:
    """The rows of those questions that are drawn: the ones that were judged last, as many as a page bears."""
    last: dict[tuple[str, str, str], str] = {}
    for row in questions:
        last[_series(row)] = max(row["period"], last.get(_series(row), ""))
    kept = set(sorted(last, key=lambda series: (last[series], series), reverse=True)[:_DRAWN])
    return [row for row in questions if _series(row) in kept]


def _points(source: PublishedRows, words: Words, rows: list[Row]) -> list[dict[str, Any]]:
    """A point for each pooled likelihood. Questions that look alike are told apart by a number; a line joins the points of a
    question only where it has one in a quarter.
    """
    series: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        series.setdefault(_series(row), []).append(row)
    named: dict[str, int] = {}
    points = []
    for members in series.values():
        place = source.name_of_place(members[0]["place_id"], words.lang)
        name = short_name(f"{place}: {members[0]['scenario']}" if place else members[0]["scenario"], _LONGEST)
        named[name] = named.get(name, 0) + 1
        label = name if named[name] == 1 else f"{name} ({named[name]})"
        is_line = len({row["period"] for row in members}) == len(members)
        points += [
            {
                "question": label, "period": row["period"], "likelihood": row["estimate"], "is_line": is_line,
                "outcome": words.text(f"outcome_{_OUTCOMES.get(row['outcome'], 'not_known')}"),
            }
            for row in members
        ]  # fmt: skip
    return points


def likelihoods_spec(values: list[dict[str, Any]], words: Words) -> dict[str, Any]:
    """The Vega-Lite specification: one small picture per question; a point is filled where it came about."""
    outcomes = [words.text(f"outcome_{name}") for name in ("happened", "did_not", "not_known")]
    x = {"field": "period", "type": "ordinal", "title": None, "axis": {"labelAngle": -60}}
    y = {
        "field": "likelihood",
        "type": "quantitative",
        "title": words.text("likelihood"),
        "scale": {"domain": [0, 100]},
    }
    fill = {
        "field": "outcome", "type": "nominal", "scale": {"domain": outcomes, "range": ["#00539f", "#ffffff", "#c9c9c9"]},
        "legend": {"title": words.text("column_outcome"), "orient": "bottom", "labelLimit": 300, "columns": 1, "symbolStrokeColor": "#00539f"},
    }  # fmt: skip
    point = {"type": "point", "size": 80, "stroke": "#00539f", "strokeWidth": 1.6, "opacity": 1}
    return {
        "data": {"values": values},
        "facet": {"field": "question", "type": "nominal", "title": None, "header": {"labelLimit": 440, "labelAnchor": "start", "labelFontSize": 12}},
        "columns": 2,
        "spec": {
            "width": 420, "height": 130,
            "layer": [
                {"transform": [{"filter": "datum.is_line"}], "mark": {"type": "line", "color": "#8aa9c7"}, "encoding": {"x": x, "y": y}},
                {"mark": point, "encoding": {"x": x, "y": y, "fill": fill}},
            ],
        },
    }  # fmt: skip


def _record(source: PublishedRows, words: Words) -> Section:
    """How well likelihoods and ranges were judged; below ten questions nothing is said."""
    title, found = words.text("record_title"), records(source, "calibration")
    if not found:
        return Section("record", title, [words.sentence("record_empty", 1)])

    def cells(row: Row) -> list[Cell]:
        def number(name: str) -> Figure | None:
            return figure("calibration", row, name, 3)

        return [
            _assessor(source, words, row["assessor"]),
            words.text(f"scheme_{row['scheme']}") if row["scheme"] in (*_TERMS, "quantity") else row["scheme"],
            source.code_label("judgement_horizon", row["horizon"], words.lang),
            number("question_count"),
            number("brier") or words.text("too_few"),
            between(words.lang, number("brier_low"), number("brier_high")),
            number("hit_rate") or words.text("too_few"),
            between(words.lang, number("hit_low"), number("hit_high")),
            number("diversity"),
        ]

    names = ("who", "scheme", "horizon", "questions", "brier", "brier_interval", "hits", "hits_interval", "dividend")
    table = Table(words.text("record"), [words.text(f"record_{name}") for name in names], [cells(row) for row in found])
    why = [words.sentence(name, 3) for name in ("why_brier", "why_hits", "why_independent")]
    return Section("record", title, [words.sentence("record_intro"), table], why)


def _bands(source: PublishedRows, words: Words) -> list[Section]:
    """Over all ways of telling a round: in which share of the draws the whole index of a place lies in which band."""
    found = records(
        source, "band_probability", "node_code = ? AND period = (SELECT max(period) FROM band_probability)", source.root
    )
    if not found:
        return []
    bands = [str(band["label"]) for band in source.definition.get("band_scheme", {}).get("bands", ())]
    bands += sorted({row["band"] for row in found} - set(bands))
    by_place: dict[str, dict[str, Row]] = {}
    for row in found:
        by_place.setdefault(row["place_id"], {})[row["band"]] = row
    rows: list[list[Cell]] = [
        [source.name_of_place(place, words.lang), *(figure("band_probability", shares[b], "share", 2) if b in shares else None for b in bands)]
        for place, shares in sorted(by_place.items())
    ]  # fmt: skip
    headings = [words.text("column_place"), *(source.name_of_band(band, words.lang) for band in bands)]
    title = words.text("bands_title", period=found[0]["period"])
    table = Table(words.text("bands"), headings, rows)
    return [Section("bands", title, [words.sentence("bands_intro"), table], [words.sentence("why_bands", 3)])]


def _terms(source: PublishedRows, words: Words) -> dict[tuple[str, str | None, str, str], str]:
    """Question and quarter -> the term of the yardstick that every judgement of it used; none where they differ."""
    used: dict[tuple[str, str | None, str, str], set[str | None]] = {}
    for row in records(source, "judgement"):
        for scheme, column in _TERMS.items():
            if row[column] is not None:
                used.setdefault((row["scenario"], row["place_id"], row["period"], scheme), set()).add(row[column])
    return {
        key: source.code_label(key[3], next(iter(codes)), words.lang) for key, codes in used.items() if len(codes) == 1
    }


def _until(words: Words, row: Row, now: str) -> str | None:
    """The day until which a question speaks; that its outcome should be known by now is said."""
    until = day(row["horizon_on"])
    return words.text("due", day=until) if until is not None and until < now else until


def _estimate(row: Row, term: str | None) -> Cell:
    """A pooled estimate, with the term that all of its judgements used."""
    number = figure("scenario", row, "estimate", _digits(row), row["unit"])
    return Sentence([number, f" · {term}"]) if number is not None and term else number


def _named(source: PublishedRows, words: Words, row: Row) -> list[Cell]:
    return [row["scenario"], source.name_of_place(row["place_id"], words.lang) or None]


def _outcome(source: PublishedRows, words: Words, row: Row) -> list[Cell]:
    basis = source.code_label("resolution_basis", row["resolution_basis"], words.lang) or None
    if row["outcome"] is None:
        return [words.text("outcome_not_known"), basis]
    if row["unit"] != _LIKELIHOOD:
        return [figure("scenario", row, "outcome", _digits(row), row["unit"]), basis]
    return [words.text("outcome_happened" if row["outcome"] else "outcome_did_not"), basis]


def _digits(row: Row) -> int:
    return 0 if row["unit"] == _LIKELIHOOD else 1


def _assessor(source: PublishedRows, words: Words, assessor: str) -> str:
    named = {"ALL": "everybody", "CROWD": "crowd"}.get(assessor)
    return words.text(named) if named else source.name_of_organisation(assessor, words.lang)


def _list_of_names(source: PublishedRows, words: Words, ids: str | None) -> str | None:
    named = [source.name_of_node(code.strip(), words.lang) for code in (ids or "").split(";") if code.strip()]
    return words.list_of(named) or None
