"""What became of an action that a round agreed: done, dropped or open again, each an act on the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from idtracker.ingest.decisions.rounds import STATE_AFTER, ActionState, AgreedAction, Rounds, TrackerRound
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.marking.scan import find_marking
from idtracker.model.errors import UnusableFileError, UsageError
from idtracker.model.home import Home
from idtracker.model.rounds.record import require_plain_text
from idtracker.operate.documents.rounds import KeptRoundAction
from idtracker.operate.services.rounds.dating import act_of_now, programme_clock
from idtracker.store.connection import writing_turn

Change = Literal["action_done", "action_dropped", "action_reopened"]
CHANGES: tuple[Change, ...] = ("action_done", "action_dropped", "action_reopened")
_WORDS: dict[ActionState, str] = {"OPEN": "open", "DONE": "done", "DROPPED": "dropped"}


@dataclass(frozen=True, slots=True)
class Changed:
    """What somebody says of an action: `on` is the day since which it is so, left out today's."""

    number: int
    change: Change
    on: date | None = None
    note: str | None = None


def record_action(
    home: Home, catalogue: ProgrammeCatalogue, round_id: str, asked: Changed, *, by: str, now: datetime
) -> KeptRoundAction:
    """Keep what became of an action of a published round. UsageError where that cannot be, or is on record already.

    The folder of the round stays as it was published.
    """
    with writing_turn(home):
        rounds = Rounds(home)
        known = rounds.one(round_id)
        action = _action(known, asked.number)
        today = programme_clock(home, catalogue, now).date()
        on = asked.on or today
        _require_new(known, action, asked.change, on, today)
        note = _note(asked.note)
        content = {"action_number": action.number, "on": on.isoformat()} | ({"note": note} if note else {})
        why = note or f"{asked.change.replace('_', ' ')}"
        act = act_of_now(home, catalogue, round_id, asked.change, content, by, now, why)
        rounds.add(act)
        kept = _action(rounds.one(round_id), asked.number)
        return KeptRoundAction(
            act_id=act.act_id,
            round_id=round_id,
            number=kept.number,
            text=kept.text.get("en") or next(iter(kept.text.values())),
            owner_org_id=kept.owner_org_id,
            due_on=kept.due_on.isoformat(),
            state=kept.state,
            state_on=kept.state_on.isoformat(),
            by=act.acted_by,
            at=act.acted_at.isoformat(),
            note="The next `idtracker run` takes it into the table `round_action`; the folder of the round stays as it was "
            f"published. `idtracker acts revoke {act.act_id}` takes it back.",
        )


def _action(known: TrackerRound, number: int) -> AgreedAction:
    """The action of a number. UsageError where the round is not published, or agreed none of that number."""
    if known.published is None:
        raise UsageError(
            f"The round `{known.round_id}` is not published yet: its record may still change. What was done by then stands in "
            "the record, as `done`."
        )
    actions = known.actions()
    if not 1 <= number <= len(actions):
        agreed = f"actions 1 to {len(actions)}" if len(actions) > 1 else "one action, 1" if actions else "no action"
        raise UsageError(f"The round `{known.round_id}` agreed {agreed}; there is no action {number}.")
    return actions[number - 1]


def _require_new(known: TrackerRound, action: AgreedAction, change: Change, on: date, today: date) -> None:
    about = f"Action {action.number} of `{known.round_id}`"
    if action.state == STATE_AFTER[change]:
        raise UsageError(f"{about} is {_WORDS[action.state]} already, since {action.state_on}.")
    if on > today:
        raise UsageError(f"--on {on} has not come yet at the programme's clock ({today}).")
    if on < action.state_on:
        raise UsageError(
            f"--on {on}: {about[0].lower()}{about[1:]} is {_WORDS[action.state]} since {action.state_on}; name that day or a "
            "later one, or take back with `idtracker acts revoke` what is wrong."
        )


def _note(text: str | None) -> str | None:
    """A note as it is kept. An error where it is empty, names an address, has characters that nobody sees, or is marked."""
    if text is None:
        return None
    note = text.strip()
    if not note:
        raise UsageError("--note is empty; leave it out, or say what is to be known.")
    require_plain_text("--note", note)
    marking = find_marking(note.encode(), file_name="note.txt")
    if marking:
        raise UnusableFileError(
            f"--note: it carries the marking {marking}; nothing of it was kept. Record what is OFFICIAL."
        )
    return note
