"""What people call the canonical tables and their fields, in two languages."""

from __future__ import annotations

from idtracker.model.messages import Lang, Message, message, phrase, texts_of
from idtracker.model.tables.base import ColumnSpec

_LABELS = "model/tables/labels"


def label_of(spec: ColumnSpec, lang: Lang) -> str:
    """The name of a canonical column for people."""
    names = texts_of(_LABELS, spec.field) or texts_of(_LABELS, spec.name) or {lang: spec.field}
    return str(names[lang])


def tab_of(table: str, lang: Lang) -> str:
    """What a sheet with rows of a table is called."""
    return phrase(_LABELS, f"tab of {table}", lang)


def rows_of(table: str) -> Message:
    """What the rows of a table that others refer to are called."""
    return message(_LABELS, f"rows of {table}")


def title_of(table: str, lang: Lang) -> str:
    """What a table is called by people."""
    plain = table.removesuffix("_vintage")
    titles = texts_of(_LABELS, f"tab of {plain}") or texts_of(_LABELS, f"title of {plain}") or {lang: plain}
    title = str(titles[lang])
    return title if plain == table else phrase(_LABELS, "title over time", lang, title=title)
