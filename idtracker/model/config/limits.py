"""How much of one file is read at most. Limits of a programme stand in programme.yml under `limits`."""

from __future__ import annotations

from pydantic import Field

from idtracker.model.config.values import Strict


class Limits(Strict):
    """Bounds on one received file; a file beyond one of them is refused with the limit and the figure found."""

    file_bytes: int = Field(512 << 20, ge=1, description="Bytes of a file as received.")
    inflated_bytes: int = Field(
        1 << 30, ge=1, description="Bytes of everything packed in a file (ZIP, GZ, workbook) together, unpacked."
    )
    inflated_times: int = Field(
        250,
        ge=2,
        description="How many times its packed size a packed file may unpack to; asked above 64 MB unpacked.",
    )
    archive_files: int = Field(1_000, ge=1, description="Files in one archive, those of archives inside it included.")
    archive_depth: int = Field(3, ge=1, description="Archives inside one another.")
    rows: int = Field(2_000_000, ge=1, description="Rows of one sheet or table.")
    columns: int = Field(16_384, ge=1, description="Columns of one sheet or table.")
    cells: int = Field(60_000_000, ge=1, description="Cells of one sheet or table, rows times columns.")
    cell_characters: int = Field(1_000_000, ge=1, description="Characters in one cell.")
    values: int = Field(
        10_000_000, ge=1, description="Values of one JSON document, or tags of one web page or one IATI activity."
    )
    depth: int = Field(64, ge=1, description="Levels of nesting of JSON; XML is read to 256 levels.")
    seconds: int = Field(120, ge=1, description="Seconds that a reader of its own process may take.")
    memory_bytes: int = Field(2 << 30, ge=1, description="Memory that a reader of its own process may take.")
