"""Decisions on the record: one JSON document each beside the ledger, named by its content, signed and never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from idtracker.ingest.landing.chain import Chain
from idtracker.ingest.landing.ledger import parse_instant
from idtracker.model.errors import IdtrackerError, UsageError
from idtracker.model.files import write_json


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
        known = [document for document in documents if self.until is None or getattr(document, self.at) <= self.until]
        return sorted(known, key=lambda document: (getattr(document, self.at), content_id(document)))

    def add(self, document: T) -> None:
        """Keep a decision and seal it. UsageError where it says not who answers for it and why, or names a person's address."""
        for name, text in (("--by", getattr(document, self.by)), ("--why", document.why)):
            if not text.strip():
                raise UsageError(f"{name} is empty; a decision says who answers for it and why.")
            if "@" in text:
                raise UsageError(f"{name}: name a role or an organisation, no person's address.")
        write_json(self.folder / f"{content_id(document)}.json", asdict(document))
        chain = Chain.above(self.folder)
        chain.seal(getattr(document, self.at), self.folder.relative_to(chain.root).as_posix())

    def _read(self, path: Path) -> T:
        try:
            document = json.loads(path.read_text("utf-8"))
            return self.kind(**{name: _value(name, value) for name, value in document.items()})
        except (ValueError, TypeError, AttributeError) as problem:
            raise IdtrackerError(f"{path}: the decision is damaged ({problem}); restore it from a backup") from problem


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
