"""How much of one file is read at most. Limits of a programme stand in programme.yml under `limits`."""

from __future__ import annotations

from pydantic import Field

from idtracker.catalog.values import Strict


class Limits(Strict):
    """Bounds on one received file; a file beyond one of them is refused with the limit and the figure found."""

    file_bytes: int = Field(1 << 30, ge=1, description="Bytes of a file as received.")
    inflated_bytes: int = Field(
        2 << 30, ge=1, description="Bytes of everything packed in a file (ZIP, GZ, workbook) together, unpacked."
    )
    archive_files: int = Field(1_000, ge=1, description="Files in one archive.")
    rows: int = Field(2_000_000, ge=1, description="Rows of one sheet or table.")
    columns: int = Field(2_000, ge=1, description="Columns of one sheet or table.")
    cells: int = Field(60_000_000, ge=1, description="Cells of one sheet or table, rows times columns.")
    cell_characters: int = Field(1_000_000, ge=1, description="Characters in one cell.")
    depth: int = Field(64, ge=1, description="Levels of nesting of JSON and XML.")
    seconds: int = Field(120, ge=1, description="Seconds that a reader of its own process may take.")
    memory_bytes: int = Field(2 << 30, ge=1, description="Memory that a reader of its own process may take.")
