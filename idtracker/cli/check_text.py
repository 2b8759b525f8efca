"""The answer on a terminal: the verdict in one line, what to do, then one block per mistake with its first locations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from idtracker.cli.output import console, styled
from idtracker.model.messages import LIST_MARK, Lang, counted, phrase

if TYPE_CHECKING:
    from idtracker.feedback.check.result import CheckResult
    from idtracker.feedback.check.row_examples import RowExample
    from idtracker.feedback.check.view import Card, FindingPlace, View

_STYLE = {"critical": "bold red", "error": "red", "warning": "yellow", "advisory": "cyan"}
_ROOM = "feedback/answer"
_PLACES, _GROUPS, _LONGEST, _EXAMPLES = 12, 40, 80, 5


def show_check(result: CheckResult, lang: Lang) -> None:
    """The whole answer on stdout. Nothing from the file is obeyed: no markup, no control characters."""
    from idtracker.feedback.check.sentences import change_sentence, notes, steps, verdict_sentence
    from idtracker.feedback.check.view import ViewLimits, view_of
    from idtracker.feedback.check.wording import visible
    from idtracker.model.findings import rule_set_version

    view = view_of(result, lang, ViewLimits(_PLACES, _PLACES * _GROUPS, _GROUPS, _LONGEST), isolate=lang == "ar")
    for line in (verdict_sentence(result, lang), *change_sentence(result, lang)):
        _say(line, "red" if result.exit_code else "green")
    for note in notes(result, lang):
        _say(note, "yellow")
    _show_summary(result, view, lang)
    for card in view.cards:
        console().print()
        for line, style in _block(card, lang):
            _say(line, style)
    if view.groups_left_out:
        _say("\n" + counted(_ROOM, "groups_left_out", lang, view.groups_left_out))
    _show_examples(result, lang)
    _show_moved(result, lang)
    if view.cards:
        _say("\n" + phrase(_ROOM, "next_steps", lang), "bold")
        for step in steps(result, lang):
            _say(f"   {step}")
    _say("")
    name = result.publisher.get(lang, "")
    publisher = (
        f"{result.source.publisher} {name}" if name and name != result.source.publisher else result.source.publisher
    )
    about = [visible(result.file_name), result.source.title, publisher]
    _say(" · ".join(about), "dim")
    for key, value in (
        ("submission", result.submission_id),
        ("sha256", result.sha256),
        ("rule_set", rule_set_version()),
    ):
        _say(f"{phrase(_ROOM, key, lang)}: {value or phrase(_ROOM, 'not_kept', lang)}", "dim")


def show_placed(result: CheckResult, placed: Path | None, lang: Lang) -> None:
    """Where the file waits, or that it does not."""
    if placed:
        _say("\n" + phrase(_ROOM, "placed", lang, submission=result.submission_id, path=placed), "bold")
    else:
        _say("\n" + phrase(_ROOM, "not_placed", lang), "bold")


def show_written(paths: list[Path], lang: Lang) -> None:
    """What was written beside the answer, on stderr."""
    for path in paths:
        console(stderr=True).print(styled(phrase(_ROOM, "written", lang, path=path), "dim"), soft_wrap=True)


def _say(line: str, style: str = "") -> None:
    console(isolates=True).print(styled(line, style), soft_wrap=True)


def _show_summary(result: CheckResult, view: View, lang: Lang) -> None:
    for tally in view.tallies:
        _say(f"{tally.label}: {tally.extent}", _STYLE[tally.severity])
    if len(view.concerned) > 1:
        mark = LIST_MARK.text(lang)
        columns = mark.join(f"{_apart(name, lang)} ({number:,})" for name, number in view.concerned)
        _say(f"{phrase(_ROOM, 'concerned', lang)}: {columns}")


def _apart(text: str, lang: Lang) -> str:
    """Text of the file among Arabic words keeps its own direction."""
    from idtracker.feedback.check.wording import isolated

    return isolated(text) if lang == "ar" and text else text


def _block(card: Card, lang: Lang) -> Iterator[tuple[str, str]]:
    count = f" × {card.count:,}" if card.count > 1 else ""
    name = phrase(_ROOM, f"severity_name_{card.severity}", lang)
    yield f"{name} {_apart(card.rule, lang)}{count}: {card.message}", _STYLE[card.severity]
    if len(card.places) > 1:
        yield f"   {phrase(_ROOM, 'place_rows', lang, row=_apart(card.rows, lang))}", ""
    for place in card.places:
        yield f"   {_place_line(card, place, lang)}", ""
    if card.frequent:
        mark = LIST_MARK.text(lang)
        values = mark.join(f"{phrase(_ROOM, 'quoted', lang, text=_apart(v, lang))} × {n:,}" for v, n in card.frequent)
        yield f"   {phrase(_ROOM, 'frequent', lang)} {values}", ""
    if not card.places and card.sheet:
        yield f"   {_apart(card.sheet, lang)}", ""
    if card.more:
        yield f"   {counted(_ROOM, 'more_terminal', lang, card.more)}", ""
    if card.columns:
        rest = card.columns_in_all - len(card.columns)
        names = LIST_MARK.text(lang).join(_apart(c, lang) for c in card.columns)
        more = f" {counted(_ROOM, 'and_more', lang, rest)}" if rest else ""
        yield f"   {counted(_ROOM, 'same_columns', lang, card.columns_in_all)} {names}{more}", ""
    yield f"   {card.consequence}. {card.remedy}", "dim"


def _place_line(card: Card, place: FindingPlace, lang: Lang) -> str:
    """Where the finding is, what is typed there and what was perhaps meant."""
    kind = "s" if place.count > 1 else ""
    rows = _apart(place.rows, lang) if kind else place.rows
    if card.sheet and place.cells:
        where = phrase(_ROOM, f"place_cell{kind}", lang, cell=_apart(f"{card.sheet}!{place.cells}", lang))
    elif card.sheet:
        where = phrase(_ROOM, f"place_sheet_row{kind}", lang, sheet=_apart(card.sheet, lang), row=rows)
    else:
        where = phrase(_ROOM, f"place_row{kind}", lang, row=rows)
    column = f" ({_apart(card.column, lang)})" if card.column else ""
    typed = " " + phrase(_ROOM, "quoted", lang, text=_apart(place.typed, lang)) if place.typed else ""
    hint = phrase(_ROOM, "suggestion", lang, suggestion=_apart(place.suggestion, lang)) if place.suggestion else ""
    length = f" ({counted(_ROOM, 'characters', lang, place.characters)})" if place.characters else ""
    note = f": {place.note}" if place.note else ""
    return f"{where}{column}{typed}{length} {hint}".rstrip() + note


def _show_examples(result: CheckResult, lang: Lang) -> None:
    """The first rows that would be removed or changed, by the submitter's own key."""
    if not result.comparison.is_published:
        return
    for kind in ("removed", "changed"):
        rows = result.comparison.examples.get(kind, [])
        if not rows:
            continue
        total, shown = result.comparison.total(kind), rows[:_EXAMPLES]
        head = counted(_ROOM, f"examples_{kind}", lang, total)
        if len(shown) < total:
            head += f" ({phrase(_ROOM, 'first_of', lang, shown=len(shown), count=f'{total:,}')})"
        _say(f"\n{head}", "bold")
        for row in shown:
            _say(f"   {_row_line(result, row, lang)}")


def _show_moved(result: CheckResult, lang: Lang) -> None:
    """The published scores that the file would move."""
    moved = result.comparison.moved
    if moved is None:
        _say("\n" + phrase(_ROOM, "scores_not_worked_out", lang))
        return
    if not moved:
        return
    head, arrow = counted(_ROOM, "scores_moved", lang, len(moved)), "←" if lang == "ar" else "→"
    if len(moved) > _EXAMPLES:
        head += f" ({phrase(_ROOM, 'first_of', lang, shown=_EXAMPLES, count=f'{len(moved):,}')})"
    _say(f"\n{head}", "bold")
    for score in moved[:_EXAMPLES]:
        before, after = (
            phrase(_ROOM, "no_score", lang) if s is None else f"{s:.1f}" for s in (score.before, score.after)
        )
        _say(f"   {_apart(score.place, lang)} {_apart(score.period, lang)}: {before} {arrow} {after}")


def _row_line(result: CheckResult, row: RowExample, lang: Lang) -> str:
    from idtracker.feedback.check.wording import label_of, shortened, visible

    def shown(text: str) -> str:
        return _apart(shortened(visible(text), _LONGEST), lang) or phrase(_ROOM, "empty_cell", lang)

    mark, arrow = LIST_MARK.text(lang), "←" if lang == "ar" else "→"
    key = mark.join(f"{_apart(visible(label_of(result.source, f, lang)), lang)} {shown(v)}" for f, v in row.key.items())
    changes = mark.join(
        f"{_apart(visible(label_of(result.source, d.field, lang)), lang)} {shown(d.before)} {arrow} {shown(d.after)}"
        for d in row.differences
    )
    held = f" ({phrase(_ROOM, 'held_here', lang)})" if row.is_held else ""
    return f"{key}: {changes}" if changes else f"{key}{held}"
