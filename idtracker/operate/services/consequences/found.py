"""The consequences of a submission as a document: at which instant, what rests on it, what is another without it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import duckdb
import pandas as pd

from idtracker.explain.trees import files_of
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue, catalogue_of
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.instants import naive_utc, parse_instant
from idtracker.model.json_values import plain
from idtracker.model.messages import Lang, phrase
from idtracker.model.tables import FACTS
from idtracker.operate.documents.consequences import Consequence, Consequences, KindCount
from idtracker.operate.services.consequences.differences import KINDS, Difference, differences, facts_differ
from idtracker.operate.services.consequences.lineage import Named, rests_on
from idtracker.operate.services.consequences.worlds import LEFT_OUT, day_of, worlds
from idtracker.operate.services.explanations.submission import chosen_submission
from idtracker.publish.current import known_audience, open_current
from idtracker.store.connection import open_store

_TEXTS = "operate/consequences"
_TICK = timedelta(microseconds=1)
ORDER = (*KINDS, "publication")


class Counted(NamedTuple):
    """From when to when facts of a submission were known (`until` None: still)."""

    since: datetime
    until: datetime | None


def consequences_of(
    home: Home,
    name: str,
    at: datetime | None = None,
    audience_id: str = DEFAULT_AUDIENCE,
    lang: Lang = "en",
    left_out: Sequence[str] = LEFT_OUT,
) -> Consequences:
    """What rested on the submission of an identifier or file name, as known at the last instant at which its facts counted, or at `at`.

    Figures of the steps `left_out` are not looked at.

    UsageError where no submission has that name, several do, or nothing of it was known at `at`.
    """
    with open_current(home, audience_id) as published:
        chosen = chosen_submission(files_of(published), name)
    submission_id, source_id, day = str(chosen["submission_id"]), str(chosen["source_id"]), day_of(home)
    with open_store(home) as store:
        counted = _counted(store, submission_id)
    moment = _moment(counted, at, day, submission_id)
    head = {"submission_id": submission_id, "source": source_id, "file_name": str(chosen["file_name"])}
    head |= {"state": str(chosen["state"])}
    if moment is None:
        sentence = phrase(_TEXTS, "never", lang, file=head["file_name"])
        return Consequences(**head, at=None, counts_now=False, counts=[], consequences=[], sentence=sentence)
    behind, other, is_other = worked_out(home, catalogue_of(home), source_id, submission_id, moment, left_out)
    found = [*_listed(behind, other), *_publications(home, audience_id, counted, moment, is_other)]
    behind_rounds = _rounds(home, submission_id, moment)
    found = [_with_round(one, behind_rounds) for one in [*found, *_missing_rounds(found, behind_rounds)]]
    counts_now = any(c.since <= day and (c.until is None or c.until > day) for c in counted)
    return _document(head, moment, counts_now, found, lang)


def worked_out(
    home: Home,
    catalogue: ProgrammeCatalogue,
    source_id: str,
    submission_id: str,
    at: datetime,
    left_out: Sequence[str] = LEFT_OUT,
) -> tuple[set[Named], list[Difference], bool]:
    """What rests on a submission by lineage, and what is another without it, as known at an instant; and whether any fact or figure is."""
    with (
        worlds(home, catalogue, source_id, submission_id, at, left_out) as (kept, without),
        open_store(kept) as one,
        open_store(without) as other,
    ):
        behind = rests_on(one, submission_id, pd.Timestamp(naive_utc(at)), catalogue.methods.trend)
        found = differences(one, other)
        return behind, found, bool(found) or facts_differ(one, other)


def _counted(store: duckdb.DuckDBPyConnection, submission_id: str) -> list[Counted]:
    """The intervals in which facts of the submission were known."""
    every = " UNION ALL ".join(
        f'SELECT recorded_from, recorded_to FROM "{table}" WHERE submission_id = $1' for table in FACTS
    )
    rows = store.execute(f"SELECT DISTINCT * FROM ({every}) ORDER BY ALL", [submission_id]).fetchall()
    return [Counted(_utc(since), None if until is None else _utc(until)) for since, until in rows]


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC)


def _moment(counted: list[Counted], at: datetime | None, day: datetime, submission_id: str) -> datetime | None:
    """The instant that is looked at; None where nothing of the submission was ever known."""
    known = [c for c in counted if c.since <= day]
    if not known:
        return None
    if at is None:
        ends = [day if c.until is None or c.until > day else c.until - _TICK for c in known]
        return max(ends)
    if at > day or not any(c.since <= at and (c.until is None or c.until > at) for c in known):
        first, last = min(c.since for c in known), max((c.until or day) for c in known)
        raise UsageError(
            f"Nothing of {submission_id} was known at {plain(naive_utc(at))}; its facts counted between {plain(naive_utc(first))} "
            f"and {plain(naive_utc(last))}."
        )
    return at


def _listed(behind: set[Named], other: Iterable[Difference]) -> list[Consequence]:
    by_key = {(d.kind, d.key): d for d in other}
    return [
        Consequence(
            kind=kind,  # type: ignore[arg-type]
            key=dict(zip(KINDS[kind].key, key, strict=True)),
            rests_on=(kind, key) in behind,
            differs_without=(kind, key) in by_key,
            before=_plain(by_key[kind, key].before) if (kind, key) in by_key else None,
            after=_plain(by_key[kind, key].after) if (kind, key) in by_key else None,
        )
        for kind, key in sorted({*behind, *by_key}, key=lambda named: (ORDER.index(named[0]), named[1]))
    ]


def _plain(value: object) -> float | str | None:
    if value is None or isinstance(value, float):
        return None if value is None else float(value)
    return str(plain(value))


def _publications(
    home: Home, audience_id: str, counted: list[Counted], moment: datetime, is_other: bool
) -> list[Consequence]:
    """Publications that are kept and were made while facts of the submission counted.

    Of the one of the instant it is known whether it is another: not where a later edition says the same of everything.
    """
    found, root = [], home.published / known_audience(home, audience_id)
    for path in sorted(root.glob("*/manifest.json")):
        if path.parent.is_symlink():
            continue
        as_of = parse_instant(str(json.loads(path.read_bytes())["as_of"]))
        if any(c.since <= as_of and (c.until is None or c.until > as_of) for c in counted):
            other = is_other if as_of == moment else None
            found.append(_named("publication", {"publication": path.parent.name}, other))
    return found


def _named(kind: Any, key: dict[str, str], differs: bool | None) -> Consequence:
    return Consequence(kind=kind, key=key, rests_on=True, differs_without=differs, before=None, after=None)


def _rounds(home: Home, submission_id: str, moment: datetime) -> set[str]:
    """Rounds with a cut-off up to a moment whose quarter had a cell with reports of the submission behind it then."""
    with open_store(home) as store:
        rows = store.execute(
            """SELECT DISTINCT r.round_id FROM round r JOIN merged_cell_vintage v ON v.period = r.period
              AND v.known_from <= r.cutoff_at AND (v.known_to IS NULL OR v.known_to > r.cutoff_at)
            WHERE list_contains(string_split(v.submission_ids, ';'), ?) AND r.cutoff_at <= ?""",
            [submission_id, naive_utc(moment)],
        ).fetchall()
    return {str(name) for (name,) in rows}


def _with_round(one: Consequence, behind: set[str]) -> Consequence:
    if one.kind != "round":
        return one
    return one.model_copy(update={"rests_on": one.key["round_id"] in behind})


def _missing_rounds(found: list[Consequence], behind: set[str]) -> list[Consequence]:
    """Rounds that rest on it and are, being frozen, not another."""
    listed = {one.key["round_id"] for one in found if one.kind == "round"}
    return [_named("round", {"round_id": name}, False) for name in sorted(behind - listed)]


def _document(
    head: dict[str, str], moment: datetime, counts_now: bool, found: list[Consequence], lang: Lang
) -> Consequences:
    found = sorted(found, key=lambda one: (ORDER.index(one.kind), tuple(one.key.values())))
    counts = [
        KindCount(
            kind=kind,  # type: ignore[arg-type]
            rests_on=sum(one.rests_on for one in found if one.kind == kind),
            differs_without=sum(one.differs_without is True for one in found if one.kind == kind),
        )
        for kind in ORDER
        if any(one.kind == kind for one in found)
    ]
    at = f"{naive_utc(moment).isoformat()}Z"
    words = {"file": head["file_name"], "at": at, "rests": sum(c.rests_on for c in counts)}
    words |= {"differs": sum(c.differs_without for c in counts)}
    sentence = phrase(_TEXTS, "now" if counts_now else "past", lang, **words)
    return Consequences(**head, at=at, counts_now=counts_now, counts=counts, consequences=found, sentence=sentence)
