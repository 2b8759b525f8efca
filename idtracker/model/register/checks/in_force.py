"""The declarations of a register that are in force on a day: breaks and shares that begin later have no effect until then."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from itertools import compress

import pandas as pd

from idtracker.model.register.problems import RegisterProblem
from idtracker.model.register.register import Register

_DECLARED = ("series_breaks", "place_shares")


def in_force(register: Register, day: date) -> tuple[Register, list[RegisterProblem]]:
    """The register without the declarations that begin after a day, and a problem for each of them.

    The same register where there are none; else one whose fingerprint says which were left out.
    """
    frames, origins, problems = {}, dict(register.origins), []
    for name in _DECLARED:
        rows: pd.DataFrame = getattr(register, name)
        is_later = (rows["valid_from"] > pd.Timestamp(day)).to_numpy(dtype="bool")
        for at, begins in compress(zip(register.origins[name], rows["valid_from"], strict=True), is_later):
            details = {"day": begins.date(), "today": day}
            problems.append(RegisterProblem.worded(at, "future", "in_future", stops=False, **details))
        frames[name] = rows[~is_later].reset_index(drop=True)
        origins[name] = tuple(compress(register.origins[name], ~is_later))
    if not problems:
        return register, []
    left_out = "\0".join(problem.at.rpartition("/")[2] for problem in problems)
    fingerprint = hashlib.sha256(f"{register.fingerprint}\0{left_out}".encode()).hexdigest()
    left = replace(register, series_breaks=frames["series_breaks"], place_shares=frames["place_shares"])
    return replace(left, origins=origins, fingerprint=fingerprint), problems
