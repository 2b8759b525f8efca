"""What a ZIP file says of its directory, known before anything of it is parsed."""

from __future__ import annotations

import struct

_END, _FAR_END = b"PK\x05\x06", b"PK\x06\x06"


def directory_bytes(content: bytes) -> int:
    """How long the directory at the end of a ZIP file claims to be; 0 where there is none."""
    at = content.rfind(_END)
    if at < 0 or len(content) < at + 22:
        return 0
    (size,) = struct.unpack_from("<I", content, at + 12)
    far = content.rfind(_FAR_END, 0, at)
    if size == 0xFFFFFFFF and 0 <= far <= at - 56:
        (size,) = struct.unpack_from("<Q", content, far + 40)
    return int(size)
