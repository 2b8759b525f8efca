"""How a method judges trends, in words."""

from __future__ import annotations

from idtracker.model.messages import Lang, phrase
from idtracker.model.method import TrendRule

_TEXTS = "operate/methods"


def trend_words(rule: TrendRule, lang: Lang) -> list[str]:
    """The settings of a rule as sentences, in the order in which they are asked; dead-bands as points per quarter."""
    ties = phrase(_TEXTS, "ties" if rule.tie_correction else "no_ties", lang)
    level = rule.change_point
    return [
        phrase(
            _TEXTS, "window", lang,
            window=rule.window, points=rule.minimum_points, share=f"{rule.maximum_carried_share:.0%}",
        ),
        phrase(_TEXTS, "direction", lang, p=f"{rule.p:g}", exact=rule.exact_up_to, ties=ties),
        phrase(_TEXTS, "size", lang, dead_band=f"{rule.dead_band:g}", strong=f"{rule.strong * rule.dead_band:g}"),
        phrase(_TEXTS, "volatile", lang, volatile=f"{rule.volatile * rule.dead_band:g}"),
        phrase(_TEXTS, "no_level", lang)
        if level is None
        else phrase(_TEXTS, "level", lang, points=level.minimum_points),
    ]  # fmt: skip
