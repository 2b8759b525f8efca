"""How rows are marked by whoever keeps a definition: the classification, and the groups that may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import Field

from idtracker.model.config.values import Strict
from idtracker.model.marking import ORIGINATOR, Marking

GROUPS = ("HMG", "PARTNERS", "PUBLIC")
"""The groups of a programme that declares none."""
GroupCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_-]*$")]


class Handling(Strict):
    """Marking of rows that state none of their own (Government Security Classifications, OFFICIAL tier only)."""

    classification: Literal["OFFICIAL", "OFFICIAL-SENSITIVE"] = Field("OFFICIAL", description="Marking of every row.")
    releasable_to: list[str] = Field(
        default_factory=lambda: ["HMG"],
        min_length=1,
        description=(
            "Groups that may see the rows: of those that programme.yml declares (`groups`), an organisation of the "
            "register by its identifier, or ORIGINATOR."
        ),
    )
    handling: list[str] = Field(default_factory=list, description="Handling instructions and descriptors.")

    @property
    def marking(self) -> Marking:
        """The marking of a row that states none."""
        return Marking(self.classification, frozenset(self.releasable_to))


def unknown_groups(codes: Iterable[str], groups: Collection[str], organisations: Collection[str] = ()) -> list[str]:
    """What is wrong with codes that are neither a declared group, nor an organisation, nor ORIGINATOR; each with the nearest."""
    return [
        f"releasable_to: `{code}` is not a group of this programme{nearest_group(code, groups, organisations)}"
        for code in codes
        if code not in groups and code not in organisations and code != ORIGINATOR
    ]


def nearest_group(code: str, groups: Collection[str], organisations: Collection[str] = ()) -> str:
    """The code that was probably meant, as the end of a sentence; else all groups."""
    near = suggested_group(code, groups, organisations)
    return f"; did you mean `{near}`?" if near else f" (one of: {', '.join(groups)})"


def suggested_group(code: str, groups: Collection[str], organisations: Collection[str] = ()) -> str | None:
    """The group or organisation whose code is most like what was written; None where none is."""
    for known in ([*groups, ORIGINATOR], list(organisations)):
        near = get_close_matches(code.strip().upper(), known, n=1, cutoff=0.6)
        if near:
            return near[0]
    return None
