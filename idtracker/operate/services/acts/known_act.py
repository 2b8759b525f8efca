"""An act of any kind as it is listed, with what revokes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from idtracker.operate.documents.review.acts import Act, Kind, State


@dataclass(frozen=True, slots=True)
class KnownAct:
    """An act, and how it is revoked: by, why, at. `ended_by`: who revoked it, when and why."""

    act_id: str
    kind: Kind
    source_id: str
    subject: str
    what: str
    by: str
    why: str
    at: datetime
    revoke: Callable[[str, str, datetime], None] = field(repr=False)
    state: State = "in_force"
    ended_by: tuple[datetime, str, str] | None = None

    def document(self) -> Act:
        at, by, why = self.ended_by or (None, None, None)
        return Act(
            act_id=self.act_id,
            kind=self.kind,
            source=self.source_id or None,
            subject=self.subject,
            what=self.what,
            by=self.by,
            why=self.why or None,
            at=self.at.isoformat(),
            state=self.state,
            revoked_at=at.isoformat() if at else None,
            revoked_by=by,
            revoked_why=why,
        )
