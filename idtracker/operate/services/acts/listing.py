"""Acts on the record, of every kind, by their identifiers; and the revocation of one, which is an act itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from idtracker.ingest.decisions.adjudications import Adjudication, Adjudications
from idtracker.ingest.decisions.overrules import Overrules
from idtracker.ingest.decisions.resolutions import Resolution, Resolutions
from idtracker.ingest.decisions.revocations import Revocation, Revocations
from idtracker.ingest.decisions.signing import content_id
from idtracker.ingest.decisions.waivers import FOR_GOOD, Waiver, Waivers
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.judge.rules.incomplete import OF_WHOLE_FILES
from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.ledger import Ledger
from idtracker.ingest.resolve.name_review import remove_name
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.register.reviewed_names import ReviewedName
from idtracker.operate.documents.review.acts import ActList, Kind, RevokedAct, State
from idtracker.operate.services.acts.known_act import KnownAct
from idtracker.operate.services.acts.rounds import round_acts

NOTES: dict[Kind, str] = {
    "withdrawal": "The file counts again from now on, in its place of delivery; the next `idtracker run` takes that up.",
    "waiver": "The rows are held again from now on; the next `idtracker run` takes that up.",
    "confirmation": "The file waits again from now on; the next `idtracker run` takes that up.",
    "marking_overruled": "The file is refused where it is sent again. What was taken in stays; `idtracker withdraw` takes it back.",
    "adjudication": "The cell is undecided again; the next `idtracker run` merges its reports.",
    "resolution": "The question is as the reports have it again; the next `idtracker run` takes that up.",
    "round_opened": "There is no such round any more; the next `idtracker run` takes that up.",
    "round_frozen": "The round is open again and can be frozen anew; the next `idtracker run` takes that up.",
    "round_published": "The round is frozen and no longer published; the next `idtracker run` removes its folder.",
    "round_action_done": "The action is as it was before that; the next `idtracker run` takes that up.",
    "round_action_dropped": "The action is as it was before that; the next `idtracker run` takes that up.",
    "round_action_reopened": "The action is as it was before that; the next `idtracker run` takes that up.",
    "name_review": "The line has left names.csv; the next `idtracker run` judges the files of the source again.",
}


def list_acts(home: Home, catalogue: ProgrammeCatalogue, source_id: str | None, now: datetime) -> ActList:
    """Every act, or those about one source; UsageError where there is no such source."""
    wanted = None if source_id is None else catalogue.source(source_id).id
    known = [act for act in _acts(home, catalogue, now) if wanted in (None, act.source_id)]
    return ActList(acts=[act.document() for act in sorted(known, key=lambda act: (act.at, act.act_id))])


def revoke_act(
    home: Home, catalogue: ProgrammeCatalogue, identifier: str, *, by: str, why: str, at: datetime
) -> RevokedAct:
    """Revoke the act that an identifier, or the unique beginning of one, names, no earlier than it was made; sealed at once."""
    found = [act for act in _acts(home, catalogue, at) if identifier and act.act_id.startswith(identifier)]
    if len(found) > 1:
        raise UsageError(f"`{identifier}` begins the name of {len(found)} acts; write more of it.")
    if not found:
        raise UsageError(_unknown(home, identifier))
    act = found[0]
    if act.ended_by is not None:
        when, who, _ = act.ended_by
        raise UsageError(f"The act `{act.act_id}` was revoked already, by {who} on {when:%Y-%m-%d %H:%M} UTC.")
    if act.state != "in_force":
        said = "was replaced by a later one about the same" if act.state == "replaced" else "has ended by itself"
        raise UsageError(f"The act `{act.act_id}` {said}: there is nothing to revoke.")
    at = max(at, act.at)
    act.revoke(by, why, at)
    Chain(home).seal(at)
    now_is = replace(act, state="revoked", ended_by=(at, by, why))
    return RevokedAct(act=now_is.document(), note=NOTES[act.kind])


def _unknown(home: Home, identifier: str) -> str:
    """Why there is no act of a name: it never was, or it has left the definitions that it stood in."""
    for source_id in Ledger(home).sources():
        for act_id, revoked in Revocations(home).of(source_id).items():
            if identifier and act_id.startswith(identifier):
                return f"The act `{act_id}` was revoked already, by {revoked.given_by} on {revoked.given_at:%Y-%m-%d %H:%M} UTC."
    return f"There is no act `{identifier}`; `idtracker acts list` names them."


def _acts(home: Home, catalogue: ProgrammeCatalogue, now: datetime) -> Iterator[KnownAct]:
    yield from _decided_cells(home)
    yield from _resolved_questions(home)
    yield from round_acts(home)
    for source_id in dict.fromkeys([*catalogue.sources, *Ledger(home).sources()]):
        yield from _withdrawals(home, source_id)
        yield from _waivers(home, source_id, now)
        yield from _overrules(home, source_id)
    for source_id, source in catalogue.sources.items():
        for entry in catalogue.names_of(source.id).entries:
            yield _name_review(home, source_id, entry)


def _revoker(home: Home, source_id: str, act_id: str) -> Callable[[str, str, datetime], None]:
    def revoke(by: str, why: str, at: datetime) -> None:
        Revocations(home).give(Revocation(source_id, act_id, by, why, at))

    return revoke


def _withdrawals(home: Home, source_id: str) -> Iterator[KnownAct]:
    ledger, revoked = Ledger(home), Revocations(home).of(source_id)
    for receipt in ledger.receipts(source_id):
        for act in ledger.withdrawals(source_id, receipt.submission_id):
            ended = revoked.get(act.act_id)
            yield KnownAct(
                *(act.act_id, "withdrawal", source_id, receipt.submission_id, receipt.file_name),
                *(act.withdrawn_by, act.withdrawn_why, act.withdrawn_at, _revoker(home, source_id, act.act_id)),
                *_ended(ended),
            )


def _ended(revocation: Revocation | None) -> tuple[State, tuple[datetime, str, str] | None]:
    if revocation is None:
        return "in_force", None
    return "revoked", (revocation.given_at, revocation.given_by, revocation.why)


def _overrules(home: Home, source_id: str) -> Iterator[KnownAct]:
    overrules, revoked = Overrules(home), Revocations(home).of(source_id)
    in_force = overrules.in_force(source_id)
    for act in overrules.of(source_id):
        known = KnownAct(
            *(act.overrule_id, "marking_overruled", source_id, act.sha256, act.marking),
            *(act.given_by, act.why, act.given_at, _revoker(home, source_id, act.overrule_id)),
            *_ended(revoked.get(act.overrule_id)),
        )
        yield known if known.ended_by or act in in_force else replace(known, state="replaced")


def _waivers(home: Home, source_id: str, now: datetime) -> Iterator[KnownAct]:
    """Waivers and confirmations; one that ends at once is the revocation of the one before it."""
    followers: dict[tuple[str, ...], list[Waiver]] = {}
    for waiver in Waivers(home).of(source_id):
        followers.setdefault(waiver.about, []).append(waiver)
    for same in followers.values():
        for waiver, later in zip(same, [*same[1:], None], strict=True):
            if _is_end(waiver):
                continue
            known = _known_waiver(home, waiver)
            if later is not None and _is_end(later):
                known = replace(known, state="revoked", ended_by=(later.given_at, later.given_by, later.why))
            elif later is not None or waiver.ends_at <= now:
                known = replace(known, state="ended" if later is None else "replaced")
            yield known


def _is_end(waiver: Waiver) -> bool:
    return waiver.ends_at <= waiver.given_at


def _known_waiver(home: Home, waiver: Waiver) -> KnownAct:
    def revoke(by: str, why: str, at: datetime) -> None:
        day = at.date() - timedelta(days=1)
        Waivers(home).give(replace(waiver, given_by=by, why=why, given_at=at, until_on=day))

    is_whole = waiver.until_on == FOR_GOOD and set(waiver.rules) <= set(OF_WHOLE_FILES)
    until = "for good" if waiver.until_on == FOR_GOOD else f"until {waiver.until_on.isoformat()}"
    return KnownAct(
        waiver.waiver_id,
        "confirmation" if is_whole else "waiver",
        waiver.source_id,
        waiver.held_id or waiver.submission_id,
        f"{', '.join(waiver.rules)} {until}",
        waiver.given_by,
        waiver.why,
        waiver.given_at,
        revoke,
    )


def _decided_cells(home: Home) -> Iterator[KnownAct]:
    known = Adjudications(home)
    followers: dict[tuple[str, str, str], list[Adjudication]] = {}
    for decision in known.all():
        followers.setdefault(decision.cell, []).append(decision)
    for same in followers.values():
        yield from _of_cell(known, same)


def _of_cell(known: Adjudications, same: Sequence[Adjudication]) -> Iterator[KnownAct]:
    for decision, later in zip(same, [*same[1:], None], strict=True):
        if decision.value is None:
            continue

        def revoke(by: str, why: str, at: datetime, cell: tuple[str, str, str] = decision.cell) -> None:
            known.add(Adjudication(*cell, None, None, by, why, at))

        act = KnownAct(
            *(decision.adjudication_id, "adjudication", "", " ".join(decision.cell), f"{decision.value:g}"),
            *(decision.decided_by, decision.why, decision.decided_at, revoke),
        )
        if later is not None and later.value is None:
            act = replace(act, state="revoked", ended_by=(later.decided_at, later.decided_by, later.why))
        yield replace(act, state="replaced") if later is not None and later.value is not None else act


def _resolved_questions(home: Home) -> Iterator[KnownAct]:
    known = Resolutions(home)
    followers: dict[str, list[Resolution]] = {}
    for decision in known.all():
        followers.setdefault(decision.question_id, []).append(decision)
    for same in followers.values():
        for decision, later in zip(same, [*same[1:], None], strict=True):
            if decision.outcome is None:
                continue

            def revoke(by: str, why: str, at: datetime, of: Resolution = decision) -> None:
                known.add(replace(of, outcome=None, decided_by=by, why=why, decided_at=at))

            act = KnownAct(
                *(decision.resolution_id, "resolution", "", decision.question_id),
                f"{decision.subject}: {decision.outcome:g} on {decision.resolved_on.isoformat()}",
                *(decision.decided_by, decision.why, decision.decided_at, revoke),
            )
            if later is not None and later.outcome is None:
                act = replace(act, state="revoked", ended_by=(later.decided_at, later.decided_by, later.why))
            yield replace(act, state="replaced") if later is not None and later.outcome is not None else act


def _name_review(home: Home, source_id: str, entry: ReviewedName) -> KnownAct:
    act_id = content_id(
        Revocation(source_id, f"{entry.kind}:{entry.typed}:{entry.identifier}", entry.reviewed_by, "", _day(entry))
    )

    def revoke(by: str, why: str, at: datetime) -> None:
        Revocations(home).give(Revocation(source_id, act_id, by, why, at))
        remove_name(entry)

    return KnownAct(
        *(act_id, "name_review", source_id, entry.typed, f"{entry.kind} {entry.identifier}"),
        *(entry.reviewed_by, "", _day(entry), revoke),
    )


def _day(entry: ReviewedName) -> datetime:
    return datetime.combine(entry.reviewed_on, time(), UTC)
