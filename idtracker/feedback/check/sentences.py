"""The sentences of an answer: the verdict with its consequence, what would change, what else must be known, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idtracker.feedback.check.wording import ROOM, isolated, visible
from idtracker.ingest.judge.definition import scope_of
from idtracker.model.messages import LIST_MARK, Lang, counted, phrase

if TYPE_CHECKING:
    from idtracker.feedback.check.result import Answer

_PERIODS_SHOWN = 4


def sentence(found: Answer, lang: Lang) -> str:
    """The verdict in one line with its consequence, then what would change."""
    return " ".join([verdict_sentence(found, lang), *change_sentence(found, lang)])


def verdict_sentence(found: Answer, lang: Lang) -> str:
    """The verdict, how many rows it is about, and what follows."""
    rows, verdict = found.rows, found.assessment.verdict
    counts = phrase(ROOM, "counts_none", lang)
    if rows["read"]:
        used = rows["read"] - rows["held"] - rows["superseded"]
        counts = phrase(
            ROOM,
            "counts",
            lang,
            used=f"{used:,}",
            rows_of=counted(ROOM, "rows_of", lang, rows["read"]),
            held_words=counted(ROOM, "held_words", lang, rows["held"]),
        )
        if rows["superseded"]:
            counts += counted(ROOM, "superseded_words", lang, rows["superseded"])
    told = {"verdict": phrase(ROOM, f"verdict_{verdict}", lang), "consequence": _consequence(found, lang)}
    return phrase(ROOM, "sentence", lang, counts=counts, **told)


def _consequence(found: Answer, lang: Lang) -> str:
    """What follows from the verdict; rows that repeat others or are outdone are not used, though nothing is wrong with them."""
    rows, verdict = found.rows, found.assessment.verdict
    if verdict != "accepted" or not rows["superseded"]:
        return phrase(ROOM, f"consequence_{verdict}", lang)
    key = "consequence_outdone" if rows["superseded"] == rows["read"] else "consequence_rest"
    return phrase(ROOM, key, lang)


def change_sentence(found: Answer, lang: Lang) -> list[str]:
    """What would change in what is published; nothing where there is nothing to compare or nothing would be used."""
    if found.changes is None or not found.comparison.periods:
        return []
    numbers = {k: f"{n:,}" for k, n in (found.changes | {"unchanged": found.unchanged}).items()}
    text = phrase(ROOM, "changes", lang, lead=_lead(found, lang), tail=_tail(found, lang), **numbers)
    return [text]


def _lead(found: Answer, lang: Lang) -> str:
    touched = sorted({p.period for p in found.comparison.periods if (p.changed or p.removed) and p.period})
    if not _is_by_period(found) or not touched:
        return phrase(ROOM, "lead_published", lang)
    if len(touched) <= _PERIODS_SHOWN:
        periods = LIST_MARK.text(lang).join(_apart(p, lang) for p in touched)
    else:
        periods = phrase(
            ROOM,
            "periods_span",
            lang,
            count=len(touched),
            first=_apart(touched[0], lang),
            last=_apart(touched[-1], lang),
        )
    return phrase(ROOM, "lead_replaces", lang, periods=periods)


def _tail(found: Answer, lang: Lang) -> str:
    changes = found.changes or {}
    if not changes.get("changed") and not changes.get("removed"):
        return phrase(ROOM, "tail_nothing", lang)
    if found.comparison.is_correction:
        return phrase(ROOM, "tail_rows", lang)
    revisions = {p.revision for p in found.source.parts}
    if _is_by_period(found):
        return phrase(ROOM, "tail_period", lang)
    if revisions == {"replace_all"}:
        return phrase(ROOM, "tail_all", lang)
    return phrase(ROOM, "tail_rows", lang) if revisions <= {"upsert", "append"} else ""


def _is_by_period(found: Answer) -> bool:
    """Whether every part replaces whole periods and nothing else."""
    return not found.comparison.is_correction and all(scope_of(p) == ["period"] for p in found.source.parts)


def notes(found: Answer, lang: Lang) -> list[str]:
    """What else must be known before the file is sent."""
    said, comparison = [], found.comparison
    received = comparison.received
    if received is not None:
        key = "note_withdrawn" if received.withdrawn_at else "note_received"
        day, file = f"{received.received_at:%Y-%m-%d}", visible(received.file_name)
        said.append(phrase(ROOM, key, lang, day=_apart(day, lang), file=_apart(file, lang)))
    if comparison.outdone_by and found.outdone:
        files = LIST_MARK.text(lang).join(_apart(visible(f), lang) for f in comparison.outdone_by)
        said.append(counted(ROOM, "note_outdone", lang, found.outdone, files=files))
    if not comparison.is_published and found.rows["accepted"]:
        said.append(phrase(ROOM, "note_unpublished", lang))
    if found.rows["held"] and comparison.total("removed"):
        among = sum(comparison.removed_held)
        said.append(counted(ROOM, "note_held_among", lang, among) if among else phrase(ROOM, "note_held_removed", lang))
    return said


def _apart(text: str, lang: Lang) -> str:
    """Codes, dates and names of files keep their own direction among Arabic words."""
    return isolated(text) if lang == "ar" else text


def steps(found: Answer, lang: Lang) -> list[str]:
    """What the submitter does now, in order."""
    counts, said = found.assessment.findings.counts(), []
    if found.assessment.findings.is_critical:
        return [phrase(ROOM, "step_critical", lang, label=phrase(ROOM, "severity_critical", lang))]
    if counts["error"]:
        replaces = any(p.revision in ("replace_period", "replace_all") for p in found.source.parts)
        key = "step_whole" if replaces and not found.comparison.is_correction else "step_rows"
        said.append(phrase(ROOM, key, lang, label=phrase(ROOM, "severity_error", lang)))
    if found.comparison.total("removed"):
        said.append(phrase(ROOM, "step_removed", lang))
    if counts["warning"]:
        said.append(phrase(ROOM, "step_warning", lang, label=phrase(ROOM, "severity_warning", lang)))
    return said or [phrase(ROOM, "step_none", lang)]
