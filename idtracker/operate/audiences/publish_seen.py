"""The publication of an audience other than the owner's, made where the owner's publication or what it may see has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb

from idtracker.analyse.history.readings import baseline_quarter
from idtracker.model.errors import IdtrackerError
from idtracker.model.files import write_json
from idtracker.model.home import Home
from idtracker.model.instants import naive_utc
from idtracker.model.marking import CLASSIFICATIONS
from idtracker.model.published.audience import OWNER, Audience
from idtracker.model.tables import TABLES
from idtracker.operate.audiences.work_out import Run, Steps, home_of, release, seen_until, work_out
from idtracker.operate.definition_versions import versions_of
from idtracker.operate.step import Context
from idtracker.publish.geography.gather_boundaries import gather_boundaries
from idtracker.publish.manifest import read_manifest, whole_manifest
from idtracker.publish.snapshot import Beside, publish_snapshot
from idtracker.store.connection import open_store
from idtracker.store.release.release import FORM
from idtracker.store.tables import quoted_list

MADE_FROM = "made_from.json"
"""What the current publication of an audience was made from; inside its home, never published."""
SEEN = "seen"
"""In it: the fingerprint of all that the audience may see."""


def publish_seen(
    context: Context, audience: Audience, steps: Steps, run: Run, *, again: bool = False
) -> tuple[Path, bool]:
    """Publish for one audience what it may see; the folder, and whether it is new.

    Nothing is done where the owner's publication, the audience and the day are those of the last time, and nothing is worked out where
    all that it may see is. IdtrackerError where a step fails or a row is marked for others: then what was published before stays.
    """
    home, own = context.home, home_of(context.home, audience.id)
    current = home.published / audience.id / "current"
    made_from = _made_from(context, audience)
    if not again and is_made_from(home, audience.id, made_from):
        return current.resolve(), False
    seen = release(context, audience)
    made_from[SEEN] = seen.fingerprint(context.catalogue.matches)
    if not again and is_made_from(home, audience.id, {name: made_from[name] for name in (SEEN, "audience", "named")}):
        write_json(own.root / MADE_FROM, made_from)
        return current.resolve(), False
    seen = work_out(context, seen, steps, run)
    with open_store(seen.home) as store:
        _refuse_others(store, audience)
        versions = versions_of(seen.home, seen.catalogue)
        baseline = baseline_quarter(store, seen.catalogue)
        versions |= {"baseline": baseline} if baseline else {}
        versions["audience"] = _named(audience)
        as_of = naive_utc(seen.until)
        programme = seen.catalogue.programme
        beside = Beside(gather_boundaries(programme, home.sources, seen.catalogue.register))
        folder, is_new = publish_snapshot(store, home, audience, programme, as_of, versions, beside, again)
    write_json(own.root / MADE_FROM, made_from)
    return folder, is_new


def is_current_for(context: Context, audience: Audience) -> bool:
    """Whether the audience's publication is of the owner's present one, of what it may see today, and of its day."""
    return is_made_from(context.home, audience.id, _made_from(context, audience))


def is_made_from(home: Home, audience_id: str, made_from: Mapping[str, str]) -> bool:
    """Whether the current publication of an audience was made from this, and is there."""
    if whole_manifest(home, audience_id) is None:
        return False
    try:
        known = json.loads((home_of(home, audience_id).root / MADE_FROM).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return all(known.get(name) == value for name, value in made_from.items())


def _made_from(context: Context, audience: Audience) -> dict[str, str]:
    owners = read_manifest(context.home, OWNER.id) or {}
    return {
        "owner": str(owners.get("content")),
        "audience": audience.fingerprint(context.now),
        "named": _named(audience),
        "form": str(FORM),
        "until": f"{seen_until(context, audience):%Y-%m-%d}",
    }


def _named(audience: Audience) -> str:
    """What else its pages and files say of an audience."""
    return " · ".join([audience.title, *audience.languages, *([audience.tlp] if audience.tlp else [])])


def _refuse_others(store: duckdb.DuckDBPyConnection, audience: Audience) -> None:
    """IdtrackerError where a row is above the clearance or names a group that is not the audience's: nothing of it may be published.

    Everything is worked out from rows that it may see, under the marking that it reads, so this is never so but for a defect.
    """
    cleared = quoted_list(CLASSIFICATIONS[: CLASSIFICATIONS.index(audience.clearance) + 1])
    groups = quoted_list(audience.groups or ())
    counted = " UNION ALL ".join(
        f"""SELECT '{table}' AS name, count(*) AS rows FROM "{table}" WHERE coalesce(classification, '') NOT IN ({cleared})
        OR len(list_filter(string_split(coalesce(releasable_to, ''), ';'), lambda one: one NOT IN ('', {groups}))) > 0"""
        for table in TABLES
    )
    rows = store.execute(f"SELECT name, rows FROM ({counted}) WHERE rows > 0").fetchall()
    wrong = [f"{table} ({count} rows)" for table, count in rows]
    if wrong:
        raise IdtrackerError(
            f"Rows are marked for others than `{audience.id}`: {', '.join(wrong)}. Nothing was published for it."
        )
