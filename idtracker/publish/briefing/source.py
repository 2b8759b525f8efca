"""The rows that a briefing is made of: those of one publication and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from idtracker.model.messages import Lang, phrase, texts_of
from idtracker.model.tables import TABLES, columns_of
from idtracker.model.tables.labels import label_of, title_of

if TYPE_CHECKING:
    import pandas as pd

_NAMES, _AT_A_TIME = "publish/briefing/names", 2_048


@dataclass(frozen=True)
class PublishedRows:
    """One publication's tables by an open connection, and what people call what stands in them.

    A name that the publication does not have is the identifier itself, an empty identifier has the name "".
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path | None = None
    """Where the publication's other files are, such as boundaries; None where there is only the database."""

    def rows(self, sql: str, *parameters: object) -> pd.DataFrame:
        """The result of a query; what is missing in a column of texts is None. The query says its order.

        The same query is asked once: both languages, and several pages, say the same of it. The frame is the caller's own.
        """
        key = (sql, *parameters)
        if key not in self._frames:
            frame: pd.DataFrame = self.connection.execute(sql, list(parameters)).df()
            for name in frame.columns:
                if frame[name].dtype == object or frame[name].dtype == "str":
                    texts = frame[name].astype(object)
                    frame[name] = texts.where(texts.notna(), None)
            self._frames[key] = frame
        return self._frames[key].copy()

    def records(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """The same as one dictionary for each row, by column. They are shared: nobody may change them."""
        key = (sql, *parameters)
        if key not in self._records:
            frame = self.rows(sql, *parameters)
            self._records[key] = [{str(k): value for k, value in row.items()} for row in frame.to_dict("records")]
            self._frames.pop(key)
        return self._records[key]

    def read(self, sql: str) -> Iterator[dict[str, Any]]:
        """The rows of a query that is not asked again, one at a time; what is missing is None."""
        found = self.connection.cursor().execute(sql)
        columns = [column[0] for column in found.description]
        while rows := found.fetchmany(_AT_A_TIME):
            yield from (dict(zip(columns, row, strict=True)) for row in rows)

    @cached_property
    def tables(self) -> list[str]:
        """The tables that this publication has, with or without rows, by name."""
        found = self.connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = current_schema() ORDER BY table_name"
        )
        return [str(name) for (name,) in found.fetchall()]

    def has_rows(self, table: str, where: str = "TRUE") -> bool:
        """Whether the publication has the table and a row in it, or one that the condition is true of."""
        key = f"{table} {where}"
        if key not in self._has_rows:
            sql = f'SELECT 1 FROM "{table}" WHERE {where} LIMIT 1'
            self._has_rows[key] = table in self.tables and self.connection.execute(sql).fetchone() is not None
        return self._has_rows[key]

    @cached_property
    def latest_period(self) -> str | None:
        """The latest quarter in which the headline index has a score anywhere; None where nothing is scored."""
        if not self.has_rows("score"):
            return None
        row = self.connection.execute(
            "SELECT max(period) FROM score WHERE score IS NOT NULL AND (node_code = ? OR ? IS NULL)",
            [self.root, self.root],
        ).fetchone()
        return None if row is None or row[0] is None else str(row[0])

    @cached_property
    def root(self) -> str | None:
        """The node of the whole headline index; None where the publication has no method."""
        return self._headline.get("root_code")

    @cached_property
    def country(self) -> str | None:
        """The place of the whole programme: the country that has rows of scores, else the country that cells are of."""
        for table in ("score", "merged_cell"):
            if self.has_rows(table) and self.has_rows("place"):
                row = self.connection.execute(
                    f"SELECT min(place_id) FROM {table} JOIN place USING (place_id) WHERE place.level = 'country'"
                ).fetchone()
                if row is not None and row[0] is not None:
                    return str(row[0])
        return None

    @cached_property
    def definition(self) -> Mapping[str, Any]:
        """How the headline method is written down: bands, dimensions, interval level and the rest."""
        return dict(json.loads(self._headline.get("definition") or "{}"))

    def name_of_place(self, place_id: str | None, lang: Lang) -> str:
        return _found(self._places, place_id, lang)

    def name_of_organisation(self, org_id: str | None, lang: Lang) -> str:
        """In Arabic its name there, else its short name, else its name."""
        return _found(self._organisations, org_id, lang)

    def name_of_indicator(self, indicator_id: str | None, lang: Lang) -> str:
        return _found(self._indicators, indicator_id, lang)

    def name_of_source(self, source_id: str | None, lang: Lang) -> str:
        """The title that its definition gives it, in the language in which it does."""
        return _found(self._sources, source_id, lang)

    def name_of_unit(self, unit: str | None, lang: Lang) -> str | None:
        """A unit as it is written; in Arabic its name, where the register has one."""
        return unit if unit is None or lang == "en" else self._units.get(unit, unit)

    def name_of_node(self, node_code: str | None, lang: Lang) -> str:
        """The whole index or one of its parts."""
        if node_code in self._nodes:
            return _found(self._nodes, node_code, lang)
        words = texts_of(_NAMES, f"node {node_code}")
        if words is not None:
            return str(words[lang])
        if node_code is not None and node_code == self.root:
            return phrase(_NAMES, "whole_index", lang)
        return self.name_of_indicator(node_code, lang)

    def name_of_band(self, band: str | None, lang: Lang) -> str:
        """A band as people read it; as the method writes it where it has no name in the language."""
        words = texts_of(_NAMES, f"band {band}")
        return str(words[lang]) if words is not None else band or ""

    def label(self, name: str, lang: Lang) -> str:
        """What a table (`score`) or a column of one (`score.low`) is called."""
        table, _, column = name.partition(".")
        if not column:
            return title_of(table, lang)
        specs = {spec.name: spec for spec in columns_of(TABLES[table])} if table in TABLES else {}
        return label_of(specs[column], lang) if column in specs else column

    def code_label(self, codelist: str, code: str | None, lang: Lang) -> str:
        """A code as people read it."""
        return _found(self._codes.get(codelist, {}), code, lang)

    @cached_property
    def _frames(self) -> dict[tuple[object, ...], pd.DataFrame]:
        return {}

    @cached_property
    def _records(self) -> dict[tuple[object, ...], list[dict[str, Any]]]:
        return {}

    @cached_property
    def _has_rows(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _headline(self) -> dict[str, Any]:
        if not self.has_rows("method"):
            return {}
        found = self.rows("SELECT * FROM method WHERE role = 'headline' ORDER BY method_version").to_dict("records")
        return {str(key): value for key, value in found[-1].items()} if found else {}

    @cached_property
    def _places(self) -> dict[str, dict[str, str]]:
        return self._names("place", "place_id", "name", "coalesce(name_ar, name)")

    @cached_property
    def _organisations(self) -> dict[str, dict[str, str]]:
        english = "coalesce(short_name, name)"
        return self._names("organisation", "org_id", english, f"coalesce(name_ar, {english})")

    @cached_property
    def _indicators(self) -> dict[str, dict[str, str]]:
        return self._names("indicator", "indicator_id", "name", "coalesce(name_ar, name)", "retired_on")

    @cached_property
    def _units(self) -> dict[str, str]:
        named = self._names("unit", "unit", "unit", "name_ar", "unit")
        return {unit: names["ar"] for unit, names in named.items()}

    @cached_property
    def _sources(self) -> dict[str, dict[str, str]]:
        if not self.has_rows("definition"):
            return {}
        sql = "SELECT definition_id, nullif(definition->>'title', '') FROM definition WHERE kind = 'source' ORDER BY 1"
        found = self.connection.execute(sql).fetchall()
        return {source_id: dict.fromkeys(("en", "ar"), str(title)) for source_id, title in found if title}

    @cached_property
    def _codes(self) -> dict[str, dict[str, dict[str, str]]]:
        labels: dict[str, dict[str, dict[str, str]]] = {}
        if self.has_rows("codelist"):
            sql = "SELECT scheme, code, label_en, coalesce(label_ar, label_en) FROM codelist ORDER BY scheme, code, valid_from NULLS FIRST"
            for scheme, code, english, arabic in self.connection.execute(sql).fetchall():
                labels.setdefault(scheme, {})[code] = {"en": english or code, "ar": arabic or english or code}
        return labels

    @cached_property
    def _nodes(self) -> dict[str, dict[str, str]]:
        stated = {
            code: dict.fromkeys(("en", "ar"), str(part["label"]))
            for code, part in dict(self.definition.get("dimensions") or {}).items()
            if isinstance(part, dict) and part.get("label")
        }
        listed = [self._codes[scheme] for scheme in sorted(self._codes) if scheme.startswith("dimension")]
        for codes in listed:
            stated |= {
                code: names for code, names in codes.items() if code not in stated or scheme_fits(stated[code], names)
            }
        return stated

    def _names(
        self, table: str, key: str, english: str, arabic: str, since: str = "valid_from"
    ) -> dict[str, dict[str, str]]:
        """Identifier -> name by language; of names that followed each other, the last."""
        if not self.has_rows(table):
            return {}
        order = f"{since} NULLS {'FIRST' if since == 'valid_from' else 'LAST'}"
        found = self.connection.execute(
            f"SELECT {key}, {english}, {arabic} FROM {table} ORDER BY {key}, {order}"
        ).fetchall()
        return {code: {"en": en or code, "ar": ar or en or code} for code, en, ar in found}


def scheme_fits(stated: Mapping[str, str], listed: Mapping[str, str]) -> bool:
    """Whether a codelist names a part of the index as its method does, so that its Arabic name is of the same part."""
    return stated["en"] == listed["en"]


def _found(names: Mapping[str, Mapping[str, str]], code: str | None, lang: Lang) -> str:
    return "" if code is None else str(names[code][lang]) if code in names else code
