"""What every decision on the record must say: which role or organisation answers for it, and why."""

from __future__ import annotations

from idtracker.model.errors import UsageError


def require_reason(by: str, why: str) -> None:
    """UsageError where either is empty or names a person's address."""
    for name, text in (("--by", by), ("--why", why)):
        if not text.strip():
            raise UsageError(f"{name} is empty; a decision says who answers for it and why.")
        if "@" in text:
            raise UsageError(f"{name}: name a role or an organisation, no person's address.")
