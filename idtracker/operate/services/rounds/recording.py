"""The record of a round taken from a file: what the model of it cannot know, because it hangs on the programme and the day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd

from idtracker.ingest.decisions.rounds import TrackerRound
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.marking.scan import find_marking
from idtracker.model.errors import UnusableFileError, UsageError
from idtracker.model.rounds.record import RoundRecord, content_of, record_in, stated


def record_of(catalogue: ProgrammeCatalogue, path: Path, known: TrackerRound, today: date) -> RoundRecord:
    """The record of a file; an error where it is marked above OFFICIAL, or names an organisation or a day that cannot be."""
    content = content_of(path)
    record = record_in(content, path)
    parsed = json.dumps(stated(record), ensure_ascii=False, indent=1).encode()
    marking = find_marking(content, file_name=path.name) or find_marking(parsed, file_name="record.txt")
    if marking:
        raise UnusableFileError(
            f"{path.name}: it carries the marking {marking}; nothing of it was kept. Record what is OFFICIAL."
        )
    for org in record.attended:
        _require_existing(catalogue, org, known.held_on, f"{path.name}: attended")
    for number, action in enumerate(record.actions):
        _require_existing(catalogue, action.owner, known.held_on, f"{path.name}: actions[{number}].owner")
        if action.due < known.held_on:
            raise UsageError(
                f"{path.name}: actions[{number}].due: {action.due} lies before the round is held ({known.held_on}); "
                "an action is agreed there and done afterwards."
            )
        if action.done is not None and action.done > today:
            raise UsageError(
                f"{path.name}: actions[{number}].done: {action.done} has not come yet at the programme's clock ({today}); "
                "leave it out until it is done."
            )
        if action.done is not None and action.done < known.held_on:
            raise UsageError(
                f"{path.name}: actions[{number}].done: {action.done} lies before the round is held ({known.held_on}); "
                "an action is agreed there and done afterwards."
            )
    return record


def _require_existing(catalogue: ProgrammeCatalogue, org_id: str, day: date, place: str) -> None:
    """UsageError where the register does not hold the organisation, or it did not exist on a day."""
    catalogue.require_organisation(org_id)
    rows = catalogue.register.organisations
    rows = rows[rows["org_id"] == org_id]
    at = pd.Timestamp(day)
    is_there = (rows["valid_from"].isna() | (rows["valid_from"] <= at)) & (
        rows["valid_to"].isna() | (rows["valid_to"] >= at)
    )
    if is_there.any():
        return
    if (rows["valid_from"] > at).all():
        begins = rows["valid_from"].min().date()
        raise UsageError(f"{place}: `{org_id}` begins on {begins}, after the round is held ({day}).")
    followers = sorted(rows["successor_org_id"].dropna())
    hint = f"; name `{followers[0]}`, which follows it" if followers else ""
    ended = rows["valid_to"].max().date()
    raise UsageError(f"{place}: `{org_id}` ended on {ended}, before the round is held ({day}){hint}.")
