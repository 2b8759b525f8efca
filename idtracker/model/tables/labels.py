"""What people call the fields of the canonical tables, in two languages."""

from __future__ import annotations

from idtracker.model.messages import Lang, texts_of
from idtracker.model.tables.base import ColumnSpec

_LABELS = "model/tables/labels"


def label_of(spec: ColumnSpec, lang: Lang) -> str:
    """The name of a canonical column for people."""
    names = texts_of(_LABELS, spec.field) or texts_of(_LABELS, spec.name) or {lang: spec.field}
    return str(names[lang])
