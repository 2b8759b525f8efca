"""The table of files, and what is wrong with each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.independent_reading.workshop import File

_SHOWN = 5
_HEAD = ("file", "rows", "compared", "equal", "said", "silent", "repeated", "held", "vanished", "extra")


def table(files: Sequence[File]) -> Iterator[str]:
    """One line for each file, then the sums."""
    width = max([len(f.name) for f in files] + [4])
    yield f"{_HEAD[0]:{width}}" + "".join(f"{name:>10}" for name in _HEAD[1:])
    sums: Counter[str] = Counter()
    for one in files:
        counts = _counts(one)
        sums.update(counts)
        yield f"{one.name:{width}}" + "".join(f"{counts[name]:>10,}" for name in _HEAD[1:]) + _reasons(one)
    yield f"{f'{len(files)} files':{width}}" + "".join(f"{sums[name]:>10,}" for name in _HEAD[1:])


def _counts(one: File) -> dict[str, int]:
    out = one.outcome
    kinds = Counter(f.kind for f in out.faults)
    said, held = out.said.total(), out.held.total()
    return dict(
        zip(
            _HEAD[1:],
            (
                out.expected,
                out.compared,
                out.equal,
                said,
                kinds["value"],
                out.repeated,
                held,
                out.vanished,
                kinds["extra"],
            ),
            strict=True,
        )
    )


def _reasons(one: File) -> str:
    said = [f"{rule} {count:,}" for rule, count in one.outcome.said.most_common()]
    held = [f"held by {rule} {count:,}" for rule, count in one.outcome.held.most_common(_SHOWN)]
    return "  " + "; ".join([*said, *held]) if said or held else ""


def faults(files: Sequence[File], shown: int = _SHOWN) -> Iterator[str]:
    """What is wrong: the first faults of each file, of each kind and column."""
    for one in files:
        yield from (f"{one.name}: {trouble}" for trouble in one.trouble)
        seen: Counter[tuple[str, str]] = Counter()
        for fault in one.outcome.faults:
            seen[fault.kind, fault.column] += 1
            if seen[fault.kind, fault.column] <= shown:
                yield f"{one.name}: {fault}"[:600]
        more = [f"{kind} {column} {count}" for (kind, column), count in seen.items() if count > shown]
        if more:
            yield f"{one.name}: in all {', '.join(more)}"
