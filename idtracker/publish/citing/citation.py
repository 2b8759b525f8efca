"""A published figure as one cites it: what it is, its value with what is known of its error, and how it can be found again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from idtracker.model.home import Home
from idtracker.model.messages import LIST_MARK, Lang, phrase
from idtracker.model.published.figure_address import MAIN_COLUMN, FigureAddress, key_columns
from idtracker.model.tables import TABLES, ColumnSpec, columns_of
from idtracker.model.tables.labels import label_of, title_of
from idtracker.publish.citing.figure_rows import Row, row_of, rows_with
from idtracker.publish.citing.publications import manifest_of, publication_folder, publication_name
from idtracker.publish.manifest import DATABASE
from idtracker.store.connection import connect

_TEXTS = "publish/citing"
_BOUNDS = {"score": ("low", "high"), "metric_value": ("lower", "upper")}
_SHOWN_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Citation:
    """A figure with everything that a citation says of it; a number that is missing is None."""

    title: str
    value: float | int | str | bool | None
    unit: str
    low: float | None
    high: float | None
    interval_level: float | None
    standard_error: float | None
    why_missing: str
    place_id: str | None
    place: str
    period: str | None
    as_known_at: str
    programme: str
    notice: str
    publication: str
    method: str
    rules: str
    classification: str
    releasable_to: tuple[str, ...]
    address: FigureAddress
    line: str


@dataclass(frozen=True, slots=True)
class _Names:
    """What people call the identifiers of a publication, in one language."""

    published: duckdb.DuckDBPyConnection
    lang: Lang

    def of(self, table: str, key: str, identifier: object) -> str:
        """The name of an identifier, or itself where it has none."""
        rows = rows_with(self.published, table, **{key: identifier}) if identifier is not None else []
        row = rows[-1] if rows else {}
        return str((row.get("name_ar") if self.lang == "ar" else None) or row.get("name") or identifier or "")

    def node(self, code: str) -> str:
        """A node of the headline index; the whole of it in words."""
        methods = rows_with(self.published, "method", role="headline")
        if methods and methods[-1]["root_code"] == code:
            return phrase(_TEXTS, "whole", self.lang, node=code)
        stated = json.loads(methods[-1]["definition"]).get("dimensions", {}) if methods else {}
        arabic = [r["label_ar"] for r in rows_with(self.published, "codelist", code=code) if r["label_ar"]]
        label = arabic[-1] if arabic and self.lang == "ar" else stated.get(code, {}).get("label")
        return f"{label} ({code})" if label else self.of("indicator", "indicator_id", code)


def cite(home: Home, audience_id: str, typed: str, lang: Lang) -> Citation:
    """The citation of a figure that is named by address or in words, of the current publication or of a kept one.

    UsageError with the nearest names where it is unknown, NotPublishedError where nothing is published.
    """
    folder = publication_folder(home, audience_id, typed.partition("@")[2] or None)
    manifest = manifest_of(folder)
    with connect(str(folder / DATABASE), read_only=True) as published:
        address, row = row_of(published, typed.partition("@")[0])
        return _citation(address.of(publication_name(manifest)), row, manifest, _Names(published, lang))


def _citation(address: FigureAddress, row: Row, manifest: Mapping[str, Any], names: _Names) -> Citation:
    lang, value = names.lang, _plain(row[address.column])
    low, high, level, error = _certainty(address, row, names)
    place_id = row.get("place_id") or _place_of_scope(row)
    place = names.of("place", "place_id", place_id) if place_id else ""
    if row.get("scope") == "programme":
        place = phrase(_TEXTS, "programme", lang)
    groups = tuple(group for group in str(row.get("releasable_to") or "").split(";") if group)
    parts: dict[str, Any] = {
        "title": _title(address, row, names),
        "value": value,
        "unit": _unit(address, row, names),
        "low": low,
        "high": high,
        "interval_level": level,
        "standard_error": error,
        "why_missing": _why_missing(row, lang) if value is None else "",
        "place_id": place_id,
        "place": place or str(row.get("scope") or ""),
        "period": row.get("period"),
        "as_known_at": f"{manifest['as_of']}Z",
        "programme": str(manifest.get("programme", "")),
        "notice": str(manifest.get("notice", "")),
        "publication": publication_name(manifest),
        "method": _method(row, manifest),
        "rules": str(manifest["versions"].get("rule_set", "")),
        "classification": str(row.get("classification") or ""),
        "releasable_to": groups,
        "address": address,
    }
    return Citation(**parts, line=_line(parts, lang))


def _method(row: Row, manifest: Mapping[str, Any]) -> str:
    """What the figure was worked out by: the method or the definition of the metric, else the method of the publication."""
    if row.get("metric_version"):
        return f"{row['metric_id']} {row['metric_version']}"
    return str(row.get("method_version") or manifest["versions"].get("method", ""))


def _plain(value: Any) -> float | int | str | bool | None:
    """A cell as JSON holds it."""
    return value if value is None or isinstance(value, float | int | str | bool) else str(value)


def _certainty(
    address: FigureAddress, row: Row, names: _Names
) -> tuple[float | None, float | None, float | None, float | None]:
    """Interval, its level and standard error of a main column; of others nothing is known."""
    if MAIN_COLUMN.get(address.table) != address.column:
        return None, None, None, None
    low, high = (row.get(name) for name in _BOUNDS.get(address.table, ("", "")))
    if low is None or high is None:
        return None, None, None, row.get("standard_error")
    methods = rows_with(names.published, "method", role="headline")
    stated = json.loads(methods[-1]["definition"]).get("interval_level", 0.9) if methods else 0.9
    return low, high, float(stated) if address.table == "score" else 0.9, row.get("standard_error")


def _place_of_scope(row: Row) -> str | None:
    kind, _, one = str(row.get("scope") or "").partition("=")
    return one if kind == "place" else None


def _title(address: FigureAddress, row: Row, names: _Names) -> str:
    """What the figure is, in words; a column that is not the main one is named."""
    lang, specs = names.lang, {spec.name: spec for spec in columns_of(TABLES[address.table])}
    label = label_of(specs[address.column], lang)
    if address.table == "score":
        title = phrase(_TEXTS, "score", lang, node=names.node(row["node_code"]))
    elif address.table == "metric_value":
        title = _metric_title(row, lang)
    elif address.table == "merged_cell":
        title = names.of("indicator", "indicator_id", row["indicator_id"])
    else:
        key = LIST_MARK.text(lang).join(str(row[name]) for name in key_columns(address.table) if row[name] is not None)
        return phrase(_TEXTS, "of_row", lang, table=title_of(address.table, lang), column=label, key=key)
    is_main = MAIN_COLUMN.get(address.table) == address.column
    return title if is_main else phrase(_TEXTS, "column", lang, title=title, column=label)


def _metric_title(row: Row, lang: Lang) -> str:
    from idtracker.analyse.metrics.registry import metrics

    known = metrics().get(row["metric_id"])
    name = "" if known is None else known.name_ar if lang == "ar" else known.name
    title = phrase(_TEXTS, "metric", lang, id=row["metric_id"], name=name).strip()
    return title if row["measure"] == "value" else phrase(_TEXTS, "measure", lang, metric=title, measure=row["measure"])


def _unit(address: FigureAddress, row: Row, names: _Names) -> str:
    """The unit of a figure: that of its row, of its indicator, else of the column."""
    if address.column in ("value", "lower", "upper", "standard_error") and row.get("unit"):
        return str(row["unit"])
    if address.table == "merged_cell" and address.column in ("value", "standard_error"):
        rows = rows_with(names.published, "indicator", indicator_id=row["indicator_id"])
        return str(rows[-1]["unit"] or "") if rows else ""
    spec: ColumnSpec = {spec.name: spec for spec in columns_of(TABLES[address.table])}[address.column]
    return "0-100" if address.table == "score" and address.column in ("score", "low", "high") else spec.unit or ""


def _why_missing(row: Row, lang: Lang) -> str:
    """Why there is no value, as far as the row says so."""
    if row.get("suppressed_reason"):
        return str(row["suppressed_reason"])
    return phrase(_TEXTS, "withheld", lang) if "completeness" in row else ""


def _line(parts: Mapping[str, Any], lang: Lang) -> str:
    """The citation in one line."""
    where = [parts["title"], parts["place"], str(parts["period"] or "")]
    groups = LIST_MARK.text(lang).join(parts["releasable_to"])
    marking = phrase(
        _TEXTS, "seen_by" if groups else "unshared", lang, classification=parts["classification"], groups=groups
    )
    source = [
        phrase(_TEXTS, "as_known_at", lang, at=parts["as_known_at"]),
        parts["programme"],
        phrase(_TEXTS, "publication", lang, name=parts["publication"]),
        *([phrase(_TEXTS, "method", lang, method=parts["method"])] if parts["method"] else []),
        *([phrase(_TEXTS, "rules", lang, rules=parts["rules"])] if parts["rules"] else []),
    ]
    mark = LIST_MARK.text(lang)
    figure, known = (mark.join(part for part in texts if part) for texts in (where, source))
    said = {"figure": figure, "value": _value(parts, lang), "source": known, "marking": marking}
    return phrase(_TEXTS, "line", lang, **said, address=parts["address"])


def _value(parts: Mapping[str, Any], lang: Lang) -> str:
    """The value with its unit and what is known of its error."""
    value = parts["value"]
    if value is None:
        why = parts["why_missing"]
        return phrase(_TEXTS, "no_value_why", lang, why=why) if why else phrase(_TEXTS, "no_value", lang)
    unit = parts["unit"]
    is_scale = unit[:1].isdigit() or unit.startswith("-")
    shown = phrase(_TEXTS, "scale", lang, value=_number(value), unit=unit) if is_scale else f"{_number(value)} {unit}"
    text = shown.strip()
    if parts["low"] is not None:
        level, bounds = _number(100 * parts["interval_level"]), {n: _number(parts[n]) for n in ("low", "high")}
        text += f" ({phrase(_TEXTS, 'interval', lang, level=level, **bounds)})"
    elif parts["standard_error"] is not None:
        text += f" ({phrase(_TEXTS, 'error', lang, error=_number(parts['standard_error']))})"
    return text


def _number(value: Any) -> str:
    """A number to two decimals at most; one that would be nothing then with the digits that it has."""
    if not isinstance(value, float):
        return str(value)
    rounded = round(value, _SHOWN_DIGITS)
    return f"{value:.3g}" if rounded == 0 and value else f"{rounded:.{_SHOWN_DIGITS}f}".rstrip("0").rstrip(".")
