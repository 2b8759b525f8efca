"""Rounds: acts of opening, freezing and publishing one, and about the actions that it agreed, kept beside the ledger and never changed.

A round is what its acts say in their order. A mistake is an act that is revoked, which is an act as well, and done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from idtracker.ingest.decisions.signing import SignedDocuments, content_id
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant

ActionState = Literal["OPEN", "DONE", "DROPPED"]
Action = Literal["opened", "frozen", "published", "action_done", "action_dropped", "action_reopened", "revoked"]
State = Literal["OPEN", "FROZEN", "PUBLISHED"]
STATE_AFTER: Mapping[str, ActionState] = {
    "action_done": "DONE",
    "action_dropped": "DROPPED",
    "action_reopened": "OPEN",
}
"""What an act about an agreed action makes of it. Its content: `action_number`, the day `on` and, where there is one, a `note`."""


@dataclass(frozen=True, slots=True)
class RoundAct:
    """One act about a round. `content` holds JSON values alone: what was opened, frozen or recorded, or became of an action."""

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
class AgreedAction:
    """One action of a round as its acts leave it: since which day its state holds, who answers for that, and a note."""

    number: int
    text: Mapping[str, str]
    owner_org_id: str
    due_on: date
    state: ActionState
    state_on: date
    state_by: str
    note: str | None = None

    def is_overdue(self, day: date) -> bool:
        """Whether it is open, and its day has passed."""
        return self.state == "OPEN" and self.due_on < day


@dataclass(frozen=True, slots=True)
class TrackerRound:
    """A round as its acts have it: opened, and where that holds frozen and published; acts about its actions, in order."""

    opened: RoundAct
    frozen: RoundAct | None = None
    published: RoundAct | None = None
    about_actions: tuple[RoundAct, ...] = ()

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

    @property
    def latest(self) -> RoundAct:
        """The latest act in force: nothing rests on it, and it is the first to be revoked."""
        return self.about_actions[-1] if self.about_actions else self.published or self.frozen or self.opened

    def actions(self) -> list[AgreedAction]:
        """What was agreed, in the order of the record, as it stands by the acts about it."""
        agreed = self.published or self.frozen
        if agreed is None:
            return []
        latest = {int(act.content["action_number"]): act for act in self.about_actions}
        return [
            self._action(number, action, agreed, latest.get(number))
            for number, action in enumerate((self.record or {}).get("actions", ()), 1)
        ]

    def _action(
        self, number: int, action: Mapping[str, Any], agreed: RoundAct, latest: RoundAct | None
    ) -> AgreedAction:
        about = number, action["text"], str(action["owner"]), date.fromisoformat(action["due"])
        if latest is not None:
            on = date.fromisoformat(latest.content["on"])
            return AgreedAction(*about, STATE_AFTER[latest.action], on, latest.acted_by, latest.content.get("note"))
        if action.get("done"):
            return AgreedAction(*about, "DONE", date.fromisoformat(action["done"]), agreed.acted_by)
        return AgreedAction(*about, "OPEN", self.held_on, agreed.acted_by)


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
            self.rounds[act.round_id] = TrackerRound(known.opened, act)
        elif known is not None and act.action == "published":
            self.rounds[act.round_id] = replace(known, published=act, about_actions=())
        elif known is not None and act.action in STATE_AFTER:
            self.rounds[act.round_id] = replace(known, about_actions=(*known.about_actions, act))
        elif known is not None:
            self._revoke(known, str(act.content["act_id"]))

    def _revoke(self, known: TrackerRound, act_id: str) -> None:
        if known.opened.act_id == act_id:
            del self.rounds[known.round_id]
        elif known.frozen is not None and known.frozen.act_id == act_id:
            self.rounds[known.round_id] = TrackerRound(known.opened)
        elif known.published is not None and known.published.act_id == act_id:
            self.rounds[known.round_id] = replace(known, published=None, about_actions=())
        else:
            others = tuple(act for act in known.about_actions if act.act_id != act_id)
            self.rounds[known.round_id] = replace(known, about_actions=others)


def rounds_of(acts: Sequence[RoundAct]) -> dict[str, TrackerRound]:
    """The rounds that acts, in their order, leave in force, by identifier."""
    replay = _Replay()
    for act in acts:
        replay.take(act)
    return dict(sorted(replay.rounds.items()))


def open_actions(rounds: Iterable[TrackerRound], before: TrackerRound | None = None) -> list[tuple[str, AgreedAction]]:
    """Open actions of published rounds with their rounds, by the day on which they are due; of those with a cut-off `before` that of a round."""
    earlier = [r for r in rounds if r.published and (before is None or r.cutoff_at < before.cutoff_at)]
    still = [(r.round_id, action) for r in earlier for action in r.actions() if action.state == "OPEN"]
    return sorted(still, key=lambda each: (each[1].due_on, each[0], each[1].number))


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
