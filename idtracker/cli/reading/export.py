"""`export`: a publication as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idtracker.cli.output import command, console, print_json, show_notice, waiting
from idtracker.model.home import DEFAULT_AUDIENCE, Home
from idtracker.model.messages import Lang

if TYPE_CHECKING:
    from idtracker.publish.export.result import Exported


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--audience", default=DEFAULT_AUDIENCE, show_default=True, help="Whose publication to export.")
@click.option(
    "--format",
    "formats",
    metavar="LIST",
    help="csv, xlsx, parquet, sdmx (these without a choice), gpkg, geoparquet, iati, croissant, odcs, `,` between.",
)
@click.option(
    "--tables",
    metavar="LIST",
    help="Tables, or facts, derived, reference, operations, vintages, all, `,` between; default: all but vintages.",
)
@click.option(
    "--to", "url", metavar="URL", help="Also copy it to storage, such as s3://bucket/folder; description last."
)
@click.option(
    "--lang",
    type=click.Choice(["en", "ar"]),
    default="en",
    show_default=True,
    help="xlsx: headings and direction; what is said of layers.",
)
@command
def export(
    home: Home,
    folder: str,
    audience: str,
    formats: str | None,
    tables: str | None,
    url: str | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """Write what is published for one audience into the folder DIR, for people without DuckDB.

    One CSV and Parquet file per table, one workbook, SDMX-CSV of cells, scores and metrics, and datapackage.json, which
    describes and marks all of it. On request a GeoPackage for QGIS, GeoParquet, IATI activities, Croissant and data
    contracts. DIR is new, empty, or an export that nobody changed, which is replaced; or the URL of a storage, s3://bucket/folder.
    Either all of it is written or nothing. The same publication gives the same bytes.
    """
    from idtracker.publish.export.delivery.storage import check_url, copy_export, folder_for, is_url
    from idtracker.publish.export.write_export import export_publication

    addresses = [address for address in (folder if is_url(folder) else None, url) if address]
    for address in addresses:
        check_url(home, address)
    with folder_for(folder) as target, waiting("exporting the publication", as_json):
        exported = export_publication(home, target, audience, formats, tables, lang)
        for address in addresses:
            copy_export(home, exported.folder, address)
    where = folder if is_url(folder) else str(exported.folder)
    if as_json:
        from idtracker.operate.documents.exports import export_document

        print_json(export_document(exported, where, url))
        return
    also = f" and {url}" if url else ""
    _show(exported, f"{where}{also}")


def _show(exported: Exported, where: str) -> None:
    """What was written and where, how it is marked, and what is not in it."""
    show_notice(exported.notice, stderr=True)
    groups = ", ".join(sorted(exported.marking.groups)) or "whoever marked it alone"
    size = sum(file.bytes for file in exported.files)
    console().print(f"Exported for {exported.audience}: {where}", markup=False, soft_wrap=True)
    console().print(
        f"{len(exported.tables)} tables, {len(exported.files)} files, {size / 1e6:,.1f} MB, as known at {exported.as_known_at}; "
        f"{exported.marking.classification}, may be seen by: {groups}",
        markup=False,
        soft_wrap=True,
    )
    for left in exported.left_out:
        console(stderr=True).print(f"{left.format}, {left.table}: {left.why}", markup=False, soft_wrap=True)
