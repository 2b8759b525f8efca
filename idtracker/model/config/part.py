"""The part of a source: where one table stands in the file, and which canonical fields its columns fill."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from idtracker.model.config.values import GroupRegex, Identifier, Regex, SeparatorInCell, Strict, fault

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


WhereValue = str | Annotated[int, Field(strict=True)]
HistoryRule = Literal["outlier", "unit", "sign", "copy"]


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
    header_rows: list[Annotated[int, Field(ge=1)]] = Field(
        default_factory=list,
        description="One-based rows that hold the headings; several are joined by ' / ', blanks filled from the left.",
    )
    data_row: int | None = Field(
        None, ge=1, description="First one-based row of data; left out, the row after the headings."
    )
    stop_at: Regex | None = Field(
        None, description="Regular expression; reading ends at the first row whose first filled cell matches."
    )
    skip_rows: Regex | None = Field(
        None, description="Regular expression; rows whose first filled cell matches are no data (totals, notes)."
    )


class Unpivot(Strict):
    """Columns that hold values of one heading side by side (periods across) become rows."""

    columns: GroupRegex = Field(
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
    minimum: float | None = Field(None, description="Least value allowed.")
    maximum: float | None = Field(None, description="Greatest value allowed.")
    codelist: str | None = Field(None, description="Codelist to check against; left out: that of the canonical field.")
    map: dict[str, str] = Field(default_factory=dict, description="Values as typed -> values meant, before typing.")
    scheme: str | None = Field(
        None,
        description=(
            "place/organisation: the code scheme of the values, such as `iso3166-2`, `unhcr-progres` or `xm-dac`: one of "
            "place_codes.csv or organisation_aliases.csv, bundled or in `_reference`; with `unknown: keep` any name."
        ),
    )
    unknown: Literal["hold", "keep"] | None = Field(
        None,
        description="What to do with an unknown name: organisations default to keep, places and indicators to hold.",
    )
    scale: float | None = Field(
        None,
        description=(
            "Multiply numbers by this, for example 100 for shares sent as 0-1. Percentages are taken as they are shown; a "
            "scale that the heading states (`£000`) counts before this one, with a warning."
        ),
    )
    currency: str | None = Field(
        None,
        description=(
            "money: ISO 4217 code of the amounts, where the file does not say. What a cell, its number format, a column "
            "headed as a currency or the heading says counts before it, with a warning."
        ),
    )
    decimal: Literal[".", ","] | None = Field(None, description="Decimal mark, where it differs from the file's.")
    dates: list[str] = Field(default_factory=list, description="Date formats, where they differ from the file's.")
    split: SeparatorInCell | None = Field(
        None,
        description=(
            "Cells hold several values with this separator; one row for each. A JSON list is divided into its entries, "
            "whatever the separator."
        ),
    )

    dimension: Identifier | None = Field(
        None,
        description=(
            "disaggregation: what the column breaks the value down by, such as `sex`. Several columns, each with its own, "
            "make one breakdown (`age=5-17;sex=f`); what names the whole of a dimension (Both sexes, `_T`) is left out."
        ),
    )

    @property
    def own_field(self) -> str:
        """The field, and the dimension where several columns share it."""
        return self.field if self.dimension is None else f"{self.field}.{self.dimension}"

    @property
    def headings(self) -> list[str]:
        if self.heading is None:
            return [self.field]
        return [self.heading] if isinstance(self.heading, str) else list(self.heading)

    @model_validator(mode="after")
    def _one_origin(self) -> Column:
        if self.constant is not None and self.heading is not None:
            raise fault("a column has either `heading` or `constant`, not both", "constant")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise fault(f"`minimum` {self.minimum:g} is greater than `maximum` {self.maximum:g}", "minimum")
        return self


class Deleted(Strict):
    """How a row says that its record is deleted."""

    heading: str = Field(description="Heading of the file, such as `status` or `_deleted`; it need not be mapped.")
    values: list[WhereValue] = Field(
        min_length=1, description="Values that say so, such as `deleted`; case and blanks do not matter."
    )

    @property
    def texts(self) -> list[str]:
        """The values, each as text."""
        return [str(value) for value in self.values]


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
    layout: Layout = Field(default_factory=Layout, description="Where the table stands in the file.")
    where: dict[str, WhereValue | list[WhereValue]] = Field(
        default_factory=dict,
        description=(
            "Heading -> value, or a list of them: only rows with one of these are read, every heading must fit. Case, blanks "
            "and Arabic letter forms do not matter; '' is an empty cell. Rows left out are counted in a finding."
        ),
    )
    deleted: Deleted | None = Field(
        None,
        description=(
            "Heading and values by which a row says that its record is deleted: from its arrival on the record is no longer "
            "in force. Such a row needs its key alone."
        ),
    )
    deletes: Identifier | None = Field(
        None,
        description=(
            "Name of the part whose records the rows of this one delete: a log of deletions. It feeds the same table, has "
            "the same key and maps no more than that; a file of that kind has the headings of the log alone."
        ),
    )
    unpivot: Unpivot | None = Field(None, description="For columns that hold values of one heading side by side.")
    columns: list[Column] = Field(min_length=1, description="One entry per field of the canonical table.")
    ignore: list[str] = Field(
        default_factory=list, description="Headings (shell patterns) that are known and not read."
    )
    optional: bool = Field(False, description="The sheet or section may be absent.")
    history: bool | list[HistoryRule] = Field(
        True,
        description=(
            "Whether values are held against what the source said for earlier periods (warnings only); a list names "
            "the rules to leave out: outlier, unit, sign, copy."
        ),
    )

    @property
    def id(self) -> str:
        return self.name or self.feeds

    @property
    def asked(self) -> dict[str, list[str]]:
        """The values that `where` names, by heading, each as text."""
        return {
            h: [str(v) for v in (values if isinstance(values, list) else [values])] for h, values in self.where.items()
        }

    @model_validator(mode="after")
    def _consistent(self) -> Part:
        for heading in self.where:
            if heading.startswith("@") or not self.asked[heading]:
                raise fault("expected a heading of the file, and one value or more", "where", heading)
        if self.deletes is not None and self.deleted is not None:
            raise fault("every row of a log of deletions deletes: leave `deleted` out", "deleted")
        fields = [c.field for c in self.columns]
        for place, column in enumerate(self.columns):
            if column.dimension is not None and column.field != "disaggregation":
                raise fault("only a `disaggregation` has dimensions", "columns", place, "dimension")
            same = [c.dimension for c in self.columns[:place] if c.field == column.field]
            if same and (None in (*same, column.dimension) or column.dimension in same):
                several = "; give each column its own `dimension`" if column.field == "disaggregation" else ""
                raise fault(f"field `{column.field}` is mapped twice{several}", "columns", place, "field")
        for key, names in (("key", self.key), ("scope", self.scope)):
            for place, name in enumerate(names):
                if name not in fields:
                    raise fault(f"no column maps `{name}`; mapped are {', '.join(fields)}", key, place)
        return self
