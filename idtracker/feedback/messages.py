"""The fixed words of what people read, in two languages. The words of findings stand in the rule catalogue.

A phrase is one text per language; a counted phrase has one text per plural form: English one and other, Arabic zero, one,
two, few, many and other (Unicode CLDR). A form that is left out is that of other.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

import yaml

Lang = Literal["en", "ar"]
LANGS: tuple[Lang, ...] = get_args(Lang)


@cache
def _phrases(room: str) -> dict[str, dict[Lang, Any]]:
    found: dict[str, dict[Lang, Any]] = yaml.safe_load(
        (resources.files("idtracker.feedback") / "phrases" / f"{room}.yml").read_bytes()
    )
    return found


def phrase(room: str, key: str, lang: Lang, **details: object) -> str:
    """The phrase `key` of `phrases/<room>.yml`, its words in braces filled in. KeyError is a defect of the caller."""
    text: str = _phrases(room)[key][lang]
    return text.format(**details)


def counted(room: str, key: str, lang: Lang, count: int, **details: object) -> str:
    """The counted phrase `key` in the plural form of `count`, which stands in it as {count} with thousands marks."""
    forms: dict[str, str] = _phrases(room)[key][lang]
    text = forms.get(plural_form(lang, count), forms["other"])
    return text.format(count=f"{count:,}", **details)


def plural_form(lang: Lang, count: int) -> str:
    """Plural category of a whole number in a language, by the rules of the Unicode CLDR."""
    if lang == "en":
        return "one" if count == 1 else "other"
    if count in (0, 1, 2):
        return ("zero", "one", "two")[count]
    rest = count % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"


def direction(lang: Lang) -> Literal["ltr", "rtl"]:
    """Which way the language is written."""
    return "rtl" if lang == "ar" else "ltr"
