"""Versions of what each step makes of the same input: what is kept from an earlier version is made again.

Raise the number of a step whenever it makes something else of any input. A test holds each step against what it made of a
fixed corpus when its number was last raised, so that neither a change is forgotten nor a comment makes anything again.
"""

from __future__ import annotations

from typing import Literal

Step = Literal["judging", "facts", "analysis", "expectations"]

VERSIONS: dict[Step, int] = {
    "judging": 7,  # from the bytes of a file to accepted rows, held rows and findings
    "facts": 3,  # from judged files to vintages, submissions and their accounts
    "analysis": 12,  # from vintages to cells, scores, obligations, metrics and rounds
    "expectations": 6,  # from tables to the verdicts about them
}


def versions_text() -> str:
    """All versions as one text."""
    return ", ".join(f"{step} {number}" for step, number in VERSIONS.items())
