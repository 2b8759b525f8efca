"""Every delivery of the programme, with its corrections, withdrawal and planted faults, and the inbox they fill."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from programme import (
    departments,
    fieldwork,
    influence,
    joint_work,
    observers,
    partners,
    register,
    results,
    review,
    tracker_workbook,
)
from programme.delivery import Delivery
from programme.faults import plant
from programme.revisions import revise
from programme.world import World
from programme.writing import instant, render

STAMP = "programme.json"
_GROUPS = (
    departments,
    fieldwork,
    influence,
    joint_work,
    observers,
    partners,
    register,
    results,
    review,
    tracker_workbook,
)


def clean_deliveries(world: World) -> list[Delivery]:
    """All deliveries as they would be if nobody made a mistake, by source and name."""
    found = [delivery for group in _GROUPS for delivery in group.deliveries(world)]
    return sorted(found, key=lambda d: (d.source, d.name))


def deliveries(world: World) -> list[Delivery]:
    """All deliveries with corrections, the withdrawal and the planted faults, by source and name."""
    found = plant(revise(clean_deliveries(world)))
    return sorted(found, key=lambda d: (d.source, d.name))


def version() -> str:
    """Hash over the generator and the reference tables it reads: changes whenever the inbox may change."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in [*sorted(here.glob("*.py")), here.parent / "sources" / "_reference" / "indicators.csv"]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def fill(home: Path, world: World) -> int:
    """Write every file with its envelope, and the withdrawal notices; returns the number of files."""
    found = deliveries(world)
    for delivery in found:
        folder = home / "inbox" / delivery.source
        folder.mkdir(parents=True, exist_ok=True)
        envelope = {"received_at": instant(delivery.received_at), "submitted_by": delivery.submitted_by}
        _write(folder / f"{delivery.name}.envelope.json", envelope)
        if delivery.withdrawn_at is not None:
            notice = {"withdraws": delivery.name, "at": instant(delivery.withdrawn_at)}
            _write(
                folder / f"{delivery.name}.withdrawal.json",
                {**notice, "by": delivery.submitted_by, "why": delivery.withdrawn_why},
            )
        (folder / delivery.name).write_bytes(render(delivery))
    return len(found)


def _write(path: Path, document: dict[str, str]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def is_current(home: Path, seed: int) -> bool:
    """Whether the home was already filled by this generator with this seed."""
    path = home / STAMP
    if not path.is_file():
        return False
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(stamp, dict) and stamp.get("seed") == seed and stamp.get("version") == version()


def stamp(home: Path, seed: int, files: int) -> None:
    """Note in the home what filled it."""
    document = {"seed": seed, "version": version(), "files": files, "notice": "Invented figures"}
    (home / STAMP).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
