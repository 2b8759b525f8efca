"""When an act about a round is made: now, or on the day of a programme whose clock stands ahead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from idtracker.ingest.decisions.rounds import Action, RoundAct, Rounds
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc
from idtracker.store.knowledge_date import latest_knowledge


def programme_clock(home: Home, catalogue: ProgrammeCatalogue, now: datetime) -> datetime:
    """The programme's present, UTC."""
    return aware_utc(latest_knowledge(home, catalogue.programme.clock, catalogue.known, now))


def act_of_now(
    home: Home,
    catalogue: ProgrammeCatalogue,
    round_id: str,
    action: Action,
    content: Mapping[str, Any],
    by: str,
    now: datetime,
    why: str = "",
) -> RoundAct:
    """An act of now; of a programme whose clock stands ahead of it, of that day.

    One that was revoked and is done again within the same instant is a microsecond later: it is another act.
    """
    at = max(now, programme_clock(home, catalogue, now))
    made = {act.act_id for act in Rounds(home).acts()}
    while (act := RoundAct(round_id, action, content, by, why or f"round {action}", at)).act_id in made:
        at += timedelta(microseconds=1)
    return act
