"""Which organisation a reader belongs to, as programme.yml says: by names of accounts, or by the audience whose publication is theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from pydantic import Field

from idtracker.model.config.values import Day, Identifier, Strict, Text
from idtracker.model.home import DEFAULT_AUDIENCE


class ReaderEntry(Strict):
    """Accounts that read a publication for one organisation. Patterns such as `mod-*` keep names of people out of the file."""

    org_id: Text | None = Field(
        None,
        description="Organisation that they read for; left out: the team that runs the programme, whose reads are no sharing.",
    )
    users: list[Text] = Field(
        default_factory=list,
        description="Names of users as the log of access has them, `*` for any letters; left out: everybody who reads what that audience gets.",
    )
    audience: Identifier = Field(DEFAULT_AUDIENCE, description="Audience whose publication they read.")
    since: Day | None = Field(
        None, description="First day on which they may read; what arrives from then on is theirs to read."
    )
    until: Day | None = Field(None, description="Last day on which they may read; left out: there is none.")


def reader_problems(
    entries: Sequence[ReaderEntry], audiences: Collection[str]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """What is wrong with the readers of a programme, each with its place."""
    for place, entry in enumerate(entries):
        at = ("readers", place)
        if entry.audience not in audiences:
            yield f"there is no audience `{entry.audience}`; there are: {', '.join(audiences)}", (*at, "audience")
        if not entry.users and entry.audience == DEFAULT_AUDIENCE:
            yield (
                f"name `users`: the publication of `{DEFAULT_AUDIENCE}` is read by the team that runs the programme",
                (*at, "users"),
            )
        if entry.org_id is not None and entry.since is None:
            yield "say `since` when they may read: what arrived before is not theirs", (*at, "since")
        if entry.since is not None and entry.until is not None and entry.until < entry.since:
            yield f"`until` {entry.until} is before `since` {entry.since}", (*at, "until")


@dataclass(frozen=True, slots=True)
class Named:
    """What is said of a user: whether anything is, and the organisation; None for the team that runs the programme."""

    is_named: bool
    org_id: str | None = None


def organisation_of(entries: Sequence[ReaderEntry], user: str, audience_id: str, day: date) -> Named:
    """For whom a user read on a day. Not named where no entry fits, or entries of two organisations do.

    Entries that name users go before those of a whole audience.
    """
    here = [e for e in entries if e.audience == audience_id and _holds(e, day)]
    by_user = {e.org_id for e in here if any(fnmatchcase(user, pattern) for pattern in e.users)}
    found = by_user or {e.org_id for e in here if not e.users}
    return Named(True, next(iter(found))) if len(found) == 1 else Named(False)


def _holds(entry: ReaderEntry, day: date) -> bool:
    return (entry.since is None or entry.since <= day) and (entry.until is None or day <= entry.until)
