"""What is wrong with rounds: whether each is made again as it was frozen, and its folder and its definitions are whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from idtracker.ingest.decisions.kept_definitions import KeptDefinitions
from idtracker.ingest.decisions.rounds import RoundAct, Rounds, TrackerRound, rounds_of
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.landing.audit import FROM_BACKUP, Audited
from idtracker.model.errors import IdtrackerError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.operate.services.rounds.folders import folder_faults
from idtracker.operate.services.rounds.rebuilding import Rebuilding
from idtracker.publish.snapshot import ROUNDS_FOLDER


def audit_rounds(home: Home, catalogue: ProgrammeCatalogue, audited: Audited, *, with_store: bool) -> None:
    """The definitions that rounds were frozen by are there as they were kept; with a store that can be read every frozen
    round is made again and held against what was frozen, and every published one has a whole folder."""
    try:
        acts = Rounds(home).acts()
    except IdtrackerError as problem:
        audited.add("rounds", "landing/ledger/_decisions/rounds", str(problem), FROM_BACKUP)
        return
    _audit_kept_definitions(home, acts, audited)
    if with_store:
        _audit_frozen(home, catalogue, rounds_of(acts), audited)


def _audit_kept_definitions(home: Home, acts: Sequence[RoundAct], audited: Audited) -> None:
    kept = KeptDefinitions(home)
    for path, fault in kept.faults(acts):
        audited.add("rounds", path.relative_to(home.root).as_posix(), fault, FROM_BACKUP)
    for path in kept.unnamed(acts):
        place = path.relative_to(home.root).as_posix()
        audited.notes.append(f"{place}: no act about a round names this file; it can be removed")


def _audit_frozen(
    home: Home, catalogue: ProgrammeCatalogue, rounds: Mapping[str, TrackerRound], audited: Audited
) -> None:
    frozen = [known for known in rounds.values() if known.frozen is not None]
    with TemporaryDirectory(dir=home.root, prefix=".round-") as judged:
        rebuilding = Rebuilding(home, catalogue, Path(judged))
        for known in frozen:
            again = rebuilding.compare(known)
            remedy = "; ".join(again.reasons) or "make the store again with `idtracker rebuild`"
            for difference in again.differing:
                audited.add("rounds", known.round_id, f"made again from the store it differs: {difference}", remedy)
            for audience in (DEFAULT_AUDIENCE,) if known.published else ():
                folder = home.published / audience / ROUNDS_FOLDER / known.round_id
                for fault in folder_faults(folder, known):
                    place = folder.relative_to(home.root).as_posix()
                    audited.add("rounds", place, fault, "publish again with `idtracker publish`")
    published = {known.round_id for known in frozen if known.published}
    for audience in (DEFAULT_AUDIENCE,):
        for path in sorted((home.published / audience / ROUNDS_FOLDER).glob("*")):
            if path.name not in published:
                place = path.relative_to(home.root).as_posix()
                audited.add(
                    "rounds", place, "no published round has this name", "publish again with `idtracker publish`"
                )
    if frozen:
        audited.counts["rounds"] = len(frozen)
