"""Who a publication is for. The first audience is the owning team, which may see everything at OFFICIAL."""

from __future__ import annotations

from dataclasses import dataclass

from idtracker.model.errors import UsageError
from idtracker.model.home import DEFAULT_AUDIENCE


@dataclass(frozen=True, slots=True)
class Audience:
    """A publication's readers. `sees_held_rows` is true for the audience that owns the reporting."""

    id: str
    title: str
    sees_held_rows: bool


AUDIENCES: dict[str, Audience] = {
    DEFAULT_AUDIENCE: Audience(DEFAULT_AUDIENCE, "His Majesty's Government country team", sees_held_rows=True)
}


def audience(audience_id: str) -> Audience:
    """The audience of that id; UsageError lists those that exist."""
    if audience_id not in AUDIENCES:
        raise UsageError(f"There is no audience `{audience_id}`. Known audiences: {', '.join(AUDIENCES)}.")
    return AUDIENCES[audience_id]
