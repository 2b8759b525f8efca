"""Bytes to text: the declared encoding where it fits, the real one where it does not."""

from __future__ import annotations

import codecs
import re

from idtracker.ingest.read.formats.sniff import bom_of, wide_codec_of
from idtracker.model.errors import DefinitionError
from idtracker.model.findings import Findings

_SAMPLE = 262_144
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_C1_CONTROL = re.compile(rb"[\x80-\x9f]")
# Letters of MacRoman inside words, at bytes that no letter within a word has in Windows-1252.
_MAC_LETTER = re.compile(rb"(?<=[A-Za-z])[\x87-\x8b\x8d-\x91\x94\x95\x98\x99\x9b\x9d\x9f](?=[a-z])")
_ESCAPED = re.compile("[\udc80-\udcff]")
_GOOD_PER_BAD = 4
_MOST_STRAY = 0.5


def decode(content: bytes, declared: str, place: str) -> tuple[str, Findings]:
    """The text without byte order mark and NUL characters, and `file.encoding` where another encoding was used.

    A byte order mark is believed first. Then the declared encoding is tried, except that content which is plainly
    UTF-8 or UTF-16 is read as such. Then comes the best guess among UTF-8, Windows-1256 (Arabic), Windows-1252
    (Western) and, where neither makes sense, whatever charset-normalizer finds. Nothing that a file holds can make
    this fail; an unknown name of an encoding is a DefinitionError that names the `place`.
    """
    try:
        wanted = codecs.lookup(declared).name
    except LookupError:
        raise DefinitionError([f"{place}: format.encoding: `{declared}` is not a known text encoding"]) from None
    text, used = _decode_as(content, wanted)
    findings = Findings()
    if _family(used) != _family(wanted):
        findings.add("file.encoding", expected=declared, found=_label(used))
    return text.lstrip("\ufeff").replace("\x00", ""), findings


def _decode_as(content: bytes, wanted: str) -> tuple[str, str]:
    for codec in filter(None, (bom_of(content), wide_codec_of(content), _plain_override(content, wanted), wanted)):
        text = _try(content, codec)
        if text is not None:
            return text, codec
    return _guess(content)


def _plain_override(content: bytes, wanted: str) -> str | None:
    """What bytes say so plainly that a declaration cannot stand against it."""
    if wanted == "utf-8":
        return None
    if wanted.startswith(("utf-16", "utf-32")) or not content.isascii():
        if _try(content, "utf-8") is not None:
            return "utf-8"
        if wanted in ("iso8859-1", "cp1252") and _is_mac(content):
            return "mac-roman"
        if wanted == "iso8859-1" and _C1_CONTROL.search(content):
            return "cp1252"
    return None


def _guess(content: bytes) -> tuple[str, str]:
    for codec in ("utf-8", *_single_byte_codecs(content)):
        text = _try(content, codec)
        if text is not None:
            return text, codec
        if codec == "utf-8":
            mended = _mend(content)
            if mended is not None:
                return mended, "utf-8 with damaged characters"
    return content.decode("latin-1"), "iso8859-1"


def _mend(content: bytes) -> str | None:
    """UTF-8 in which a few bytes are broken: those become the replacement character, all else stays right."""
    text = content.decode("utf-8", errors="surrogateescape")
    bad = len(_ESCAPED.findall(text))
    good = len(text) - len(text.encode("ascii", errors="ignore")) - bad
    return _ESCAPED.sub("\ufffd", text) if good >= _GOOD_PER_BAD * bad else None


def _single_byte_codecs(content: bytes) -> list[str]:
    """Best first. Letters of Western text stand alone among ASCII, those of Arabic text in runs of whole words."""
    runs = _HIGH_RUN.findall(content[:_SAMPLE])
    if _is_mac(content):
        return ["mac-roman"]
    if sum(map(len, runs)) < 2 * len(runs):
        return ["cp1252"]
    from charset_normalizer import from_bytes

    sample = content[:_SAMPLE]
    best = from_bytes(sample, cp_isolation=["cp1256", "cp1252"]).best() or from_bytes(sample).best()
    return [best.encoding, "cp1256"] if best else ["cp1256"]


def _is_mac(content: bytes) -> bool:
    """Most letters beyond ASCII are where MacRoman has them and Windows-1252 does not."""
    sample = content[:_SAMPLE]
    return len(_MAC_LETTER.findall(sample)) > _MOST_STRAY * len(_HIGH_RUN.findall(sample))


def _try(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _family(codec: str) -> str:
    if codec.startswith(("utf-16", "utf_16")):
        return "utf-16"
    if codec.startswith(("utf-32", "utf_32")):
        return "utf-32"
    if codec in ("utf-8-sig", "utf_8_sig", "utf-8", "utf_8", "ascii"):
        return "utf-8"
    return codec.replace("_", "-")


def _label(codec: str) -> str:
    family = _family(codec)
    if family.startswith("cp125"):
        return f"windows-{family[2:]}"
    return "iso-8859-1" if family == "iso8859-1" else family
