"""source.yml as a strict model. One folder, one source; every key is checked and unknown keys are refused."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

Every = Literal["day", "week", "month", "quarter", "half_year", "year", "as_needed"]
Kind = Literal["csv", "xlsx", "json", "hxl", "iati"]
FieldType = Literal[
    "text",
    "integer",
    "number",
    "money",
    "date",
    "period",
    "flag",
    "code",
    "organisation",
    "place",
    "indicator",
]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Received(Strict):
    """How files arrive."""

    by: Literal["folder"] = Field("folder", description="`folder`: files are dropped into inbox/<source_id>/.")
    pattern: str = Field(
        "*", description="File names that belong to the source, as a shell pattern such as `hmrc_*.json`."
    )
    edition: str = Field(
        r"[-_ ]v(?P<edition>\d+)(?=\.[^.]+$)",
        description=(
            "Regular expression over the file name; the group `edition` orders corrected files of one period, whatever "
            "the order in which they arrive. Digits compare as numbers, anything else as text (ISO dates work)."
        ),
    )
    from_name: str | None = Field(
        None,
        description="Regular expression over the file name; each named group becomes a heading `@name.<group>`.",
    )

    @field_validator("edition", "from_name")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as problem:
                raise ValueError(f"not a regular expression: {problem}") from problem
        return value


class Format(Strict):
    """What the bytes are and how they are written."""

    kind: Kind = Field(description="csv (also tsv and other delimited text), xlsx (also xls, ods), json, hxl or iati.")
    encoding: str = Field("utf-8", description="Declared text encoding.")
    delimiter: str | None = Field(None, description="Declared cell separator; left out, it is detected.", max_length=1)
    decimal: Literal[".", ","] = Field(".", description="Declared decimal mark, used where a number is ambiguous.")
    dates: list[str] = Field(
        default_factory=list,
        description="Further date formats in strptime notation (`%d/%m/%Y`), or `epoch_days`; ISO 8601 always works.",
    )
    missing: list[str] = Field(
        default_factory=list, description="Cells that mean 'no value', such as `#N/A`, `..`, `null`."
    )


class Layout(Strict):
    """Where a table stands in the file."""

    sheet: str | list[str] | None = Field(
        None,
        description=(
            "Sheet name or shell pattern, or a list of them (xlsx); section name (iati: activity, participation, "
            "location, sector, transaction, budget, result). Left out: the first sheet that holds the headings."
        ),
    )
    records: str | None = Field(
        None, description="json: dotted path to the list of records, `a.b[].c` for nested lists."
    )
    header_rows: list[int] = Field(
        default_factory=list,
        description="One-based rows that hold the headings; several are joined by ' / ', blanks filled from the left.",
    )
    data_row: int | None = Field(None, description="First one-based row of data; left out, the row after the headings.")
    stop_at: str | None = Field(
        None, description="Regular expression; reading ends at the first row whose first filled cell matches."
    )
    skip_rows: str | None = Field(
        None, description="Regular expression; rows whose first filled cell matches are no data (totals, notes)."
    )


class Unpivot(Strict):
    """Columns that hold values of one heading side by side (periods across) become rows."""

    columns: str = Field(
        description=(
            "Regular expression over headings. Each named group becomes a heading of the long table; the group "
            "`measure`, if present, names the value heading, otherwise the value stands under `value`."
        )
    )
    value: str = Field("value", description="Heading of the value where there is no group `measure`.")
    keep_empty: bool = Field(False, description="Keep cells without a value as rows (no report is not zero).")


class Column(Strict):
    """One canonical field and where it comes from."""

    field: Identifier = Field(description="Field of the canonical table that the part feeds.")
    heading: str | list[str] | None = Field(
        None,
        description=(
            "Heading in the file, or several alternatives (first found wins); default: the field's name. Virtual "
            "headings: `@sheet`, `@file`, `@row`, `@name.<group>` (see received.from_name)."
        ),
    )
    constant: str | None = Field(None, description="A fixed value instead of a heading.")
    type: FieldType | None = Field(None, description="Left out: the type of the canonical field.")
    required: bool = Field(False, description="An empty cell holds the row; a missing heading refuses the file.")
    minimum: float | None = None
    maximum: float | None = None
    codelist: str | None = Field(None, description="Codelist to check against; left out: that of the canonical field.")
    map: dict[str, str] = Field(default_factory=dict, description="Values as typed -> values meant, before typing.")
    scheme: str | None = Field(
        None, description="place/organisation: the code scheme of the values (`iso3166-2`, `pcode`)."
    )
    unknown: Literal["hold", "keep"] | None = Field(
        None,
        description="What to do with an unknown name: organisations default to keep, places and indicators to hold.",
    )
    scale: float | None = Field(None, description="Multiply numbers by this, for example 100 for shares sent as 0-1.")
    currency: str | None = Field(None, description="money: ISO 4217 code of the amounts, where the file does not say.")
    decimal: Literal[".", ","] | None = None
    dates: list[str] = Field(default_factory=list)
    split: str | None = Field(None, description="Cells hold several values with this separator; one row for each.")

    @property
    def headings(self) -> list[str]:
        if self.heading is None:
            return [self.field]
        return [self.heading] if isinstance(self.heading, str) else list(self.heading)

    @model_validator(mode="after")
    def _one_origin(self) -> Column:
        if self.constant is not None and self.heading is not None:
            raise ValueError("a column has either `heading` or `constant`, not both")
        return self


class Part(Strict):
    """One table of the file and the canonical table it feeds."""

    name: Identifier | None = Field(None, description="Name of the part; default: the table it feeds.")
    feeds: Identifier = Field(description="Canonical table: see the data dictionary.")
    key: list[Identifier] = Field(min_length=1, description="Fields that identify a row within the source.")
    revision: Literal["upsert", "append", "replace_period", "replace_all"] = Field(
        "upsert",
        description=(
            "upsert: a later row of the same key replaces it · append: rows are only added, a changed one is a "
            "correction · replace_period: a file replaces all earlier rows of the periods it covers · replace_all: "
            "each file is the whole truth (living feeds with deletions)."
        ),
    )
    scope: list[Identifier] = Field(
        default_factory=list, description="replace_period: fields that bound what a file replaces; default [period]."
    )
    layout: Layout = Field(default_factory=Layout)
    unpivot: Unpivot | None = None
    columns: list[Column] = Field(min_length=1)
    ignore: list[str] = Field(
        default_factory=list, description="Headings (shell patterns) that are known and not read."
    )
    optional: bool = Field(False, description="The sheet or section may be absent.")

    @property
    def id(self) -> str:
        return self.name or self.feeds

    @model_validator(mode="after")
    def _consistent(self) -> Part:
        fields = [c.field for c in self.columns]
        for name in {f for f in fields if fields.count(f) > 1}:
            raise ValueError(f"field `{name}` is mapped twice")
        for name in [*self.key, *self.scope]:
            if name not in fields:
                raise ValueError(f"key or scope field `{name}` has no column")
        return self


class Cadence(Strict):
    """How often a report is owed and when it counts as late."""

    every: Every = Field(description="day, week, month, quarter, half_year, year or as_needed.")
    due_after_days: int = Field(0, ge=0, description="Days after the end of the period at which the report is due.")
    grace_days: int = Field(0, ge=0, description="Further days before a late report counts as overdue.")
    calendar: list[str] = Field(
        default_factory=list, description="ISO countries whose weekends and public holidays move a due date on."
    )
    since: date | None = Field(None, description="First period owed; left out: that of the first report.")
    until: date | None = Field(None, description="Last day on which a report was owed.")
    derogations: list[str] = Field(default_factory=list, description="Periods for which no report is owed.")


class Bounds(Strict):
    """What is usual for a file of this source."""

    rows: tuple[int, int | None] | None = Field(None, description="Fewest and most rows: fewer refuses, more warns.")
    filled: dict[Identifier, float] = Field(default_factory=dict, description="Field -> least share filled (warns).")
    held_rate: float | None = Field(None, ge=0, le=1, description="Above this share of held rows the file is held.")


class Handling(Strict):
    """Marking of every row of the source (Government Security Classifications, OFFICIAL tier only)."""

    classification: Literal["OFFICIAL", "OFFICIAL-SENSITIVE"] = "OFFICIAL"
    releasable_to: list[str] = Field(default_factory=lambda: ["HMG"], min_length=1)
    handling: list[str] = Field(default_factory=list, description="Handling instructions and descriptors.")


class Grading(Strict):
    """Admiralty grade of the source where its rows carry none (F and 6 mean: cannot be judged)."""

    reliability: Literal["A", "B", "C", "D", "E", "F"] | None = None
    credibility: Literal["1", "2", "3", "4", "5", "6"] | None = None
    origin: str | None = Field(
        None,
        description="The open source that is quoted; reports of one origin count once when corroboration is counted.",
    )


class Source(Strict):
    """A whole source.yml."""

    _id: str = PrivateAttr(default="")
    _folder: Path = PrivateAttr(default=Path())
    _fingerprint: str = PrivateAttr(default="")

    title: str
    publisher: str = Field(description="Identifier of the organisation that sends the reports, such as GB-GOV-11.")
    description: str = ""
    owner: str = Field("", description="Role that answers for the source, as a team name; no person.")
    received: Received = Field(default_factory=Received)
    format: Format
    cadence: Cadence
    parts: list[Part] = Field(min_length=1, description="One entry per canonical table that the file feeds.")
    bounds: Bounds = Field(default_factory=Bounds)
    handling: Handling = Field(default_factory=Handling)
    grading: Grading = Field(default_factory=Grading)

    @model_validator(mode="before")
    @classmethod
    def _single_part(cls, data: object) -> object:
        """feeds, key, revision, columns … at the top level are one part."""
        if isinstance(data, dict) and "parts" not in data:
            names = set(Part.model_fields)
            part = {k: v for k, v in data.items() if k in names}
            return {**{k: v for k, v in data.items() if k not in names}, "parts": [part]}
        return data

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
