"""programme.yml as a strict model: what the country programme is called, where it is, and the span of its tracker."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from idtracker.model.config.definition_file import hold_against
from idtracker.model.config.handling import GROUPS, GroupCode, Handling, unknown_groups
from idtracker.model.config.limits import Limits
from idtracker.model.config.method_choice import Choice, MethodChoice
from idtracker.model.config.rounds import Baseline, RoundDates
from idtracker.model.config.values import CountryCode, Day, Identifier, PeriodCode, Strict, Text, fault
from idtracker.model.errors import DefinitionError
from idtracker.model.geography.boundary_files import BoundaryFile
from idtracker.model.marking import Marking
from idtracker.model.methods.named_indices import IndexEntry, repeated_ids
from idtracker.model.published.audience import Audience
from idtracker.model.published.audience_config import AudienceEntry, audience_problems, audiences_of, each_once
from idtracker.model.published.formats import PUBLISHED, FileFormat
from idtracker.model.published.readers import ReaderEntry, reader_problems


class TrackerSpan(Strict):
    """Periods that the tracker scores."""

    first: PeriodCode | None = Field(None, description="First period scored; left out: the first that has reports.")
    last: PeriodCode | None = Field(None, description="Last period scored; left out: the latest that has ended.")

    @model_validator(mode="after")
    def _in_order(self) -> TrackerSpan:
        from idtracker.model.periods import period

        if self.first is None or self.last is None:
            return self
        first, last = period(self.first), period(self.last)
        if first.length != last.length:
            raise fault(f"`first` {first.code} and `last` {last.code} are periods of different length", "last")
        if last.start < first.start:
            raise fault(f"`last` {last.code} is before `first` {first.code}", "last")
        return self


class PeriodLock(Strict):
    """Periods that are closed: what is known of them changes no more by itself."""

    through: PeriodCode = Field(description="Every period that ends on or before the end of this one is closed.")
    on: Day = Field(
        description="Last day (UTC) on which a report about them counts; rows that come later are held by period.locked."
    )
    why: Text = Field(description="Reason, shown with every row that is held.")
    sources: list[Identifier] = Field(default_factory=list, description="Only these sources; left out: every source.")


class Programme(Strict):
    """A whole programme.yml."""

    title: Text = Field(description="Name of the country programme, as it heads every page.")
    country: CountryCode = Field(description="ISO 3166-1 alpha-2 code of the country, such as JO.")
    notice: str = Field("", description="Notice shown on every page and summary, such as that figures are invented.")
    clock: Day | None = Field(
        None, description="Day on which the programme stands still (examples, tests); left out: today."
    )
    tracker: TrackerSpan = Field(default_factory=TrackerSpan, description="Periods that the tracker scores.")
    method: Choice = Field(
        default_factory=MethodChoice,
        description="Method of the scores, by name; or `headline`, `also` and `earlier` where several are published.",
    )
    indices: list[IndexEntry] = Field(
        default_factory=list,
        description="Published indices that every run works out, each by a method on a file of data.",
    )
    framework: Text = Field(
        "IDF-1",
        description="Framework that is reviewed: one that ships with the package, or a file such as `_framework/jordan.yml`.",
    )
    boundaries: list[BoundaryFile] = Field(
        default_factory=list,
        description="Files of boundaries, which go before those that ship with the package (the governorates of Jordan).",
    )
    limits: Limits = Field(default_factory=Limits, description="How much of one file is read at most.")
    locks: list[PeriodLock] = Field(default_factory=list, description="Periods that are closed, and since when.")
    rounds: RoundDates = Field(
        default_factory=RoundDates, description="When rounds are held where `round open` does not say."
    )
    baseline: Baseline | None = Field(
        None,
        description="Quarter against which changes in culture are measured; left out: for each figure the first with answers.",
    )
    audit: Literal["recorded", "required"] = Field(
        "recorded",
        description="Who reads, exports or publishes is recorded; `required`: and what cannot be recorded is refused.",
    )
    audit_days: int = Field(
        365,
        ge=1,
        description="For how many days it is kept who read what; earlier days may be removed (`idtracker access prune`), by an act on the record.",
    )
    groups: list[GroupCode] = Field(
        default_factory=lambda: list(GROUPS),
        min_length=1,
        description="Codes of the groups that rows may be released to; the first is whoever runs the programme.",
    )
    handling: Handling | None = Field(
        None,
        description="Marking of the register and of what belongs to no source; left out: OFFICIAL, for the first group.",
    )

    formats: list[FileFormat] = Field(
        list(PUBLISHED),
        description="Formats that stand in every publication beside its database and Parquet files; an audience may name its own. `[]`: none.",
    )
    audiences: list[AudienceEntry] = Field(
        default_factory=list,
        description="Readers beside the team that runs the programme, each with a publication of its own.",
    )
    readers: list[ReaderEntry] = Field(
        default_factory=list,
        description="For which organisations people read, so that what they read counts as shared; left out: reads count nowhere.",
    )

    @model_validator(mode="after")
    def _released_to_known_groups(self) -> Programme:
        for problem in unknown_groups(self.handling.releasable_to if self.handling else (), self.groups):
            raise fault(problem.removeprefix("releasable_to: "), "handling", "releasable_to")
        for place, entry in enumerate(self.indices):
            for problem in unknown_groups(entry.handling.releasable_to if entry.handling else (), self.groups):
                at = ("indices", place, "handling", "releasable_to")
                raise fault(problem.removeprefix("releasable_to: "), *at)
        return self

    @field_validator("formats")
    @classmethod
    def _each_format_once(cls, formats: list[FileFormat]) -> list[FileFormat]:
        return each_once(formats)

    @model_validator(mode="after")
    def _audiences_can_be(self) -> Programme:
        for problem, place in audience_problems(self.audiences, self.groups, self.marking):
            raise fault(problem, *place)
        for problem, place in reader_problems(self.readers, self.audience_by_id):
            raise fault(problem, *place)
        return self

    @model_validator(mode="after")
    def _each_index_once(self) -> Programme:
        for place, name in repeated_ids(self.indices):
            raise fault(f"`{name}` stands twice: give each index an identifier of its own", "indices", place, "id")
        return self

    @property
    def audience_by_id(self) -> dict[str, Audience]:
        """Who gets a publication: whoever runs the programme first, then the audiences that it names."""
        return audiences_of(self.audiences, self.formats)

    @property
    def marking(self) -> Marking:
        """The marking of reference data and of what belongs to no source."""
        return self.handling.marking if self.handling else Marking("OFFICIAL", frozenset(self.groups[:1]))


def load_programme(sources_dir: Path) -> Programme:
    """The programme of a folder of sources; a plain one where programme.yml is absent. DefinitionError where it is wrong."""
    path = sources_dir.absolute() / "programme.yml"
    if not path.is_file():
        return Programme(title="Country programme", country="")
    programme, problems = hold_against(path, f"{path.parent.name}/programme.yml", Programme)
    if programme is None:
        raise DefinitionError(problems)
    return programme
