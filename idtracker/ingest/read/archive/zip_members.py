"""Archives: every readable file packed in a ZIP or GZ file is read in memory as a report of its own, and their tables added up.

Nothing is unpacked to disk, so the name of a member is a label and never a path.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from idtracker.ingest.read.archive.containers import open_zip, read_member
from idtracker.ingest.read.formats.kinds import has_data_name
from idtracker.ingest.read.heading import WantedHeadings
from idtracker.ingest.read.raw import RawTable, Reading
from idtracker.ingest.read.refusal import RefusalError, group_of, megabytes, too_large, unreadable, worded
from idtracker.model.config.limits import Limits
from idtracker.model.config.source import Source
from idtracker.model.findings import Findings, Group
from idtracker.model.messages import Message

Read = Callable[[bytes, str], Reading]
"""Content and name of one packed file to what it holds; RefusalError where it cannot be read."""

_WINDOW = 1 << 20
_SMALL = 64 << 20
_LONGEST_NAME = 120
_NOISE = re.compile(
    r"(^|/)(__MACOSX/|\.|~\$|(thumbs\.db|desktop\.ini|datapackage\.json|dataresource\.json)$)", re.IGNORECASE
)
_PICTURES = (".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".doc", ".docx", ".ppt", ".pptx", ".mp4", ".shp", ".dbf")


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked of one received file, whatever is packed in what."""

    size: int
    files: int
    depth: int

    @classmethod
    def of(cls, limits: Limits) -> Allowance:
        return cls(limits.inflated_bytes, limits.archive_files, limits.archive_depth)

    def within(self, limits: Limits) -> Limits:
        return limits.model_copy(update={"inflated_bytes": max(self.size, 1)})


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive by its content and name, what may be unpacked of it, and what reads a file that is packed in it."""

    content: bytes
    name: str
    source: Source
    limits: Limits
    allowance: Allowance
    read_one: Read


@dataclass(frozen=True, slots=True)
class Member:
    """What became of one packed file: its reading, or why there is none."""

    name: str
    reading: Reading | None = None
    refusal: RefusalError | None = None

    def fit(self, wanted: WantedHeadings, part_id: str) -> int:
        """Most declared headings of a part in one of the tables read for it; 0 where too few are there."""
        tables = self.reading.tables.get(part_id, []) if self.reading else []
        return max((wanted.matches(t.headings) for t in tables if wanted.suffices(t.headings)), default=0)


def read_gzip(packed: Packed) -> Reading:
    """The one file in a GZ archive, called what the archive is called without `.gz`."""
    is_named = packed.name.lower().endswith(".gz")
    return packed.read_one(_unpacked(packed), packed.name[:-3] if is_named else packed.name)


def _unpacked(packed: Packed) -> bytes:
    """The file in a GZ archive. It is unpacked twice: to measure, keeping nothing, and then to keep it."""
    most = min(packed.allowance.size, max(_SMALL, packed.limits.inflated_times * len(packed.content)))
    size = 0
    for piece in gunzipped(packed.content):
        size += len(piece)
        if size > most:
            limit = worded("unpacked", size=megabytes(most))
            raise too_large(limit, worded("more_than", size=limit))
    packed.allowance.size -= size
    return b"".join(gunzipped(packed.content))


def read_zip(packed: Packed) -> Reading:
    """Every packed file that holds data of the source. The sheet of a row is `member` or `member!sheet`.

    One packed file that is damaged or lacks the headings is a finding, and the others are used; where none is left,
    the archive is refused as that file would have been.
    """
    content, allowance = packed.content, packed.allowance
    archive = open_zip(content, allowance.within(packed.limits), allowance.files)
    infos = [i for i in archive.infolist() if not i.is_dir()]
    if any(i.flag_bits & 1 for i in infos):
        raise unreadable("archive_protected")
    allowance.files -= len(infos)
    allowance.size -= sum(i.file_size for i in infos)
    findings, names = labels(infos)
    unused = [n for n in names if is_noise(n)]
    members = [
        _read_member(content, info, name, packed.read_one)
        for info, name in zip(infos, names, strict=True)
        if name not in unused
    ]
    reading = _merge(members, packed.source)
    used = {t.member for tables in reading.tables.values() for t in tables}
    _report(findings, members, used, unused)
    findings.extend(reading.findings)
    return replace(reading, findings=findings)


def clean_name(name: str) -> str:
    """The name of a member without what leads out of the archive or hides in it, no longer than 120 characters."""
    shown = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    parts = re.sub(r"^[A-Za-z]:", "", shown.replace("\\", "/")).split("/")
    parts_kept = "/".join(p for p in parts if p.strip() not in ("", ".", ".."))
    return parts_kept if len(parts_kept) <= _LONGEST_NAME else f"{parts_kept[:80]}…{parts_kept[-39:]}"


def gunzipped(content: bytes) -> Iterator[bytes]:
    import gzip

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            while piece := stream.read(_WINDOW):
                yield piece
    except (OSError, EOFError, zlib.error):
        raise unreadable("gzip_incomplete") from None


def labels(infos: Sequence[zipfile.ZipInfo]) -> tuple[Findings, list[str]]:
    """A clean name for every member, none of them twice, and a finding on those that were not clean."""
    findings, names = Findings(), list[str]()
    astray = []
    for info in infos:
        as_sent = _decoded(info)
        name = clean_name(as_sent) or "unnamed"
        if name != as_sent.replace("\\", "/"):
            astray.append(name)
        again = sum(n == name or n.startswith(f"{name} (") for n in names)
        names.append(f"{name} ({again + 1})" if again else name)
    if astray:
        findings.add("file.member_name", members=", ".join(astray[:20]))
    return findings, names


def _decoded(info: zipfile.ZipInfo) -> str:
    """The name as sent; bytes that are UTF-8 without saying so are read as such."""
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def is_noise(name: str) -> bool:
    return bool(_NOISE.search(name)) or PurePosixPath(name).suffix.lower() in _PICTURES


def _read_member(content: bytes, info: zipfile.ZipInfo, name: str, read_one: Read) -> Member:
    try:
        return Member(name, read_one(read_member(content, info, max(info.file_size, 1)), name))
    except RefusalError as refusal:
        if refusal.rule_id == "file.too_large":
            raise
        return Member(name, refusal=refusal)


def _merge(members: Sequence[Member], source: Source) -> Reading:
    readable = [m for m in members if m.reading and not m.reading.findings.is_critical]
    if not readable:
        return _refused(members)
    tables: dict[str, list[RawTable]] = {}
    for part in source.parts:
        wanted = WantedHeadings(part)
        fits = {m.name: m.fit(wanted, part.id) for m in readable}
        best = max(fits.values())
        chosen = [m for m in readable if best and 2 * fits[m.name] >= best]
        tables_of_part = [_labelled(t, m.name) for m in chosen if m.reading for t in m.reading.tables[part.id]]
        if tables_of_part:
            tables[part.id] = tables_of_part
    for part in source.parts:
        if part.id not in tables and not part.optional:
            tables[part.id] = _first_tables(readable, part.id, {t.member for ts in tables.values() for t in ts})
    tables = {part_id: tables_of_part for part_id, tables_of_part in tables.items() if tables_of_part}
    used = {t.member for tables_of_part in tables.values() for t in tables_of_part}
    readings = [(m.name, m.reading) for m in readable if m.reading]
    groups = [_placed(g, name) for name, r in readings if _is_used(name, used) for g in r.findings.groups]
    stamp = next((r.stamp for name, r in readings if r.stamp and _is_used(name, used)), {})
    return Reading(tables, Findings(groups), stamp)


def _first_tables(readable: Sequence[Member], part_id: str, used: set[str]) -> list[RawTable]:
    """Where no member has the headings of a part: what the first one holds, so that the headings are found missing."""
    preferred = [m for m in readable if _is_used(m.name, used)] or [m for m in readable if has_data_name(m.name)]
    for member in preferred or readable:
        if member.reading and member.reading.tables.get(part_id):
            return [_labelled(t, member.name) for t in member.reading.tables[part_id]]
    return []


def _is_used(name: str, used: set[str]) -> bool:
    return any(u == name or u.startswith(f"{name}!") for u in used)


def _refused(members: Sequence[Member]) -> Reading:
    """No member can be read: the refusal of the only one, or of the archive."""
    likely = [m for m in members if has_data_name(m.name)] or list(members)
    if not likely:
        raise RefusalError("file.empty")
    if len(likely) == 1:
        (member,) = likely
        if member.refusal:
            raise member.refusal
        assert member.reading is not None
        return replace(
            member.reading, findings=Findings([_placed(g, member.name) for g in member.reading.findings.groups])
        )
    reasons = [(m.name, _reason(m)) for m in likely[:5]]
    joined = Message.of(lambda lang: "; ".join(f"{name}: {reason.text(lang)}" for name, reason in reasons))
    raise unreadable("no_member", reasons=joined)


def _reason(member: Member) -> Message:
    """Why a member was not used, without the full stop."""
    group: Group | None = group_of(member.refusal) if member.refusal else None
    if member.reading:
        group = next((g for g in member.reading.findings.groups if g.rule.severity == "critical"), None)
    if group is None:
        return worded("no_headings")
    return Message.of(lambda lang: group.message(lang).rstrip("."))


def _report(findings: Findings, members: Sequence[Member], used: set[str], unused: Sequence[str]) -> None:
    others = list(unused)
    for member in members:
        if _is_used(member.name, used):
            continue
        is_damaged = member.refusal is not None and member.refusal.rule_id == "file.unreadable"
        if not has_data_name(member.name) and not is_damaged:
            others.append(member.name)
        else:
            findings.add("file.member_unreadable", member=member.name, reason=_reason(member))
    if others:
        shown = ", ".join(others[:20]) + (" …" if len(others) > 20 else "")
        findings.add("file.member_unused", members=shown)


def _labelled(table: RawTable, name: str) -> RawTable:
    return replace(
        table,
        sheet=f"{name}!{table.sheet}" if table.sheet else name,
        member=f"{name}!{table.member}" if table.member else name,
    )


def _placed(group: Group, name: str) -> Group:
    return replace(group, sheet=f"{name}!{group.sheet}" if group.sheet else name)
