"""A first look into what an archive holds: the files in it that can be read, as if each had been sent by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from idtracker.ingest.read.archive.containers import open_zip, read_member
from idtracker.ingest.read.archive.zip_members import gunzipped, is_noise, labels
from idtracker.ingest.read.refusal import RefusalError, megabytes, too_large, unreadable, worded
from idtracker.model.config.limits import Limits

if TYPE_CHECKING:
    from idtracker.ingest.read.sample import FileSample


def sample_zip(content: bytes, _: str) -> FileSample:
    """The tables of the packed files that are of the kind of the first with a table. RefusalError where none is there."""
    from idtracker.ingest.read.sample import sample_content

    limits = Limits()
    infos = [i for i in open_zip(content, limits, limits.archive_files).infolist() if not i.is_dir()]
    if any(i.flag_bits & 1 for i in infos):
        raise unreadable("archive_protected")
    samples: list[FileSample] = []
    refused: list[RefusalError] = []
    for info, name in zip(infos, labels(infos)[1], strict=True):
        if is_noise(name):
            continue
        try:
            sampled = sample_content(read_member(content, info, max(info.file_size, 1)))
        except RefusalError as refusal:
            refused.append(refusal)
            continue
        if sampled.tables and (not samples or sampled.kind == samples[0].kind):
            samples.append(replace(sampled, members=(name,)))
    if not samples:
        raise refused[0] if refused else RefusalError("file.empty")
    tables = [table for sampled in samples for table in sampled.tables]
    return replace(samples[0], tables=tables, members=tuple(name for s in samples for name in s.members))


def sample_gzip(content: bytes, _: str) -> FileSample:
    """What the one file of a GZ archive holds."""
    from idtracker.ingest.read.sample import sample_content

    most, pieces, size = Limits().inflated_bytes, list[bytes](), 0
    for piece in gunzipped(content):
        size += len(piece)
        if size > most:
            limit = worded("unpacked", size=megabytes(most))
            raise too_large(limit, worded("more_than", size=limit))
        pieces.append(piece)
    return sample_content(b"".join(pieces))
