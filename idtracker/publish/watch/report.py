"""The report of one subscriber: every watch held against both publications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from idtracker.ingest.decisions.watches import WatchAct
from idtracker.model.home import Home
from idtracker.model.marking import Marking, marking_of, united
from idtracker.model.messages import Lang
from idtracker.publish.watch.compare import difference_of, sentence_of, state_of, values_of
from idtracker.publish.watch.document import FigureChange, WatchedChanges, WatchReport
from idtracker.publish.watch.names import FigureNames
from idtracker.publish.watch.pattern import LATEST, FigurePattern, Identity, parse_pattern
from idtracker.publish.watch.reading import Row, latest_rows, published_rows
from idtracker.publish.watch.reasons import Reasons
from idtracker.publish.watch.sides import TwoSides, both_sides
from idtracker.publish.watch.sources import source_change

_OFFICIAL = Marking("OFFICIAL", frozenset())


def watch_reports(
    home: Home, audience_id: str, folder: Path, previous: Path | pd.Timestamp, acts: Sequence[WatchAct]
) -> list[WatchReport]:
    """One report for each subscriber and language of the watches, by these; between a publication and an earlier one, or an instant (UTC).

    NotPublishedError where a publication cannot be read.
    """
    wanted: dict[tuple[str, Lang], list[WatchAct]] = defaultdict(list)
    for act in acts:
        wanted[act.subscriber, act.lang].append(act)
    if not wanted:
        return []
    with both_sides(folder, previous) as sides:
        return [
            _Reporter(home, audience_id, sides, lang).report(who, own) for (who, lang), own in sorted(wanted.items())
        ]


def is_moved(change: FigureChange) -> bool:
    """Whether anything about a figure is another."""
    return change.state not in ("unchanged", "never")


class _Reporter:
    """Makes one report."""

    def __init__(self, home: Home, audience_id: str, sides: TwoSides, lang: Lang) -> None:
        self._audience, self._sides, self._lang = audience_id, sides, lang
        self._names = FigureNames.of(sides.now, lang)
        self._reasons = Reasons(home, audience_id, sides, self._names)
        self._shown: list[Marking] = []

    def report(self, subscriber: str, acts: Iterable[WatchAct]) -> WatchReport:
        sides = self._sides
        watches = [self._watched(parse_pattern(act.figure)) for act in acts]
        marking = united([*self._shown, *self._reasons.shown]) or _OFFICIAL
        return WatchReport(
            audience=self._audience,
            subscriber=subscriber,
            lang=self._lang,
            notice=str(sides.manifest.get("notice", "")),
            publication=sides.name,
            as_known_at=f"{sides.at.isoformat()}Z",
            since=sides.since,
            since_known_at=f"{sides.since_at.isoformat()}Z",
            basis=sides.basis,
            classification=marking.classification,
            releasable_to=sorted(marking.groups),
            changed=sum(len(watched.changes) for watched in watches),
            watches=watches,
        )

    def _watched(self, pattern: FigurePattern) -> WatchedChanges:
        if pattern.is_source:
            change = source_change(self._sides, pattern.key[0], self._reasons, self._lang)
            self._mark(published_rows(self._sides.now, "freshness", {"source_id": pattern.key[0]}))
            changes, followed = [change], 1
        else:
            before, now = self._sides.rows_before(pattern), pattern.rows(self._sides.now)
            if pattern.is_latest:
                before = self._with_same_quarter(pattern, before, now)
            changes = [self._change(pattern, before.get(one), now.get(one)) for one in sorted({*before, *now})]
            followed = len(changes)
        is_gone = followed == 0 or all(change.now is None for change in changes)
        moved = [change for change in changes if is_moved(change)]
        return WatchedChanges(
            figure=pattern.text, followed=followed, unchanged=followed - len(moved), is_gone=is_gone, changes=moved
        )

    def _with_same_quarter(
        self, pattern: FigurePattern, before: dict[Identity, Row], now: dict[Identity, Row]
    ) -> dict[Identity, Row]:
        """What was known before of the quarter that is the latest now, and of one that was the latest and came after it."""
        if not now or set(before) == set(now):
            return before
        period = str(next(iter(now.values()))["period"])
        key = tuple(period if part == LATEST else part for part in pattern.key)
        same = self._sides.rows_before(FigurePattern(pattern.text, pattern.table, key, pattern.column))
        is_later = latest_rows([*before.values(), *now.values()])[0] in before.values()
        return {**before, **same} if is_later else same

    def _change(self, pattern: FigurePattern, old: Row | None, new: Row | None) -> FigureChange:
        before, now = (values_of(pattern.table, pattern.column, row) for row in (old, new))
        shown = [row for row in (new, old) if row is not None]
        state, address = state_of(before, now), pattern.address(shown[0])
        label = self._names.label(address)
        change = FigureChange(
            address=address,
            label=label,
            state=state,
            sentence=sentence_of(state, label, before, now, self._lang),
            before=before,
            now=now,
            difference=difference_of(before, now),
            reasons=[],
            unknown=[],
        )
        if not is_moved(change):
            return change
        self._mark(shown)
        reasons, unknown = self._reasons.of(pattern.table, address, old, new)
        return change.model_copy(update={"reasons": reasons, "unknown": unknown})

    def _mark(self, rows: Iterable[Row]) -> None:
        """Take the marking of rows that are shown into that of the report."""
        self._shown += [marking_of(row.get("classification"), row.get("releasable_to")) for row in rows]
