"""Vega-Lite specifications drawn as SVG that stands in a page: without a network, the same bytes for the same specification."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import compress, decompress

from markupsafe import Markup, escape

from idtracker.model.errors import IdtrackerError
from idtracker.model.printable import printable
from idtracker.publish.briefing.charts.kept import KeptPictures

VEGA_LITE = "5.20"
FONT = "Liberation Sans"
"""Comes with the converter, so that texts are measured alike on every machine; pages set their own."""
_CONFIG: Mapping[str, object] = {
    "aria": False,
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelColor": "#333", "titleColor": "#333",
        "gridColor": "#e3e6e9", "domainColor": "#888", "tickColor": "#888", "labelLimit": 260,
    },
    "header": {"labelFontSize": 12, "labelColor": "#1b1f24", "labelFontWeight": "bold", "title": None, "labelLimit": 260},
    "legend": {
        "columnPadding": 24, "labelFontSize": 12, "titleFontSize": 12, "labelLimit": 260,
        "layout": {"bottom": {"direction": "vertical", "anchor": "start"}},
    },
}  # fmt: skip
_OF_READERS = re.compile(r' (?:aria-[a-z]+|role|pointer-events|class)="[^"]*"')
_IDS = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
_HEAD = re.compile(r'<svg [^>]*?width="(\d+(?:\.\d+)?)" height="(\d+(?:\.\d+)?)" viewBox="([^"]+)">')


class Drawer:
    """Draws each specification once, however often it is asked for; pictures are kept compressed, in a tenth of their size.

    `folder` has the pictures of earlier briefings; None: all are drawn.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._drawn: dict[str, bytes] = {}
        self._kept = _kept(folder)

    def svg(self, spec: Mapping[str, object], alt: str, name: str) -> Markup:
        """The picture as part of a page, with what it shows in words as its title. `name` tells pictures of a page apart.

        IdtrackerError where the converter is not installed; ValueError where a specification cannot be drawn is a defect.
        """
        whole = json.dumps(
            {
                "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
                **spec,
                "config": {**_CONFIG, **_config_of(spec)},
            },
            ensure_ascii=False,
            sort_keys=True,
        )
        key = sha256(whole.encode()).hexdigest()
        if key not in self._drawn:
            self._drawn[key] = compress(_plain(self._picture(whole)).encode("utf-8"), level=1)
        return _named(decompress(self._drawn[key]).decode("utf-8"), alt, name)

    def sweep(self) -> None:
        """Let go of kept pictures that no briefing uses any more."""
        if self._kept is not None:
            self._kept.sweep()

    def _picture(self, whole: str) -> str:
        known = self._kept.get(whole) if self._kept is not None else None
        if known is not None:
            return known
        drawn = _converted(whole)
        if self._kept is not None:
            self._kept.keep(whole, drawn)
        return drawn


def _kept(folder: Path | None) -> KeptPictures | None:
    """Pictures that this converter drew; None where none are to be kept, or it is not installed."""
    if folder is None:
        return None
    from importlib import metadata

    try:
        converter = metadata.version("vl-convert-python")
    except metadata.PackageNotFoundError:
        return None
    return KeptPictures(folder, f"{converter} {VEGA_LITE}")


def _config_of(spec: Mapping[str, object]) -> Mapping[str, object]:
    config = spec.get("config")
    return config if isinstance(config, Mapping) else {}


def _converted(spec: str) -> str:
    try:
        import vl_convert
    except ImportError as missing:
        raise IdtrackerError("Charts need vl-convert-python: pip install 'idtracker[briefing]'.") from missing
    converter: Any = vl_convert
    return str(converter.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[]))


def _plain(svg: str) -> str:
    """Without what only scripts and readers of single marks use; a picture has one text for readers, its title."""
    return _OF_READERS.sub("", svg)


def _named(svg: str, alt: str, name: str) -> Markup:
    found = _HEAD.match(svg)
    if found is None:
        raise ValueError("the converter gave no SVG")
    width, height, box = found.groups()
    numbers: dict[str, str] = {}

    def own(match: re.Match[str]) -> str:
        return match[1] + numbers.setdefault(match[2], f"{name}-{len(numbers) + 1}")

    body = _IDS.sub(own, svg[found.end() :])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{escape(name)}-title" class="chart" '
        f'width="{width}" height="{height}" viewBox="{box}"><title id="{escape(name)}-title">{escape(printable(alt))}</title>'
    )
    return Markup(head + body)
