"""Reports that are owed and have not come, by what they would tell of the headline's score; read from what is published."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from idtracker.model.errors import UsageError
from idtracker.model.json_values import plain_record
from idtracker.model.messages import Lang, phrase
from idtracker.operate.documents.status import MissingList, MissingReport, MissingScore

_TEXTS = "operate/missing"
_KEY = ["source_id", "org_id", "report_period"]
_ROWS = """
SELECT m.*, strftime(o.due_on, '%Y-%m-%d') AS due_on, strftime(o.overdue_on, '%Y-%m-%d') AS overdue_on,
  coalesce(m.node_code = h.root_code, FALSE) AS is_root, coalesce(p.level = 'country', FALSE) AS is_country,
  coalesce(p.name, m.place_id) AS place, coalesce(p.name_ar, p.name, m.place_id) AS place_ar,
  coalesce(c.label_en, m.estimate) AS why, coalesce(c.label_ar, c.label_en, m.estimate) AS why_ar
FROM missing_report m
LEFT JOIN obligation o ON o.source_id = m.source_id AND o.org_id = m.org_id AND o.period = m.report_period
LEFT JOIN method h ON h.role = 'headline' LEFT JOIN place p USING (place_id)
LEFT JOIN codelist c ON c.scheme = 'missing_estimate' AND c.code = m.estimate
ORDER BY ALL
"""
_ORGANISATIONS = "SELECT org_id, arg_max(coalesce(short_name, name), coalesce(valid_from, DATE '0001-01-01')), arg_max(coalesce(name_ar, short_name, name), coalesce(valid_from, DATE '0001-01-01')) FROM organisation GROUP BY org_id"


def is_published(published: duckdb.DuckDBPyConnection) -> bool:
    """Whether a publication has the table; those of earlier versions have not."""
    rows = published.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'missing_report'").fetchall()
    return bool(rows)


def missing_list(published: duckdb.DuckDBPyConnection, lang: Lang = "en") -> MissingList:
    """Every missing report, the one that would narrow the headline's interval most first."""
    if not is_published(published):
        raise UsageError("This publication does not say what is missing; run `idtracker run` to publish it again.")
    return MissingList(reports=missing_reports(published, lang))


def missing_reports(published: duckdb.DuckDBPyConnection, lang: Lang = "en") -> list[MissingReport]:
    """The same as a list. A report is ordered by the country's latest score, and where it changes none by that of any place."""
    rows = published.execute(_ROWS).df()
    names = {org: pair for org, *pair in published.execute(_ORGANISATIONS).fetchall()}
    indicators = {
        i: (name, name_ar or name)
        for i, name, name_ar in published.execute("SELECT indicator_id, name, name_ar FROM indicator").fetchall()
    }
    reports = [_report(group, names, indicators, lang) for _, group in rows.groupby(_KEY, sort=True)]
    return sorted(reports, key=_order)


def _order(report: MissingReport) -> tuple[object, ...]:
    narrowing = -1e9 if report.narrowing is None else report.narrowing
    return (-narrowing, -len(report.scores), report.source, report.report_period)


def _report(
    group: pd.DataFrame, names: dict[str, list[str]], indicators: dict[str, tuple[str, str]], lang: Lang
) -> MissingReport:
    """One report: its figures are those of the headline's score that it tells most of, the country's latest one first."""
    ranked = group.sort_values(
        ["is_root", "is_country", "period", "narrowing"], ascending=[False, False, False, False], na_position="last"
    )
    main: dict[str, Any] = plain_record(ranked.iloc[0].to_dict())
    scores = [_score(plain_record(row)) for row in group.to_dict("records")] if main["place_id"] else []
    side = 1 if lang == "ar" else 0
    org = names.get(main["org_id"], [main["org_id"]] * 2)[side]
    place = main["place_ar" if lang == "ar" else "place"]
    listed = str(main["indicator_ids"]).split(";") if main["indicator_ids"] else []
    indicator_names = ("، " if lang == "ar" else ", ").join(indicators.get(i, (i, i))[side] for i in listed)
    if main["cells_count"] == 0:
        indicator_names = phrase(_TEXTS, "elsewhere", lang, indicators=indicator_names)
    words = {
        "org": org,
        "source": main["source_id"],
        "report": main["report_period"],
        "state": phrase(_TEXTS, main["state"], lang, day=main["due_on" if main["state"] == "due" else "overdue_on"]),
        "place": place,
        "period": main["period"],
        "indicators": indicator_names,
        "count": main["reported_count"],
        "of": main["of_count"],
    }
    figures = {name: main[name] for name in _FIGURES}
    return MissingReport(
        source=main["source_id"],
        **{name: main[name] for name in ("org_id", "report_period", "state", "estimate", "due_on", "overdue_on")},
        org_name=org,
        place=place or "",
        **figures,
        scores=scores,
        sentence=_sentence(main, words, lang),
    )


_FIGURES = (
    *("place_id", "period", "node_code", "score", "width", "width_unknown", "width_with", "narrowing"),
    *("completeness", "completeness_with"),
)


def _score(row: dict[str, Any]) -> MissingScore:
    counts: dict[str, Any] = {
        name: None if row[name] is None else int(row[name]) for name in ("cells_count", "reported_count", "of_count")
    }
    listed = str(row["indicator_ids"]).split(";") if row["indicator_ids"] else []
    return MissingScore(
        **{name: row[name] for name in _FIGURES}, **counts, indicators=listed, error_basis=row["error_basis"]
    )


def _sentence(main: dict[str, Any], words: dict[str, Any], lang: Lang) -> str:
    if main["place_id"] is None or main["estimate"] != "ESTIMATED":
        return phrase(_TEXTS, "no_estimate", lang, **words, why=main["why_ar" if lang == "ar" else "why"])
    if main["width"] is None or main["width_with"] is None:
        shares = {"now": f"{main['completeness']:.0%}", "with": f"{main['completeness_with']:.0%}"}
        return phrase(_TEXTS, "covers", lang, **words, **shares)
    has_absent = main["width_unknown"] is not None and main["width_unknown"] > main["width"]
    unknown = phrase(_TEXTS, "unknown", lang, unknown=f"{main['width_unknown']:.1f}") if has_absent else ""
    widths = {"now": f"{main['width']:.1f}", "with": f"{main['width_with']:.1f}"}
    return phrase(_TEXTS, "narrows", lang, **words, **widths, unknown=unknown)
