"""The record of a round taken from a file: what the model of it cannot know, because it hangs on the programme and the day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

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
        catalogue.require_organisation(org)
    for number, action in enumerate(record.actions):
        catalogue.require_organisation(action.owner)
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
