"""`python -m benchmarks [table|growth|claims]`: what the work costs, beside what bounds it and what it may cost.

Everything is measured in processor seconds and in the most memory of fresh processes. Without a section all three are
measured. Exit code 1 where a goal, a bound or flat memory is missed, 2 where `--only` names nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.performance import report
from benchmarks.performance.growth import KeptSizes, all_series, measure_growth
from benchmarks.performance.places import Workshop
from benchmarks.performance.rows import rows

Document = dict[str, object]
SECTIONS = ("table", "growth", "claims")


def main(arguments: list[str] | None = None) -> int:
    """0 where everything that was measured keeps its goal, else 1."""
    options = _options(arguments)
    sections: dict[str, Callable[[Workshop, argparse.Namespace], Iterator[Document]]] = {
        "table": _table,
        "growth": _growth,
        "claims": _claims,
    }
    measured: dict[str, list[Document]] = {}
    with TemporaryDirectory(dir=options.folder) as folder:
        shop = Workshop(Path(folder), options.scale, options.profile, options.repeats)
        for section in [options.section] if options.section else SECTIONS:
            measured[section] = []
            for document in sections[section](shop, options):
                report.write(section, [document])
                measured[section].append(document)
    found = {d.get("group", d["name"]) for documents in measured.values() for d in documents}
    if unknown := sorted(set(options.only or ()) - found):
        print(f"No row, series or group of claims is called {', '.join(unknown)}.", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(measured, indent=1, ensure_ascii=False))
    return 1 if any(d.get("kept") is False for documents in measured.values() for d in documents) else 0


def _table(shop: Workshop, options: argparse.Namespace) -> Iterator[Document]:
    _print(options, report.table_head())
    for row in rows():
        if not options.only or row.name in options.only:
            document = report.document_of(row, row.measure(shop), shop.scale)
            _print(options, report.table_line(document))
            yield document


def _growth(shop: Workshop, options: argparse.Namespace) -> Iterator[Document]:
    _print(options, "\n" + report.growth_head())
    for series in all_series():
        if not options.only or series.name in options.only:
            kept = KeptSizes(report.RESULTS, shop.scale, options.resume)
            document = report.growth_document(measure_growth(shop, series, options.most, kept), shop.scale)
            _print(options, report.growth_line(document))
            yield document


def _claims(shop: Workshop, options: argparse.Namespace) -> Iterator[Document]:
    from benchmarks.performance.claim import HEADING
    from benchmarks.performance.claims import CLAIMS

    _print(options, "\n" + HEADING)
    for group, claims in CLAIMS.items():
        if not options.only or group in options.only:
            for claim in claims(shop):
                _print(options, claim.line())
                yield claim.document() | {"group": group} | ({} if shop.scale == 1 else {"kept": None})


def _print(options: argparse.Namespace, line: str) -> None:
    if not options.json:
        print(line, flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("section", nargs="?", choices=SECTIONS, help="only this section")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows and files; 0.01 for development")
    parser.add_argument("--repeats", type=int, default=3, help="runs of a short row, of which the median counts")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="only this row, series or group of claims; may be repeated"
    )
    parser.add_argument("--most", type=int, metavar="SIZE", help="leave larger sizes out of the series of growth")
    parser.add_argument("--resume", action="store_true", help="go on with a series of growth that was stopped")
    parser.add_argument("--json", action="store_true", help="one JSON document in place of the tables")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="also a cProfile summary of each row, written here")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="where homes are made (default: the temporary folder)"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
