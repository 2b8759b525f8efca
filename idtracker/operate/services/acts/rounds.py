"""Acts about rounds as they are listed and revoked: what a later act in force rests on is revoked after that one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from idtracker.ingest.decisions.rounds import STATE_AFTER, RoundAct, Rounds, TrackerRound
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.operate.documents.review.acts import Kind, State
from idtracker.operate.services.acts.known_act import KnownAct

_KINDS: dict[str, Kind] = {
    "opened": "round_opened",
    "frozen": "round_frozen",
    "published": "round_published",
    "action_done": "round_action_done",
    "action_dropped": "round_action_dropped",
    "action_reopened": "round_action_reopened",
}


def round_acts(home: Home) -> Iterator[KnownAct]:
    """Every act about a round, in the order in which they were made."""
    rounds = Rounds(home)
    acts, in_force = rounds.acts(), rounds.in_force()
    ended = {str(act.content["act_id"]): act for act in acts if act.action == "revoked"}
    for act in (act for act in acts if act.action in _KINDS):
        known, revoked = in_force.get(act.round_id), ended.get(act.act_id)

        def revoke(by: str, why: str, at: datetime, of: RoundAct = act, now: TrackerRound | None = known) -> None:
            later = _resting_on(of, now)
            if later is not None:
                raise UsageError(
                    f"The round `{of.round_id}` has a later act, {_said(later)}, which rests on this one; "
                    f"revoke `{later.act_id}` first."
                )
            rounds.add(RoundAct(of.round_id, "revoked", {"act_id": of.act_id}, by, why, max(at, of.acted_at)))

        yield KnownAct(
            *(act.act_id, _KINDS[act.action], "", act.round_id, _said(act)),
            *(act.acted_by, act.why, act.acted_at, revoke),
            *_ended(act, known, revoked),
        )


def _said(act: RoundAct) -> str:
    """What an act says, in short."""
    if act.action == "opened":
        return f"{act.content['period']}, cut-off {act.content['cutoff_at'][:16]}"
    if act.action in STATE_AFTER:
        return f"action {act.content['action_number']} {act.action.removeprefix('action_')} on {act.content['on']}"
    return act.action


def _ended(
    act: RoundAct, known: TrackerRound | None, revoked: RoundAct | None
) -> tuple[State, tuple[datetime, str, str] | None]:
    if revoked is not None:
        return "revoked", (revoked.acted_at, revoked.acted_by, revoked.why)
    if act.action not in STATE_AFTER or known is None:
        return "in_force", None
    return ("in_force" if _latest_about(act, known) == act else "replaced"), None


def _latest_about(act: RoundAct, known: TrackerRound) -> RoundAct | None:
    """The latest act in force about the same action."""
    number = act.content["action_number"]
    same = [other for other in known.about_actions if other.content["action_number"] == number]
    return same[-1] if same else None


def _resting_on(act: RoundAct, known: TrackerRound | None) -> RoundAct | None:
    """The latest act in force that rests on another; None where that one can be revoked."""
    if known is None or act.action in STATE_AFTER:  # a replaced one is refused before
        return None
    return known.latest if known.latest.act_id != act.act_id else None
