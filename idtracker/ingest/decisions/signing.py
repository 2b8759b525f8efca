"""Decisions on the record: one JSON document each beside the ledger, named by its content, signed and never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from idtracker.ingest.landing.chain import Chain
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.files import write_json
from idtracker.model.instants import parse_instant

_AHEAD = "_ahead"
"""Key of a document: decisions made before it at its instant, or by a clock that was ahead of the one by which it was made."""


class Signed(Protocol):
    """A decision as a dataclass; it gives its reason."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def why(self) -> str: ...


T = TypeVar("T", bound=Signed)


@dataclass(frozen=True, slots=True)
class SignedDocuments(Generic[T]):
    """The decisions of one kind in a folder, as they stood at `until` (None: as they stand now).

    `by` and `at` name the fields of the role that answers for a decision and of the instant when it was made.
    """

    kind: Callable[..., T]
    folder: Path
    by: str
    at: str
    until: datetime | None

    def all(self) -> list[T]:
        """Every decision, in the order in which they were made. IdtrackerError where one is damaged."""
        documents = [self._read(path) for path in self.folder.glob("*.json")]
        latest: dict[str, datetime] = {}
        for document, ahead in documents:
            latest |= {
                name: min(self._made(document), latest.get(name, datetime.max.replace(tzinfo=UTC))) for name in ahead
            }

        def place(document: T, ahead: list[str]) -> tuple[datetime, int, datetime, str]:
            made, name = self._made(document), content_id(document)
            return min(made, latest.get(name, made)), len(ahead), made, name

        ordered = [document for document, _ in sorted(documents, key=lambda known: place(*known))]
        return [document for document in ordered if self.until is None or self._made(document) <= self.until]

    def _made(self, document: T) -> datetime:
        made: datetime = getattr(document, self.at)
        return made

    def add(self, document: T) -> None:
        """Keep a decision and seal it. UsageError where it says not who answers for it and why, or names a person's address."""
        require_signed(getattr(document, self.by), document.why)
        made = self._made(document)
        now, own = max(made, datetime.now(UTC)), content_id(document)
        before = {content_id(known): self._made(known) for known in self.all()}
        ahead = [name for name, at in before.items() if name != own and (at == made or at > now)]
        beside = {_AHEAD: ahead} if ahead else {}
        path = self.folder / f"{own}.json"
        if not path.exists():
            write_json(path, asdict(document) | beside)
        chain = Chain.above(self.folder)
        chain.seal(made, self.folder.relative_to(chain.root).as_posix())

    def _read(self, path: Path) -> tuple[T, list[str]]:
        """A decision, and the names of those that were made before it by a clock that was ahead."""
        try:
            document = json.loads(path.read_text("utf-8"))
            ahead = list(document.pop(_AHEAD, []))
            return self.kind(**{name: _value(name, value) for name, value in document.items()}), ahead
        except (ValueError, TypeError, AttributeError) as problem:
            raise IdtrackerError(f"{path}: the decision is damaged ({problem}); restore it from a backup") from problem


def require_signed(by: str, why: str) -> None:
    """UsageError where a decision says not who answers for it and why, or names a person's address."""
    for name, text in (("--by", by), ("--why", why)):
        if not text.strip():
            raise UsageError(f"{name} is empty; a decision says who answers for it and why.")
        if "@" in text:
            raise UsageError(f"{name}: name a role or an organisation, no person's address.")


def content_id(document: Signed) -> str:
    """The name of a decision: twelve hex digits of the SHA-256 over what it says."""
    content = json.dumps(asdict(document), sort_keys=True, default=lambda value: value.isoformat())
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _value(name: str, value: Any) -> Any:
    """A field of a decision: instants end in `_at`, days in `_on`, and a list is a tuple."""
    if name.endswith("_at"):
        return parse_instant(value)
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
