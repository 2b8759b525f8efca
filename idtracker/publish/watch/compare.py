"""What became of a figure: the row before held against the row now, column by column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from idtracker.model.json_values import plain
from idtracker.model.messages import Lang, phrase
from idtracker.publish.watch.document import FigureValues, State
from idtracker.publish.watch.reading import Row

TEXTS = "publish/watch"
INTERVALS: Mapping[str, tuple[str, ...]] = {
    "score": ("low", "high"),
    "merged_cell": ("standard_error",),
    "metric_value": ("lower", "upper"),
    "index_score": (),
}
"""The columns that say how sure the main column of a table is."""
CIRCUMSTANCES: Mapping[str, tuple[str, ...]] = {
    "score": ("band", "completeness", "carried_share", "imputed_share", "method_version"),
    "merged_cell": ("method", "obs_status", "is_carried", "is_disagreement", "org_ids"),
    "metric_value": ("numerator", "denominator", "n", "suppressed_reason", "is_stale", "overdue_source_ids"),
}
"""The columns that say what it rests on, or why it is not there."""


def values_of(table: str, column: str, row: Row | None) -> FigureValues | None:
    """What a row says of a figure; None where there is no row."""
    if row is None:
        return None
    return FigureValues(
        value=_plain(row[column]),
        interval={name: _plain(row[name]) for name in INTERVALS.get(table, ())},
        circumstances={name: _plain(row[name]) for name in CIRCUMSTANCES.get(table, ())},
    )


def state_of(before: FigureValues | None, now: FigureValues | None) -> State:
    """What became of a figure. Equal is equal to the last bit: the same inputs give the same bits."""
    if before is None or now is None:
        return "never" if before is now else "appeared" if before is None else "vanished"
    if before.value != now.value:
        return "withheld" if now.value is None else "given" if before.value is None else "changed"
    if before.interval != now.interval:
        return "interval"
    return "circumstances" if before.circumstances != now.circumstances else "unchanged"


def difference_of(before: FigureValues | None, now: FigureValues | None) -> float | None:
    """Now less before; None where either has no number."""
    values = [None if side is None else side.value for side in (before, now)]
    if any(value is None or isinstance(value, str | bool) for value in values):
        return None
    return float(values[1]) - float(values[0])  # type: ignore[arg-type]


def sentence_of(state: State, label: str, before: FigureValues | None, now: FigureValues | None, lang: Lang) -> str:
    """What became of a figure, in one sentence."""
    words = {"label": label, "before": shown(before, lang), "now": shown(now, lang)}
    if words["before"] == words["now"]:  # too small a difference for four digits
        words |= {"before": shown(before, lang, str), "now": shown(now, lang, str)}
    if state == "circumstances" and before and now:
        names = [name for name, value in now.circumstances.items() if value != before.circumstances.get(name)]
        words["columns"] = ", ".join(names)
    return phrase(TEXTS, f"state_{state}", lang, **words)


def shown(values: FigureValues | None, lang: Lang, write: Callable[[object], str] | None = None) -> str:
    """A value with its interval, as it stands in a sentence; `write` writes a number."""
    write = write or number
    if values is None:
        return phrase(TEXTS, "nothing", lang)
    value = phrase(TEXTS, "no_value", lang) if values.value is None else write(values.value)
    ends = list(values.interval.values())
    if not ends:
        return value
    if None in ends:
        return phrase(TEXTS, "without_interval", lang, value=value)
    if len(ends) == 1:
        return phrase(TEXTS, "with_error", lang, value=value, error=write(ends[0]))
    return phrase(TEXTS, "with_interval", lang, value=value, low=write(ends[0]), high=write(ends[1]))


def number(value: object) -> str:
    """A number with at most four digits after the point; so many that it does not look like another one."""
    return f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _plain(value: object) -> Any:
    return plain(value)
