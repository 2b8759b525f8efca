"""What the commands `watch …` do: signed acts, and the comparison of two publications for those who follow figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from idtracker.ingest.decisions.watches import WatchAct, Watches
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.messages import Lang
from idtracker.publish.current import known_audience, open_current, snapshot_database
from idtracker.publish.manifest import DATABASE
from idtracker.publish.tracker import instant
from idtracker.publish.watch.document import Watched, WatchList, WatchReports
from idtracker.publish.watch.pattern import check_exists, parse_pattern
from idtracker.publish.watch.report import watch_reports
from idtracker.publish.watch.sides import publication_before


def add_watch(
    home: Home, figure: str, audience_id: str, subscriber: str, lang: Lang, why: str, at: datetime
) -> WatchList:
    """Keep that a subscriber follows a figure. UsageError where nothing has the address, or it is followed already in this language."""
    pattern = parse_pattern(figure)
    with open_current(home, audience_id) as published:
        check_exists(pattern, published)
    known = [act for act in Watches(home).in_force(audience_id) if act.about == (audience_id, subscriber, pattern.text)]
    if known and known[0].lang == lang:
        raise UsageError(f"{subscriber} follows {pattern.text} already.")
    act = WatchAct(pattern.text, audience_id, subscriber, "added", lang, why, at)
    Watches(home).add(act)
    return WatchList(watches=[_document(act)])


def remove_watch(home: Home, figure: str, audience_id: str, subscriber: str, why: str, at: datetime) -> WatchList:
    """Keep that a figure is no longer followed. UsageError, with the nearest, where it is not."""
    known_audience(home, audience_id)
    known = [act for act in Watches(home).in_force(audience_id) if act.subscriber == subscriber]
    followed = {act.figure: act for act in known}
    text = figure.strip()
    if text not in followed:
        from difflib import get_close_matches

        near = get_close_matches(text, list(followed), n=1)
        hint = f" Did you mean `{near[0]}`?" if near else " `idtracker watch list` names what is followed."
        raise UsageError(f"{subscriber} does not follow `{text}`.{hint}")
    earlier = followed[text]
    act = WatchAct(text, audience_id, subscriber, "removed", earlier.lang, why, max(at, earlier.acted_at))
    Watches(home).add(act)
    return WatchList(watches=[_document(earlier)])


def watch_list(home: Home, audience_id: str | None) -> WatchList:
    """What is followed. UsageError where there is no such audience."""
    if audience_id is not None:
        known_audience(home, audience_id)
    return WatchList(watches=[_document(act) for act in Watches(home).in_force(audience_id)])


def show_watches(home: Home, audience_id: str, subscriber: str | None, since: str | None) -> WatchReports:
    """What changed until now in what is followed. UsageError where there is nothing to compare with, or no such subscriber."""
    folder = snapshot_database(home, audience_id).parent
    acts = Watches(home).in_force(audience_id)
    chosen = [act for act in acts if subscriber in (None, act.subscriber)]
    if subscriber is not None and not chosen:
        raise UsageError(f"`{subscriber}` follows nothing of {audience_id}; `idtracker watch list` names those who do.")
    reports = watch_reports(home, audience_id, folder, _earlier(folder, since), chosen) if chosen else []
    return WatchReports(reports=reports)


def _earlier(folder: Path, since: str | None) -> Path | pd.Timestamp:
    """The publication or instant that is compared with."""
    if since is None:
        before = publication_before(folder)
        if before is None:
            raise UsageError("There is no earlier publication to compare with; name a day with --since.")
        return before
    is_plain = since == Path(since).name and not since.startswith(".")
    if is_plain and (folder.parent / since / DATABASE).is_file():
        return (folder.parent / since).resolve()
    try:
        return instant(since)
    except UsageError as problem:
        kept = sorted(p.name for p in folder.parent.iterdir() if not p.is_symlink() and (p / DATABASE).is_file())
        raise UsageError(
            f"`{since}` is neither a kept publication ({', '.join(kept)}) nor a day or instant."
        ) from problem


def _document(act: WatchAct) -> Watched:
    return Watched(
        watch_id=act.watch_id,
        figure=act.figure,
        audience=act.audience,
        subscriber=act.subscriber,
        lang=act.lang,
        since=act.acted_at.isoformat(),
    )
