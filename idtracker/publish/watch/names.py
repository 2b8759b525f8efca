"""What figures are called: the names of a publication for the parts of an address."""

from __future__ import annotations

import json
from dataclasses import dataclass

import duckdb

from idtracker.model.messages import Lang
from idtracker.model.published.figure_address import key_columns, parse_address
from idtracker.model.tables.labels import title_of
from idtracker.model.tables.vintages import SINCE
from idtracker.publish.watch.reading import has_table

_NAMED = {"place": "place_id", "indicator": "indicator_id", "organisation": "org_id"}


@dataclass(frozen=True, slots=True)
class FigureNames:
    """Names of places, indicators, organisations, nodes and metrics by identifier, in one language where they have it."""

    names: dict[str, str]
    lang: Lang

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, lang: Lang) -> FigureNames:
        """The names that a publication has; those of nodes are the labels of its method."""
        from idtracker.analyse.metrics.registry import metrics

        names = {metric.id: metric.name_ar if lang == "ar" else metric.name for metric in metrics().values()}
        for table, identifier in _NAMED.items():
            own = "coalesce(name_ar, name)" if lang == "ar" else "name"
            names |= dict(connection.execute(f"SELECT {identifier}, {own} FROM {table}").fetchall())
        label = "coalesce(label_ar, label_en)" if lang == "ar" else "label_en"
        labels = dict(connection.execute(f"SELECT code, {label} FROM codelist WHERE scheme = 'dimension'").fetchall())
        for (definition,) in connection.execute("SELECT definition FROM method ORDER BY method_id").fetchall():
            dimensions = json.loads(definition or "{}").get("dimensions") or {}
            names |= {
                code: labels.get(code, d.get("label", code)) for code, d in dimensions.items() if isinstance(d, dict)
            }
        return cls({str(k): str(v) for k, v in names.items() if v}, lang)

    def label(self, address: str) -> str:
        """A figure in words: the table, then the parts of its key by name."""
        figure = parse_address(address)
        since = SINCE.get(figure.table, ())
        named = zip(key_columns(figure.table), figure.key, strict=True)
        parts = [self.part(part) for name, part in named if part and name not in since]
        column = "" if "#" not in address else f" ({figure.column})"
        return f"{title_of(figure.table, self.lang)}{column}: {' · '.join(parts)}"

    def part(self, identifier: str) -> str:
        """A name with its identifier; the identifier where it has no name."""
        name = self.names.get(identifier)
        return f"{name} ({identifier})" if name else identifier


def code_labels(connection: duckdb.DuckDBPyConnection, scheme: str, lang: Lang) -> dict[str, str]:
    """What the codes of a codelist are called, as the publication has it."""
    label = "coalesce(label_ar, label_en)" if lang == "ar" else "label_en"
    sql = f"SELECT code, {label} FROM codelist WHERE scheme = ?"
    rows = connection.execute(sql, [scheme]).fetchall() if has_table(connection, "codelist") else []
    return {str(code): str(name) for code, name in rows if name}


def keys_of(address: str) -> dict[str, str]:
    """The columns of the key of an address with their texts."""
    figure = parse_address(address)
    return dict(zip(key_columns(figure.table), figure.key, strict=True))
