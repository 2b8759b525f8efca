"""source.yml as a strict model. One folder, one source; every key is checked and unknown keys are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, model_validator

from idtracker.model.config.handling import Handling
from idtracker.model.config.part import Column, FieldType, Layout, Part, Unpivot
from idtracker.model.config.values import (
    Country,
    Day,
    GroupRegex,
    Identifier,
    PeriodCode,
    Regex,
    Separator,
    Strict,
    Text,
    fault,
)

Every = Literal["day", "week", "month", "quarter", "half_year", "year", "financial_year", "as_needed"]
Kind = Literal["csv", "xlsx", "json", "hxl", "iati"]
Share = Annotated[float, Field(ge=0, le=1)]

__all__ = [
    "Bounds",
    "Cadence",
    "Calendar",
    "Column",
    "Every",
    "FieldType",
    "Format",
    "Grading",
    "Handling",
    "Identifier",
    "Kind",
    "Layout",
    "Part",
    "Received",
    "Source",
    "Strict",
    "Unpivot",
]


class Received(Strict):
    """How files arrive."""

    by: Literal["folder"] = Field("folder", description="`folder`: files are dropped into inbox/<source_id>/.")
    pattern: str = Field(
        "*", description="File names that belong to the source, as a shell pattern such as `hmrc_*.json`."
    )
    edition: Regex = Field(
        r"[-_ ]v(?P<edition>\d+)(?=\.[^.]+$)",
        description=(
            "Regular expression over the file name; the group `edition` orders corrected files of one period, whatever "
            "the order in which they arrive. Digits compare as numbers, anything else as text (ISO dates work)."
        ),
    )
    from_name: GroupRegex | None = Field(
        None,
        description="Regular expression over the file name; each named group becomes a heading `@name.<group>`.",
    )
    may_backdate: bool = Field(
        False,
        description=(
            "Whether an envelope or a notice may state an instant before its arrival, as where a history is delivered. "
            "Left out, everything counts from its arrival. Closed periods stay closed to what arrives late either way."
        ),
    )


class Calendar(Strict):
    """Which years the source reports by."""

    year_starts: int | None = Field(
        None,
        ge=1,
        le=12,
        description=(
            "Month in which a financial year such as 2025/26 or FY26 begins, 1 to 12; left out: 4, and FY26 is held. A "
            "file that says otherwise is held."
        ),
    )


class Format(Layout):
    """What the bytes are and how they are written. Keys of a layout given here hold for every part that has none."""

    _calendar: Calendar = PrivateAttr(default_factory=Calendar)

    kind: Kind = Field(description="csv (also tsv and other delimited text), xlsx (also xls, ods), json, hxl or iati.")
    encoding: str = Field("utf-8", description="Declared text encoding.")
    delimiter: Separator | None = Field(
        None, description='Declared cell separator, one or more characters; `tab` or "\\t". Left out, it is detected.'
    )
    comment: str | None = Field(
        None, description="csv: lines that begin with this are comments, such as `#`.", min_length=1, max_length=8
    )
    decimal: Literal[".", ","] = Field(
        ".",
        description=(
            "Declared decimal mark, used where a number in a text is ambiguous; what the file stores as a number is read "
            "as it is stored."
        ),
    )
    dates: list[str] = Field(
        default_factory=list,
        description=(
            "Date formats in strptime notation (`%d/%m/%Y`), `epoch_days` or `excel`; each comes before ISO 8601, which "
            "always works. One without a day (`%b-%y`, `%Y`) gives a month or a year. Dates of a column that look alike "
            "are read by one format; where none reads them all, the rows are held."
        ),
    )
    codebook: str | None = Field(
        None,
        description="XLSForm in the source's folder (or a Kobo form, JSON): its questions say which answers are valid.",
    )
    missing: list[str] = Field(
        default_factory=list, description="Cells that mean 'no value', such as `#N/A`, `..`, `null`."
    )

    @property
    def calendar(self) -> Calendar:
        """The calendar of the source."""
        return self._calendar

    def with_calendar(self, calendar: Calendar) -> Format:
        """The same format, knowing by which years the source reports."""
        self._calendar = calendar
        return self


class Cadence(Strict):
    """How often a report is owed and when it counts as late."""

    every: Every = Field(
        description="day, week, month, quarter, half_year, year, financial_year (1 April to 31 March) or as_needed."
    )
    due_after_days: int = Field(0, ge=0, description="Days after the end of the period at which the report is due.")
    grace_days: int = Field(0, ge=0, description="Further days before a late report counts as overdue.")
    calendar: list[Country] = Field(
        default_factory=list, description="ISO countries whose weekends and public holidays move a due date on."
    )
    since: Day | None = Field(
        None, description="A day of the first period owed; left out: the period of the first report."
    )
    until: Day | None = Field(None, description="Last day on which a report was owed; later periods owe nothing.")
    derogations: list[PeriodCode] = Field(default_factory=list, description="Periods for which no report is owed.")

    @model_validator(mode="after")
    def _in_order(self) -> Cadence:
        if self.since and self.until and self.until < self.since:
            raise fault(f"`until` {self.until} is before `since` {self.since}", "until")
        return self


class Bounds(Strict):
    """What is usual for a file of this source."""

    rows: tuple[int, int | None] | None = Field(None, description="Fewest and most rows: fewer refuses, more warns.")
    filled: dict[Identifier, Share] = Field(default_factory=dict, description="Field -> least share filled (warns).")
    held_rate: Share | None = Field(None, description="Above this share of held rows the file is held.")
    removed_rate: Share = Field(
        0.2,
        description=(
            "Above this share of the rows that a file replaces but no longer has, its rows wait until a person confirms: "
            "it may be the first part of a file."
        ),
    )

    @model_validator(mode="after")
    def _in_order(self) -> Bounds:
        if self.rows and self.rows[1] is not None and self.rows[1] < self.rows[0]:
            raise fault(f"fewest rows {self.rows[0]} is more than most rows {self.rows[1]}", "rows")
        return self


class Grading(Strict):
    """Admiralty grade of the source where its rows carry none (F and 6 mean: cannot be judged)."""

    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = Field(
        None, description="Reliability of the source, A (completely reliable) to F."
    )
    credibility: Literal["1", "2", "3", "4", "5", "6"] | None = Field(
        None, description="Credibility of the information, '1' (confirmed) to '6', in quotes."
    )
    origin: str | None = Field(
        None,
        description="The open source that is quoted; reports of one origin count once when corroboration is counted.",
    )


def _laid_out(part: object, shared: dict[str, object]) -> object:
    """A part whose layout, where it is silent, is that of the format."""
    if not isinstance(part, dict) or not isinstance(part.get("layout", {}), dict):
        return part
    return {**part, "layout": {**shared, **part.get("layout", {})}}


class Source(Strict):
    """A whole source.yml."""

    _id: str = PrivateAttr(default="")
    _folder: Path = PrivateAttr(default=Path())
    _fingerprint: str = PrivateAttr(default="")

    title: Text = Field(description="Name of the source as people know it.")
    publisher: Text = Field(description="Identifier of the organisation that sends the reports, such as GB-GOV-11.")
    description: str = Field("", description="What one row is, who writes it and for whom.")
    owner: str = Field("", description="Role that answers for the source, as a team name; no person.")
    received: Received = Field(default_factory=Received, description="How files arrive.")
    format: Format = Field(description="What the bytes are and how they are written.")
    calendar: Calendar = Field(default_factory=Calendar, description="Which years the source reports by.")
    cadence: Cadence = Field(description="How often a report is owed and when it counts as late.")
    parts: list[Part] = Field(min_length=1, description="One entry per canonical table that the file feeds.")
    bounds: Bounds = Field(default_factory=Bounds, description="What is usual for a file of this source.")
    handling: Handling = Field(default_factory=Handling, description="Marking of every row of the source.")
    grading: Grading = Field(default_factory=Grading, description="Admiralty grade where the rows carry none.")

    @model_validator(mode="before")
    @classmethod
    def _single_part(cls, data: object) -> object:
        """feeds, key, revision, columns … at the top level are one part; layout keys of the format hold for every part."""
        if not isinstance(data, dict):
            return data
        if "parts" not in data:
            names = set(Part.model_fields)
            part = {k: v for k, v in data.items() if k in names}
            data = {**{k: v for k, v in data.items() if k not in names}, "parts": [part]}
        shared = data["format"] if isinstance(data.get("format"), dict) else {}
        shared = {k: v for k, v in shared.items() if k in Layout.model_fields}
        if shared and isinstance(data["parts"], list):
            data = {**data, "parts": [_laid_out(part, shared) for part in data["parts"]]}
        return data

    @model_validator(mode="after")
    def _distinct_parts(self) -> Source:
        names = [p.id for p in self.parts]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise fault(f"two parts are called `{name}`: give each its own `name`", "parts", place)
        return self

    @model_validator(mode="after")
    def _deletes_what_is_there(self) -> Source:
        parts = {p.id: p for p in self.parts if p.deletes is None}
        for place, part in enumerate(self.parts):
            target = parts.get(part.deletes or part.id)
            if target is None:
                raise fault(f"no part `{part.deletes}` holds records to delete", "parts", place, "deletes")
            if part.deletes is not None and (part.feeds, part.key) != (target.feeds, target.key):
                raise fault(f"expected table and key of `{target.id}`", "parts", place, "key")
            if part.deletes is not None and target.revision not in ("upsert", "append"):
                raise fault(
                    f"`{target.id}` is {target.revision}: what a file lacks ends there without a log",
                    "parts",
                    place,
                    "deletes",
                )
        return self

    @model_validator(mode="after")
    def _one_financial_year(self) -> Source:
        starts = self.calendar.year_starts
        if self.cadence.every == "financial_year" and starts not in (None, 4):
            raise fault(
                f"a report can be owed by financial years from April only, and `calendar` has `year_starts: {starts}`; "
                "write `as_needed`",
                *("cadence", "every"),
            )
        self.format.with_calendar(self.calendar)
        return self

    @property
    def id(self) -> str:
        """The name of the folder."""
        return self._id

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def fingerprint(self) -> str:
        """SHA-256 over every definition file of the folder: changes whenever the source's meaning may change."""
        return self._fingerprint

    @property
    def feeds(self) -> list[str]:
        return list(dict.fromkeys(p.feeds for p in self.parts))

    def located(self, source_id: str, folder: Path, fingerprint: str) -> Source:
        """The same source, knowing where it was found."""
        self._id, self._folder, self._fingerprint = source_id, folder, fingerprint
        return self
