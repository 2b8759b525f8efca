"""Opening, freezing and publishing a round, each an act on the record, with all that can be wrong about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from idtracker.analyse.round.frozen import digest_of, frozen_inputs, frozen_marking
from idtracker.ingest.decisions.kept_definitions import KeptDefinitions
from idtracker.ingest.decisions.rounds import RoundAct, Rounds, TrackerRound
from idtracker.ingest.decisions.signing import require_signed
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.definition_set import definition_set
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc, naive_utc
from idtracker.model.marking import united
from idtracker.model.messages import phrase
from idtracker.model.periods import is_period, period, quarters_between
from idtracker.model.rounds.record import LAST_DAY, stated
from idtracker.operate.currency import missing_in_store
from idtracker.operate.definition_versions import versions_of
from idtracker.operate.documents.rounds import KeptRoundAct, RoundList, RoundListed
from idtracker.operate.services.rounds.dating import act_of_now, programme_clock
from idtracker.operate.services.rounds.folders import write_round_folders
from idtracker.operate.services.rounds.products import unlogged_product
from idtracker.operate.services.rounds.rebuilding import Rebuilding
from idtracker.operate.services.rounds.recording import record_of
from idtracker.store.connection import open_store, writing_turn

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_NOTES = {
    "opened": "Freeze it once the cut-off has passed: `idtracker round freeze {round_id}`. The next `idtracker run` lists it in the table `round`.",
    "frozen": "Its inputs are fixed. Publish it with `idtracker round publish {round_id}`; `idtracker acts revoke {act_id}` takes the freeze back.",
    "published": "The next `idtracker run` takes it into the table `round` and the metrics; `idtracker acts revoke {act_id}` takes it back.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for when a round is opened; what is left out follows from the programme."""

    period: str
    round_id: str | None = None
    cutoff_at: datetime | None = None
    held_on: date | None = None


def list_rounds(home: Home) -> RoundList:
    """The rounds in force by their cut-offs."""
    known = sorted(Rounds(home).in_force().values(), key=lambda r: (r.cutoff_at, r.round_id))
    return RoundList(
        rounds=[
            RoundListed(
                round_id=r.round_id,
                period=r.period,
                state=r.state,
                cutoff_at=r.cutoff_at.isoformat(),
                held_on=r.held_on.isoformat(),
            )
            for r in known
        ]
    )


def open_round(home: Home, catalogue: ProgrammeCatalogue, asked: Asked, *, by: str, now: datetime) -> KeptRoundAct:
    """Open a round for a quarter. UsageError where the quarter, the name or the dates cannot be those of one."""
    _require_quarter(catalogue, asked.period)
    with writing_turn(home):
        rounds = Rounds(home)
        known = rounds.in_force()
        round_id = _name(asked, known)
        for other in known.values():
            if other.period == asked.period and other.state != "PUBLISHED":
                raise UsageError(
                    f"The round `{other.round_id}` of {asked.period} is open already; publish it, or take it back with "
                    f"`idtracker acts revoke {other.opened.act_id}`."
                )
        cutoff_at, held_on = _dates(catalogue, asked)
        for other in known.values():
            if other.period == asked.period and other.cutoff_at >= cutoff_at:
                raise UsageError(
                    f"The round `{other.round_id}` of {asked.period} has the cut-off {other.cutoff_at:%Y-%m-%d %H:%M} UTC already; "
                    "another round of the quarter looks at what is known later: choose a later --cutoff."
                )
        content = {"period": asked.period, "cutoff_at": cutoff_at.isoformat(), "held_on": held_on.isoformat()}
        act = act_of_now(home, catalogue, round_id, "opened", content, by, now)
        rounds.add(act)
        return _kept(rounds.one(round_id), act)


def freeze_round(
    home: Home, catalogue: ProgrammeCatalogue, round_id: str, *, by: str, record: Path | None, now: datetime
) -> KeptRoundAct:
    """Fix the inputs of a round as known at its cut-off. UsageError where that cannot be said yet, or was done already."""
    require_signed(by, "round frozen")
    catalogue = catalogue.on(now)
    with writing_turn(home):
        rounds = Rounds(home)
        known = rounds.one(round_id)
        if known.frozen is not None:
            raise UsageError(
                f"The round `{round_id}` was frozen on {known.frozen.acted_at:%Y-%m-%d %H:%M} UTC and changes no more; "
                f"a mistake is taken back with `idtracker acts revoke {known.latest.act_id}`, and done again."
            )
        clock = programme_clock(home, catalogue, now)
        if known.cutoff_at > clock:
            raise UsageError(
                f"The cut-off of `{round_id}` is {known.cutoff_at:%Y-%m-%d %H:%M} UTC, which has not passed at the "
                f"programme's clock ({clock:%Y-%m-%d %H:%M}); freeze it then."
            )
        missing = missing_in_store(home, catalogue, known.cutoff_at)
        if missing:
            raise UsageError(
                f"Not all that was known at the cut-off is in the store: {missing}. Run `idtracker run` first."
            )
        content = _frozen(home, catalogue, known) | {"definitions_on": now.date().isoformat()}
        if record is not None:
            content["record"] = stated(record_of(catalogue, record, known, clock.date()))
        content["definition_set"] = KeptDefinitions(home).keep(definition_set(home, catalogue))
        act = act_of_now(home, catalogue, round_id, "frozen", content, by, now)
        rounds.add(act)
        return _kept(rounds.one(round_id), act, note=_about_product(home, rounds.one(round_id)))


def publish_round(
    home: Home, catalogue: ProgrammeCatalogue, round_id: str, *, by: str, record: Path | None, now: datetime
) -> KeptRoundAct:
    """Publish a frozen round with its record, and write its folder.

    UsageError where it is not frozen, not held yet, has no record, or cannot be made again.
    """
    catalogue = catalogue.on(now)
    with writing_turn(home):
        rounds = Rounds(home)
        known = rounds.one(round_id)
        if known.frozen is None:
            raise UsageError(
                f"The round `{round_id}` is not frozen yet; `idtracker round freeze {round_id}` does that."
            )
        if known.published is not None:
            raise UsageError(
                f"The round `{round_id}` was published on {known.published.acted_at:%Y-%m-%d %H:%M} UTC; "
                f"a mistake is taken back with `idtracker acts revoke {known.published.act_id}`, and done again."
            )
        content: dict[str, Any] = {}
        if record is not None:
            content["record"] = stated(
                record_of(catalogue, record, known, programme_clock(home, catalogue, now).date())
            )
        elif known.record is None:
            raise UsageError(
                f"The round `{round_id}` has no record: who attended, the narrative, the actions. Name its file with --record."
            )
        act = act_of_now(home, catalogue, round_id, "published", content, by, now)
        _require_held(known, act)
        _require_same(home, catalogue, known)
        rounds.add(act)
        folders, _ = write_round_folders(home, catalogue)
        where = {a: str(f[round_id]) for a, f in folders.items() if round_id in f}
        return _kept(rounds.one(round_id), act, where, _about_product(home, rounds.one(round_id)))


def _require_held(known: TrackerRound, act: RoundAct) -> None:
    """UsageError where the cut-off or the day of the round lies after its publication."""
    if known.cutoff_at > aware_utc(act.acted_at):
        raise UsageError(
            f"The cut-off {known.cutoff_at:%Y-%m-%d %H:%M} UTC lies after the publication; publish once it has passed."
        )
    if known.held_on > act.acted_at.date():
        raise UsageError(
            f"The round `{known.round_id}` is held on {known.held_on}, which has not come yet; publish it once it was held."
        )


def _require_same(home: Home, catalogue: ProgrammeCatalogue, known: TrackerRound) -> None:
    """UsageError where what was frozen cannot be made again: nothing else is published."""
    again = Rebuilding(home, catalogue).compare(known)
    if not again.is_same:
        raise UsageError(
            f"What `{known.round_id}` froze cannot be made again: {'; '.join([*again.differing, *again.reasons])}. Take the "
            f"freeze back with `idtracker acts revoke {known.latest.act_id}`, and freeze it again."
        )


def _require_quarter(catalogue: ProgrammeCatalogue, code: str) -> None:
    span = catalogue.programme.tracker
    quarters = quarters_between(span.first, span.last) if span.first and span.last else []
    near = get_close_matches(code.upper(), quarters, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    if not is_period(code) or period(code).length != "quarter":
        raise UsageError(f"`{code}` is not a quarter; a round is of one, such as 2026-Q2.{hint}")
    first, last = span.first or code, span.last or code
    if not first <= code <= last:
        raise UsageError(f"The tracker does not speak of {code}: it goes from {first} to {last}.{hint}")


def _name(asked: Asked, known: Mapping[str, TrackerRound]) -> str:
    """The name of a new round: as asked, else its quarter, with a number where that is taken."""
    taken = {name.casefold() for name in known}
    if asked.round_id is None:
        names = [asked.period, *(f"{asked.period}-{n}" for n in range(2, len(taken) + 3))]
        return next(name for name in names if name.casefold() not in taken)
    if not _NAME.fullmatch(asked.round_id):
        raise UsageError(
            f"--id `{asked.round_id}`: write letters, digits, `.`, `_` and `-`, 40 at most; it names a folder."
        )
    if asked.round_id.casefold() in taken:
        raise UsageError(
            f"There is a round `{asked.round_id}` already; `idtracker round list` names them. Choose another --id."
        )
    return asked.round_id


def _dates(catalogue: ProgrammeCatalogue, asked: Asked) -> tuple[datetime, date]:
    """Cut-off and day of the round: as asked, else as the programme counts them."""
    counted, end = catalogue.programme.rounds, period(asked.period).end
    cutoff_at = asked.cutoff_at
    if cutoff_at is None:
        if counted.cutoff_after_days is None:
            raise UsageError("--cutoff is missing, and programme.yml states no `rounds: {cutoff_after_days: …}`.")
        day = end + timedelta(days=counted.cutoff_after_days)
        cutoff_at = datetime.combine(day, time.max, UTC)
    if cutoff_at.date() <= end:
        raise UsageError(
            f"The cut-off {cutoff_at:%Y-%m-%d %H:%M} UTC lies before the end of {asked.period}: the tracker scores a quarter "
            f"once it is over, from {end + timedelta(days=1)} on."
        )
    held_on = asked.held_on
    if held_on is None:
        if counted.held_after_days is None:
            raise UsageError("--held-on is missing, and programme.yml states no `rounds: {held_after_days: …}`.")
        held_on = cutoff_at.date() + timedelta(days=counted.held_after_days)
    if max(held_on, cutoff_at.date()) > LAST_DAY:
        raise UsageError(f"--cutoff and --held-on are days up to {LAST_DAY}; {max(held_on, cutoff_at.date())} is none.")
    if held_on < cutoff_at.date():
        raise UsageError(
            f"--held-on {held_on} lies before the cut-off {cutoff_at:%Y-%m-%d}: a round looks at what is frozen."
        )
    return cutoff_at, held_on


def _frozen(home: Home, catalogue: ProgrammeCatalogue, known: TrackerRound) -> dict[str, Any]:
    """What a freeze keeps: inputs, their marking, and what else they were made under."""
    cutoff = naive_utc(known.cutoff_at)
    with open_store(home) as connection:
        inputs = frozen_inputs(connection, known.period, cutoff, catalogue.programme.country)
        marking = frozen_marking(connection, known.period, cutoff)
    if not inputs["tables"]["merged_cell"]["rows"]:
        raise UsageError(
            f"Nothing was known of {known.period} at the cut-off {known.cutoff_at:%Y-%m-%d %H:%M} UTC; there is nothing to freeze. "
            f"Take the round back with `idtracker acts revoke {known.opened.act_id}` and open it with another --cutoff."
        )
    marks = united(mark for mark in (catalogue.programme.marking, marking) if mark is not None)
    assert marks is not None
    return {
        "inputs": inputs,
        "marking": marks.columns,
        "definitions": versions_of(home, catalogue),
        "programme": {"programme": catalogue.programme.title, "notice": catalogue.programme.notice},
    }


def _about_product(home: Home, known: TrackerRound) -> str:
    """That the record names a product which the log has not, or nothing: the log may follow later."""
    with open_store(home) as connection:
        product = unlogged_product(connection, known)
    return "" if product is None else " " + phrase("operate/rounds", "unlogged", "en", product=product)


def _kept(known: TrackerRound, act: RoundAct, folders: Mapping[str, str] | None = None, note: str = "") -> KeptRoundAct:
    return KeptRoundAct(
        act_id=act.act_id,
        round_id=known.round_id,
        period=known.period,
        state=known.state,
        cutoff_at=known.cutoff_at.isoformat(),
        held_on=known.held_on.isoformat(),
        by=act.acted_by,
        at=act.acted_at.isoformat(),
        digest=digest_of(known.inputs) if known.frozen else None,
        folders=dict(folders or {}),
        note=_NOTES[act.action].format(round_id=known.round_id, act_id=act.act_id) + note,
    )
