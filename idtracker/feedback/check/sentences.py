"""The sentences of an answer: the verdict with its consequence, what would change, what else must be known, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idtracker.feedback.check.wording import MESSAGES, isolated, visible
from idtracker.ingest.judge.definition import scope_of
from idtracker.ingest.judge.rules.incomplete import OF_WHOLE_FILES
from idtracker.model.messages import LIST_MARK, Lang, counted, phrase

if TYPE_CHECKING:
    from idtracker.feedback.check.result import CheckResult

_PERIODS_SHOWN = 4


def sentence(result: CheckResult, lang: Lang) -> str:
    """The verdict in one line with its consequence, then what would change."""
    return " ".join([verdict_sentence(result, lang), *change_sentence(result, lang)])


def verdict_sentence(result: CheckResult, lang: Lang) -> str:
    """The verdict, how many rows it is about, and what follows."""
    rows, verdict = result.rows, result.assessment.verdict
    counts = phrase(MESSAGES, "counts_none", lang)
    if rows["read"]:
        used = rows["read"] - rows["held"] - rows["superseded"]
        counts = phrase(
            MESSAGES,
            "counts",
            lang,
            used=f"{used:,}",
            rows_of=counted(MESSAGES, "rows_of", lang, rows["read"]),
            held_words=counted(MESSAGES, "held_words", lang, rows["held"]),
        )
        if rows["superseded"]:
            counts += counted(MESSAGES, "superseded_words", lang, rows["superseded"])
    details = {"verdict": phrase(MESSAGES, f"verdict_{verdict}", lang), "consequence": _consequence(result, lang)}
    return phrase(MESSAGES, "sentence", lang, counts=counts, **details)


def _consequence(result: CheckResult, lang: Lang) -> str:
    """What follows from the verdict; rows that repeat others or are outdone are not used, though nothing is wrong with them."""
    rows, verdict = result.rows, result.assessment.verdict
    if verdict != "accepted" or not rows["superseded"]:
        return phrase(MESSAGES, f"consequence_{verdict}", lang)
    key = "consequence_outdone" if rows["superseded"] == rows["read"] else "consequence_rest"
    return phrase(MESSAGES, key, lang)


def change_sentence(result: CheckResult, lang: Lang) -> list[str]:
    """What would change in what is published; nothing where there is nothing to compare or nothing would be used."""
    if result.changes is None or not result.comparison.periods:
        return []
    numbers = {k: f"{n:,}" for k, n in (result.changes | {"unchanged": result.unchanged}).items()}
    text = phrase(MESSAGES, "changes", lang, lead=_lead(result, lang), tail=_tail(result, lang), **numbers)
    return [text]


def _lead(result: CheckResult, lang: Lang) -> str:
    touched = sorted({p.period for p in result.comparison.periods if (p.changed or p.removed) and p.period})
    if not _is_by_period(result) or not touched:
        return phrase(MESSAGES, "lead_published", lang)
    if len(touched) <= _PERIODS_SHOWN:
        periods = LIST_MARK.text(lang).join(_apart(p, lang) for p in touched)
    else:
        periods = phrase(
            MESSAGES,
            "periods_span",
            lang,
            count=len(touched),
            first=_apart(touched[0], lang),
            last=_apart(touched[-1], lang),
        )
    return phrase(MESSAGES, "lead_replaces", lang, periods=periods)


def _tail(result: CheckResult, lang: Lang) -> str:
    changes = result.changes or {}
    if not changes.get("changed") and not changes.get("removed"):
        return phrase(MESSAGES, "tail_nothing", lang)
    if result.comparison.is_correction:
        return phrase(MESSAGES, "tail_rows", lang)
    revisions = {p.revision for p in result.source.parts}
    if _is_by_period(result):
        return phrase(MESSAGES, "tail_period", lang)
    if revisions == {"replace_all"}:
        return phrase(MESSAGES, "tail_all", lang)
    return phrase(MESSAGES, "tail_rows", lang) if revisions <= {"upsert", "append"} else ""


def _is_by_period(result: CheckResult) -> bool:
    """Whether every part replaces whole periods and nothing else."""
    return not result.comparison.is_correction and all(scope_of(p) == ["period"] for p in result.source.parts)


def notes(result: CheckResult, lang: Lang) -> list[str]:
    """What else must be known before the file is sent."""
    lines, comparison = [], result.comparison
    received = comparison.received
    if received is not None:
        is_known = received.submission_id == result.submission_id
        key = "note_received" if is_known else "note_withdrawn" if received.withdrawn_at else "note_back"
        day, file = f"{received.received_at:%Y-%m-%d}", visible(received.file_name)
        lines.append(phrase(MESSAGES, key, lang, day=_apart(day, lang), file=_apart(file, lang)))
    if comparison.superseded_by and result.superseded:
        files = LIST_MARK.text(lang).join(_apart(visible(f), lang) for f in comparison.superseded_by)
        lines.append(counted(MESSAGES, "note_outdone", lang, result.superseded, files=files))
    if not comparison.is_published and result.rows["accepted"]:
        lines.append(phrase(MESSAGES, "note_unpublished", lang))
    if result.rows["held"] and comparison.total("removed"):
        among = sum(comparison.removed_held)
        lines.append(
            counted(MESSAGES, "note_held_among", lang, among) if among else phrase(MESSAGES, "note_held_removed", lang)
        )
    return lines


def _apart(text: str, lang: Lang) -> str:
    """Codes, dates and names of files keep their own direction among Arabic words."""
    return isolated(text) if lang == "ar" else text


def steps(result: CheckResult, lang: Lang) -> list[str]:
    """What the submitter does now, in order."""
    counts, lines = result.assessment.findings.counts(), []
    if result.assessment.findings.is_critical:
        return [phrase(MESSAGES, "step_critical", lang, label=phrase(MESSAGES, "severity_critical", lang))]
    if counts["error"]:
        lines.append(phrase(MESSAGES, _correcting(result), lang, label=phrase(MESSAGES, "severity_error", lang)))
    if result.comparison.total("removed"):
        lines.append(phrase(MESSAGES, "step_removed", lang))
    if counts["warning"]:
        lines.append(phrase(MESSAGES, "step_warning", lang, label=phrase(MESSAGES, "severity_warning", lang)))
    return lines or [phrase(MESSAGES, "step_none", lang)]


def _correcting(result: CheckResult) -> str:
    """Which text says what to do about errors: rows are spoken of only where rows are to be corrected."""
    errors = [g for g in result.assessment.findings if g.rule.severity == "error"]
    if not any(len(g.rows) for g in errors):
        return "step_file"
    if all(g.rule.id in OF_WHOLE_FILES for g in errors):
        return "step_wait"
    replaces = any(p.revision in ("replace_period", "replace_all") for p in result.source.parts)
    return "step_whole" if replaces and not result.comparison.is_correction else "step_rows"
