"""The fixed words of what people read, in two languages. The words of findings stand in the rule catalogue."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal, get_args

import yaml

Lang = Literal["en", "ar"]
LANGS: tuple[Lang, ...] = get_args(Lang)


@cache
def _phrases(room: str) -> dict[str, dict[Lang, str]]:
    found: dict[str, dict[Lang, str]] = yaml.safe_load(
        (resources.files("idtracker.report") / "phrases" / f"{room}.yml").read_bytes()
    )
    return found


def phrase(room: str, key: str, lang: Lang, **details: object) -> str:
    """The phrase `key` of `phrases/<room>.yml`, its words in braces filled in. KeyError is a defect of the caller."""
    return _phrases(room)[key][lang].format(**details)


def direction(lang: Lang) -> Literal["ltr", "rtl"]:
    """Which way the language is written."""
    return "rtl" if lang == "ar" else "ltr"
