"""Which tables and formats an export has, from what somebody typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from idtracker.model.errors import UsageError
from idtracker.model.tables import DERIVED, FACTS, OPERATIONS, OVER_TIME, REFERENCE, SIMULATED, TABLES
from idtracker.publish.export.result import FORMATS, USUAL, Format

_DERIVED = (*DERIVED, *SIMULATED)
GROUPS: dict[str, tuple[str, ...]] = {
    "facts": tuple(FACTS),
    "derived": _DERIVED,
    "reference": tuple(REFERENCE),
    "operations": tuple(OPERATIONS),
    "vintages": tuple(OVER_TIME),
    "all": tuple(TABLES),
}
"""Words for several tables. Without a choice: everything but derived tables over time."""


def chosen_tables(text: str | Sequence[str] | None, published: Sequence[str]) -> list[str]:
    """Published tables that are meant, in the order of the model; `text` has names of tables or groups, `,` between.

    UsageError for a name that is no table or group, or a table that this publication does not have.
    """
    words = _words(text)
    if not words:
        return [name for name in published if name not in OVER_TIME]
    named: set[str] = set()
    for word in words:
        if word not in GROUPS and word not in published:
            near = get_close_matches(word, [*GROUPS, *published], n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            raise UsageError(f"This publication has no table `{word}`.{hint} Groups of tables: {', '.join(GROUPS)}.")
        named |= set(GROUPS.get(word, (word,)))
    return [name for name in published if name in named]


def chosen_formats(text: str | Sequence[str] | None) -> list[Format]:
    """Formats that are meant, in their order; the usual ones without a choice. UsageError lists those that there are."""
    words = _words(text)
    unknown = [word for word in words if word not in FORMATS]
    if unknown:
        raise UsageError(f"Nothing is exported as `{unknown[0]}`; the formats are {', '.join(FORMATS)}.")
    if "croissant" in words and not {"csv", "parquet"} & set(words):
        raise UsageError("croissant describes CSV or Parquet files; write `--format csv,croissant`.")
    return [form for form in FORMATS if form in (words or USUAL)]


def _words(text: str | Iterable[str] | None) -> list[str]:
    entries = text.split(",") if isinstance(text, str) else text or ()
    return [word for entry in entries if (word := entry.strip())]
