"""The page about the quality and freshness of the data: what each source owes, sent and got wrong, and where rows went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from idtracker.publish.briefing.pages.wording import MOST, Row, Tally, Words, counted, cut, day, figure, records, tally
from idtracker.publish.briefing.parts import Block, Edition, Inline, Listing, Page, Section, Sentence, Table
from idtracker.publish.briefing.source import PublishedRows

PATH = "quality.html"
_FRESHNESS = ("FRESH", "DUE", "OVERDUE", "DELINQUENT", "NEVER")
_OBLIGATIONS = ("received", "late", "due", "overdue", "derogated")
_NOT_MET = ("overdue", "due", "late")
_STATES = ("accepted", "partly_accepted", "held", "rejected", "superseded", "withdrawn", "received")
_SEVERITIES = ("critical", "error", "warning", "advisory")
_STEPS = ("landing_to_judged", "accepted_to_store", "facts_to_cells", "cells_to_scores")
_WORST_FIRST = {state: n for n, state in enumerate(reversed(_FRESHNESS))}
Cell = Inline | Sentence | None


def pages(source: PublishedRows, edition: Edition) -> list[Page]:
    """Freshness, obligations, files, findings and the account of rows, by source."""
    words = Words("quality", edition.lang)
    title = words.text("title")
    sections = [
        _freshness(source, words),
        _obligations(source, words),
        _files(source, words),
        _findings(source, words),
        _accounts(source, words),
    ]
    return [Page(PATH, title, sections, words.text("menu"))]


def _freshness(source: PublishedRows, words: Words) -> Section:
    title, found = words.text("freshness_title"), records(source, "freshness")
    if not found:
        return Section("freshness", title, [words.sentence("freshness_empty", 1)])
    found.sort(key=lambda row: (_WORST_FIRST.get(row["state"], -1), row["source_id"]))
    rows = [
        (
            source.name_of_source(row["source_id"], words.lang),
            source.name_of_organisation(row["org_id"], words.lang),
            source.code_label("freshness_state", row["state"], words.lang),
            day(row["data_time"]),
            day(row["arrived_at"]),
            day(row["expected_next"]),
            row["owner"],
            row["whose_turn"],
        )
        for row in found
    ]
    names = ("source", "organisation", "state", "data_time", "arrived", "next", "owner", "turn")
    sql = "SELECT * FROM freshness ORDER BY source_id, org_id"
    table = Table(words.text("freshness"), _headings(words, names), rows, "freshness.csv", sql)
    days = sorted({day(row["as_of_on"]) or "" for row in found})
    counts = _counts(source, words, "freshness", "state", _FRESHNESS, "freshness_state")
    said = words.sentence("freshness_as_of", day=words.list_of(days))
    return Section("freshness", title, [said, Listing(counts), table], [words.sentence("why_freshness", 3)])


def _obligations(source: PublishedRows, words: Words) -> Section:
    title, found = words.text("obligations_title"), records(source, "obligation")
    if not found:
        return Section("obligations", title, [words.sentence("obligations_empty", 1)])
    sources, by = sorted({row["source_id"] for row in found}), tally(source, "obligation", "source_id", "state")
    rows = [
        [source.name_of_source(name, words.lang), *_cells(by, _OBLIGATIONS, "state", source_id=name)]
        for name in sources
    ]
    headings = [words.text("column_source"), *(words.text(f"obligation_{state}") for state in _OBLIGATIONS)]
    everywhere = [words.text("all_sources"), *_cells(by, _OBLIGATIONS, "state")]
    blocks: list[Block] = [Table(words.text("obligations"), headings, [everywhere, *rows])]
    not_met = sorted(
        (row for row in found if row["state"] in _NOT_MET),
        key=lambda row: (_NOT_MET.index(row["state"]), row["due_on"], row["source_id"]),
    )
    late = [
        (
            source.name_of_source(row["source_id"], words.lang),
            source.name_of_organisation(row["org_id"], words.lang),
            words.in_order(row["period"]),
            words.text(f"obligation_{row['state']}"),
            day(row["due_on"]),
            day(row["received_at"]),
            figure("obligation", row, "days_late"),
        )
        for row in not_met[:MOST]
    ]
    names = ("source", "organisation", "period", "state", "due", "arrived", "days_late")
    sql = "SELECT * FROM obligation ORDER BY source_id, org_id, period"
    blocks += cut(words.lang, not_met)
    blocks.append(
        Table(words.text("not_met"), _headings(words, names), late, "obligations.csv", sql, words.text("all_met"))
    )
    return Section("obligations", title, blocks, [words.sentence("why_obligations", 3)])


def _files(source: PublishedRows, words: Words) -> Section:
    title, found = words.text("files_title"), records(source, "submission")
    if not found:
        return Section("files", title, [words.sentence("files_empty", 1)])
    by = tally(source, "submission", "source_id", "state")
    states = [state for state in _STATES if any(row["state"] == state for row in found)]
    sources = sorted({row["source_id"] for row in found if row["source_id"]})
    headings = [words.text("column_source"), *(source.code_label("submission_state", s, words.lang) for s in states)]
    rows = [
        [words.text("all_sources"), *_cells(by, states, "state")],
        *([source.name_of_source(name, words.lang), *_cells(by, states, "state", source_id=name)] for name in sources),
    ]
    return Section("files", title, [Table(words.text("files"), headings, rows)], [words.sentence("why_files", 3)])


def _findings(source: PublishedRows, words: Words) -> Section:
    """What was wrong in files by source and severity, and by dimension of quality. Another audience's publication has none."""
    title, found = words.text("findings_title"), records(source, "finding")
    if not found:
        return Section("findings", title, [words.sentence("findings_empty", 1)])
    by = tally(source, "finding", "source_id", "severity", "dimension")
    sources = sorted({row["source_id"] for row in found})
    severities = [words.text(f"severity_{severity}") for severity in _SEVERITIES]
    rows = [
        [words.text("all_sources"), *_cells(by, _SEVERITIES, "severity")],
        *(
            [source.name_of_source(name, words.lang), *_cells(by, _SEVERITIES, "severity", source_id=name)]
            for name in sources
        ),
    ]
    dimensions = sorted({row["dimension"] for row in found if row["dimension"]})
    by_dimension = [
        [source.code_label("quality_dimension", name, words.lang), *_cells(by, _SEVERITIES, "severity", dimension=name)]
        for name in dimensions
    ]  # fmt: skip
    blocks = [
        Table(words.text("findings"), [words.text("column_source"), *severities], rows),
        Table(words.text("by_dimension"), [words.text("column_dimension"), *severities], by_dimension),
    ]
    return Section("findings", title, blocks, [words.sentence("why_findings", 3)])


def _accounts(source: PublishedRows, words: Words) -> Section:
    """Whether rows in are rows out plus rows that something is known of, at every step."""
    title, found = words.text("accounts_title"), records(source, "reconciliation")
    if not found:
        return Section("accounts", title, [words.sentence("accounts_empty", 1)])
    off = _unbalanced(found)
    unexplained = counted(source, "reconciliation", reason="unexplained")
    is_whole = not off and not unexplained.value
    said: list[Block] = [words.sentence("accounts_whole" if is_whole else "accounts_not_whole", 1, n=unexplained)]
    said += [words.sentence("accounts_off", 1, subjects=words.list_of(off))] if off else []
    by = tally(source, "reconciliation", "step", "reason")
    steps = [*_STEPS, *sorted({row["step"] for row in found} - set(_STEPS))]
    rows = [
        (words.text(f"step_{step}") if step in _STEPS else step, _reason(words, reason),
         by.count(step=step, reason=reason))
        for step in steps
        for reason in sorted({row["reason"] for row in found if row["step"] == step})
    ]  # fmt: skip
    sql = "SELECT * FROM reconciliation ORDER BY step, subject, reason"
    headings = _headings(words, ("step", "reason", "accounts"))
    table = Table(words.text("accounts"), headings, rows, "reconciliation.csv", sql)
    return Section("accounts", title, [*said, table], [words.sentence("why_accounts", 3)])


def _unbalanced(found: Iterable[Row]) -> list[str]:
    """Steps and subjects whose reasons do not add up to the rows that came in."""
    sums: dict[tuple[str, str], list[int]] = {}
    for row in found:
        entry = sums.setdefault((row["step"], row["subject"]), [row["rows_in"], 0])
        entry[1] += row["rows"]
    return [f"{step} {subject}" for (step, subject), (came, known) in sorted(sums.items()) if came != known]


def _reason(words: Words, reason: str) -> str:
    known = (
        "in_vintage",
        "quoted_twice",
        "used",
        "accepted",
        "held",
        "superseded",
        "unchanged",
        "scored",
        "unexplained",
    )
    return words.text(f"reason_{reason}") if reason in known else reason


def _counts(
    source: PublishedRows, words: Words, table: str, column: str, codes: Sequence[str], scheme: str
) -> list[Sentence]:
    """How many rows have each code, those of which there are none left out."""
    counts = {code: counted(source, table, **{column: code}) for code in codes}
    return [
        words.sentence("counted", what=source.code_label(scheme, code, words.lang), n=count)
        for code, count in counts.items()
        if count.value
    ]


def _cells(of: Tally, codes: Sequence[str], column: str, **where: str | None) -> list[Cell]:
    return [of.count(**where, **{column: code}) for code in codes]


def _headings(words: Words, names: Iterable[str]) -> list[str]:
    return [words.text(f"column_{name}") for name in names]
