"""What `matches suggest`, `list`, `accept`, `reject` and `undo` print."""

from __future__ import annotations

from pydantic import Field

from idtracker.model.document import Document, Moment, Share
from idtracker.model.register.match_decisions import Verdict
from idtracker.model.register.match_kind import MatchKind


class Pair(Document):
    """two identifiers"""

    kind: MatchKind = Field(description="what the identifiers stand for")
    left_id: str = Field(description="one identifier")
    right_id: str = Field(description="the other identifier")


class Compared(Document):
    """one field"""

    field: str = Field(description="what is compared")
    likeness: Share = Field(description="likeness")
    weight: float | None = Field(description="natural log odds it adds; null where it is certain")
    way: str = Field(description="in which way they are alike")
    left: str = Field(description="what one side says")
    right: str = Field(description="what the other side says")
    reason: str = Field(description="the same in words")


class Proposed(Pair):
    """one pair"""

    score: Share = Field(description="probability that they are the same thing")
    left_name: str = Field(description="first name or title of the one")
    right_name: str = Field(description="first name or title of the other")
    left_sources: list[str] = Field(description="sources that name the one")
    right_sources: list[str] = Field(description="sources that name the other")
    why: list[Compared] = Field(description="what speaks for and against, the weightiest first")


class Proposals(Document):
    """Pairs that look the same in the published store and are not decided."""

    least: Share = Field(description="least score shown")
    proposals: list[Proposed] = Field(description="best first")


class Decided(Pair):
    """one decision"""

    left_name: str = Field("", description="name of the one in the register; empty where it has none")
    right_name: str = Field("", description="name of the other; empty where it has none")
    left_name_ar: str = Field("", description="name of the one in Arabic")
    right_name_ar: str = Field("", description="name of the other in Arabic")
    decision: Verdict = Field(description="whether they are the same thing")
    decided_by: str = Field(description="role that decided")
    decided_on: Moment = Field(description="day of the decision, ISO 8601, UTC")
    why: str = Field(description="reason given")
    score: Share | None = Field(description="score of the proposal; null where there was none")


class MatchList(Document):
    """Every decision that stands."""

    matches: list[Decided] = Field(description="in the order of the file")


class Recorded(Decided):
    """A decision of matches.csv."""

    added: bool = Field(description="false where it stood already")
    file: str = Field(description="path of matches.csv")


class TakenBack(Decided):
    """A decision that was taken back."""

    file: str = Field(description="path of matches.csv")
