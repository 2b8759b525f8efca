"""The texts that people read, in two languages, and the one way to read them.

They stand in `<package>/messages/<subject>.yml`, beside the package that says them, as `name: {en: ..., ar: ...}`; words
in braces are filled in. A counted text has one text per plural form: English one and other, Arabic zero, one, two, few,
many and other (Unicode CLDR); a form that is left out is that of other. A file is read when the first of its texts is
asked for. The texts of rules stand in the rule catalogue, with what else a rule is.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple, get_args

Lang = Literal["en", "ar"]
LANGS: tuple[Lang, ...] = get_args(Lang)


class Message(NamedTuple):
    """The same text in both languages."""

    en: str
    ar: str

    def text(self, lang: Lang) -> str:
        return self.ar if lang == "ar" else self.en

    @classmethod
    def of(cls, text: Callable[[Lang], str]) -> Message:
        """What is said by language, in both."""
        return cls(text("en"), text("ar"))


LIST_MARK = Message(", ", "، ")


def listed(texts: Iterable[Message]) -> Message:
    """Texts in a row, as each language writes a list."""
    parts = list(texts)
    return Message.of(lambda lang: LIST_MARK.text(lang).join(part.text(lang) for part in parts))


def phrase(place: str, name: str, lang: Lang, /, **details: object) -> str:
    """The text `name` of a place, such as `feedback/answer`, its words in braces filled in. KeyError is a defect of the caller."""
    text: str = _texts(place)[name][lang]
    return text.format(**details)


def counted(place: str, name: str, lang: Lang, count: int, /, **details: object) -> str:
    """The counted text `name` in the plural form of `count`, which stands in it as {count} with thousands marks."""
    forms: dict[str, str] = _texts(place)[name][lang]
    text = forms.get(plural_form(lang, count), forms["other"])
    return text.format(count=f"{count:,}", **details)


def message(place: str, name: str, /, **details: object) -> Message:
    """The text `name` in both languages; a detail that is a Message fills each with its own language."""

    def filled(lang: Lang) -> str:
        own = {k: v.text(lang) if isinstance(v, Message) else v for k, v in details.items()}
        return phrase(place, name, lang, **own)

    return Message.of(filled)


def details_of(values: Mapping[str, object]) -> dict[str, str]:
    """Words of a finding by name; what reads differently in Arabic stands there a second time, as `<name>_ar`."""
    words: dict[str, str] = {}
    for name, value in values.items():
        english, arabic = value if isinstance(value, Message) else (str(value), str(value))
        words[name] = english
        if arabic != english:
            words[f"{name}_ar"] = arabic
    return words


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


def texts_of(place: str, name: str) -> Mapping[str, Any] | None:
    """A text as it stands in its file, by language; None where there is none of that name."""
    return _texts(place).get(name)


@cache
def _texts(place: str) -> dict[str, dict[str, Any]]:
    package, _, subject = place.rpartition("/")
    return dict(read_entries((resources.files("idtracker") / package / "messages" / f"{subject}.yml").read_bytes()))


def read_entries(content: bytes) -> list[tuple[str, dict[str, Any]]]:
    """(name, body) of every entry of a file of texts or rules, names that stand twice included."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(content)
    root = loader.get_single_node()
    return [(key.value, loader.construct_object(body, deep=True)) for key, body in root.value] if root else []


def fields_in(text: str) -> set[str]:
    """The words in braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
