"""Where two tables differ: rows that only one has, texts that are not the same, numbers further apart than rounding."""

from __future__ import annotations

from math import isclose
from typing import Any

from .given import Row

ROUNDED = ("score", "score_alternative", "low", "high")
"""Columns of nine decimals and what is made of them: a difference in the last decimal is none."""


def differences(found: list[Row], expected: list[Row], key: list[str], columns: list[str]) -> list[str]:
    """One line for every row or value that differs; `columns` are all that are compared."""
    ours, theirs = ({tuple(r[k] for k in key): r for r in rows} for rows in (found, expected))
    lines = [f"twice: {len(found) - len(ours)}, {len(expected) - len(theirs)}"] if len(found) != len(ours) else []
    lines += [f"only recomputed: {k}" for k in sorted(theirs.keys() - ours.keys())]
    lines += [f"only in the store: {k}" for k in sorted(ours.keys() - theirs.keys())]
    for at in sorted(ours.keys() & theirs.keys()):
        for column in columns:
            if not is_same(ours[at][column], theirs[at][column], 1e-9 if column in ROUNDED else 1e-12):
                lines.append(f"{at} {column}: {ours[at][column]!r} in the store, {theirs[at][column]!r} recomputed")
    return lines


def is_same(a: Any, b: Any, rounding: float) -> bool:
    if a is None or b is None:
        return a is b
    if isinstance(a, float) or isinstance(b, float):
        return isclose(a, b, rel_tol=1e-9, abs_tol=rounding)
    return bool(a == b)
