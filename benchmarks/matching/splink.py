"""One labelled set through Splink, run by benchmarks.matching under an interpreter that has it: no part of the program."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from time import perf_counter
from typing import Any


def main(given: str, found: str) -> None:
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    asked: dict[str, Any] = pickle.loads(Path(given).read_bytes())
    began = perf_counter()
    records = pd.DataFrame(asked["records"]).assign(unique_id=lambda d: range(len(d)))
    names, others = list(asked["names"]), [*asked["codes"], *asked["days"]]
    for column in (*names, *others):
        texts = records[column].astype("object")
        records[column] = texts.where(texts.isna(), texts.astype(str).str.strip().str.lower()).replace({"": None})
    if asked["given"]:
        records["pair"] = [place % len(asked["given"]) for place in range(len(records))]
        rules = [block_on("pair")]
    else:
        rules = [block_on(a, b) for n, a in enumerate((*names, *others)) for b in (*names, *others)[n + 1 :]]
    comparisons = [cl.JaroWinklerAtThresholds(c, [0.97, 0.9, 0.8]) for c in names]
    comparisons += [cl.DamerauLevenshteinAtThresholds(c, [1, 2]) for c in others]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        probability_two_random_records_match=0.5 if asked["given"] else 0.001,
    )
    api = DuckDBAPI()
    linker = Linker(api.register(records), settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    if asked["given"]:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("pair"))
    else:
        linker.training.estimate_probability_two_random_records_match([block_on(*names[:2], others[-1])], recall=0.6)
        for rule in (block_on(names[0], names[1]), block_on(others[-1])):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
    frame = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    pairs = [tuple(sorted(p)) for p in zip(frame["unique_id_l"].tolist(), frame["unique_id_r"].tolist(), strict=True)]
    Path(found).write_bytes(pickle.dumps({"pairs": pairs, "seconds": perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
