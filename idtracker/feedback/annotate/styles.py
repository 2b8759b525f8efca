"""The styles of a workbook, extended: a cell's own style with another fill, and the styles of the findings sheet."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from idtracker.feedback.annotate.package import new_root
from idtracker.model.findings import Severity

MOST_STYLES = 64_000
FILLS: dict[Severity, str] = {
    "critical": "FFFF9999",
    "error": "FFFFC7CE",
    "warning": "FFFFEB9C",
    "advisory": "FFDDEBF7",
}
_SECTIONS = [
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
]  # fmt: skip
_HEAD_FILL = "FF1F3864"
_TEXT_FORMAT = "49"


class Styles:
    """`cellXfs` grows at its end only, so that every style index in use keeps its meaning."""

    def __init__(self, root: etree._Element | None, namespace: str) -> None:
        self._namespace = namespace
        self._root = root if root is not None else new_root(namespace, "styleSheet")
        self._fonts = self._section("fonts", '<font><sz val="11"/><name val="Calibri"/></font>')
        self._fills = self._section(
            "fills",
            '<fill><patternFill patternType="none"/></fill>',
            '<fill><patternFill patternType="gray125"/></fill>',
        )
        self._section("borders", "<border><left/><right/><top/><bottom/><diagonal/></border>")
        self._section("cellStyleXfs", '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>')
        self._xfs = self._section("cellXfs", '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>')
        self._fill_ids: dict[str, int] = {}
        self._marked: dict[tuple[int, Severity], int] = {}
        self._unmarked: dict[int, int] = {}
        self._own = list(self._xfs.iterchildren("{*}xf"))

    def marked(self, base: int, severity: Severity) -> int | None:
        """The style `base` with the fill of a severity; None where the workbook can hold no further style."""
        key = (base, severity)
        if key not in self._marked:
            if len(self._own) >= MOST_STYLES:
                return None
            xf = deepcopy(self._own[base if 0 <= base < len(self._own) else 0])
            xf.set("fillId", str(self._fill(FILLS[severity])))
            xf.set("applyFill", "1")
            self._marked[key] = self._append(xf)
        return self._marked[key]

    def unmarked(self, style: int) -> int | None:
        """A style with the fill of a severity without that fill; None for any other style."""
        fills = [f.find("{*}patternFill/{*}fgColor") for f in self._fills.iterchildren("{*}fill")]
        number = int(self._own[style].get("fillId", "0")) if 0 <= style < len(self._own) else 0
        ink = fills[number] if number < len(fills) else None
        if ink is None or ink.get("rgb") not in FILLS.values():
            return None
        if style not in self._unmarked:
            xf = deepcopy(self._own[style])
            xf.set("fillId", "0")
            self._unmarked[style] = self._append(xf)
        return self._unmarked[style]

    def text(
        self,
        *,
        fill: str = "",
        bold: bool = False,
        colour: str = "",
        size: int = 10,
        side: str = "",
        is_rtl: bool = False,
    ) -> int:
        """A style for text that is never read as a formula: wrapped, or on one line from the given side of its cell.

        `is_rtl` says that sentences run from the right, whatever they start with.
        """
        font = self._new_font(bold, colour, size)
        placed = f'horizontal="{side}"' if side else 'wrapText="1"'
        placed += ' readingOrder="2"' if is_rtl else ""
        xf = self._element(
            f'<xf numFmtId="{_TEXT_FORMAT}" fontId="{font}" fillId="{self._fill(fill) if fill else 0}" borderId="0" xfId="0" '
            'quotePrefix="1" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1">'
            f'<alignment vertical="top" {placed}/></xf>'
        )
        return self._append(xf)

    def heading(self) -> int:
        return self.text(fill=_HEAD_FILL, bold=True, colour="FFFFFFFF")

    def finished(self) -> etree._Element:
        """The root, with the counts of its lists brought up to date."""
        for section in (self._fonts, self._fills, self._xfs):
            section.set("count", str(sum(1 for e in section if isinstance(e.tag, str))))
        return self._root

    def _new_font(self, bold: bool, colour: str, size: int) -> int:
        weight = "<b/>" if bold else ""
        ink = f'<color rgb="{colour}"/>' if colour else ""
        self._fonts.append(
            self._element(f'<font>{weight}<sz val="{size}"/>{ink}<name val="Arial"/><family val="2"/></font>')
        )
        return sum(1 for _ in self._fonts.iterchildren("{*}font")) - 1

    def _fill(self, colour: str) -> int:
        if colour not in self._fill_ids:
            self._fills.append(
                self._element(
                    f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>'
                )
            )
            self._fill_ids[colour] = sum(1 for _ in self._fills.iterchildren("{*}fill")) - 1
        return self._fill_ids[colour]

    def _append(self, xf: etree._Element) -> int:
        self._xfs.append(xf)
        self._own.append(xf)
        return len(self._own) - 1

    def _section(self, name: str, *first: str) -> etree._Element:
        """The list of that name, made with its first entries where it is absent or empty."""
        section = self._root.find(self._tag(name))
        if section is None:
            section = etree.Element(self._tag(name))
            later = _SECTIONS[_SECTIONS.index(name) + 1 :]
            after = [n for n, e in enumerate(self._root) if etree.QName(e).localname in later]
            self._root.insert(min(after, default=len(self._root)), section)
        if not any(isinstance(e.tag, str) for e in section):
            for entry in first:
                section.append(self._element(entry))
            section.set("count", str(len(section)))
        return section

    def _element(self, xml: str) -> etree._Element:
        return etree.fromstring(f'<s xmlns="{self._namespace}">{xml}</s>')[0]

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"
