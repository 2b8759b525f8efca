"""The rows that are held now: how many of each submission, since when, for which rules, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from idtracker.feedback.held_rows import HeldRow
from idtracker.ingest.decisions.waivers import Waivers
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judged.archive import read_frames
from idtracker.ingest.judged.submission_timeline import timeline_of
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.landing.receipt import Receipt
from idtracker.model.config.source import Source
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.messages import Lang, message
from idtracker.model.register.known_names import KnownNames
from idtracker.operate.documents.held import HeldList, Place, Reason, Row, RuleRows, Submission
from idtracker.store.refresh_facts import judged_receipts

_DATA_TEAM = ("name.", "period.locked")
_TEAM = message("feedback/held", "data_team")


class NotHeldError(UsageError):
    """What was named is not held, or not any more."""


@dataclass(frozen=True, slots=True)
class HeldSubmission:
    """The rows of one submission that are held now. `overtaken_by` is a later edition of the file, if one came."""

    receipt: Receipt
    rows: pd.DataFrame
    overtaken_by: str = ""

    def document(self, now: pd.Timestamp, known: KnownNames) -> Submission:
        """The same as a document, without the rows themselves."""
        listed = self.rows["rules"].str.split(";").explode()
        since = self.rows["held_from"].min()
        return Submission(
            submission_id=self.receipt.submission_id,
            source=self.receipt.source_id,
            file_name=self.receipt.file_name,
            received_at=self.receipt.received_at.isoformat(),
            rows=len(self.rows),
            held_since=since.isoformat(),
            age_days=max((now.normalize() - since.normalize()).days, 0),
            rules=[RuleRows(rule=str(r), rows=int(n)) for r, n in sorted(listed.value_counts().items())],
            waivable=int(self.rows["is_waivable"].sum()),
            whose_turn=self.whose_turn,
            whose_turn_name=self._turn(known, "en"),
            whose_turn_name_ar=self._turn(known, "ar"),
            overtaken_by=self.overtaken_by or None,
        )

    @property
    def whose_turn(self) -> str:
        """Who has to act: the data team for closed periods and unknown names, else whoever sent the file."""
        return "; ".join(self._actors(self.receipt.submitted_by, _TEAM.en))

    def _turn(self, known: KnownNames, lang: Lang) -> str:
        sender = self.receipt.submitted_by
        return "; ".join(self._actors(known.name(sender, lang) or sender, _TEAM.text(lang)))

    def _actors(self, sender: str, team: str) -> list[str]:
        for_team = self.rows["rules"].str.split(";").explode().str.startswith(_DATA_TEAM)
        return [team] if for_team.all() else [sender, team] if for_team.any() else [sender]


def held_submissions(
    home: Home, sources: Iterable[Source], now: pd.Timestamp, *, with_overtaken: bool = False
) -> list[HeldSubmission]:
    """Submissions with rows that are held at `now` (UTC), by source and arrival; earlier editions only where asked for."""
    submissions: list[HeldSubmission] = []
    for source in sources:
        rows = open_rows(home, source, now)
        later = _later_editions(Ledger(home).receipts(source.id))
        receipts = {r.submission_id: r for r in Ledger(home).receipts(source.id)}
        for submission, group in rows.groupby("submission_id"):
            overtaken = later.get(str(submission), "")
            if with_overtaken or not overtaken:
                submissions.append(HeldSubmission(receipts[str(submission)], group.reset_index(drop=True), overtaken))
    return sorted(submissions, key=lambda h: (h.receipt.source_id, h.receipt.received_at, h.receipt.submission_id))


def open_rows(home: Home, source: Source, now: pd.Timestamp) -> pd.DataFrame:
    """Rows of the table `held_row` that are held at `now`, in order of submission, part, sheet and row."""
    held = read_frames(home, source.id, "held")
    if held.empty:
        return held
    judged = judged_receipts(home, source)
    timeline = timeline_of(home, source, judged, Waivers(home).of(source.id), now)
    waiting = timeline.held[(timeline.held["held_from"] <= now) & ~(timeline.held["held_to"] <= now)]
    held = held.drop(columns=["held_from", "held_to"]).merge(waiting, on="held_id")
    return held.sort_values(["submission_id", "part", "sheet", "row_number", "row_piece"], ignore_index=True)


def _later_editions(receipts: Sequence[Receipt]) -> dict[str, str]:
    """Submission -> file name of the last edition of the same file, where it is an earlier one. Weakest come first."""
    current = [r for r in receipts if r.withdrawn_at is None and not r.is_refused]
    last = {r.base_name: r for r in current}
    return {r.submission_id: last[r.base_name].file_name for r in current if last[r.base_name].edition != r.edition}


def list_document(
    home: Home, catalogue: ProgrammeCatalogue, source_ids: Sequence[str], now: pd.Timestamp, with_overtaken: bool
) -> HeldList:
    """What `held list --json` prints."""
    sources = [catalogue.source(s) for s in source_ids] or list(catalogue.sources.values())
    every = held_submissions(home, sources, now, with_overtaken=True)
    listed = [h for h in every if with_overtaken or not h.overtaken_by]
    return HeldList(
        as_of=now.isoformat(),
        notice=catalogue.programme.notice,
        submissions=[h.document(now, KnownNames.of(catalogue.register)) for h in listed],
        rows=sum(len(h.rows) for h in listed),
        overtaken_rows=sum(len(h.rows) for h in every if h.overtaken_by),
    )


def find_held(home: Home, catalogue: ProgrammeCatalogue, identifier: str, now: pd.Timestamp) -> pd.DataFrame:
    """Held rows of a submission, or the one row, that an identifier (or the unique beginning of one) names; UsageError otherwise."""
    matches: list[pd.DataFrame] = []
    for source in catalogue.sources.values():
        rows = open_rows(home, source, now)
        for column in ("submission_id", "held_id"):
            matching = rows[rows[column].str.startswith(identifier)]
            matches += [group for _, group in matching.groupby(column)]
    if len(matches) == 1:
        return matches[0].reset_index(drop=True)
    if matches:
        raise UsageError(
            f"`{identifier}` begins the name of {len(matches)} held rows or submissions; write more of it."
        )
    raise NotHeldError(
        f"No held row and no submission with held rows is called `{identifier}`; `idtracker held list` names them."
    )


def row_document(row: HeldRow) -> Row:
    """One held row as a document."""
    submission, sheet, number = row.of
    return Row(
        held_id=row.held_id,
        source=row.source_id,
        submission_id=row.submission_id,
        part=row.part,
        sheet=row.sheet,
        row=row.row,
        corrects=None
        if row.of == (row.submission_id, row.sheet, row.row)
        else Place(submission_id=submission, sheet=sheet, row=number),
        held_from=row.held_from.isoformat(),
        is_waivable=row.is_waivable,
        cells=row.cells,
        reasons=[
            Reason(
                rule=r.rule,
                column=r.column or None,
                value=r.value or None,
                message=r.message["en"],
                message_ar=r.message["ar"],
                remedy=r.remedy["en"],
                remedy_ar=r.remedy["ar"],
                suggestion=r.suggestion or None,
            )
            for r in row.reasons
        ],
    )


def turn_of(submission: Submission, lang: Lang) -> str:
    """Who has to act: the identifier of an organisation with its name, or the data team."""
    name = submission.whose_turn_name_ar if lang == "ar" else submission.whose_turn_name
    sender = submission.whose_turn.partition(";")[0]
    return name if sender == _TEAM.en or name.startswith(sender) else f"{sender} {name}"
