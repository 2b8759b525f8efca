"""The lines that `round show` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idtracker.model.messages import LIST_MARK, Lang, counted, phrase

if TYPE_CHECKING:
    from idtracker.operate.documents.rounds import (
        AgreedAction,
        EarlierAction,
        HeadlineNow,
        HeadlineThen,
        LateData,
        RoundShown,
    )

_TEXTS = "operate/rounds"


def lines_of(shown: RoundShown, lang: Lang) -> list[str]:
    """What `round show` prints, in a language."""

    def said(name: str, **details: object) -> str:
        return phrase(_TEXTS, name, lang, **details)

    lines = [
        said("title", round_id=shown.round_id, period=shown.period, state=said(f"state_{shown.state.lower()}")),
        said("dates", cutoff=minute(shown.cutoff_at), held_on=shown.held_on, as_of=shown.as_of),
        *_headline(shown, lang),
    ]
    mark = LIST_MARK.text(lang)
    attended = mark.join(f"{p.name} ({p.org_id})" for p in shown.participants if p.has_attended)
    contributed = mark.join(f"{p.name} {p.observations}" for p in shown.participants if p.has_contributed)
    lines += [said("attended", names=attended or said("nobody"))]
    if shown.digest:
        lines += [said("contributed", names=contributed or said("nobody"))]
    lines += [shown.narrative] if shown.narrative else []
    if shown.actions:
        lines += [said("actions"), *(f"  {_action(action, lang)}" for action in shown.actions)]
    if shown.earlier_actions:
        lines += [said("earlier_actions"), *(f"  {_earlier(action, lang)}" for action in shown.earlier_actions)]
    if shown.unlogged_product:
        lines.append(said("unlogged", product=shown.unlogged_product))
    lines += [said("backdated", file=file) for file in shown.backdated]
    return lines + _late(shown, lang) + _rebuilt(shown, lang)


def _headline(shown: RoundShown, lang: Lang) -> list[str]:
    then, now = shown.headline, shown.now
    if then is None or now is None:
        return []
    lines = [
        phrase(_TEXTS, "frozen", lang, place=then.place, score=_interval(then, lang), method=then.method_version),
        phrase(_TEXTS, "now", lang, score=_interval(now, lang), method=now.method_version or ""),
    ]
    if now.method_version not in (None, then.method_version):
        lines.append(phrase(_TEXTS, "other_method", lang, now=now.method_version, then=then.method_version))
    lines += [f"  {now.moved}"] if now.moved else []
    if not now.is_as_frozen:
        lines.append(f"  {phrase(_TEXTS, 'not_as_frozen', lang)}")
    cells = next(t.rows for t in shown.tables if t.table == "merged_cell")
    digest = (shown.digest or "")[:12]
    return [*lines, counted(_TEXTS, "rests_on", lang, shown.submissions, cells=cells, digest=digest)]


def _interval(of: HeadlineThen | HeadlineNow, lang: Lang) -> str:
    if of.score is None:
        return phrase(_TEXTS, "no_score", lang)
    if of.low is None or of.high is None:
        return f"{of.score:.1f}"
    return phrase(_TEXTS, "interval", lang, score=f"{of.score:.1f}", low=f"{of.low:.1f}", high=f"{of.high:.1f}")


def _action(action: AgreedAction, lang: Lang) -> str:
    text = phrase(
        _TEXTS, "action", lang, number=action.number, text=action.text, owner=action.owner, due_on=action.due_on
    )
    if action.state != "OPEN":
        text = phrase(_TEXTS, action.state.lower(), lang, action=text, on=action.state_on)
    elif action.is_overdue:
        text = phrase(_TEXTS, "overdue", lang, action=text)
    return phrase(_TEXTS, "noted", lang, action=text, note=action.note) if action.note else text


def _earlier(action: EarlierAction, lang: Lang) -> str:
    return phrase(_TEXTS, "of_round", lang, round_id=action.round_id, action=_action(action, lang))


def _late(shown: RoundShown, lang: Lang) -> list[str]:
    if not shown.digest:
        return []
    if not shown.late:
        return [phrase(_TEXTS, "none_late", lang)]
    following = shown.late_goes_to or phrase(_TEXTS, "not_open", lang)
    rows = [_late_row(late, shown.late_goes_to, lang) for late in shown.late]
    return [counted(_TEXTS, "late", lang, shown.late_rows, next=following), *(f"  {row}" for row in rows)]


def _late_row(late: LateData, following: str | None, lang: Lang) -> str:
    """Rows of one source and organisation; where another round than the next one uses them, which."""
    row = counted(
        _TEXTS,
        "late_row",
        lang,
        late.rows,
        source=late.source,
        organisation=late.organisation or "",
        first_at=late.first_at[:10],
    )
    if late.goes_to == following:
        return row
    return phrase(_TEXTS, "goes_to", lang, row=row, round_id=late.goes_to or phrase(_TEXTS, "later_round", lang))


def _rebuilt(shown: RoundShown, lang: Lang) -> list[str]:
    again = shown.rebuilt
    if again is None:
        return []
    if again.is_same:
        how = "_definitions" if again.with_kept_definitions else "_kept" if again.with_kept_method else ""
        return [phrase(_TEXTS, f"same{how}", lang)]
    lines = [phrase(_TEXTS, "differs", lang, what=what) for what in again.differing]
    return lines + [f"  {reason}" for reason in again.reasons]


def minute(instant: str) -> str:
    """An ISO 8601 instant to the minute."""
    return instant[:16].replace("T", " ")
