"""Names as typed -> identifiers: what the resolving of organisations, places and indicators has in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from idtracker.ingest.resolve.bilingual import agreed
from idtracker.ingest.resolve.lookup import DistinctTexts, Task, suggest_unknown
from idtracker.ingest.resolve.suggest import Suggester
from idtracker.model.register.register import Register
from idtracker.model.text import fold, if_else

Find = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What a register knows of one kind of thing: every holder of a folded name, and of a folded code in its scheme.

    `shown` is the writing of each folded name to suggest.
    """

    names: dict[str, tuple[str, ...]]
    codes: dict[tuple[str, str], tuple[str, ...]]
    shown: dict[str, str]

    @classmethod
    def of(cls, named: Iterable[tuple[str, Sequence[str]]], coded: Iterable[Sequence[str]]) -> KnownNames:
        """From identifiers with their names, and from (scheme, code, identifier) where the scheme `name` means a name."""
        names: dict[str, dict[str, None]] = defaultdict(dict)
        codes: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        shown: dict[str, str] = {}

        def add(text: str, identifier: str) -> None:
            names[fold(text)][identifier] = None
            shown.setdefault(fold(text), text)

        for identifier, texts in named:
            for text in filter(None, texts):
                add(text, identifier)
        for scheme, code, identifier in coded:
            if scheme == "name":
                add(code, identifier)
            else:
                codes[scheme, fold(code)][identifier] = None
        return cls(
            {name: tuple(holders) for name, holders in names.items()},
            {code: tuple(holders) for code, holders in codes.items()},
            shown,
        )

    def suggester(self) -> Suggester:
        """The names, to suggest from."""
        return Suggester((shown, one) for folded, shown in self.shown.items() for one in self.names[folded])


def holders_of(different: DistinctTexts, reviewed: Mapping[str, str], find: Find) -> list[tuple[str, ...]]:
    """What each different text may mean: as reviewed for the source, else as `find` says, whole or by its agreeing sides."""

    def look(text: str) -> tuple[str, ...]:
        known = reviewed.get(fold(text))
        return (known,) if known else find(text)

    return [look(text) or agreed(text, look) or () for text in different.texts]


def identifiers_of(
    different: DistinctTexts,
    holders: Sequence[tuple[str, ...]],
    dates: pd.Series,
    choose: Callable[[tuple[str, ...], pd.Timestamp], str | None],
) -> pd.Series:
    """The identifier of each row; where a text has several holders, the one chosen for the day of the row."""
    identifiers = different.spread([holding[0] if holding else None for holding in holders])
    for place, holding in enumerate(holders):
        if len(holding) > 1:
            here = different.at == place
            dated = dates[here]
            chosen = {day: choose(holding, day) for day in dated.unique()}
            identifiers[here] = [chosen[day] for day in dated]
    return identifiers


def settle_unknown(
    task: Task,
    different: DistinctTexts,
    holders: Sequence[tuple[str, ...]],
    identifiers: pd.Series,
    names: Callable[[Register], Suggester],
    rule_id: str,
    keep: Callable[[str], str] | None,
) -> pd.Series:
    """Report the rows whose text means nothing known, with the name most like it.

    They stay without an identifier, or get the one that `keep` makes of their text.
    """
    unknown = different.rows(not holding for holding in holders)
    if not unknown.any():
        return identifiers
    task.report(rule_id, unknown, suggest_unknown(different, holders, names(task.register)))
    if keep is None:
        return identifiers
    provisional = [None if holding else keep(text) for text, holding in zip(different.texts, holders, strict=True)]
    return if_else(unknown, different.spread(provisional), identifiers)
