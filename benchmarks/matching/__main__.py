"""Which way of matching to take: ours with stated and with estimated weights, against Splink where it is installed.

`python -m benchmarks.matching` prints precision, recall, F1 and time on the labelled sets of the shared files. Splink is not
a dependency: `--splink PYTHON` names an interpreter that has it. `--real` measures the proposals over the published files of
tests/system/real against the pairs labelled there.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.matching.estimated import estimate
from benchmarks.matching.real import bands_of, precision_and_recall, read_labels, real_proposals, shared_folder
from benchmarks.matching.sets import LabelledSet, Pairs, labelled_sets
from idtracker.analyse.matching.blocking import pairs_that_share, strangers
from idtracker.analyse.matching.comparing import Rarity, compare_names, name_forms
from idtracker.analyse.matching.scorer import Measure, Scorer, Similarity
from idtracker.ingest.resolve.spelling import skeleton_of, sound_of

_NAME = ((0.6, 0.8, 0.9, 0.97), (-2.5, -0.5, 1.5, 3.0, 4.0))
_CODE = ((0.6, 0.8, 0.99), (-1.5, 0.0, 2.0, 4.5))
_DAY = ((0.6, 0.8, 0.99), (-2.0, 0.5, 3.0, 5.5))
_COMPANY = Measure("name", (0.6, 0.72, 0.82, 0.9, 0.955, 0.999), (-4.0, -2.2, -0.3, 1.5, 3.0, 4.0, 5.2))
_STATED_PRIOR, _THRESHOLD = -5.0, 0.5
_SPLINK = Path(__file__).parent / "splink.py"


def measures_of(labelled: LabelledSet) -> tuple[Measure, ...]:
    if labelled.true_pairs:
        return (_COMPANY,)
    kinds = [
        *((n, _NAME) for n in labelled.names),
        *((n, _CODE) for n in labelled.codes),
        *((n, _DAY) for n in labelled.days),
    ]
    return tuple(Measure(name, *kind) for name, kind in kinds)


def similarity_of(labelled: LabelledSet, pairs: np.ndarray) -> dict[str, Similarity]:
    """Names by Jaro-Winkler, codes and days by their letters; of companies by the comparison of organisation names."""
    from rapidfuzz.distance import Indel, JaroWinkler
    from rapidfuzz.process import cpdist

    if labelled.true_pairs:
        forms = [name_forms([name]) for name in labelled.records["name"]]
        rarity = Rarity([{word for form in own for word in form.words} for own in forms])
        name_similarity = [compare_names(forms[a], forms[b], rarity, {}).similarity for a, b in pairs.tolist()]
        return {"name": np.array(name_similarity, dtype=np.float64)}
    similarity = {}
    for name in (*labelled.names, *labelled.codes, *labelled.days):
        texts = labelled.records[name].fillna("").str.strip().str.lower().to_numpy(dtype=object)
        left, right = texts[pairs[:, 0]].tolist(), texts[pairs[:, 1]].tolist()
        scorer = JaroWinkler.normalized_similarity if name in labelled.names else Indel.normalized_similarity
        alike = cpdist(left, right, scorer=scorer).astype(np.float64)
        is_stated = np.array([bool(a and b) for a, b in zip(left, right, strict=True)], dtype=bool)
        similarity[name] = np.where(is_stated, alike, np.nan)
    return similarity


def candidates_of(labelled: LabelledSet) -> np.ndarray:
    """The given pairs; else records that share two fields, by sound for names."""
    if labelled.true_pairs:
        return np.array(labelled.true_pairs, dtype=np.int64)
    keys = []
    columns = (*labelled.names, *labelled.codes, *labelled.days)
    for row in labelled.records[list(columns)].itertuples(index=False):
        stated = {c: str(v).strip().lower() for c, v in zip(columns, row, strict=True) if isinstance(v, str)}
        single = {f"{c} {_sounded(v) if c in labelled.names else v}" for c, v in stated.items()}
        keys.append(single | {f"{a}|{b}" for a in single for b in single if a < b})
    return pairs_that_share(keys)


def _sounded(name: str) -> str:
    return " ".join(skeleton_of(sound_of(word)) for word in name.split())


def ours(labelled: LabelledSet, is_estimated: bool) -> Pairs:
    """Pairs scored at least one half, by stated weights or by weights estimated without labels."""
    pairs, measures = candidates_of(labelled), measures_of(labelled)
    similarity = similarity_of(labelled, pairs)
    scorer = Scorer(measures, 0.0 if labelled.true_pairs else _STATED_PRIOR)
    if is_estimated:
        apart = None if labelled.true_pairs else similarity_of(labelled, strangers(len(labelled.records)))
        scorer = estimate(measures, similarity, apart)
    chosen = pairs[scorer.score(similarity) >= _THRESHOLD]
    return {(a, b) for a, b in chosen.tolist()}


def splink(labelled: LabelledSet, interpreter: str) -> tuple[Pairs, float]:
    """Pairs by Splink in an interpreter of its own, and the seconds it took there, its import left out."""
    with tempfile.TemporaryDirectory() as name:
        input_file, output_file = Path(name) / "given.pkl", Path(name) / "found.pkl"
        columns = {
            "names": labelled.names,
            "codes": labelled.codes,
            "days": labelled.days,
            "given": labelled.true_pairs,
        }
        input_file.write_bytes(pickle.dumps({"records": labelled.records.to_dict("list"), **columns}))
        subprocess.run([interpreter, str(_SPLINK), str(input_file), str(output_file)], check=True, capture_output=True)
        answer = pickle.loads(output_file.read_bytes())
    return {(a, b) for a, b in answer["pairs"]}, float(answer["seconds"])


def line(title: str, way: str, chosen: Pairs, truth: Pairs, seconds: float) -> str:
    right = len(chosen & truth)
    precision, recall = right / max(1, len(chosen)), right / max(1, len(truth))
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{title:<20} {way:<22} {precision:9.3f} {recall:9.3f} {f1:9.3f} {seconds:9.2f} s"


def compare(interpreter: str | None) -> None:
    print(f"{'set':<20} {'way':<22} {'precision':>9} {'recall':>9} {'F1':>9} {'time':>9}")
    for labelled in labelled_sets(shared_folder()):
        for way, is_estimated in (("ours, stated weights", False), ("ours, estimated", True)):
            began = perf_counter()
            chosen = ours(labelled, is_estimated)
            print(line(labelled.title, way, chosen, labelled.truth, perf_counter() - began), flush=True)
        if interpreter:
            chosen, seconds = splink(labelled, interpreter)
            print(line(labelled.title, "splink", chosen, labelled.truth, seconds), flush=True)


def measure_real() -> None:
    bands = bands_of(real_proposals(shared_folder()), read_labels())
    print(f"{'score from':>10} {'proposed':>9} {'labelled':>9} {'same':>6} {'precision from here':>20} {'recall':>8}")
    for band in bands:
        precision, recall = precision_and_recall(bands, band.least)
        print(f"{band.least:10.2f} {band.proposed:9} {band.labelled:9} {band.same:6} {precision:20.3f} {recall:8.3f}")


def main(words: list[str]) -> int:
    if "--real" in words:
        measure_real()
    else:
        compare(words[words.index("--splink") + 1] if "--splink" in words else None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
