"""A rule in words, for whoever reads it before signing for it."""

from __future__ import annotations

from idtracker.model.messages import Lang, counted, phrase
from idtracker.model.warnings.rule import ChangePoint, Deterioration, Outcome, Probability, Rule, Side, Subject, When

_TEXTS = "model/warnings/words"


def words_of(rule: Rule, side: Side, lang: Lang = "en") -> list[str]:
    """What a rule looks at, when it warns, of what, and who answers for it: a sentence each."""
    where = phrase(_TEXTS, "place_mark", lang).join(rule.places) or phrase(_TEXTS, f"every_{rule.level}", lang)
    row = "" if rule.persistence == 1 else phrase(_TEXTS, "in_a_row", lang, count=rule.persistence)
    said = [
        phrase(_TEXTS, f"looks_{side}", lang, subject=_subject(rule.on, lang), where=where),
        phrase(_TEXTS, "warns_when", lang, when=_when(rule.when, side, lang), row=row),
        phrase(_TEXTS, "warns_that", lang, outcome=_outcome(rule, lang)),
        phrase(_TEXTS, "past", lang, days=rule.judged_after_days),
    ]
    if rule.until is not None:
        said.append(phrase(_TEXTS, "answers", lang, who=rule.accepted_by, until=rule.until, why=rule.because))
    return said


def _subject(subject: Subject, lang: Lang) -> str:
    return phrase(_TEXTS, "score" if subject.node else "indicator", lang, code=subject.code)


def _quarters(count: int, lang: Lang) -> str:
    return counted(_TEXTS, "quarters", lang, count)


def _when(when: When, side: Side, lang: Lang) -> str:
    moved = "fell" if side == "below" else "rose"
    if isinstance(when, Deterioration):
        share = f"{when.by_share or 0:.0%}"
        much = f"{when.by:g}" if when.by is not None else phrase(_TEXTS, "share_of_it", lang, share=share)
        return phrase(_TEXTS, moved, lang, much=much, over=_quarters(when.over, lang))
    if isinstance(when, ChangePoint):
        test = phrase(_TEXTS, "test", lang, p=f"{when.p:g}", points=when.minimum_points, window=when.window)
        return phrase(_TEXTS, "became_lower" if side == "below" else "became_higher", lang, test=test)
    if isinstance(when, Probability):
        what = _lies(side, when.level, lang)
        if when.level is None:
            what = phrase(_TEXTS, f"it_{moved}", lang, much=f"{when.by or 0:g}", over=_quarters(when.over or 0, lang))
        return phrase(_TEXTS, "probable", lang, what=what, share=f"{when.at_least:.0%}")
    return _lies(side, when.level, lang)


def _lies(side: Side, level: float | None, lang: Lang) -> str:
    return phrase(_TEXTS, f"lies_{side}", lang, level=f"{level or 0:g}")


def _outcome(rule: Rule, lang: Lang) -> str:
    outcome: Outcome = rule.outcome
    subject = _subject(rule.outcome_subject, lang)
    within = phrase(_TEXTS, "within", lang, quarters=_quarters(outcome.within, lang))
    level = outcome.below if outcome.below is not None else outcome.above
    if level is None:
        name, much = (
            ("outcome_falls", outcome.falls_by) if outcome.falls_by is not None else ("outcome_rises", outcome.rises_by)
        )
        return phrase(_TEXTS, name, lang, subject=subject, much=f"{much or 0:g}", within=within)
    new = phrase(_TEXTS, "only_new", lang) if outcome.only_new else ""
    side = "outcome_below" if outcome.below is not None else "outcome_above"
    return phrase(_TEXTS, side, lang, subject=subject, level=f"{level:g}", within=within, new=new)
