"""The rows behind tables and charts as CSV files, one for all languages where they are alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from idtracker.model.files import private_folder
from idtracker.model.messages import Lang
from idtracker.publish.briefing.parts import Block, Chart, Fold, Page, Table
from idtracker.publish.briefing.source import PublishedRows
from idtracker.publish.briefing.words import file_name_of
from idtracker.publish.export.csv_files import write_csv


class DataFiles:
    """Writes the rows of tables into a folder and knows what each file is called."""

    def __init__(self, source: PublishedRows, folder: Path) -> None:
        self._source, self._folder = source, folder
        self._by_content: dict[tuple[str, str], str] = {}
        self._asked: dict[tuple[str, Lang], str] = {}
        self.names: dict[tuple[str, Lang], str] = {}
        """(`csv` of a table, language) -> name of its file."""
        self.queries: dict[str, str] = {}
        """Name of each written file -> the query whose rows it has."""

    def add(self, pages: Sequence[Page], lang: Lang) -> None:
        """Write the rows of every table of these pages that names a file and has not been written yet.

        ValueError where two tables of a language name one file for different rows: a defect of theirs.
        """
        for table in (t for page in pages for section in page.sections for t in tables_of(section.blocks)):
            if table.csv is None or table.rows_sql is None:
                continue
            if self._asked.setdefault((table.csv, lang), table.rows_sql) != table.rows_sql:
                raise ValueError(f"two tables write other rows into {table.csv}")
            if (table.csv, lang) not in self.names:
                self.names[table.csv, lang] = self._file(table.csv, table.rows_sql, lang)

    def _file(self, csv: str, sql: str, lang: Lang) -> str:
        stem = file_name_of(csv.removesuffix(".csv"))
        key = (stem, sha256(sql.encode()).hexdigest())
        if key not in self._by_content:
            name = f"{stem}.csv" if f"{stem}.csv" not in self.queries else f"{stem}-{lang}.csv"
            found = self._source.connection.execute(sql)
            columns = [column[0] for column in found.description]
            private_folder(self._folder)
            write_csv(self._folder / name, columns, found.fetchall())
            self.queries[name] = sql
            self._by_content[key] = name
        return self._by_content[key]


def tables_of(blocks: Sequence[Block]) -> Iterator[Table]:
    """The tables among blocks, those of charts and of what is folded included."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Chart):
            yield block.table
        elif isinstance(block, Fold):
            yield from tables_of(block.blocks)
