"""`matches`: organisations and activities that look the same across sources; a person says whether they are, and may undo it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from idtracker.cli.output import command, console, print_json, show_table, styled, waiting
from idtracker.model.home import Home

if TYPE_CHECKING:
    from idtracker.model.messages import Lang
    from idtracker.model.register.match_kind import MatchKind
    from idtracker.operate.documents.review.matches import Decided, Proposed

_SHOWN_REASONS = 4
_KINDS = ["organisation", "activity"]
_KIND = click.option("--kind", type=click.Choice(_KINDS), help="What the identifiers stand for; else found.")
_LANGUAGE = click.option(
    "--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the words."
)
_BY = click.option("--by", required=True, help="Role that decides, such as `data team`; no person's name.")
_WHY = click.option("--why", required=True, help="Reason, in one sentence.")
_ON = click.option("--on", "decided_on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the decision; default: today.")


@click.group()
def matches() -> None:
    """Things that look the same: suggest, list, accept, reject, undo."""


@matches.command()
@click.option("--kind", "kind", type=click.Choice(_KINDS), help="Only this kind; default: both.")
@click.option(
    "--least", type=click.FloatRange(0, 1), default=0.8, show_default=True, help="Least score, a probability."
)
@_LANGUAGE
@command
def suggest(home: Home, kind: MatchKind | None, least: float, lang: Lang, as_json: bool) -> None:
    """Pairs of the published store that may be one thing, best first, with the reasons. Decided pairs are left out.

    Nothing is matched by itself: a person decides, with `matches accept` or `matches reject`.
    """
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.matches import proposals

    with waiting("comparing what is published", as_json):
        kinds: Any = (kind,) if kind else tuple(_KINDS)
        document = proposals(home, catalogue_of(home), kinds, least, lang)
    if as_json:
        print_json(document)
        return
    from idtracker.model.messages import phrase

    for proposal in document.proposals:
        _show_proposal(proposal, lang)
    message = phrase("feedback/matches", "next" if document.proposals else "nothing", lang, least=f"{least:g}")
    console().print(message, markup=False, soft_wrap=True)


@matches.command("list")
@_LANGUAGE
@command
def list_(home: Home, lang: Lang, as_json: bool) -> None:
    """Every decision that stands, in the order of the file."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.model.messages import phrase
    from idtracker.operate.services.matches import decisions

    document = decisions(catalogue_of(home))
    if as_json:
        print_json(document)
    elif not document.matches:
        console().print(phrase("feedback/matches", "none_decided", lang), markup=False)
    else:
        shown = ("decision", "decided_by", "decided_on", "why")
        rows = [[m.kind, *_sides(m, lang), *(getattr(m, name) for name in shown)] for m in document.matches]
        show_table(["kind", "left_id", "right_id", *shown], rows)


@matches.command()
@click.argument("left")
@click.argument("right")
@_BY
@_WHY
@_KIND
@_ON
@_LANGUAGE
@command
def accept(home: Home, left: str, right: str, as_json: bool, **options: Any) -> None:
    """From now on LEFT and RIGHT count as one: one line more in _reference/matches.csv.

    Facts stay as reported. The next run counts both under one identifier wherever something is derived from them.
    """
    _decide(home, (left, right), True, as_json, **options)


@matches.command()
@click.argument("left")
@click.argument("right")
@_BY
@_WHY
@_KIND
@_ON
@_LANGUAGE
@command
def reject(home: Home, left: str, right: str, as_json: bool, **options: Any) -> None:
    """LEFT and RIGHT are two, however alike: they are not suggested again."""
    _decide(home, (left, right), False, as_json, **options)


@matches.command()
@click.argument("left")
@click.argument("right")
@_KIND
@_LANGUAGE
@command
def undo(home: Home, left: str, right: str, kind: MatchKind | None, lang: Lang, as_json: bool) -> None:
    """Take the decision about LEFT and RIGHT back; the next run counts them as before it."""
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.matches import take_back

    document = take_back(home, catalogue_of(home), (left, right), kind)
    _tell("undone", document, lang, as_json)


def _decide(
    home: Home,
    pair: tuple[str, str],
    is_same: bool,
    as_json: bool,
    *,
    by: str,
    why: str,
    kind: MatchKind | None,
    decided_on: datetime | None,
    lang: Lang,
) -> None:
    from idtracker.ingest.judge.catalogue import catalogue_of
    from idtracker.operate.services.matches import record_decision

    day: date = (decided_on or datetime.now(UTC)).date()
    with waiting("comparing what is published", as_json):
        document = record_decision(
            home, catalogue_of(home), pair, "same" if is_same else "different", by, day, why, kind
        )
    _tell("decided" if document.added else "known_already", document, lang, as_json)


def _tell(text: str, document: Decided, lang: Lang, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    from idtracker.model.messages import phrase

    left, right = _sides(document, lang)
    words = {
        "left": left,
        "right": right,
        "decision": phrase("feedback/matches", f"decision_{document.decision}", lang),
    }
    console().print(phrase("feedback/matches", text, lang, **words), markup=False, soft_wrap=True)


def _sides(document: Decided, lang: Lang) -> tuple[str, str]:
    """Both identifiers, each with its name where the register has one."""
    names = (
        (document.left_name_ar, document.right_name_ar) if lang == "ar" else (document.left_name, document.right_name)
    )
    return f"{document.left_id} {names[0]}".rstrip(), f"{document.right_id} {names[1]}".rstrip()


def _show_proposal(proposal: Proposed, lang: Lang) -> None:
    from idtracker.model.messages import phrase

    out = console()
    head = f"{proposal.score:.2f} · {phrase('feedback/matches', 'kind_' + proposal.kind, lang)}"
    out.print(styled(head, "bold"), soft_wrap=True)
    sides = (
        (proposal.left_id, proposal.left_name, proposal.left_sources),
        (proposal.right_id, proposal.right_name, proposal.right_sources),
    )
    for identifier, name, sources in sides:
        line = f"   {identifier}  {name}"
        out.print(f"{line}  [{', '.join(sources)}]" if sources else line, markup=False, soft_wrap=True)
    for reason in proposal.why[:_SHOWN_REASONS]:
        weight = "  ✓  " if reason.weight is None else f"{reason.weight:+5.1f}"
        text = reason.left if reason.left == reason.right else f"{reason.left} | {reason.right}"
        out.print(styled(f"   {weight}  {reason.reason}: {text}", "dim"), soft_wrap=True)
