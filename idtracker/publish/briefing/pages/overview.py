"""The first page: where the country stands, what moved and why, what is overdue, what integration says, what was agreed."""

from __future__ import annotations

from typing import Any

from idtracker.model.messages import Lang, phrase
from idtracker.publish.briefing.figures import TEXTS as SCORES
from idtracker.publish.briefing.figures import figure, interval, number, reading_of_two
from idtracker.publish.briefing.parts import Block, Count, Edition, Listing, Page, Section, Sentence, Table
from idtracker.publish.briefing.scores import Scores
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.words import counted_sentence, sentence, signed

TEXTS = "publish/briefing/overview"
PATH = "index.html"
Row = dict[str, Any]


def pages(source: PublishedRows, edition: Edition) -> list[Page]:
    """The overview."""
    scores, lang = Scores(source, edition), edition.lang
    sections = [
        _headline(scores),
        Section("moved", phrase(TEXTS, "moved", lang), [*_moved(scores)], [sentence(TEXTS, "moved_why", lang)]),
        Section("warnings", phrase(TEXTS, "warnings", lang), warnings(scores), [sentence(TEXTS, "warnings_why", lang)]),
        Section("overdue", phrase(TEXTS, "overdue", lang), overdue(source, edition), [sentence(TEXTS, "overdue_why", lang)]),
        Section(
            "integration", phrase(TEXTS, "integration", lang), _integration(source, edition),
            [sentence(TEXTS, "integration_why", lang)],
        ),
        Section("actions", phrase(TEXTS, "actions", lang), actions(source, edition)),
    ]  # fmt: skip
    return [Page(PATH, phrase(TEXTS, "title", lang), sections, phrase(TEXTS, "menu", lang))]


def _headline(scores: Scores) -> Section:
    source, edition, lang = scores.source, scores.edition, scores.lang
    row = scores.latest.get((source.country or "", source.root or ""))
    if edition.period is None or row is None:
        text = "nothing_scored" if edition.period is None else "no_country"
        blocks: list[Block] = [sentence(TEXTS, text, lang, 1)]
        return Section("headline", phrase(TEXTS, "headline_none", lang), blocks)
    names = {"node": source.name_of_node(source.root, lang), "place": source.name_of_place(row["place_id"], lang)}
    title = phrase(TEXTS, "headline", lang, period=row["period"], **names)
    chart = scores.chart_over_time(row["place_id"], row["node_code"])
    blocks = [scores.lead(row, phrase(TEXTS, "lead", lang, **names)), *([chart] if chart else [])]
    return Section("headline", title, blocks, [sentence(TEXTS, "headline_why", lang)])


def _moved(scores: Scores) -> list[Block]:
    source, lang = scores.source, scores.lang
    if scores.edition.period is None:
        return [sentence(TEXTS, "nothing_scored", lang)]
    key = (source.country or "", source.root or "")
    return [scores.change_claim(key, 1), *scores.why_moved(key), _nodes(scores), *moved_places(scores)]


def _nodes(scores: Scores) -> Table:
    """The parts of the index for the country: how each stands and whether it moved."""
    source, lang = scores.source, scores.lang
    country = source.country or ""
    keys = sorted((key for key in scores.latest if key[0] == country), key=lambda key: (key[1] != source.root, key[1]))
    rows: list[list[Any]] = []
    for key in keys:
        row, sure = scores.latest[key], scores.uncertain.get(key)
        rows.append(
            [
                source.name_of_node(key[1], lang),
                figure("score", row),
                interval("score", row, lang),
                None if sure is None else signed(figure("score_uncertainty", sure, "change")),
                None
                if sure is None
                else interval("score_uncertainty", sure, lang, "change_low", "change_high", is_signed=True),
                phrase(SCORES, f"reading_{scores.reading_of(key)}", lang),
            ]
        )
    headings = [
        phrase(TEXTS, f"column_{n}", lang)
        for n in ("node", "score", "interval", "change", "change_interval", "reading")
    ]
    sql = (
        f"SELECT s.place_id, s.node_code, s.period, s.score, s.low, s.high, s.band FROM score s "
        f"WHERE s.place_id = {_quoted(country)} AND s.period = {_quoted(scores.edition.period)} ORDER BY s.node_code"
    )
    return Table(phrase(TEXTS, "nodes", lang), headings, rows, "nodes.csv", sql, phrase(TEXTS, "no_country", lang))


def moved_places(scores: Scores) -> list[Block]:
    """The places whose change is more than the uncertainty of their scores."""
    lang, root = scores.lang, scores.source.root or ""
    listed = []
    for place in scores.places:
        said = scores.reading_of((place, root))
        if said in ("rose", "fell"):
            row = scores.uncertain[place, root]
            listed.append(
                sentence(
                    TEXTS, f"place_{said}", lang,
                    place=scores.place_link(place),
                    change=signed(figure("score_uncertainty", row, "change")),
                    interval=interval("score_uncertainty", row, lang, "change_low", "change_high", is_signed=True),
                )
            )  # fmt: skip
    if not scores.uncertain:
        return []
    if not listed:
        return [sentence(TEXTS, "no_place_moved", lang)]
    return [sentence(TEXTS, "places_moved", lang), Listing(listed)]


def warnings(scores: Scores) -> list[Block]:
    """The warnings that stand in the edition's quarter, with what their rule is worth."""
    source, edition, lang = scores.source, scores.edition, scores.lang
    if not source.has_rows("warning") or edition.period is None:
        return [sentence(TEXTS, "no_warnings", lang)]
    has_skill = source.has_rows("warning_skill")
    skill = "SELECT rule_id, title, title_ar, verdict FROM warning_skill"
    if not has_skill:
        skill = "SELECT '' AS rule_id, NULL AS title, NULL AS title_ar, NULL AS verdict WHERE FALSE"
    found = source.records(
        f"SELECT w.*, s.title, s.title_ar, s.verdict FROM warning w LEFT JOIN ({skill}) s USING (rule_id) "
        "WHERE w.period = ? AND w.state IN ('RAISED', 'UNJUDGED') ORDER BY rule_id, place_id",
        edition.period,
    )
    if not found:
        return [sentence(TEXTS, "no_warnings", lang)]
    rows: list[list[Any]] = []
    for row in found:
        title = (row["title_ar"] if lang == "ar" else None) or row["title"] or row["rule_id"]
        verdict = source.code_label("warning_verdict", row["verdict"], lang)
        state = source.code_label("warning_state", row["state"], lang)
        rows.append([scores.place_link(row["place_id"]), title, state, row["since_period"], verdict or None])
    counted = counted_sentence(
        TEXTS, "warnings_stand", lang,
        Count(sum(row["state"] == "RAISED" for row in found), "warning", {"period": edition.period, "state": "RAISED"}),
    )  # fmt: skip
    headings = [phrase(TEXTS, f"column_{n}", lang) for n in ("place", "rule", "state", "since", "verdict")]
    sql = f"SELECT * FROM warning WHERE period = {_quoted(edition.period)} ORDER BY rule_id, place_id"
    return [counted, Table(phrase(TEXTS, "warnings", lang), headings, rows, "warnings.csv", sql)]


def overdue(source: PublishedRows, edition: Edition) -> list[Block]:
    """Which sources are behind, and what their reports would tell."""
    lang = edition.lang
    if not source.has_rows("freshness"):
        return [sentence(TEXTS, "no_freshness", lang)]
    late = source.records("SELECT * FROM freshness WHERE state NOT IN ('FRESH', 'DUE') ORDER BY source_id, org_id")
    if not late:
        return [sentence(TEXTS, "nothing_overdue", lang)]
    rows = [
        [
            source.name_of_source(row["source_id"], lang), source.name_of_organisation(row["org_id"], lang),
            source.code_label("freshness_state", row["state"], lang), _day(row["arrived_at"]), _day(row["expected_next"]),
            row["whose_turn"] or None,
        ]
        for row in late
    ]  # fmt: skip
    headings = [
        phrase(TEXTS, f"column_{n}", lang) for n in ("source", "organisation", "state", "arrived", "expected", "turn")
    ]
    sql = "SELECT * FROM freshness WHERE state NOT IN ('FRESH', 'DUE') ORDER BY source_id, org_id"
    table = Table(phrase(TEXTS, "overdue", lang), headings, rows, "overdue.csv", sql)
    return [table, *missing_reports(source, edition)]


def missing_reports(source: PublishedRows, edition: Edition, most: int = 5) -> list[Block]:
    """What owed reports would tell, once for each source and score: the one that narrows its interval most."""
    lang = edition.lang
    if not source.has_rows("missing_report"):
        return []
    of_score = "PARTITION BY source_id, place_id, node_code"
    found = source.records(
        "SELECT * FROM missing_report WHERE narrowing IS NOT NULL "
        f"QUALIFY row_number() OVER ({of_score} ORDER BY narrowing DESC, period DESC, report_period DESC) = 1 "
        "ORDER BY narrowing DESC, source_id, place_id, node_code LIMIT ?",
        most,
    )
    items = [
        sentence(
            TEXTS, "would_tell", lang,
            source=source.name_of_source(row["source_id"], lang), report=row["report_period"],
            who=source.name_of_organisation(row["org_id"], lang),
            node=source.name_of_node(row["node_code"], lang), place=source.name_of_place(row["place_id"], lang), period=row["period"],
            narrowing=figure("missing_report", row, "narrowing"), unknown=figure("missing_report", row, "width_unknown"),
            width=figure("missing_report", row, "width_with"),
        )
        for row in found
    ]  # fmt: skip
    return [sentence(TEXTS, "would_tell_title", lang), Listing(items)] if items else []


def _integration(source: PublishedRows, edition: Edition) -> list[Block]:
    """Metrics of the whole programme that are another than a quarter before; a move is claimed where intervals lie apart."""
    lang = edition.lang
    now, before, period, since = _metric_values(source)
    if since is None:
        return [sentence(TEXTS, "no_metrics", lang)]
    rows: list[list[Any]] = []
    claimed: list[Sentence] = []
    for metric, row in now.items():
        was = before.get(metric)
        if was is None or number(row["value"]) == number(was["value"]):
            continue
        said = reading_of_two(row["lower"], row["upper"], was["lower"], was["upper"])
        values = [figure("metric_value", one, digits=2, unit=_unit(one)) for one in (was, row)]
        name, bounds = _metric_name(metric, lang), interval("metric_value", row, lang, "lower", "upper", 2)
        why = source.code_label("suppression_reason", row["suppressed_reason"] or was["suppressed_reason"], lang)
        rows.append([f"{metric} {name}", *values, bounds, why or phrase(TEXTS, f"metric_{said}", lang)])
        if said in ("rose", "fell") and not why:
            claimed.append(sentence(TEXTS, f"metric_claim_{said}", lang, name=name, before=values[0], now=values[1]))
    head: list[Block] = [Listing(claimed)] if claimed else [sentence(TEXTS, "no_metric_claim", lang)]
    headings = [phrase(TEXTS, f"column_{n}", lang) for n in ("metric", "before", "now", "metric_interval", "reading")]
    sql = (
        "SELECT * FROM metric_value WHERE scope = 'programme' AND measure = 'value' "
        f"AND period IN ({_quoted(since)}, {_quoted(period)}) ORDER BY metric_id, period, as_of_on"
    )
    caption = phrase(TEXTS, "metrics", lang, since=since, period=period)
    return [*head, Table(caption, headings, rows, "integration-moved.csv", sql, phrase(TEXTS, "metrics_same", lang))]


def _metric_values(source: PublishedRows) -> tuple[dict[str, Row], dict[str, Row], str, str | None]:
    """By metric, the main value of the whole programme in the last two quarters that have any; and those quarters."""
    if not source.has_rows("metric_value"):
        return {}, {}, "", None
    found = source.records(
        "SELECT * FROM metric_value WHERE scope = 'programme' AND measure = 'value' ORDER BY metric_id, period, as_of_on"
    )
    periods = sorted({row["period"] for row in found})[-2:]
    if len(periods) < 2:
        return {}, {}, "", None
    now, before = ({r["metric_id"]: r for r in found if r["period"] == period} for period in reversed(periods))
    return now, before, periods[1], periods[0]


def actions(source: PublishedRows, edition: Edition) -> list[Block]:
    """What the last round agreed, and how far it is."""
    lang = edition.lang
    if not source.has_rows("round_action"):
        return [sentence(TEXTS, "no_actions", lang)]
    last = "(SELECT round_id FROM round_action ORDER BY held_on DESC NULLS LAST, round_id DESC LIMIT 1)"
    sql = f"SELECT * FROM round_action WHERE round_id = {last} ORDER BY action_number"
    rows = [
        [
            (row["action_ar"] if lang == "ar" else None) or row["action"], source.name_of_organisation(row["owner_org_id"], lang),
            _day(row["due_on"]), source.code_label("round_action_state", row["state"], lang), row["note"],
        ]
        for row in source.records(sql)
    ]  # fmt: skip
    headings = [phrase(TEXTS, f"column_{n}", lang) for n in ("action", "owner", "due", "state", "note")]
    return [Table(phrase(TEXTS, "actions", lang), headings, rows, "actions.csv", sql)]


def _metric_name(metric_id: str, lang: Lang) -> str:
    from idtracker.analyse.metrics.registry import metrics

    metric = metrics().get(metric_id)
    return metric_id if metric is None else metric.name_ar if lang == "ar" else metric.name


def _unit(row: Row) -> str:
    return str(row["unit"] or "") if row["unit"] == "%" else ""


def _day(value: Any) -> str | None:
    return None if value is None or value != value else f"{value:%Y-%m-%d}"


def _quoted(text: object) -> str:
    from idtracker.store.tables import quoted

    return quoted(text)
