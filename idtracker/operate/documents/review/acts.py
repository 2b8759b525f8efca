"""Documents of `acts`: decisions of people on the record, and what was revoked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from idtracker.model.document import Document, Moment

Kind = Literal[
    "withdrawal",
    "waiver",
    "confirmation",
    "marking_overruled",
    "adjudication",
    "resolution",
    "round_opened",
    "round_frozen",
    "round_published",
    "round_action_done",
    "round_action_dropped",
    "round_action_reopened",
    "name_review",
]
State = Literal["in_force", "replaced", "ended", "revoked"]


class Act(Document):
    """one act"""

    act_id: str = Field(description="identifier, for `acts revoke`")
    kind: Kind = Field(description="what kind of decision it is")
    source: str | None = Field(description="source that it is about; null where it is about none in particular")
    subject: str = Field(description="submission, held row, file hash, cell, question, round or name that it is about")
    what: str = Field(description="what it says, in short")
    by: str = Field(description="role or organisation that answers for it")
    why: str | None = Field(description="reason; null where none is kept")
    at: Moment = Field(description="when it was made, ISO 8601, UTC")
    state: State = Field(
        description="whether it holds, was replaced by a later act, has ended by itself, or was revoked"
    )
    revoked_at: Moment | None = Field(description="when it was revoked, ISO 8601, UTC")
    revoked_by: str | None = Field(description="who answers for that")
    revoked_why: str | None = Field(description="reason of that")


class ActList(Document):
    """Acts on the record."""

    acts: list[Act] = Field(description="acts in the order in which they were made")


class RevokedAct(Document):
    """An act that was revoked."""

    act: Act = Field(description="the act, as it stands now")
    note: str = Field(description="what follows from that, and what does not")
