"""One round shown: what was frozen beside what is known now, who took part, what was agreed, what came late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from idtracker.analyse.round.derive import organisations
from idtracker.analyse.round.frozen import digest_of, known_sql
from idtracker.analyse.round.late import late_rows
from idtracker.ingest.decisions.rounds import AgreedAction as Agreed
from idtracker.ingest.decisions.rounds import Rounds, TrackerRound, open_actions
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.errors import UsageError
from idtracker.model.home import Home
from idtracker.model.instants import aware_utc, naive_utc
from idtracker.model.messages import Lang
from idtracker.operate.documents.rounds import (
    AgreedAction,
    EarlierAction,
    FrozenTable,
    HeadlineNow,
    HeadlineThen,
    LateData,
    Participant,
    RoundAct,
    RoundShown,
)
from idtracker.operate.services.rounds.products import unlogged_product
from idtracker.operate.services.rounds.rebuilding import Rebuilding, backdated_files
from idtracker.publish.changes import change_of_score
from idtracker.publish.current import open_current
from idtracker.store.knowledge_date import latest_knowledge


def show_round(
    home: Home,
    catalogue: ProgrammeCatalogue,
    audience: str,
    round_id: str,
    lang: Lang,
    now: datetime,
    *,
    rebuild: bool = False,
) -> RoundShown:
    """A round by its identifier, names and narrative in a language. UsageError where there is none."""
    catalogue = catalogue.on(now)
    rounds = Rounds(home).in_force()
    known = Rounds(home).one(round_id)
    if rebuild and known.frozen is None:
        raise UsageError(f"The round `{round_id}` is not frozen yet; there is nothing to make again.")
    as_of = latest_knowledge(home, catalogue.programme.clock, catalogue.known, now).date()
    with open_current(home, audience) as published:
        shown = _shown(home, catalogue, audience, published, known, rounds, as_of, lang)
    if rebuild:
        shown.rebuilt = Rebuilding(home, catalogue).compare(known)
    return shown


def _shown(
    home: Home,
    catalogue: ProgrammeCatalogue,
    audience: str,
    published: duckdb.DuckDBPyConnection,
    known: TrackerRound,
    rounds: Mapping[str, TrackerRound],
    as_of: date,
    lang: Lang,
) -> RoundShown:
    names = _names(published, "organisation", "org_id", lang)
    actions = [AgreedAction(**_action(action, names, as_of, lang)) for action in known.actions()]
    earlier = _earlier(known, rounds, names, as_of, lang)
    late = _late(published, known, rounds, names) if known.frozen else []
    return RoundShown(
        round_id=known.round_id,
        period=known.period,
        state=known.state,
        cutoff_at=known.cutoff_at.isoformat(),
        held_on=known.held_on.isoformat(),
        as_of=as_of.isoformat(),
        acts=_acts(known),
        digest=digest_of(known.inputs) if known.frozen else None,
        headline=_then(published, known, lang),
        now=_now(home, audience, published, known, lang),
        tables=_tables(known),
        submissions=len(known.inputs.get("submissions", ())),
        participants=_participants(known, names),
        narrative=_words((known.record or {}).get("narrative"), lang),
        actions=actions,
        overdue=sum(action.is_overdue for action in actions),
        earlier_actions=earlier,
        earlier_overdue=sum(action.is_overdue for action in earlier),
        unlogged_product=unlogged_product(published, known),
        late=late,
        late_rows=sum(row.rows for row in late),
        backdated=_backdated(home, catalogue, known),
        late_goes_to=_next(known.cutoff_at + timedelta.resolution, rounds),
    )


def _backdated(home: Home, catalogue: ProgrammeCatalogue, known: TrackerRound) -> list[str]:
    files = backdated_files(home, catalogue, known) if known.frozen else []
    return [f"{file_name} ({source_id})" for source_id, file_name, _ in files]


def _acts(known: TrackerRound) -> list[RoundAct]:
    return [
        RoundAct(act_id=act.act_id, action=act.action, at=act.acted_at.isoformat(), by=act.acted_by)
        for act in (known.opened, known.frozen, known.published)
        if act is not None
    ]


def _tables(known: TrackerRound) -> list[FrozenTable]:
    return [
        FrozenTable(table=name, rows=table["rows"], sha256=table["sha256"])
        for name, table in known.inputs.get("tables", {}).items()
    ]


def _participants(known: TrackerRound, names: Mapping[str, str]) -> list[Participant]:
    return [
        Participant(
            org_id=row["org_id"],
            name=names.get(row["org_id"], row["org_id"]),
            has_attended=row["has_attended"],
            has_contributed=row["has_contributed"],
            observations=row["obs_count"],
        )
        for row in organisations(known)
    ]


def _words(words: Mapping[str, str] | None, lang: Lang) -> str | None:
    """A text in the language asked for, else in the other."""
    return None if not words else words.get(lang) or next(iter(words.values()))


def _names(published: duckdb.DuckDBPyConnection, table: str, key: str, lang: Lang) -> dict[str, str]:
    arabic = "name_ar, " if lang == "ar" else ""
    rows = published.execute(f"SELECT {key}, coalesce({arabic}name, {key}) FROM {table} ORDER BY ALL").fetchall()
    return dict(rows)


def _then(published: duckdb.DuckDBPyConnection, known: TrackerRound, lang: Lang) -> HeadlineThen | None:
    headline = known.inputs.get("headline")
    if not headline:
        return None
    places = _names(published, "place", "place_id", lang)
    return HeadlineThen(**headline, place=places.get(headline["place_id"], headline["place_id"]))


def _now(
    home: Home, audience: str, published: duckdb.DuckDBPyConnection, known: TrackerRound, lang: Lang
) -> HeadlineNow | None:
    """The headline as known now, and why it moved since the cut-off."""
    headline = known.inputs.get("headline")
    if not headline:
        return None
    row = published.execute(
        """SELECT s.score, s.low, s.high, s.method_version FROM score s
        JOIN method m ON m.role = 'headline' AND m.root_code = s.node_code WHERE s.place_id = ? AND s.period = ?""",
        [headline["place_id"], known.period],
    ).fetchone()
    score, low, high, version = row or (None, None, None, None)
    is_as_frozen = version != headline["method_version"] or _score_then(published, known) == headline["score"]
    since = naive_utc(known.cutoff_at).isoformat(sep=" ", timespec="seconds")
    moved: Any = None
    if not is_as_frozen:
        return HeadlineNow(score=score, low=low, high=high, method_version=version, moved=None, is_as_frozen=False)
    try:
        tree = change_of_score(home, audience, published, headline["place_id"], known.period, since, lang=lang)
        moved = tree.get("sentence")
    except UsageError:  # nothing is known of the score now, or was then
        moved = None
    return HeadlineNow(score=score, low=low, high=high, method_version=version, moved=moved, is_as_frozen=True)


def _score_then(published: duckdb.DuckDBPyConnection, known: TrackerRound) -> float | None:
    """The headline's score at the cut-off as it is worked out today."""
    then = known.inputs["headline"]
    row = published.execute(
        f"""SELECT score FROM score_vintage WHERE place_id = ? AND period = ? AND node_code = ?
        AND {known_sql(naive_utc(known.cutoff_at))}""",
        [then["place_id"], known.period, then["node_code"]],
    ).fetchone()
    return row[0] if row else None


def _action(action: Agreed, names: Mapping[str, str], as_of: date, lang: Lang) -> dict[str, Any]:
    return {
        "number": action.number,
        "text": _words(action.text, lang) or "",
        "owner_org_id": action.owner_org_id,
        "owner": names.get(action.owner_org_id, action.owner_org_id),
        "due_on": action.due_on.isoformat(),
        "state": action.state,
        "state_on": action.state_on.isoformat(),
        "state_by": action.state_by,
        "note": action.note,
        "done_on": action.state_on.isoformat() if action.state == "DONE" else None,
        "is_overdue": action.is_overdue(as_of),
    }


def _earlier(
    known: TrackerRound, rounds: Mapping[str, TrackerRound], names: Mapping[str, str], as_of: date, lang: Lang
) -> list[EarlierAction]:
    return [
        EarlierAction(round_id=round_id, **_action(action, names, as_of, lang))
        for round_id, action in open_actions(rounds.values(), known)
    ]


def _late(
    published: duckdb.DuckDBPyConnection,
    known: TrackerRound,
    rounds: Mapping[str, TrackerRound],
    names: Mapping[str, str],
) -> list[LateData]:
    """What is known now and was recorded after the cut-off, by source, organisation and the round that uses it."""
    groups: dict[tuple[str, str, str], list[Any]] = {}
    for rows in late_rows(published, known.period, naive_utc(known.cutoff_at)):
        if rows.is_known(None):
            goes_to = _next(aware_utc(rows.begins.to_pydatetime()), rounds) or ""
            groups.setdefault((rows.source_id, rows.org_id or "", goes_to), []).append(rows)
    return [
        LateData(
            source=source,
            org_id=org or None,
            organisation=names.get(org, org) if org else None,
            rows=sum(row.rows for row in members),
            submissions=len({row.submission_id for row in members}),
            first_at=min(row.begins for row in members).tz_localize(UTC).isoformat(),
            goes_to=goes_to or None,
        )
        for (source, org, goes_to), members in sorted(
            groups.items(), key=lambda group: (*group[0][:2], min(row.begins for row in group[1]))
        )
    ]


def _next(at: datetime, rounds: Mapping[str, TrackerRound]) -> str | None:
    """The round with the first cut-off at or after an instant: it uses what was recorded then; None where none is open yet."""
    later = [(r.cutoff_at, r.round_id) for r in rounds.values() if r.cutoff_at >= at]
    return min(later)[1] if later else None
