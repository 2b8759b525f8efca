"""What comes out of a file made fit to be read: nothing hidden, nothing endless, and headings in the submitter's words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from idtracker.model.config.source import Source
from idtracker.model.findings import Group, column_label
from idtracker.model.messages import Lang

MESSAGES = "feedback/answer"
LONGEST_DETAIL = 1_000
_FIRST, _LAST = "\u2068", "\u2069"  # isolate of its own direction, and its end
# Control characters, and characters that are not seen but turn, join or hide what stands around them.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# Codes of periods and days: among Arabic words `2026-Q1` would be shown as Q1-2026.
_PERIOD = re.compile(r"\b\d{4}(?:-[QHW]?\d{1,2}(?:-\d{2})?|/\d{2})\b", re.ASCII)
_PICTURES = {"\n": "↵", "\r": "␍", "\t": "⇥", "\x7f": "␡", "\x00": "␀"}


def visible(text: object) -> str:
    """The text with every character that a screen would obey or hide replaced by a sign that is seen."""
    return _HIDDEN.sub(_sign, str(text))


def _sign(match: re.Match[str]) -> str:
    character = match[0]
    if character in _PICTURES:
        return _PICTURES[character]
    number = ord(character)
    return chr(0x2400 + number) if number < 0x20 else f"⟨U+{number:04X}⟩"


def shortened(text: str, longest: int) -> str:
    """At most `longest` characters; a cut is seen as `…`."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def isolated(text: str) -> str:
    """The text with a direction of its own among other words."""
    return f"{_FIRST}{text}{_LAST}"


def label_of(source: Source, field: str, lang: Lang) -> str:
    """The heading under which a source reports a field of the canonical tables; the field's name where there is none."""
    for part in source.parts:
        for column in part.columns:
            if column.field == field and column.constant is None:
                return column_label(column.headings[0], lang)
    return field


@dataclass(frozen=True, slots=True)
class Worded:
    """A group of findings in words of one language."""

    column: str
    message: str
    remedy: str


def worded(group: Group, source: Source, lang: Lang, *, for_screen: bool = False, isolate: bool = False) -> Worded:
    """Column, message and remedy without names of our own.

    `for_screen` makes hidden characters seen and cuts what is endless; `isolate` gives each piece from the file a
    direction of its own.
    """
    # bounds of a file are reported by field, everything else by heading
    is_field = group.rule.id.startswith("bounds.")
    column = label_of(source, group.column, lang) if is_field else group.heading(lang)

    def piece(text: str) -> str:
        shown = shortened(visible(text), LONGEST_DETAIL) if for_screen else text
        return isolated(shown) if isolate and shown else shown

    details = {name: piece(text) for name, text in group.details.items()}
    cleaned = replace(group, column=piece(column), sheet=piece(group.sheet), details=details)
    shown = shortened(visible(column), LONGEST_DETAIL) if for_screen else column
    remedy = cleaned.remedy(lang)
    return Worded(
        shown, cleaned.message(lang), _PERIOD.sub(lambda code: isolated(code[0]), remedy) if isolate else remedy
    )
