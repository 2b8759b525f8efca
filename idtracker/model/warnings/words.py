"""A rule in words, for whoever reads it before signing for it."""

from __future__ import annotations

from idtracker.model.warnings.rule import ChangePoint, Deterioration, Outcome, Probability, Rule, Side, Subject, When


def words_of(rule: Rule, side: Side) -> list[str]:
    """What a rule looks at, when it warns, of what, and who answers for it: a sentence each."""
    where = ", ".join(rule.places) or f"every place of level {rule.level}"
    row = "" if rule.persistence == 1 else f" in {rule.persistence} quarters in a row"
    said = [
        f"It looks at {_subject(rule.on)} of {where}; {side} is bad.",
        f"It warns when {_when(rule.when, side)}{row}.",
        f"It warns that {_outcome(rule)}.",
        f"Its past is judged {rule.judged_after_days} days after the end of each quarter, as known then.",
    ]
    if rule.until is not None:
        said.append(f"{rule.accepted_by} answers for it until {rule.until}: {rule.because}")
    return said


def _subject(subject: Subject) -> str:
    return f"the score of {subject.node}" if subject.node else f"the indicator {subject.indicator}"


def _quarters(count: int) -> str:
    return "one quarter" if count == 1 else f"{count} quarters"


def _when(when: When, side: Side) -> str:
    moved = "fell" if side == "below" else "rose"
    if isinstance(when, Deterioration):
        much = f"{when.by:g}" if when.by is not None else f"{when.by_share or 0:.0%} of what it was"
        return f"the value {moved} by more than {much} over {_quarters(when.over)}"
    if isinstance(when, ChangePoint):
        level = "lower" if side == "below" else "higher"
        test = f"Pettitt's test, p below {when.p:g}, at least {when.minimum_points} values of {when.window} quarters"
        return f"the level of the series became {level} ({test})"
    if isinstance(when, Probability):
        change = f"it {moved} by more than {when.by or 0:g} over {_quarters(when.over or 0)}"
        what = change if when.level is None else f"the value lies {side} {when.level:g}"
        return f"the probability that {what} is at least {when.at_least:.0%}"
    return f"the value lies {side} {when.level:g}"


def _outcome(rule: Rule) -> str:
    outcome: Outcome = rule.outcome
    level = outcome.below if outcome.below is not None else outcome.above
    within = f"within {_quarters(outcome.within)}"
    if level is None:
        verb, much = ("falls", outcome.falls_by) if outcome.falls_by is not None else ("rises", outcome.rises_by)
        return f"{_subject(rule.outcome_subject)} {verb} by more than {much or 0:g} {within}"
    new = ", where it is not so already" if outcome.only_new else ""
    side = "below" if outcome.below is not None else "above"
    return f"{_subject(rule.outcome_subject)} lies {side} {level:g} {within}{new}"
