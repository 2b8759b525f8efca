"""`datapackage.json`: what the files of an export are, as Frictionless Data Package 2.0 has it.

CSV files are tables (`rows` is what frictionless counts them against), Parquet files and workbooks are files (`rowCount`).
Source: https://datapackage.org/standard/data-package/. Properties of our own are `madeBy`, `audience`, `asKnownAt`, `notice`,
`publication`, `versions`, `marking`, `conventions` and `leftOut` of the package, `rowCount`, `marking`, `formulaLikeCells`,
`emptyTextCells`, `unmatchedReferences`, `address` and `sdmx` of a resource, `codelist`, `unit` and `titleAr` of a field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from idtracker.model.marking import Marking
from idtracker.model.published.figure_address import MAIN_COLUMN, key_columns, path_sql
from idtracker.model.tables import TABLES, ColumnSpec, columns_of, grain
from idtracker.model.tables.labels import label_of, title_of
from idtracker.publish.export.csv_files import CsvContent
from idtracker.publish.export.folder import DESCRIPTION, MADE_BY
from idtracker.publish.export.published import Published, TableMarking
from idtracker.publish.export.relations import Relations
from idtracker.publish.export.result import Exported, ExportedFile, Format
from idtracker.publish.export.sdmx import HEADER, STRUCTURES

PROFILES = "https://datapackage.org/profiles/2.0"
_TYPES = {
    "integer": "integer",
    "number": "number",
    "money": "number",
    "flag": "boolean",
    "date": "date",
    "instant": "datetime",
}
_MEDIA = {
    "csv": ("csv", "text/csv"),
    "sdmx": ("csv", "application/vnd.sdmx.data+csv; version=2.0.0"),
    "parquet": ("parquet", "application/vnd.apache.parquet"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "gpkg": ("gpkg", "application/geopackage+sqlite3"),
    "geoparquet": ("parquet", "application/vnd.apache.parquet"),
    "iati": ("xml", "application/xml"),
    "croissant": ("json", "application/ld+json"),
    "odcs": ("yaml", "application/yaml"),
}
CONVENTIONS = {
    "missing": 'in CSV an empty field is a missing value, "" an empty text',
    "instants": "UTC, ISO 8601, Z at the end",
    "formulas": "CSV has texts as they were reported: nothing is put before those that begin with = + - @, a tab or a carriage "
    "return, and formulaLikeCells counts them by column. In XLSX all texts are cells of text, and those that editing would turn into "
    "something else have a quote prefix.",
    "addresses": "A figure is named by table/key#column@publication, such as score/JO/2026-Q3/STABILITY#low: the columns of `address.key` of its "
    "resource in their order, each percent-encoded, - where one is empty; #column may be left out where it is `address.column`. `address.sql` is the "
    "same as a DuckDB expression over the rows. Of a fact the row without recorded_to is meant. `idtracker cite` looks an address up.",
}


def write_description(
    folder: Path,
    published: Published,
    exported: Exported,
    tables: Mapping[str, TableMarking],
    relations: Mapping[str, Relations],
    contents: Mapping[str, CsvContent],
    made_by: str = MADE_BY,
    own: Mapping[str, Any] | None = None,
) -> None:
    """Write the description of an export into its folder. `contents`: path of a CSV file -> what was seen in it; `own`: further properties."""
    document: dict[str, Any] = {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": f"idtracker-{exported.audience}",
        "id": str(published.manifest["content"]),
        "title": str(published.manifest["programme"]),
        "description": exported.notice,
        "madeBy": made_by,
        **(own or {}),
        "audience": {"id": exported.audience, "title": published.audience.title},
        "asKnownAt": exported.as_known_at,
        "notice": exported.notice,
        "publication": str(published.manifest["content"]),
        "versions": dict(published.manifest["versions"]),
        "marking": _marking(exported.marking, exported.handling),
        "conventions": CONVENTIONS,
        "leftOut": [{"table": left.table, "format": left.format, "why": left.why} for left in exported.left_out],
        "resources": [_resource(file, exported, tables, relations, contents) for file in exported.files],
    }
    kept = {key: value for key, value in document.items() if value != ""}
    (folder / DESCRIPTION).write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _marking(marking: Marking | None, handling: Sequence[str]) -> dict[str, Any] | None:
    if marking is None:
        return None
    groups = sorted(marking.groups)
    return {"classification": marking.classification, "releasableTo": groups, "handling": list(handling)}


def _resource(
    file: ExportedFile,
    exported: Exported,
    tables: Mapping[str, TableMarking],
    relations: Mapping[str, Relations],
    contents: Mapping[str, CsvContent],
) -> dict[str, Any]:
    form, media = _MEDIA["csv" if file.path.endswith(".csv") and file.format != "sdmx" else file.format]
    resource: dict[str, Any] = {
        "$schema": f"{PROFILES}/dataresource.json",
        "name": resource_name(file.table, file.format, file.path),
        "path": file.path,
        "format": form,
        "mediatype": media,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    is_text = file.format in ("csv", "sdmx")  # read by its schema; of anything else validators look at the bytes
    resource |= {"type": "table", "rows": file.rows} if is_text else {"type": "file", "rowCount": file.rows}
    content = contents.get(file.path)
    if content is not None:
        resource["formulaLikeCells"] = dict(sorted(content.formula_like.items()))
        resource["emptyTextCells"] = dict(sorted(content.empty_texts.items()))
    if file.table is None:
        return resource | {"marking": _marking(exported.marking, exported.handling)}
    marked = tables[file.table]
    resource |= {"title": title_of(file.table, "en"), "description": grain(TABLES[file.table])}
    resource["marking"] = _marking(marked.marking, marked.handling)
    if is_text:
        resource |= {"encoding": "utf-8", "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True}}
    if file.format == "sdmx":
        return resource | {"sdmx": _structure(file.table), "schema": _sdmx_schema(file.table)}
    own = relations[file.table]
    unmatched = [r for r in own.references if r.unmatched]
    resource["unmatchedReferences"] = [
        {"column": r.column, "reference": f"{r.table}.{r.other}", "rows": r.unmatched} for r in unmatched
    ]
    return resource | _address(file.table) | {"schema": _schema(file, own, content or CsvContent())}


def _address(table: str) -> dict[str, Any]:
    """How the rows of a table are named in addresses: the columns of the key, the column that is meant by itself, and the same in SQL."""
    if not key_columns(table):
        return {}
    main = MAIN_COLUMN.get(table)
    return {"address": {"key": list(key_columns(table)), **({"column": main} if main else {}), "sql": path_sql(table)}}


def resource_name(table: str | None, form: Format, path: str = "") -> str:
    """Name of the resource of a table in a format; that of the CSV file is the table's own, of no table its file's."""
    name = table or PurePosixPath(path).name.partition(".")[0]
    return name if form == "csv" else f"{name}-{form}"


def _schema(file: ExportedFile, relations: Relations, content: CsvContent) -> dict[str, Any]:
    """Table Schema of a table. A reference that does not hold for every row is not one; it is listed beside the schema."""
    assert file.table is not None
    schema: dict[str, Any] = {
        "fields": [_field(spec, spec.name not in content.empty_texts) for spec in columns_of(TABLES[file.table])],
        "missingValues": [""],
    }
    if relations.key and relations.is_filled and not set(relations.key) & set(content.empty_texts):
        schema["primaryKey"] = list(relations.key)
    elif relations.key:
        schema["uniqueKeys"] = [list(relations.key)]
    foreign = [
        {"fields": [r.column], "reference": {"resource": resource_name(r.table, file.format), "fields": [r.other]}}
        for r in relations.references
        if not r.unmatched
    ]
    return schema | ({"foreignKeys": foreign} if foreign else {})


def _field(spec: ColumnSpec, has_no_empty_text: bool) -> dict[str, Any]:
    """A field. One that is always filled is `required` unless it has empty texts, which readers of CSV take for missing."""
    limits = {"minimum": spec.minimum, "maximum": spec.maximum}
    constraints: dict[str, Any] = {name: _limit(spec, limit) for name, limit in limits.items() if limit is not None}
    if spec.is_required and has_no_empty_text:
        constraints["required"] = True
    field: dict[str, Any] = {"name": spec.name, "type": _TYPES.get(spec.kind, "string"), "title": label_of(spec, "en")}
    field |= {"titleAr": label_of(spec, "ar"), "description": spec.description}
    field |= {name: text for name, text in (("unit", spec.unit), ("codelist", spec.codelist)) if text}
    return field | ({"constraints": constraints} if constraints else {})


def _limit(spec: ColumnSpec, limit: float) -> float:
    return int(limit) if spec.kind == "integer" else limit


def _structure(table: str) -> dict[str, Any]:
    structure = STRUCTURES[table]
    roles = {f"{role}s": structure.ids(role) for role in ("dimension", "measure", "attribute")}
    return {"structure": "datastructure", "id": structure.id, **roles, "obsStatus": dict(structure.statuses)}


def _sdmx_schema(table: str) -> dict[str, Any]:
    structure = STRUCTURES[table]
    fields = [{"name": name, "type": "string", "constraints": {"required": True}} for name in HEADER]
    fields += [
        {"name": c.id, "type": c.type, **({"constraints": {"required": True}} if c.role == "dimension" else {})}
        for c in structure.components
    ]
    return {"fields": fields, "missingValues": [""], "primaryKey": structure.ids("dimension")}
