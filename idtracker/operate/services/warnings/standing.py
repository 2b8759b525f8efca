"""Warnings that stand, and what rules are worth, read from what is published."""

from __future__ import annotations

from typing import Any

import duckdb

from idtracker.model.json_values import plain_record
from idtracker.model.messages import Lang, phrase
from idtracker.operate.documents.warnings import ActiveWarning, RuleSkill, Scores, WarningList

_TEXTS = "operate/warnings"
_STANDING = """
SELECT w.rule_id AS rule, w.place_id, coalesce(p.name, w.place_id) AS place, coalesce(p.name_ar, p.name, w.place_id) AS place_ar,
  w.period, w.state, w.since_period AS since, w.value, w.threshold, w.probability, w.p_value, s.verdict,
  s.title, coalesce(s.title_ar, s.title) AS title_ar, strftime(w.as_of_on, '%Y-%m-%d') AS as_known_at
FROM warning w JOIN warning_skill s USING (rule_id) LEFT JOIN place p USING (place_id)
WHERE w.state IN ('RAISED', 'UNJUDGED') AND w.period = (SELECT max(period) FROM score)
ORDER BY w.rule_id, w.place_id
"""


def standing_warnings(published: duckdb.DuckDBPyConnection, lang: Lang = "en") -> list[ActiveWarning]:
    """The warnings of the latest quarter that stand, by rule and place."""
    return [_warning(plain_record(row), lang) for row in published.execute(_STANDING).df().to_dict("records")]


def warning_list(published: duckdb.DuckDBPyConnection, lang: Lang = "en") -> WarningList:
    """Warnings that stand and the past of every rule."""
    latest = published.execute("SELECT max(period) FROM score").fetchone()
    skills = rule_skills(published, lang)
    period = latest[0] if latest else None
    return WarningList(period=period, warnings=standing_warnings(published, lang), rules=skills)


def rule_skills(published: duckdb.DuckDBPyConnection, lang: Lang = "en") -> list[RuleSkill]:
    """What each rule is worth, by its name."""
    rows = published.execute("SELECT * FROM warning_skill ORDER BY rule_id").df()
    return [_skill(plain_record(row), lang) for row in rows.to_dict("records")]


def _skill(row: dict[str, Any], lang: Lang) -> RuleSkill:
    counts: dict[str, Any] = {
        n: _whole(row[n]) for n in ("hits", "misses", "false_alarms", "correct_negatives", "n", "left_out")
    }
    return RuleSkill(
        rule=row["rule_id"],
        title=(row["title_ar"] if lang == "ar" else None) or row["title"],
        **{name: row[name] for name in ("verdict", "why", "base_rate", "undefined_because")},
        **counts,
        scores=_scores(row, ""),
        never=_scores(row, "never_"),
        always=_scores(row, "always_"),
    )


def _scores(row: dict[str, Any], prefix: str) -> Scores:
    return Scores(**{name: row[f"{prefix}{name}"] for name in ("csi", "peirce", "heidke")})


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _warning(row: dict[str, Any], lang: Lang) -> ActiveWarning:
    place_ar, title, title_ar = row.pop("place_ar"), row.pop("title"), row.pop("title_ar")
    named = (place_ar, title_ar) if lang == "ar" else (row["place"], title)
    row["place"] = named[0]
    sentence = phrase(
        _TEXTS, "sentence", lang,
        place=named[0], title=named[1], period=row["period"], since=row["since"], figures=_figures(row, lang),
    )  # fmt: skip
    caution = {"NOT_YET_TESTED": "untested", "SIGNED": "signed"}.get(row["verdict"])
    said = f"{sentence} [{phrase(_TEXTS, caution, lang)}]" if caution else sentence
    return ActiveWarning(**row, sentence=said)


def _figures(row: dict[str, Any], lang: Lang) -> str:
    if row["state"] == "UNJUDGED":
        return phrase(_TEXTS, "unjudged", lang)
    name = "probable" if row["probability"] is not None else "change" if row["p_value"] is not None else "limit"
    shown = {n: None if row[n] is None else f"{row[n]:,.1f}" for n in ("value", "threshold")}
    probability = "" if row["probability"] is None else f"{row['probability']:.0%}"
    p_value = "" if row["p_value"] is None else f"{row['p_value']:.3f}"
    return phrase(_TEXTS, name, lang, **shown, probability=probability, p_value=p_value)
