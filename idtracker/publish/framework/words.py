"""The lines of a question on the framework's page, in a language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from idtracker.model.messages import LIST_MARK, Lang, phrase
from idtracker.publish.framework.document import Answers, EvidenceCounts, Missing

_TEXTS = "publish/framework"
_DIRECTIONS = ("improved", "worsened", "unchanged", "indistinct", "no_interval", "unjudged", "unknown")
SHOWN = 4
"""How many of what is missing stand in the line; all of them are in the document."""
Label = Callable[[str, str], str]
"""A code of a codelist as people read it."""


def lines_of(
    counts: EvidenceCounts, answers: Answers, missing: Iterable[Missing], lang: Lang, label: Label
) -> list[str]:
    """Evidence, answers, who disagrees and what is missing; what there is nothing of is left out."""
    lines = [evidence_line(counts, lang), answers_line(answers, lang, label)]
    lines += [_differ(answers, lang, label)] if answers.is_disagreement else []
    parts = [one.sentence for one in missing]
    if parts:
        rest = [phrase(_TEXTS, "more", lang, n=len(parts) - SHOWN)] if len(parts) > SHOWN else []
        lines.append(phrase(_TEXTS, "missing", lang, parts=phrase(_TEXTS, "list", lang).join([*parts[:SHOWN], *rest])))
    return lines


def evidence_line(counts: EvidenceCounts, lang: Lang) -> str:
    """How many figures have a value and which way they changed."""
    counted = [phrase(_TEXTS, name, lang, n=getattr(counts, name)) for name in _DIRECTIONS if getattr(counts, name)]
    parts = LIST_MARK.text(lang).join(counted) or phrase(_TEXTS, "nothing", lang)
    line = phrase(_TEXTS, "evidence", lang, value=counts.value, count=counts.evidence, parts=parts)
    if counts.point_better or counts.point_worse:
        line += " " + phrase(_TEXTS, "bare", lang, better=counts.point_better, worse=counts.point_worse)
    return line


def answers_line(answers: Answers, lang: Lang, label: Label) -> str:
    """How many teams answered what, how sure they are, and how that moved."""
    if not answers.roster:
        return phrase(_TEXTS, "empty_roster", lang)
    if not answers.answered:
        name = "no_answers" if answers.last_answered else "never_answered"
        return phrase(_TEXTS, name, lang, roster=answers.roster, last=answers.last_answered)
    mark = LIST_MARK.text(lang)
    by_answer = mark.join(f"{n} {label('kpq_answer', code).lower()}" for code, n in answers.by_answer.items() if n)
    by_confidence = mark.join(f"{n} {_confidence(code, lang, label)}" for code, n in answers.by_confidence.items() if n)
    line = phrase(
        _TEXTS, "answers", lang,
        answered=answers.answered, roster=answers.roster, by_answer=by_answer, by_confidence=by_confidence,
    )  # fmt: skip
    if answers.baseline and answers.paired:
        details = {name: getattr(answers, name) for name in ("baseline", "paired", "rose", "fell")}
        line += " " + phrase(_TEXTS, "moved", lang, **details)
    return line


def missing_sentence(one: dict[str, object], last: str | None, lang: Lang, label: Label) -> str:
    """What is missing and who could supply it; `last` is when a silent team last answered."""
    gap, name = one["gap"], one["organisation"]
    if gap == "EMPTY_ROSTER":
        return phrase(_TEXTS, "nobody", lang)
    if gap == "SILENT_TEAM":
        return phrase(_TEXTS, "silent" if last else "silent_always", lang, name=name, last=last)
    owed = {"name": name, "source": one["source"], "report": one["report_period"]}
    if gap == "OVERDUE_REPORT":
        return phrase(_TEXTS, "overdue", lang, **owed)
    why = one["suppressed_reason"]
    reason = label("suppression_reason", str(why)).lower() if why else phrase(_TEXTS, "not_measured", lang)
    name_of = "no_value_owed" if one["source"] else "no_value"
    return phrase(_TEXTS, name_of, lang, evidence=one["evidence"], reason=reason, **owed)


def _differ(answers: Answers, lang: Lang, label: Label) -> str:
    """The answer at the lower median, and what each team says whose answer is another."""
    away = [team for team in answers.teams if team.rank_difference]
    middle = next(team.answer for team in answers.teams if team.rank_difference == 0)
    names = [
        phrase(
            _TEXTS, "says", lang, name=team.organisation, answer=label("kpq_answer", team.answer or "").lower(),
            confidence=_confidence(team.confidence or "UNSTATED", lang, label),
        )
        for team in away
    ]  # fmt: skip
    shown = label("kpq_answer", middle or "").lower()
    return phrase(_TEXTS, "differ", lang, middle=shown, names=LIST_MARK.text(lang).join(names))


def _confidence(code: str, lang: Lang, label: Label) -> str:
    return phrase(_TEXTS, code, lang) if code == "UNSTATED" else label("ancr", code).lower()
