"""`contracts/*.odcs.yaml`: an open data contract (ODCS 3.1) for each table, and one for each source of facts.

Source: https://bitol-io.github.io/open-data-contract-standard. The contract of a table is its definition and holds for every publication of these
tables; that of a source says what its reports fill, by when they are due after the end of their period, and where it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from idtracker.model.tables import FACTS, TABLES, ColumnSpec, columns_of, grain
from idtracker.model.tables.labels import label_of, title_of
from idtracker.publish.export.published import Published, TableMarking
from idtracker.publish.export.relations import Relations

FOLDER = "contracts"
STANDARD = "v3.1.0"
_TYPES = {
    "integer": "integer",
    "number": "number",
    "money": "number",
    "flag": "boolean",
    "date": "date",
    "instant": "timestamp",
}
_OF_SOURCE = "source_id"


def write_contracts(
    folder: Path,
    published: Published,
    tables: Mapping[str, TableMarking],
    about: Mapping[str, str],
    relations: Mapping[str, Relations],
) -> list[tuple[Path, str | None]]:
    """Write a contract for each of the tables, then for each source with facts in them: (file, table or None)."""
    folder.mkdir()
    written: list[tuple[Path, str | None]] = []
    for table, marked in tables.items():
        document = _contract(published, about, table, title_of(table, "en"), [_schema(table, relations[table])], marked)
        written.append((_write(folder / f"{table}.odcs.yaml", document), table))
    for source, feeds in _sources(published, [t for t in FACTS if t in tables]).items():
        schemas = [_schema(table, relations[table], filled) for table, filled in feeds.items()]
        document = _contract(published, about, f"source-{source}", source, schemas, None)
        document |= _promises(published, tables, source, feeds)
        written.append((_write(folder / f"source-{source}.odcs.yaml", document), None))
    return written


def _write(path: Path, document: Mapping[str, Any]) -> Path:
    import yaml

    path.write_text(yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=120), "utf-8")
    return path


def _contract(
    published: Published,
    about: Mapping[str, str],
    name: str,
    title: str,
    schemas: Sequence[Mapping[str, Any]],
    marked: TableMarking | None,
) -> dict[str, Any]:
    """A contract without what only some have. Its version is that of the tables: it changes when one of them does."""
    mark = marked.marking if marked is not None else None
    properties = {
        "classification": mark.classification if mark else about["classification"],
        "releasableTo": (mark.releasable_to or "") if mark else about.get("releasable_to", ""),
        "handling": ";".join(marked.handling) if marked is not None else about.get("handling", ""),
        "audience": about["audience"],
        "publication": about["publication"],
        "asKnownAt": about["as_known_at"],
    }
    document: dict[str, Any] = {
        "apiVersion": STANDARD,
        "kind": "DataContract",
        "id": f"idtracker:{published.audience.id}:{name}",
        "name": title,
        "version": f"1.0.0+{published.manifest['versions']['model']}",
        "status": "active",
        "dataProduct": about["programme"],
        "description": {"purpose": "; ".join(str(s["description"]) for s in schemas)},
        "schema": list(schemas),
        "customProperties": _properties(properties),
    }
    if "notice" in about:
        document["description"]["limitations"] = about["notice"]
    return document


def _properties(values: Mapping[str, object]) -> list[dict[str, object]]:
    return [{"property": name, "value": value} for name, value in values.items() if value not in ("", None)]


def _schema(table: str, own: Relations, filled: Collection[str] | None = None) -> dict[str, Any]:
    """A table as an object of the contract; of its columns those that are `filled`, every one without."""
    specs = [spec for spec in columns_of(TABLES[table]) if filled is None or spec.name in filled]
    key = own.key if own.is_filled else ()
    return {
        "name": table,
        "physicalName": table,
        "physicalType": "table",
        "logicalType": "object",
        "businessName": title_of(table, "en"),
        "description": grain(TABLES[table]),
        "dataGranularityDescription": grain(TABLES[table]),
        "properties": [_property(spec, key) for spec in specs],
    }


def _property(spec: ColumnSpec, key: Sequence[str]) -> dict[str, Any]:
    logical = _TYPES.get(spec.kind, "string")
    entry: dict[str, Any] = {
        "name": spec.name,
        "physicalName": spec.name,
        "logicalType": logical,
        "physicalType": spec.sql_type,
        "businessName": label_of(spec, "en"),
        "description": spec.description,
        "required": spec.is_required,
    }
    if spec.name in key:
        entry |= {"primaryKey": True, "primaryKeyPosition": key.index(spec.name) + 1}
    limits = {n: limit for n, limit in (("minimum", spec.minimum), ("maximum", spec.maximum)) if limit is not None}
    if limits and logical in ("integer", "number"):
        entry["logicalTypeOptions"] = {n: int(v) if logical == "integer" else v for n, v in limits.items()}
    properties = _properties({"businessNameAr": label_of(spec, "ar"), "unit": spec.unit, "codelist": spec.codelist})
    return entry | ({"customProperties": properties} if properties else {})


def _sources(published: Published, facts: Sequence[str]) -> dict[str, dict[str, set[str]]]:
    """Source -> table -> columns that any of its rows known today fills."""
    sources: dict[str, dict[str, set[str]]] = {}
    for table in facts:
        names = [spec.name for spec in columns_of(TABLES[table])]
        counts = ", ".join(f'count("{name}")' for name in names)
        for source, *filled in published.rows(
            f"SELECT {_OF_SOURCE}, {counts} FROM {published.place(table)} WHERE recorded_to IS NULL GROUP BY 1 ORDER BY 1"
        ):
            columns = {name for name, count in zip(names, filled, strict=True) if count}
            sources.setdefault(str(source), {})[table] = columns
    return dict(sorted(sources.items()))


def _promises(
    published: Published, tables: Collection[str], source: str, feeds: Mapping[str, Collection[str]]
) -> dict[str, Any]:
    """By when reports are due, where every one of them is due as many days after its period; and where the source stands."""
    document: dict[str, Any] = {}
    days = _column(published, tables, "obligation", "due_on - period_end", source, "NOT coalesce(is_derogated, FALSE)")
    if len(set(days)) == 1:
        element = ", ".join(f"{table}.period_end" for table in feeds)
        said = "Days from the end of the period to the day on which its report is due."
        latency = {"property": "latency", "value": int(days[0]), "unit": "d", "element": element, "description": said}
        document["slaProperties"] = [latency]
    owners = sorted({str(o) for o in _column(published, tables, "freshness", "owner", source) if o})
    if owners:
        document["support"] = [{"channel": owner, "scope": "issues"} for owner in owners]
    return document


def _column(
    published: Published, tables: Collection[str], table: str, made_of: str, source: str, where: str = "TRUE"
) -> list[Any]:
    """Values of a source in a table, none where the table is not exported."""
    if table not in tables:
        return []
    sql = f"SELECT {made_of} FROM {published.place(table)} WHERE {_OF_SOURCE} = ? AND {where} ORDER BY ALL"
    rows: Iterator[tuple[Any, ...]] = iter(published.connection.execute(sql, [source]).fetchall())
    return [row[0] for row in rows]
