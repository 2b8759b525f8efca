"""Frames in, proposals out: organisations and activities that look the same across sources. A person decides, never this."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

import pandas as pd

from idtracker.analyse.matching.activities import propose_activities
from idtracker.analyse.matching.candidates import NamedColumns
from idtracker.analyse.matching.organisations import propose_organisations
from idtracker.model.register.match_kind import LEAST, MatchKind, Proposal, best_first


def propose(
    frames: Mapping[str, pd.DataFrame],
    columns: NamedColumns,
    kinds: Collection[MatchKind] = get_args(MatchKind),
    least: float = LEAST,
) -> list[Proposal]:
    """Pairs with a score of at least `least` from the tables as known, best first.

    `frames` are fact tables and `organisation`, `organisation_alias`, `place`; `columns` their organisation columns.
    """
    proposals: list[Proposal] = []
    if "organisation" in kinds:
        proposals += propose_organisations(frames, columns, least)
    if "activity" in kinds:
        proposals += propose_activities(frames, least)
    return sorted(proposals, key=best_first)
