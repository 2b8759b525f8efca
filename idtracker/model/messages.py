"""Text that people read, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Message(NamedTuple):
    """The same text in both languages."""

    en: str
    ar: str


def details_of(values: Mapping[str, object]) -> dict[str, str]:
    """Words of a finding by name; what reads differently in Arabic stands there a second time, as `<name>_ar`."""
    words: dict[str, str] = {}
    for name, value in values.items():
        english, arabic = value if isinstance(value, Message) else (str(value), str(value))
        words[name] = english
        if arabic != english:
            words[f"{name}_ar"] = arabic
    return words
