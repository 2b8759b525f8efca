"""`croissant.json`: the CSV and Parquet files of an export as MLCommons Croissant 1.0 has them, for catalogues of data sets.

Source: http://mlcommons.org/croissant/1.0. A table that is there in both forms is read from Parquet, which knows its types. No licence is
stated, for nobody states one; which columns refer to which stands in datapackage.json, for tables refer to each other in circles, which readers
of Croissant cannot join.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from idtracker.model.tables import TABLES, ColumnSpec, columns_of, grain
from idtracker.model.tables.labels import title_of
from idtracker.publish.export.published import Published
from idtracker.publish.export.relations import Relations
from idtracker.publish.export.result import ExportedFile

FILE = "croissant.json"
STANDARD = "http://mlcommons.org/croissant/1.0"
_TYPES = {
    "integer": "sc:Integer",
    "number": "sc:Float",
    "money": "sc:Float",
    "flag": "sc:Boolean",
    "date": "sc:Date",
    "instant": "sc:DateTime",
}
_MEDIA = {"csv": "text/csv", "parquet": "application/x-parquet"}
_CR = (
    "citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes", "isLiveDataset", "jsonPath",
    "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField",
    "transform",
)  # fmt: skip
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{name: f"cr:{name}" for name in _CR},
}


def write_croissant(
    path: Path,
    published: Published,
    about: Mapping[str, str],
    files: Sequence[ExportedFile],
    relations: Mapping[str, Relations],
) -> None:
    """Write the description of the CSV and Parquet files of an export. `about` is what every file says of itself."""
    tabular = [file for file in files if file.format in _MEDIA and file.table is not None]
    read_from = {str(file.table): file for file in sorted(tabular, key=lambda f: f.format)}  # Parquet after CSV
    document = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": STANDARD,
        "name": about["programme"],
        "description": " ".join(f"{name}: {text}." for name, text in about.items()),
        "identifier": about["publication"],
        "version": ".".join(str(int(part)) for part in published.as_known_at[:10].split("-")),
        "datePublished": published.as_known_at[:10],
        "isLiveDataset": False,
        "conditionsOfAccess": f"{about['classification']}; {about.get('releasable_to', '')}",
        "distribution": [_file_object(file) for file in tabular],
        "recordSet": [_record_set(file, relations[table]) for table, file in read_from.items()],
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _file_object(file: ExportedFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": _MEDIA[file.format],
        "sha256": file.sha256,
    }


def _record_set(file: ExportedFile, own: Relations) -> dict[str, Any]:
    table = str(file.table)
    record_set: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": f"{title_of(table, 'en')}. {grain(TABLES[table])}",
        "field": [_field(table, file, spec) for spec in columns_of(TABLES[table])],
    }
    if own.key and own.is_filled:
        record_set["key"] = [{"@id": f"{table}/{column}"} for column in own.key]
    return record_set


def _field(table: str, file: ExportedFile, spec: ColumnSpec) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{spec.name}",
        "name": f"{table}/{spec.name}",
        "description": f"{spec.description} ({spec.unit})" if spec.unit else spec.description,
        "dataType": _TYPES.get(spec.kind, "sc:Text"),
        "source": {"fileObject": {"@id": file.path}, "extract": {"column": spec.name}},
    }
