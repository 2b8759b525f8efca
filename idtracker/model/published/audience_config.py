"""The audiences of a programme as programme.yml names them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field, field_validator

from idtracker.model.config.handling import unknown_groups
from idtracker.model.config.values import Identifier, PeriodCode, Strict, Text
from idtracker.model.marking import Marking
from idtracker.model.published.audience import OWNER, Audience, Embargo, by_id
from idtracker.model.published.formats import PUBLISHED, FileFormat

Place = tuple[str | int, ...]


class EmbargoEntry(Strict):
    """Rows that an audience sees from an instant on: those that every list given here names."""

    until: datetime = Field(
        description="First instant at which they are shown, with its zone, such as 2026-12-01T09:00:00Z."
    )
    sources: list[Identifier] = Field(
        default_factory=list, description="Rows of these sources; left out: of every source."
    )
    indicators: list[Text] = Field(
        default_factory=list, description="Rows about these indicators; left out: about anything."
    )
    periods: list[PeriodCode] = Field(
        default_factory=list, description="Rows of these periods; left out: of every period."
    )

    @field_validator("until")
    @classmethod
    def _has_a_zone(cls, until: datetime) -> datetime:
        if until.tzinfo is None:
            raise ValueError("an instant needs its zone: write 2026-12-01T09:00:00Z")
        return until.astimezone(UTC)

    @property
    def embargo(self) -> Embargo:
        return Embargo(self.until, frozenset(self.sources), frozenset(self.indicators), frozenset(self.periods))


class AudienceEntry(Strict):
    """Readers who get a publication of their own: of what is released to their groups, and nothing else."""

    id: Identifier = Field(description="Name of its folder below published/, and what `--audience` takes.")
    title: Text = Field(description="Who they are, as it heads their pages.")
    groups: list[str] = Field(
        min_length=1,
        description="Groups that they belong to, of those that rows are released to (`groups`), or organisations; their own first.",
    )
    clearance: Literal["OFFICIAL", "OFFICIAL-SENSITIVE"] = Field(
        "OFFICIAL", description="Highest classification that they may see."
    )
    smallest_count: int = Field(
        5, ge=0, description="Fewest people that a number may tell them of; smaller counts are not shown."
    )
    delay_days: int = Field(
        0, ge=0, description="By how many days they are behind: what came later is not known to them yet."
    )
    embargoes: list[EmbargoEntry] = Field(
        default_factory=list, description="What they see only from a given instant on."
    )
    languages: list[Literal["en", "ar"]] = Field(
        ["en", "ar"],
        min_length=1,
        description="Languages of their briefing, the first one first.",
    )

    tlp: Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"] | None = Field(
        None, description="Traffic Light Protocol 2.0 label on everything they get: what they may pass on."
    )

    formats: list[FileFormat] | None = Field(
        None, description="Formats that stand in their publication; left out: those of the programme. `[]`: none."
    )

    @field_validator("formats")
    @classmethod
    def _each_format_once(cls, formats: list[FileFormat] | None) -> list[FileFormat] | None:
        return None if formats is None else each_once(formats)

    def audience(self, formats: Sequence[FileFormat] = PUBLISHED) -> Audience:
        """The audience that is meant, with the formats of the programme where it names none."""
        return Audience(
            self.id,
            self.title,
            tuple(dict.fromkeys(self.groups)),
            self.clearance,
            self.smallest_count,
            timedelta(days=self.delay_days),
            tuple(entry.embargo for entry in self.embargoes),
            tuple(self.languages),
            self.tlp,
            tuple(formats if self.formats is None else self.formats),
        )


def each_once(formats: list[FileFormat]) -> list[FileFormat]:
    """The formats. ValueError where one stands twice."""
    twice = next((name for n, name in enumerate(formats) if name in formats[:n]), None)
    if twice is not None:
        raise ValueError(f"`{twice}` stands twice; name each format once")
    return formats


def audiences_of(entries: Sequence[AudienceEntry], formats: Sequence[FileFormat] = PUBLISHED) -> dict[str, Audience]:
    """Every audience of a programme by its identifier: the owner first, then those that it names. `formats` are the programme's."""
    return by_id([replace(OWNER, formats=tuple(formats)), *(entry.audience(formats) for entry in entries)])


def audience_problems(
    entries: Sequence[AudienceEntry], groups: Collection[str], own: Marking
) -> Iterator[tuple[str, Place]]:
    """What is wrong with the audiences of a programme, each with its place; `own` is the marking of its reference data."""
    seen = {OWNER.id}
    for place, entry in enumerate(entries):
        at: Place = ("audiences", place)
        if entry.id in seen:
            yield f"`{entry.id}` is the name of another audience: give each its own", (*at, "id")
        seen.add(entry.id)
        for problem in unknown_groups([g for g in entry.groups if g.isupper() and "-" not in g], groups):
            yield problem.removeprefix("releasable_to: "), (*at, "groups")
        if not entry.audience().sees(own):
            released = ", ".join(sorted(own.groups)) or "nobody"
            yield (
                f"`{entry.id}` may not see the places, organisations and indicators of the programme: they are {own.classification}, "
                f"released to {released}; write `handling: {{releasable_to: [{', '.join([*sorted(own.groups), entry.groups[0]])}]}}`",
                (*at, "groups"),
            )
