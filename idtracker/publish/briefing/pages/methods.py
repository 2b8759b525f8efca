"""The pages about methods: how scores and their intervals are made, what was varied, and what each metric can tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from idtracker.publish.briefing.pages.joint_work.varied import coverage_of, not_varied_section, varied_sections
from idtracker.publish.briefing.pages.wording import Row, Words, counted, day, figure, records, tally
from idtracker.publish.briefing.parts import Block, Edition, Fold, Link, Listing, Page, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows

if TYPE_CHECKING:
    from idtracker.analyse.metrics.registry import Metric

PATH, METRICS = "methods.html", "methods-metrics.html"
_BASES = ("STATED", "ESTIMATED", "ASSUMED")


def pages(source: PublishedRows, edition: Edition) -> list[Page]:
    """How figures are made, and a page with the question, formula and limits of every metric."""
    words = Words("methods", edition.lang)
    title = words.text("title")
    sections = [
        _method(source, words),
        _indicators(source, words),
        _intervals(source, words),
        *varied_sections(source, words),
        not_varied_section(source, words),
        _versions(source, edition, words),
    ]
    return [Page(PATH, title, sections, words.text("menu")), _metrics_page(words)]


def _method(source: PublishedRows, words: Words) -> Section:
    title, found = words.text("method_title"), records(source, "method")
    if not found:
        return Section("method", title, [words.sentence("method_empty", 1)])
    rows = [
        (row["method_version"], source.code_label("method_role", row["role"], words.lang), row["title"])
        for row in found
    ]
    table = Table(words.text("methods"), _headings(words, ("version", "role", "method")), rows)
    blocks: list[Block] = [words.sentence("method_intro", link=Link(words.text("metrics_title"), METRICS)), table]
    definition = source.definition
    bands = definition.get("band_scheme", {}).get("bands", ())
    if bands:
        cells = [
            (source.name_of_band(b["label"], words.lang), words.in_order(f"{b['low']:g}–{b['high']:g}")) for b in bands
        ]
        blocks.append(Table(words.text("bands"), _headings(words, ("band", "points")), cells))
    parts = dict(definition.get("dimensions") or {})
    if parts:
        named = words.list_of(source.name_of_node(code, words.lang) for code in parts)
        blocks.append(words.sentence("parts_equal" if _are_equal(parts) else "parts_differ", parts=named))
    blocks += [words.sentence("steps"), Listing([words.sentence(f"step_{n}") for n in range(1, 7)], is_numbered=True)]
    return Section("method", title, blocks)


def _are_equal(parts: dict[str, object]) -> bool:
    weights = {part.get("weight") for part in parts.values() if isinstance(part, dict)}
    return len(weights) == 1


def _indicators(source: PublishedRows, words: Words) -> Section:
    title, found = words.text("indicators_title"), records(source, "indicator")
    if not found:
        return Section("indicators", title, [words.sentence("indicators_empty", 1)])
    found.sort(key=lambda row: (row["dimension_code"] is None, row["dimension_code"] or "", row["indicator_id"]))
    rows = [
        (
            source.name_of_indicator(row["indicator_id"], words.lang),
            source.name_of_node(row["dimension_code"], words.lang) or words.text("not_scored"),
            source.name_of_unit(row["unit"], words.lang),
            words.text("higher" if row["direction"] > 0 else "lower"),
            figure("indicator", row, "goalpost_low", 2),
            figure("indicator", row, "goalpost_high", 2),
            figure("indicator", row, "weight", 2),
            figure("indicator", row, "max_age_days"),
            source.name_of_organisation(row["owner_org_id"], words.lang) or None,
            day(row["retired_on"]),
        )
        for row in found
    ]
    names = ("indicator", "part", "unit", "better", "low", "high", "weight", "age", "owner", "retired")
    sql = "SELECT * FROM indicator ORDER BY indicator_id"
    table = Table(words.text("indicators"), _headings(words, names), rows, "indicators.csv", sql)
    return Section("indicators", title, [table], [words.sentence("why_indicators", 3)])


def _intervals(source: PublishedRows, words: Words) -> Section:
    """How intervals are made, and on what those of the latest quarter rest."""
    blocks: list[Block] = [
        words.sentence("intervals_values"),
        words.sentence("intervals_scores", coverage=coverage_of(source)),
        words.sentence("intervals_metrics"),
    ]
    period = source.latest_period
    if period is not None and source.has_rows("merged_cell"):
        counts = {basis: counted(source, "merged_cell", period=period, error_basis=basis) for basis in _BASES}
        none = counted(source, "merged_cell", period=period, error_basis=None)
        said = [
            words.sentence("basis", what=source.code_label("error_basis", basis, words.lang), n=n)
            for basis, n in counts.items()
        ]
        blocks += [words.sentence("bases", period=period), Listing([*said, words.sentence("no_basis", n=none)])]
    whole = _whole_score(source, period)
    if whole is not None:
        shares = {n: figure("score", whole, n, 2) for n in ("error_coverage", "error_estimated", "error_assumed")}
        blocks.append(
            words.sentence("whole", place=source.name_of_place(whole["place_id"], words.lang), period=period, **shares)
        )
    why = [words.sentence(name, 3) for name in ("why_independent", "why_absent", "why_method")]
    return Section("intervals", words.text("intervals_title"), blocks, why)


def _whole_score(source: PublishedRows, period: str | None) -> Row | None:
    """The score of the whole index for the country in the latest quarter."""
    if period is None or source.root is None or source.country is None:
        return None
    where = "place_id = ? AND period = ? AND node_code = ?"
    found = records(source, "score", where, source.country, period, source.root)
    return found[0] if found else None


def _versions(source: PublishedRows, edition: Edition, words: Words) -> Section:
    """Which versions of everything the publication rests on."""
    said = [words.sentence("publication", name=edition.publication, at=edition.as_known_at)]
    said += [words.sentence("units", n=counted(source, "unit"))] if "unit" in source.tables else []
    rules = sorted({row["rule_set_version"] for row in records(source, "submission") if row["rule_set_version"]})
    if rules:
        said.append(words.sentence("rules", versions=words.list_of(rules)))
    blocks: list[Block] = [Listing(said)]
    if source.has_rows("codelist"):
        by = tally(source, "codelist", "scheme", "version")
        rows = [(scheme, f"v{version}", by.count(scheme=scheme, version=version)) for (scheme, version), _ in by.groups]
        blocks.append(Table(words.text("codelists"), _headings(words, ("codelist", "version", "codes")), rows))
    return Section("versions", words.text("versions_title"), blocks)


def _metrics_page(words: Words) -> Page:
    """What every metric asks, how it is counted and what it cannot tell: as the package defines it, in English."""
    from idtracker.analyse.metrics.registry import families, family

    metric_words, title = Words("metrics", words.lang), words.text("metrics_title")
    sections = []
    for name in families():
        folds = [_metric(words, metric_words, metric) for metric in family(name)]
        sections.append(Section(f"metrics-{name}", metric_words.text(f"family_{name}"), folds))
    intro = Section(
        "intro", title, [words.sentence("metrics_intro"), words.sentence("back", up=Link(words.text("title"), PATH))]
    )
    return Page(METRICS, title, [intro, *sections])


def _metric(words: Words, metric_words: Words, metric: Metric) -> Fold:
    """One metric: its question to be seen, its formula and limits folded below."""
    name = metric.name_ar if words.lang == "ar" else metric.name
    said = [
        words.sentence("metric_formula", text=metric.formula),
        words.sentence("metric_better", text=metric_words.text(f"better_{metric.direction}")),
        words.sentence("metric_limits", text=metric.limitations),
        words.sentence("metric_origin", text=metric.source),
    ]
    return Fold(Sentence([f"{metric.id} {name}: {metric.asked(words.lang)}"]), [Listing(said)], metric.id.lower())


def _headings(words: Words, names: Iterable[str]) -> list[str]:
    return [words.text(f"column_{name}") for name in names]
