"""What this machine leaves out of its runs, by variables of its environment."""

from __future__ import annotations

import os


def is_on(setting: str) -> bool:
    """Whether runs on this machine do what a variable switches off with `no`, `off` or `0`."""
    return os.environ.get(setting, "").strip().lower() not in ("no", "off", "0")
