"""The home as it stood at an instant, and the same with one submission withdrawn at that instant, each worked out beside it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.ingest.landing.ledger import WITHDRAWN, Ledger
from idtracker.model.errors import IdtrackerError
from idtracker.model.files import private_folder
from idtracker.model.home import Home
from idtracker.model.instants import parse_instant
from idtracker.operate.pipeline import derive_steps, run_pipeline
from idtracker.operate.step import Context
from idtracker.store.connection import kept_open, open_store, writing_turn
from idtracker.store.schema import recall

LEFT_OUT = ("tracker/uncertainty", "tracker/consequences")
"""Steps whose tables are no figures of their own: draws around the scores, and what rested on earlier acts."""
_COPIED = ("accepted", "store", "definitions")
_WHO, _WHY = "explain consequences", "what rested on it"


@contextmanager
def worlds(
    home: Home,
    catalogue: ProgrammeCatalogue,
    source_id: str,
    submission_id: str,
    at: datetime,
    left_out: Sequence[str] = LEFT_OUT,
) -> Iterator[tuple[Home, Home]]:
    """Two homes whose stores hold what was known at an instant: as it was, and with the submission withdrawn at that instant.

    Both are worked out by the steps of a run but those `left_out`, from copies that are gone afterwards; the home itself is read and never written.
    IdtrackerError where a step fails.
    """
    with TemporaryDirectory(prefix=".consequences-", dir=home.root) as place:
        with writing_turn(home):
            kept, without = _copy(home, Path(place) / "with"), _copy(home, Path(place) / "without")
        _withdraw(without, source_id, submission_id, at)
        for one in (kept, without):
            _work_out(one, catalogue, source_id, at, left_out)
        yield kept, without


def day_of(home: Home) -> datetime:
    """The instant that the store speaks of. IdtrackerError where there is no store yet."""
    if not home.store.exists():
        raise IdtrackerError(f"{home.root} has no store yet; run `idtracker run` first.")
    with open_store(home) as store:
        text = recall(store, "until") or recall(store, "as_of")
    if not text:
        raise IdtrackerError(f"{home.root} has no store that a run finished; run `idtracker run` first.")
    return parse_instant(text)


def _copy(home: Home, root: Path) -> Home:
    """A home that reads the same received bytes and writes only to copies."""
    private_folder(root)
    fresh = Home(root, home.sources)
    private_folder(fresh.landing)
    for part in sorted(home.landing.iterdir()):
        if part.name == "ledger":
            shutil.copytree(part, fresh.landing / part.name)
        else:
            (fresh.landing / part.name).symlink_to(part.resolve())
    for name in _COPIED:
        if (home.root / name).is_dir():
            shutil.copytree(home.root / name, root / name)
    for path in sorted(home.root.iterdir()):
        if path.is_file():
            shutil.copyfile(path, root / path.name)
    return fresh


def _withdraw(home: Home, source_id: str, submission_id: str, at: datetime) -> None:
    """Withdraw a submission at an instant, whatever became of it later."""
    for path in (home.landing / "ledger" / source_id).glob(f"{submission_id}*{WITHDRAWN}"):
        if parse_instant(json.loads(path.read_bytes())["withdrawn_at"]) > at:
            path.unlink()
    Ledger(home).withdraw(source_id, submission_id, at=at, by=_WHO, why=_WHY)


def _work_out(home: Home, catalogue: ProgrammeCatalogue, source_id: str, at: datetime, left_out: Sequence[str]) -> None:
    known = catalogue.on(at)
    steps = [step for step in derive_steps(known) if step.name not in left_out]
    with kept_open(home):
        done = run_pipeline(Context(home, known, at, at), [source_id], store=steps)
    if done.failures:
        names = "; ".join(f"{step}: {why}" for step, why in done.failures.items())
        raise IdtrackerError(f"What followed without it could not be worked out: {names}")
