"""Sets of records whose true matches are known: what is compared in each, and which pairs are the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pandas as pd

Pairs = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Records with their fields as text, and the true pairs by place of the record (left < right).

    `names`, `codes` and `days` say how a field is compared; `across` is the column that parts two lists, if only pairs
    between them count.
    """

    title: str
    records: pd.DataFrame
    truth: Pairs
    names: tuple[str, ...]
    codes: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    across: str | None = None
    true_pairs: list[tuple[int, int]] = field(default_factory=list)


def labelled_sets(folder: Path) -> list[LabelledSet]:
    """The entity-resolution sets of the shared files that carry labels (MANIFEST.tsv); Chicago and DBLP/ACM carry none."""
    er = folder / "09_dirty" / "er"
    return [_febrl(er, 1), _febrl(er, 3), _fake_people(er), _companies(er)]


def _febrl(er: Path, number: int) -> LabelledSet:
    records = pd.read_csv(er / f"febrl_dataset{number}.csv", dtype=str, skipinitialspace=True)
    records.columns = records.columns.str.strip()
    owner = records["rec_id"].str.extract(r"rec-(\d+)-")[0]
    return LabelledSet(
        f"FEBRL {number}",
        records.drop(columns="rec_id"),
        _pairs_of(owner),
        names=("given_name", "surname", "address_1", "suburb"),
        codes=("postcode", "soc_sec_id", "street_number", "state"),
        days=("date_of_birth",),
    )


def _fake_people(er: Path) -> LabelledSet:
    records = pd.read_csv(er / "splink_fake_1000.csv", dtype=str)
    return LabelledSet(
        "Splink fake 1000",
        records.drop(columns=["unique_id", "cluster"]),
        _pairs_of(records["cluster"]),
        names=("first_name", "surname", "city", "email"),
        days=("dob",),
    )


def _companies(er: Path) -> LabelledSet:
    """Pairs given and labelled by the publisher; there is nothing to block."""
    rows = pd.read_csv(er / "emm_company_name_pairs.csv.gz", dtype=str)
    names = pd.concat([rows["gt_name"], rows["name"]], ignore_index=True)
    true_pairs = [(place, place + len(rows)) for place in range(len(rows))]
    truth = {pair for pair, is_right in zip(true_pairs, rows["correct"] == "True", strict=True) if is_right}
    return LabelledSet("EMM company names", names.to_frame("name"), truth, names=("name",), true_pairs=true_pairs)


def _pairs_of(owner: pd.Series) -> Pairs:
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(owner):
        groups.setdefault(name, []).append(place)
    return {pair for places in groups.values() for pair in combinations(places, 2)}
