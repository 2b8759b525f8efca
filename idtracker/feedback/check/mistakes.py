"""Findings as mistakes: the same rule broken in the same column of the same sheet is one mistake, however many rows have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from idtracker.model.findings import Findings, Group
from idtracker.model.findings.rules import SEVERITIES
from idtracker.model.messages import LIST_MARK

_LISTED = 3
_SPANS = 12


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: `group` has all of its locations, `members` the same as they were found, each with its own details.

    Details that differ among the members are listed in the group, the first of them.
    """

    group: Group
    members: tuple[Group, ...]

    @property
    def differs(self) -> bool:
        """Whether the members do not say the same of every row."""
        return any(m.details != self.group.details for m in self.members)


def mistakes_of(findings: Findings) -> list[Mistake]:
    """Every mistake once, gravest first, then the most frequent. What is about no row is one with its equals only."""
    together: dict[tuple[object, ...], list[Group]] = {}
    for group in findings:
        details = () if len(group.rows) else tuple(sorted(group.details.items()))
        key = (group.rule.id, group.sheet, group.column, group.position, bool(len(group.rows)), details)
        together.setdefault(key, []).append(group)
    mistakes = [Mistake(same[0] if len(same) == 1 else _joined(same), tuple(same)) for same in together.values()]
    order = list(SEVERITIES)
    return sorted(mistakes, key=lambda m: (order.index(m.group.rule.severity), -len(m.group)))


def _joined(same: Sequence[Group]) -> Group:
    """One group of several that differ in their rows, and perhaps in details."""
    first = same[0]
    rows = [r for g in same for r in g.rows]

    def beside(name: str) -> list[str | None]:
        return [v for g in same for v in (getattr(g, name) if len(getattr(g, name)) else [None] * len(g.rows))]

    details = {name: _listed(name, same) for name in dict.fromkeys(n for g in same for n in g.details)}
    return Group(first.rule, first.sheet, first.column, first.position, rows, beside("values"), beside("suggestions"), (), details)  # fmt: skip


def _listed(name: str, same: Sequence[Group]) -> str:
    """The different texts of one detail; what reads the same in Arabic stands there once."""
    plain, lang = name.removesuffix("_ar"), "ar" if name.endswith("_ar") else "en"
    texts = list(dict.fromkeys(g.details.get(name, g.details.get(plain, "")) for g in same))
    mark = LIST_MARK.ar if lang == "ar" else LIST_MARK.en
    return mark.join(texts[:_LISTED]) + (" …" if len(texts) > _LISTED else "")


def spans(numbers: Iterable[int], name: Callable[[int], str] = str, mark: str = "-", most: int = _SPANS) -> str:
    """Numbers in short: 4, 5, 6, 9 is `4-6, 9`; what is beyond `most` pieces is told by `…`."""
    pieces: list[list[int]] = []
    for number in sorted(set(numbers)):
        if pieces and pieces[-1][1] == number - 1:
            pieces[-1][1] = number
        else:
            pieces.append([number, number])
    texts = [name(a) if a == b else f"{name(a)}{mark}{name(b)}" for a, b in pieces[:most]]
    return ", ".join([*texts, "…"] if len(pieces) > most else texts)
