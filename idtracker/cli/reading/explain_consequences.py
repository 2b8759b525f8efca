"""`explain consequences`: what rested on a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_table, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang

if TYPE_CHECKING:
    from idtracker.operate.documents.consequences import Consequence, Consequences

_TEXTS, _LISTED = "operate/consequences", 20


@click.command(name="consequences")
@click.argument("name", metavar="ID_OR_FILE_NAME")
@click.option("--at", help="As known at this day or instant (UTC); default: the last at which its facts counted.")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of sentences.")
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to read.")
@click.option("--all", "everything", is_flag=True, help="List every entry, not only the first.")
@command
def consequences(
    home: Home, name: str, at: str | None, lang: Lang, audience: str, everything: bool, as_json: bool
) -> None:
    """Every score, metric, warning, claim, decision, round and publication that rested on one file, also after its withdrawal or correction.

    `rests on it`: facts of the file are among the rows behind it. `another without it`: everything is worked out twice beside
    the home, as it was known at that instant and with the file withdrawn at that instant; this takes as long as a run.
    """
    from idtracker.model.instants import parse_instant
    from idtracker.operate.services.consequences.found import consequences_of
    from idtracker.publish.tracker import instant

    moment = parse_instant(instant(at).isoformat()) if at else None
    with waiting("working it out with and without the file", as_json):
        document = consequences_of(home, name, moment, audience, lang)
    if as_json:
        print_json(document)
    else:
        _show(document, lang, None if everything else _LISTED)


def _show(document: Consequences, lang: Lang, limit: int | None) -> None:
    from idtracker.model.messages import phrase

    console().print(document.sentence, markup=False, soft_wrap=True)
    if not document.counts:
        return
    kind, *numbers = phrase(_TEXTS, "headings", lang).split("|")
    show_table(
        [kind, *((name, "right") for name in numbers)],
        [(phrase(_TEXTS, c.kind, lang), c.rests_on, c.differs_without) for c in document.counts],
    )
    listed = document.consequences if limit is None else document.consequences[:limit]
    show_table(phrase(_TEXTS, "columns", lang).split("|"), [_row(one, lang) for one in listed])
    if len(listed) < len(document.consequences):
        more = len(document.consequences) - len(listed)
        console().print(phrase(_TEXTS, "more", lang, count=f"{more:,}"), markup=False)


def _row(one: Consequence, lang: Lang) -> tuple[str, ...]:
    from idtracker.model.messages import phrase

    words = [phrase(_TEXTS, name, lang) for name in ("yes" if one.rests_on else "no", _WORDS[one.differs_without])]
    sides = [
        "" if side is None else f"{side:.4g}" if isinstance(side, float) else side for side in (one.before, one.after)
    ]
    return (phrase(_TEXTS, one.kind, lang), " ".join(one.key.values()), *words, *sides)


_WORDS = {True: "yes", False: "no", None: "unknown"}
