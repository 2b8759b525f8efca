"""The tracker: every place with its score, how sure it is, how it ranks and how it went over the quarters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from idtracker.model.messages import phrase
from idtracker.publish.briefing.charts.place_map import has_all, map_of, published_boundaries
from idtracker.publish.briefing.charts.specs import rank_shares, small_multiples
from idtracker.publish.briefing.figures import TEXTS as SCORES
from idtracker.publish.briefing.figures import figure, interval, number
from idtracker.publish.briefing.parts import Block, Chart, Edition, Page, Section, Sentence, Table
from idtracker.publish.briefing.scores import Row, Scores, points
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.words import sentence, signed
from idtracker.store.tables import quoted

TEXTS = "publish/briefing/tracker"
PATH = "tracker.html"
MOST_DRAWN = 60
"""Places that are drawn one by one, and of which every quarter, part and rank is listed; more are in the files alone: nobody can read them."""


def pages(source: PublishedRows, edition: Edition) -> list[Page]:
    """The page of all places; that of each is made by `place`."""
    scores, lang = Scores(source, edition), edition.lang
    sections = [Section("places", phrase(TEXTS, "nothing", lang), [sentence(TEXTS, "nothing_scored", lang, 1)])]
    if scores.places:
        sections = [
            Section("map", phrase(TEXTS, "map", lang), _map(scores), [sentence(TEXTS, "map_why", lang)]),
            Section(
                "places",
                phrase(TEXTS, "places", lang),
                [*_country(scores), _places(scores)],
                [sentence(TEXTS, "places_why", lang)],
            ),
            Section(
                "over-time", phrase(TEXTS, "over_time", lang), _over_time(scores), [sentence(TEXTS, "time_why", lang)]
            ),
            Section("parts", phrase(TEXTS, "parts", lang), [_parts(scores)]),
            Section("ranks", phrase(TEXTS, "ranks", lang), _ranks(scores), [sentence(TEXTS, "ranks_why", lang)]),
        ]
    return [Page(PATH, phrase(TEXTS, "title", lang), sections, phrase(TEXTS, "menu", lang))]


def band_names(scores: Scores) -> list[str]:
    """The bands of the headline method from the least stable on, as people read them."""
    stated = dict(scores.source.definition.get("band_scheme") or {}).get("bands") or []
    listed = sorted((band for band in stated if isinstance(band, dict)), key=lambda band: float(band.get("low") or 0))
    return [scores.source.name_of_band(str(band["label"]), scores.lang) for band in listed if "label" in band]


def _map(scores: Scores) -> list[Block]:
    """The map, where the publication has the boundaries of every place, and the places as dots with their intervals."""
    source, lang, root = scores.source, scores.lang, scores.source.root or ""
    values = _values(scores)
    scored = [value for value in values.values() if value["score"] is not None]
    if not scored:
        return [sentence(TEXTS, "all_withheld", lang, 1)]
    words = {"node": source.name_of_node(root, lang), "period": scores.edition.period}
    title, map_title = phrase(TEXTS, "dots_title", lang, **words), phrase(TEXTS, "map_title", lang, **words)
    ends = {"first": scored[0]["name"], "highest": f"{scored[0]['score']:.1f}", "count": len(scored)}
    ends |= {"last": scored[-1]["name"], "lowest": f"{scored[-1]['score']:.1f}"}
    drawn = (scores.places, values, lang, words["node"] or "", band_names(scores))
    dots: Block = sentence(TEXTS, "no_dots", lang)
    if not _are_many(scores):
        dots_alt = phrase(TEXTS, "dots_alt", lang, title=title, **ends)
        dots = Chart(title, map_of(*drawn), dots_alt, _values_table(scores, values, title))
    geometries, attributions = published_boundaries(source.folder, lang)
    if not has_all(scores.places, geometries):
        return [dots]
    map_alt = phrase(TEXTS, "map_alt", lang, title=map_title, **ends)
    shown = Chart(map_title, map_of(*drawn, geometries), map_alt, _values_table(scores, values, map_title))
    return [shown, *(Sentence([text], 3) for text in attributions), dots]


def _are_many(scores: Scores) -> bool:
    return len(scores.places) > MOST_DRAWN


def _in_file(scores: Scores, title: str, headings: Sequence[str], csv: str, sql: str) -> Table:
    """What would be listed of each place, in the file alone."""
    return Table(title, headings, [], csv, sql, phrase(TEXTS, "in_file", scores.lang))


def _values(scores: Scores) -> dict[str, dict[str, Any]]:
    """Place -> what is drawn of it."""
    source, lang = scores.source, scores.lang
    rows = {place: scores.latest[place, source.root or ""] for place in scores.places}
    return {
        place: {
            "name": source.name_of_place(place, lang),
            **{name: number(row[name]) for name in ("score", "low", "high")},
            "band": source.name_of_band(row["band"], lang) or None,
        }
        for place, row in rows.items()
    }


def _values_table(scores: Scores, values: dict[str, dict[str, Any]], title: str) -> Table:
    headings = [phrase(TEXTS, f"column_{name}", scores.lang) for name in ("place", "score", "low", "high", "band")]
    if _are_many(scores):
        return _in_file(scores, title, headings, "places.csv", _places_sql(scores))
    rows: list[list[Any]] = [
        [
            value["name"],
            *(figure("score", scores.latest[place, scores.source.root or ""], n) for n in ("score", "low", "high")),
            value["band"],
        ]
        for place, value in values.items()
    ]
    return Table(title, headings, rows, "places.csv", _places_sql(scores))


def _country(scores: Scores) -> list[Block]:
    country = scores.source.country
    if (country, scores.source.root) not in scores.latest:
        return []
    return [sentence(TEXTS, "country", scores.lang, place=scores.place_link(country))]


def _places(scores: Scores) -> Table:
    lang = scores.lang
    rows = [_place_row(scores, place) for place in scores.places]
    names = (
        "place",
        "score",
        "interval",
        "band",
        "trend",
        "change",
        "reading",
        "rank",
        "rank_interval",
        "completeness",
    )
    headings = [phrase(TEXTS, f"column_{name}", lang) for name in names]
    caption = phrase(TEXTS, "places_title", lang, period=scores.edition.period)
    return Table(caption, headings, rows, "places.csv", _places_sql(scores))


def _place_row(scores: Scores, place: str) -> list[Any]:
    source, lang, root = scores.source, scores.lang, scores.source.root or ""
    row, sure = scores.latest[place, root], scores.uncertain.get((place, root))
    rank: list[Any] = [None, None]
    if sure is not None and number(sure["rank"]) is not None:
        rank = [
            figure("score_uncertainty", sure, "rank", 0),
            interval("score_uncertainty", sure, lang, "rank_low", "rank_high", 0),
        ]
    return [
        scores.place_link(place),
        figure("score", row),
        interval("score", row, lang),
        source.name_of_band(row["band"], lang) or phrase(TEXTS, "withheld", lang),
        source.code_label("trend_class", row["trend_class"], lang) or None,
        None if sure is None else signed(figure("score_uncertainty", sure, "change")),
        phrase(SCORES, f"reading_{scores.reading_of((place, root))}", lang),
        *rank,
        figure("score", row, "completeness", 2),
    ]


def _places_sql(scores: Scores) -> str:
    return (
        "SELECT s.* FROM score s JOIN place p USING (place_id) WHERE p.level <> 'country' "
        f"AND s.period = {quoted(scores.edition.period)} AND s.node_code = {quoted(scores.source.root)} ORDER BY s.place_id"
    )


def _over_time(scores: Scores) -> list[Block]:
    source, lang, root = scores.source, scores.lang, scores.source.root or ""
    title = phrase(TEXTS, "time_title", lang, node=source.name_of_node(root, lang))
    sql = (
        "SELECT s.* FROM score s JOIN place p USING (place_id) WHERE p.level <> 'country' "
        f"AND s.node_code = {quoted(root)} ORDER BY s.place_id, s.period"
    )
    if _are_many(scores):
        headings = [phrase(TEXTS, "column_place", lang), source.label("score.period", lang)]
        return [_in_file(scores, title, headings, "places-over-time.csv", sql)]
    rows = {place: scores.over_time(place, root) for place in scores.places}
    drawn = [p for place in scores.places for p in points(rows[place], group=source.name_of_place(place, lang))]
    if all(point["score"] is None for point in drawn):
        return [sentence(TEXTS, "all_withheld", lang)]
    periods = sorted({row["period"] for listed in rows.values() for row in listed})
    by_period = {place: {row["period"]: row for row in listed} for place, listed in rows.items()}
    table = Table(
        title,
        [phrase(TEXTS, "column_place", lang), *periods],
        [
            [
                source.name_of_place(place, lang),
                *(figure("score", by_period[place][p]) if p in by_period[place] else None for p in periods),
            ]
            for place in scores.places
        ],
        "places-over-time.csv",
        sql,
    )
    spec = small_multiples(drawn, [source.name_of_place(place, lang) for place in scores.places], lang)
    alt = phrase(TEXTS, "time_alt", lang, title=title, count=len(scores.places), since=periods[0], until=periods[-1])
    return [Chart(title, spec, alt, table)]


def _parts(scores: Scores) -> Table:
    """Every place beside every part of the index."""
    source, lang = scores.source, scores.lang
    nodes = sorted({node for _, node in scores.latest if node != source.root})
    title = phrase(TEXTS, "parts_title", lang, period=scores.edition.period)
    headings = [phrase(TEXTS, "column_place", lang), *(source.name_of_node(node, lang) for node in nodes)]
    sql = f"SELECT * FROM score WHERE period = {quoted(scores.edition.period)} ORDER BY place_id, node_code"
    if _are_many(scores):
        return _in_file(scores, title, headings, "parts.csv", sql)
    rows: list[list[Any]] = [
        [
            scores.place_link(place),
            *(
                figure("score", scores.latest[place, node]) if (place, node) in scores.latest else None
                for node in nodes
            ),
        ]
        for place in scores.places
    ]
    return Table(title, headings, rows, "parts.csv", sql)


def _ranks(scores: Scores) -> list[Block]:
    """How often each place comes at each rank, where the publication has it; of many places in the file alone."""
    source, lang, root = scores.source, scores.lang, scores.source.root
    where = f"period = {quoted(scores.edition.period)} AND node_code = {quoted(root)}"
    sql = f"SELECT * FROM rank_acceptability WHERE {where} ORDER BY place_id, rank"
    if _are_many(scores) and source.has_rows("rank_acceptability", where):
        headings = [phrase(TEXTS, f"column_{name}", lang) for name in ("place", "rank")]
        return [_in_file(scores, phrase(TEXTS, "ranks_title", lang), headings, "ranks.csv", sql)]
    found = source.records(sql) if source.has_rows("rank_acceptability") else []
    places = set(scores.places)
    shares = {(row["place_id"], int(row["rank"])): row for row in found if row["place_id"] in places}
    if not shares:
        return [sentence(TEXTS, "no_ranks", lang)]
    return [_rank_chart(scores, shares, sql)]


def _rank_chart(scores: Scores, shares: Mapping[tuple[str, int], Row], sql: str) -> Chart:
    """Places in the order of their mean rank, and the share of each rank."""
    lang, ranks = scores.lang, sorted({rank for _, rank in shares})
    by_place: dict[str, dict[int, Row]] = {}
    for (place, rank), row in shares.items():
        by_place.setdefault(place, {})[rank] = row
    means = {place: sum(rank * float(row["share"]) for rank, row in rows.items()) for place, rows in by_place.items()}
    names = {p: scores.source.name_of_place(p, lang) for p in sorted(means, key=lambda place: (means[place], place))}
    drawn = [
        {
            "name": names[place],
            "rank": rank,
            "share": float(by_place[place][rank]["share"]) if rank in by_place[place] else 0.0,
        }
        for place in names
        for rank in ranks
    ]
    rows: list[list[Any]] = [
        [
            names[p],
            *(figure("rank_acceptability", by_place[p][r], "share", 2) if r in by_place[p] else None for r in ranks),
        ]
        for p in names
    ]
    title = phrase(TEXTS, "ranks_title", lang)
    table = Table(title, [phrase(TEXTS, "column_place", lang), *map(str, ranks)], rows, "ranks.csv", sql)
    spec = rank_shares(
        drawn, list(names.values()), lang, phrase(TEXTS, "column_rank", lang), phrase(TEXTS, "share", lang)
    )
    return Chart(title, spec, phrase(TEXTS, "ranks_alt", lang, title=title, count=len(names)), table)
