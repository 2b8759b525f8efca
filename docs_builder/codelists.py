"""The page of the bundled codelists, each with its version, its source, its codes and both labels."""

from __future__ import annotations

import pandas as pd

from docs_builder.markdown import anchor, code, codes, page, plain, table
from idtracker.model.register.register import Register
from idtracker.model.tables import TABLES, columns_of

_FOLDED_FROM = 9  # codes; longer lists are folded so that the page can be read from top to bottom


def codelists_page() -> str:
    """Markdown of codelists.md. A programme's own `_reference/` files may add to these lists."""
    register = Register.load()
    by_scheme = {str(scheme): rows for scheme, rows in register.codelists.groupby("scheme")}
    lists = {scheme: by_scheme[scheme] for scheme in sorted(by_scheme, key=str.casefold)}
    used = _uses()
    overview = [
        [f"[`{s}`]({anchor(s)})", _one(r["version"]), str(len(r)), codes(used.get(s, [])), plain(_one(r["source"]))]
        for s, r in lists.items()
    ]
    blocks = [
        "# Codelists",
        f"{len(lists)} lists, {len(register.codelists)} codes. Cells are matched by code or by label in either language; a code "
        "outside its list is a finding with the nearest code. Files in `_reference/` beside the sources may add codes.",
        table(["list", "version", "codes", "used by", "source"], overview),
        *(_codelist(scheme, rows, register.code_aliases) for scheme, rows in lists.items()),
    ]
    return page(*blocks)


def _uses() -> dict[str, list[str]]:
    """Codelist -> the columns that hold its codes, as table.column."""
    uses: dict[str, list[str]] = {}
    for name, model in TABLES.items():
        for spec in columns_of(model):
            if spec.codelist:
                uses.setdefault(spec.codelist, []).append(f"{name}.{spec.name}")
    return uses


def _codelist(scheme: str, rows: pd.DataFrame, aliases: pd.DataFrame) -> str:
    has_parent = bool(rows["parent_code"].notna().any())
    has_ends = bool(rows["valid_from"].notna().any() or rows["valid_to"].notna().any())
    headings = ["code", "meaning", "meaning in Arabic"]
    headings += ["below"] * has_parent + ["valid from", "valid to"] * has_ends
    lines = []
    for row in rows.to_dict("records"):
        line = [code(row["code"]), plain(_text(row["label_en"])), plain(_text(row["label_ar"]))]
        line += [code(_text(row["parent_code"]))] * has_parent
        line += ([_day(row["valid_from"]), _day(row["valid_to"])]) * has_ends
        lines.append(line)
    listed = table(headings, lines)
    if len(rows) >= _FOLDED_FROM:
        listed = f"<details><summary>{len(rows)} codes</summary>\n\n{listed}\n\n</details>"
    also = aliases[aliases["scheme"] == scheme]
    spellings = "; ".join(f"{code(v)} for {code(c)}" for v, c in zip(also["value"], also["code"], strict=True))
    return "\n\n".join(
        [
            f"## {scheme}",
            f"Version {_one(rows['version'])}. Source: {plain(_one(rows['source']))}.",
            listed,
            *([f"Also read: {spellings}."] if spellings else []),
        ]
    )


def _one(values: pd.Series) -> str:
    """The different values of a column, in order of appearance."""
    return "; ".join(dict.fromkeys(str(v) for v in values.dropna()))


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)


def _day(value: object) -> str:
    return _text(value)[:10].replace("NaT", "")
