"""What comes out of a file made fit to be read: nothing hidden, nothing endless, and headings in the submitter's words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from idtracker.catalog.source import Source
from idtracker.findings import Group
from idtracker.report.phrases import Lang, phrase

ROOM = "answer"
LONGEST_DETAIL = 1_000
_FIRST, _LAST = "\u2068", "\u2069"  # isolate of its own direction, and its end
# Control characters, and characters that are not seen but turn, join or hide what stands around them.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_PICTURES = {"\n": "↵", "\r": "␍", "\t": "⇥", "\x7f": "␡", "\x00": "␀"}
_NAMED = ("period", "quarter", "month", "year", "date", "place")
_VIRTUAL = {"@sheet": "heading_sheet", "@file": "heading_file", "@row": "heading_row"}
_CHECKS = (
    (re.compile(r"(?:greater[ _]than[ _]or[ _]equal[ _]to\(|at least )(?P<least>-?[\d.,]+)\)?"), "bounds_least"),
    (re.compile(r"(?:less[ _]than[ _]or[ _]equal[ _]to\(|at most )(?P<most>-?[\d.,]+)\)?"), "bounds_most"),
    (re.compile(r"greater[ _]than\((?P<least>-?[\d.,]+)\)"), "bounds_above"),
    (re.compile(r"less[ _]than\((?P<most>-?[\d.,]+)\)"), "bounds_below"),
    (re.compile(r"(?P<least>-?[\d.,]+) to (?P<most>-?[\d.,]+(?: ?%)?)"), "bounds_between"),
)


def visible(text: object) -> str:
    """The text with every character that a screen would obey or hide replaced by a sign that is seen."""
    return _HIDDEN.sub(_sign, str(text))


def _sign(found: re.Match[str]) -> str:
    character = found[0]
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


def in_words(heading: str, lang: Lang) -> str:
    """A heading as its submitter knows it; what no column holds is named by where it stands: `@name.period`."""
    if heading in _VIRTUAL:
        return phrase(ROOM, _VIRTUAL[heading], lang)
    kind, _, name = heading.partition(".")
    if kind != "@name" or not name:
        return heading
    known = phrase(ROOM, f"name_{name}", lang) if name in _NAMED else phrase(ROOM, "name_other", lang, name=name)
    return phrase(ROOM, "heading_name", lang, name=known)


def label_of(source: Source, field: str, lang: Lang) -> str:
    """The heading under which a source reports a field of the canonical tables; the field's name where there is none."""
    for part in source.parts:
        for column in part.columns:
            if column.field == field and column.constant is None:
                return in_words(column.headings[0], lang)
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
    column = _column_of(group, source, lang)
    details = {name: _detail(name, text, source, lang) for name, text in group.details.items()}

    def piece(text: str) -> str:
        shown = shortened(visible(text), LONGEST_DETAIL) if for_screen else text
        return isolated(shown) if isolate and shown else shown

    said = replace(
        group, column=piece(column), sheet=piece(group.sheet), details={k: piece(v) for k, v in details.items()}
    )
    return Worded(
        shortened(visible(column), LONGEST_DETAIL) if for_screen else column, said.message(lang), said.remedy(lang)
    )


def _column_of(group: Group, source: Source, lang: Lang) -> str:
    if group.rule.id.startswith("bounds."):  # reported by field, for the file as a whole
        return label_of(source, group.column, lang)
    return in_words(group.column, lang)


def _detail(name: str, text: str, source: Source, lang: Lang) -> str:
    """What fills the wording of a rule: fields by their headings, bounds as a sentence."""
    if name == "key":
        return phrase(ROOM, "list_mark", lang).join(label_of(source, in_words(k, lang), lang) for k in text.split(", "))
    if name == "whole":
        return label_of(source, text, lang)
    if name == "bounds":
        for pattern, key in _CHECKS:
            found = pattern.fullmatch(text)
            if found:
                return phrase(ROOM, key, lang, **found.groupdict())
    return text
