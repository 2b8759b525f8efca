"""The documents about things that look the same: proposals from the published store, decisions, and decisions taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from difflib import get_close_matches
from math import isinf
from typing import Any, get_args

import pandas as pd

from idtracker.analyse.matching.candidates import gather_activities, gather_organisations
from idtracker.analyse.matching.propose import propose
from idtracker.ingest.judge.catalogue import ProgrammeCatalogue
from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang, phrase
from idtracker.model.register.entity_columns import named_columns
from idtracker.model.register.known_names import KnownNames
from idtracker.model.register.match_decisions import Match, Verdict, decide, matches_path, undo
from idtracker.model.register.match_kind import MatchKind, Proposal, Reason
from idtracker.operate.documents.review.matches import (
    Compared,
    Decided,
    MatchList,
    Proposals,
    Proposed,
    Recorded,
    TakenBack,
)
from idtracker.publish.current import open_current
from idtracker.store.tables import known_facts, read_table

_REGISTER = ("organisation", "organisation_alias", "place")


def proposals(
    home: Home,
    catalogue: ProgrammeCatalogue,
    kinds: Collection[MatchKind],
    least: float,
    lang: Lang,
    audience_id: str = DEFAULT_AUDIENCE,
) -> Proposals:
    """The document of `matches suggest`: undecided pairs of what is published, best first, with what speaks for them."""
    found_proposals = propose(_published(home, audience_id), named_columns(), kinds, least)
    is_open = [p for p in found_proposals if not catalogue.matches.settles(p.kind, p.left_id, p.right_id)]
    return Proposals(least=least, proposals=[_proposal(p, lang) for p in is_open])


def _published(home: Home, audience_id: str) -> dict[str, pd.DataFrame]:
    with open_current(home, audience_id) as published:
        return known_facts(published) | {name: read_table(published, name) for name in _REGISTER}


def _proposal(proposal: Proposal, lang: Lang) -> Proposed:
    weighty = sorted(proposal.why, key=lambda r: -abs(r.weight))
    return Proposed(
        kind=proposal.kind,
        left_id=proposal.left_id,
        right_id=proposal.right_id,
        score=proposal.score,
        left_name=proposal.left_name,
        right_name=proposal.right_name,
        left_sources=list(proposal.left_sources),
        right_sources=list(proposal.right_sources),
        why=[_reason(r, lang) for r in weighty],
    )


def _reason(reason: Reason, lang: Lang) -> Compared:
    text = phrase("feedback/matches", f"field_{reason.field}", lang)
    if reason.way != reason.field:
        text = f"{text}: {phrase('feedback/matches', f'way_{reason.way}', lang)}"
    speaks = phrase("feedback/matches", "speaks_for" if reason.weight > 0 else "speaks_against", lang)
    return Compared(
        field=reason.field,
        likeness=reason.likeness,
        weight=None if isinf(reason.weight) else round(reason.weight, 2),
        way=reason.way,
        left=reason.left,
        right=reason.right,
        reason=f"{text} ({speaks})",
    )


def decisions(catalogue: ProgrammeCatalogue) -> MatchList:
    """The document of `matches list`."""
    known = KnownNames.of(catalogue.register)
    return MatchList(matches=[Decided(**_decision(m, known)) for m in catalogue.matches.entries])


def _decision(match: Match, known: KnownNames) -> dict[str, Any]:
    return {
        "kind": match.kind,
        "left_id": match.pair[1],
        "right_id": match.pair[2],
        "left_name": known.name(match.pair[1]),
        "right_name": known.name(match.pair[2]),
        "left_name_ar": known.name(match.pair[1], "ar"),
        "right_name_ar": known.name(match.pair[2], "ar"),
        "decision": match.decision,
        "decided_by": match.decided_by,
        "decided_on": match.decided_on.isoformat(),
        "why": match.why,
        "score": match.score,
    }


def record_decision(
    home: Home,
    catalogue: ProgrammeCatalogue,
    pair: tuple[str, str],
    decision: Verdict,
    by: str,
    on: date,
    why: str,
    kind: MatchKind | None = None,
) -> Recorded:
    """Write a decision into matches.csv and give back its document. Both identifiers must be known in what is published.

    The score is that of the proposal, empty where the pair is not alike enough to be one.
    """
    frames = _published(home, DEFAULT_AUDIENCE)
    match_kind = kind_of(frames, pair, kind)
    left, right = sorted(pair)
    alike = [
        p for p in propose(frames, named_columns(), (match_kind,), 0.0) if (p.left_id, p.right_id) == (left, right)
    ]
    score = alike[0].score if alike else None
    entry = Match(match_kind, left, right, decision, by, on, why, score)
    is_new = decide(home.sources, catalogue.register, entry)
    return Recorded(
        **_decision(entry, KnownNames.of(catalogue.register)), added=is_new, file=str(matches_path(home.sources))
    )


def kind_of(frames: dict[str, pd.DataFrame], pair: tuple[str, str], kind: MatchKind | None) -> MatchKind:
    """What both identifiers stand for; UsageError with the nearest known one where they are not of one kind."""
    known: dict[MatchKind, set[str]] = {
        "organisation": {o.org_id for o in gather_organisations(frames, named_columns())},
        "activity": {a.activity_id for a in gather_activities(frames)},
    }
    for candidate in (kind,) if kind else get_args(MatchKind):
        if all(identifier in known[candidate] for identifier in pair):
            chosen: MatchKind = candidate
            return chosen
    every = known[kind] if kind else known["organisation"] | known["activity"]
    unknown = [identifier for identifier in pair if identifier not in every]
    if not unknown:
        raise UsageError(f"`{pair[0]}` and `{pair[1]}` are not of one kind; a decision is about two of one.")
    near = get_close_matches(unknown[0], sorted(every), n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    raise UsageError(f"`{unknown[0]}` is no identifier of what is published.{hint}")


def take_back(
    home: Home, catalogue: ProgrammeCatalogue, pair: tuple[str, str], kind: MatchKind | None = None
) -> TakenBack:
    """Remove a decision from matches.csv and give back its document; UsageError where there is none."""
    left, right = sorted(pair)
    current = [m for m in catalogue.matches.entries if m.pair[1:] == (left, right) and kind in (None, m.kind)]
    if not current:
        raise UsageError(f"There is no decision about {left} and {right} in {matches_path(home.sources)}.")
    entry = undo(home.sources, catalogue.register, current[0].kind, left, right)
    return TakenBack(**_decision(entry, KnownNames.of(catalogue.register)), file=str(matches_path(home.sources)))
