"""`warnings`: what stands, and what each warning rule says and is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_table, styled
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idtracker.operate.documents.warnings import RuleSkill


class _ListByItself(click.Group):
    """A group that lists where no command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help")):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ListByItself)
def warnings() -> None:
    """Warnings that stand, and their rules: list (what `idtracker warnings` alone does), check."""


@warnings.command(name="list")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of sentences.")
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication is read.")
@command
def list_warnings(home: Home, lang: Lang, audience: str, as_json: bool) -> int:
    """The warnings that stand in the latest quarter, each in one sentence, and what each rule is worth on its own past.

    Exit codes: 0 whether any stands or not · 2 wrong use.
    """
    from idtracker.model.messages import phrase
    from idtracker.operate.services.warnings.standing import warning_list
    from idtracker.publish.current import open_current

    with open_current(home, audience) as published:
        document = warning_list(published, lang)
    if as_json:
        print_json(document)
        return 0
    for warning in document.warnings:
        console().print(warning.sentence, markup=False, soft_wrap=True)
    if not document.warnings:
        console().print(phrase("operate/warnings", "none", lang))
    show_skills(document.rules)
    return 0


@warnings.command(name="check")
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Language of the words.")
@command
def check_rules(home: Home, lang: Lang, as_json: bool) -> int:
    """Every warning rule in plain words, what is wrong with it, and its hits and misses as published.

    Exit codes: 0 every rule is sound and may warn · 1 a definition is wrong, or a rule is refused · 2 wrong use.
    """
    from idtracker.operate.services.warnings.checked import checked_rules

    document = checked_rules(home, lang=lang)
    if as_json:
        print_json(document)
    else:
        out = console()
        for rule in document.rules:
            out.print(styled(rule.rule, "bold"), f"({rule.where})")
            for line in rule.words:
                out.print(f"  {line}", markup=False, soft_wrap=True)
            for problem in rule.problems:
                out.print(styled(f"  {problem}", "red"), soft_wrap=True)
        show_skills([rule.skill for rule in document.rules if rule.skill])
    refused = any(rule.skill and rule.skill.verdict == "REFUSED" for rule in document.rules)
    return 1 if refused or any(rule.problems for rule in document.rules) else 0


def show_skills(skills: Sequence[RuleSkill]) -> None:
    """One line for each rule; — where a score is undefined. Never warning has 0 in Peirce and Heidke."""
    numbers = ("hits", "misses", "false alarms", "correct negatives", "base rate", "CSI", "Peirce", "Heidke")
    show_table(
        ["rule", "verdict", *((name, "right") for name in numbers), "why"],
        [
            (
                *(s.rule, s.verdict.replace("_", " ").lower()),
                *(_shown(n) for n in (s.hits, s.misses, s.false_alarms, s.correct_negatives)),
                *(_shown(n) for n in (s.base_rate, s.scores.csi, s.scores.peirce, s.scores.heidke)),
                s.why,
            )
            for s in skills
        ],
        title="\nRules on their own past (never warning: Peirce 0, Heidke 0)",
    )


def _shown(number: float | None) -> str:
    if number is None:
        return "—"
    return f"{number:,}" if isinstance(number, int) else f"{number:.3f}"
