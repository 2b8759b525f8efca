"""Rounds: acts of opening, freezing and publishing one, kept beside the ledger and never changed.

A round is what its acts say in their order. A mistake is an act that is revoked, which is an act as well, and done again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from idtracker.ingest.decisions.signing import SignedDocuments, content_id
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant

Action = Literal["opened", "frozen", "published", "revoked"]
State = Literal["OPEN", "FROZEN", "PUBLISHED"]


@dataclass(frozen=True, slots=True)
class RoundAct:
    """One act about a round. `content` holds JSON values alone: what was opened, what was frozen, what is on record."""

    round_id: str
    action: Action
    content: Mapping[str, Any]
    acted_by: str
    why: str
    acted_at: datetime

    @property
    def act_id(self) -> str:
        return content_id(self)


@dataclass(frozen=True, slots=True)
class TrackerRound:
    """A round as its acts have it: opened, and where that holds frozen and published."""

    opened: RoundAct
    frozen: RoundAct | None = None
    published: RoundAct | None = None

    @property
    def round_id(self) -> str:
        return self.opened.round_id

    @property
    def state(self) -> State:
        if self.frozen is None:
            return "OPEN"
        return "FROZEN" if self.published is None else "PUBLISHED"

    @property
    def period(self) -> str:
        return str(self.opened.content["period"])

    @property
    def cutoff_at(self) -> datetime:
        """Instant of knowledge at which the inputs are fixed, UTC."""
        return parse_instant(str(self.opened.content["cutoff_at"]))

    @property
    def held_on(self) -> date:
        return date.fromisoformat(str(self.opened.content["held_on"]))

    @property
    def inputs(self) -> Mapping[str, Any]:
        """What was frozen; empty before."""
        inputs: Mapping[str, Any] = self.frozen.content["inputs"] if self.frozen else {}
        return inputs

    @property
    def record(self) -> Mapping[str, Any] | None:
        """Attendance, narrative and actions: those of the publication, else of the freeze; None where there are none yet."""
        for act in (self.published, self.frozen):
            if act is not None and act.content.get("record"):
                record: Mapping[str, Any] = act.content["record"]
                return record
        return None


@dataclass(slots=True)
class _Replay:
    rounds: dict[str, TrackerRound] = field(default_factory=dict)
    acts: dict[str, RoundAct] = field(default_factory=dict)

    def take(self, act: RoundAct) -> None:
        self.acts[act.act_id] = act
        known = self.rounds.get(act.round_id)
        if act.action == "opened":
            self.rounds[act.round_id] = TrackerRound(act)
        elif known is not None and act.action == "frozen":
            self.rounds[act.round_id] = replace(known, frozen=act, published=None)
        elif known is not None and act.action == "published":
            self.rounds[act.round_id] = replace(known, published=act)
        elif known is not None:
            self._revoke(known, str(act.content["act_id"]))

    def _revoke(self, known: TrackerRound, act_id: str) -> None:
        if known.opened.act_id == act_id:
            del self.rounds[known.round_id]
        elif known.frozen is not None and known.frozen.act_id == act_id:
            self.rounds[known.round_id] = TrackerRound(known.opened)
        elif known.published is not None and known.published.act_id == act_id:
            self.rounds[known.round_id] = replace(known, published=None)


def rounds_of(acts: Sequence[RoundAct]) -> dict[str, TrackerRound]:
    """The rounds that acts, in their order, leave in force, by identifier."""
    replay = _Replay()
    for act in acts:
        replay.take(act)
    return dict(sorted(replay.rounds.items()))


class Rounds:
    """The rounds of one home, as they stood at `until` (an instant) or as they stand now."""

    def __init__(self, home: Home, until: datetime | None = None) -> None:
        folder = home.landing / "ledger" / "_decisions" / "rounds"
        self._documents = SignedDocuments(RoundAct, folder, "acted_by", "acted_at", until)

    def acts(self) -> list[RoundAct]:
        """Every act, in the order in which they were made."""
        return self._documents.all()

    def in_force(self) -> dict[str, TrackerRound]:
        """The rounds that there are, by identifier."""
        return rounds_of(self.acts())

    def one(self, round_id: str) -> TrackerRound:
        """The round of an identifier; UsageError with the nearest where there is none."""
        known = self.in_force()
        if round_id in known:
            return known[round_id]
        from difflib import get_close_matches

        near = get_close_matches(round_id, list(known), n=1)
        hint = f"Did you mean `{near[0]}`?" if near else "`idtracker round list` names those that there are."
        raise UsageError(f"There is no round `{round_id}`. {hint}")

    def add(self, act: RoundAct) -> None:
        """Keep an act and seal it. UsageError where it names no role."""
        self._documents.add(act)
