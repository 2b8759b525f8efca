"""A new source from one file: its definition drafted and written, and the file judged by it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from idtracker.ingest.draft.draft import UNKNOWN_PUBLISHER, draft_source, write_draft
from idtracker.ingest.draft.draft_trial import Note, notes_of, with_notes
from idtracker.ingest.judge.assess import Assessment, assess
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.read.sample import sample_file
from idtracker.model.config.discover import load_source
from idtracker.model.config.json_schema import write_schemas
from idtracker.model.config.programme import Programme
from idtracker.model.config.source import Source
from idtracker.model.home import Home
from idtracker.model.register.register import Register
from idtracker.model.tables import FACTS, fields_of
from idtracker.operate.documents.sources import Draft
from idtracker.operate.services.source_examples import rows_read
from idtracker.operate.services.sources import lines_to_review

_NOTES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Drafted:
    """A drafted source, what is left to review in it, and what it makes of the file that it was drafted from."""

    folder: Path
    source: Source
    to_review: list[str]
    assessment: Assessment
    notes: tuple[Note, ...] = ()

    def next_steps(self, file: str) -> list[str]:
        """What a person does now, in order."""
        name = self.folder.name
        steps = [f"Open {self.folder / 'source.yml'} and settle each line marked REVIEW."]
        if self.source.publisher == UNKNOWN_PUBLISHER:
            steps.append(
                f'Name the publisher: an identifier of the register (`idtracker query "SELECT org_id, name FROM '
                f'organisation"`); a new one goes into {self.folder.parent / "_reference" / "organisations.csv"} first.'
            )
        settled = [f"Settle what {note.text}." for note in self.notes[:_NOTES_SHOWN]]
        return [*steps, *settled, f"idtracker sources check {name}", f"idtracker check {file} --source {name}"]

    def document(self, file: str) -> Draft:
        """What was drafted from a file of that path, as a document."""
        return Draft(
            source=self.folder.name,
            definition=str(self.folder / "source.yml"),
            format=self.source.format.kind,
            feeds=self.source.feeds,
            to_review=len(self.to_review),
            rows=rows_read(self.assessment),
            next=self.next_steps(file),
        )


def draft_from(
    home: Home,
    name: str,
    file: Path,
    content: bytes,
    publisher: str | None,
    with_example: bool,
    now: datetime,
) -> Drafted:
    """Draft, write and try out a source called `name`. UsageError where the file, the name or the publisher cannot be."""
    sampled = sample_file(content, file.name)
    register = Register.load(home.sources if home.sources.is_dir() else None)
    catalogue = ProgrammeCatalogue(Programme(title="-", country=""), {}, register, {})
    if publisher:
        catalogue.require_organisation(publisher)
    text = draft_source(
        name,
        sampled.tables,
        sampled.kind,
        file.name,
        {table: list(fields_of(model).values()) for table, model in FACTS.items()},
        publisher=publisher or UNKNOWN_PUBLISHER,
        encoding=sampled.encoding,
        members=sampled.members,
    )
    folder = write_draft(home.sources, name, text, file if with_example else None)
    write_schemas(home.sources, {table: list(fields_of(model)) for table, model in FACTS.items()})
    source = load_source(folder)
    assessment = assess(content, file.name, source, catalogue, submission_id="draft", received_at=pd.Timestamp(now))
    notes = notes_of(text, source, assessment)
    if notes:
        (folder / "source.yml").write_text(with_notes(text, notes), encoding="utf-8")
        source = load_source(folder)
    return Drafted(folder, source, lines_to_review(source), assessment, tuple(notes))
