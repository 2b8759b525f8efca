"""What an audience has of random reports is what it would have, had nobody sent the rows that it may not see."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from idtracker.model.home import Home
from idtracker.model.published.audience import Audience
from idtracker.store.release.candidates import Reference
from idtracker.store.release.release import release_rows
from tests.support.publications.release_worlds import AUDIENCES, DAY, World, may_see, random_world, without_unseen
from tests.support.publications.written_worlds import contents_of, write_world

REFERENCE = Reference(frozenset({"PEOPLE"}), {"JO-AM": "JO", "JO-IR": "JO", "JO-MA": "JO"})
NOW = DAY + timedelta(days=100)


def released(folder: Path, world: World, audience: Audience, noise: int) -> dict[str, object]:
    """Everything in the audience's home."""
    home, own = Home(folder / "home", folder), Home(folder / "own", folder)
    write_world(home, world, noise)
    release_rows(home, own, world.sources(), audience, NOW, REFERENCE)
    return contents_of(own.root)


@pytest.mark.parametrize("audience", AUDIENCES, ids=lambda one: one.id)
def test_nothing_depends_on_rows_that_may_not_be_seen(tmp_path: Path, audience: Audience) -> None:
    world = random_world(len(audience.id), families=3)
    reduced = without_unseen(world, audience)
    assert 0 < sum(len(r.rows) for r in reduced.reports) < sum(len(r.rows) for r in world.reports)
    assert released(tmp_path / "with", world, audience, 1) == released(tmp_path / "without", reduced, audience, 2)


def test_without_the_filter_it_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audience, world = AUDIENCES[0], random_world(0, families=4)
    monkeypatch.setattr(Audience, "sees", lambda self, marking: True)
    reduced = without_unseen(world, audience)
    assert released(tmp_path / "with", world, audience, 1) != released(tmp_path / "without", reduced, audience, 2)


def test_identifiers_of_unseen_rows_are_nowhere(tmp_path: Path) -> None:
    """A row that names a row which may not be seen, and is nothing without it, is not there; a list loses what may not be named."""
    audience, world = AUDIENCES[0], random_world(3, families=6)
    seen, unseen = set[str](), set[str]()
    for report in world.reports:
        for row in report.rows:
            if row.part in ("activities", "products") and not report.is_correction:
                own = str(row.says["activity_id" if row.part == "activities" else "product_id"])
                (seen if may_see(audience, row.marking) else unseen).add(own)
    hidden = unseen - seen
    cited = [str(row.says) for report in world.reports for row in report.rows if may_see(audience, row.marking)]
    assert any(name in text for name in hidden for text in cited), "no row that may be seen names one that may not"
    contents = released(tmp_path, world, audience, 1)
    assert seen & set(re.findall(r"[ap]\d-\d", str(contents)))
    assert not [name for name in hidden if re.search(rf"\b{name}\b", str(contents))]
