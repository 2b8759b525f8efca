"""What the runtime lock installs may be used and passed on with ours: no package under the GPL and its kin alone."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

LOCK = Path(__file__).resolve().parents[2] / "requirements.lock"
COPYLEFT = re.compile(r"\b[AL]?GPL|General Public|Affero|EUPL|SSPL", re.IGNORECASE)
EITHER_WAY = {"docutils": "Public Domain", "text-unidecode": "Artistic License"}
"""Packages that may be had under another licence as well, and which."""


def stated_licence(package: str) -> str:
    """What a package says of its licence in its metadata; a whole text of a licence is none of that."""
    about = metadata.metadata(package)
    told = [about.get("License-Expression") or "", *(about.get_all("Classifier") or ())]
    short = about.get("License") or ""
    return "; ".join([t for t in told if "License" in t or "::" not in t] + ([short] if len(short) < 120 else []))


def test_nothing_that_runs_is_under_a_copyleft_licence_alone() -> None:
    names = re.findall(r"^([A-Za-z0-9_.\-]+)==", LOCK.read_text("utf-8"), re.MULTILINE)
    installed = {d.metadata["Name"].lower().replace("_", "-") for d in metadata.distributions()}
    checked = [name for name in names if name.lower().replace("_", "-") in installed]
    assert len(checked) > 150, "others are for other machines"
    copyleft = {name: text for name in checked if COPYLEFT.search(text := stated_licence(name))}
    assert set(copyleft) <= set(EITHER_WAY)
    assert all(EITHER_WAY[name] in text for name, text in copyleft.items())
    assert COPYLEFT.search("GNU General Public License v3 or later (GPLv3+)") and COPYLEFT.search("LGPL-3.0-only")
