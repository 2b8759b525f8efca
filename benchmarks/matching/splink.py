"""One labelled set through Splink, run by benchmarks.matching under an interpreter that has it: no part of the program."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from time import perf_counter
from typing import Any


def main(input_path: str, output_path: str) -> None:
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    task: dict[str, Any] = pickle.loads(Path(input_path).read_bytes())
    began = perf_counter()
    records = pd.DataFrame(task["records"]).assign(unique_id=lambda d: range(len(d)))
    names, others = list(task["names"]), [*task["codes"], *task["days"]]
    for column in (*names, *others):
        texts = records[column].astype("object")
        records[column] = texts.where(texts.isna(), texts.astype(str).str.strip().str.lower()).replace({"": None})
    if task["given"]:
        records["pair"] = [place % len(task["given"]) for place in range(len(records))]
        rules = [block_on("pair")]
    else:
        rules = [block_on(a, b) for n, a in enumerate((*names, *others)) for b in (*names, *others)[n + 1 :]]
    comparisons = [cl.JaroWinklerAtThresholds(c, [0.97, 0.9, 0.8]) for c in names]
    comparisons += [cl.DamerauLevenshteinAtThresholds(c, [1, 2]) for c in others]
    home = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        probability_two_random_records_match=0.5 if task["given"] else 0.001,
    )
    api = DuckDBAPI()
    linker = Linker(api.register(records), home)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    if task["given"]:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("pair"))
    else:
        linker.training.estimate_probability_two_random_records_match([block_on(*names[:2], others[-1])], recall=0.6)
        for rule in (block_on(names[0], names[1]), block_on(others[-1])):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
    frame = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    pairs = [tuple(sorted(p)) for p in zip(frame["unique_id_l"].tolist(), frame["unique_id_r"].tolist(), strict=True)]
    Path(output_path).write_bytes(pickle.dumps({"pairs": pairs, "seconds": perf_counter() - began}))


if __name__ == "__main__":
    main(*sys.argv[1:])
