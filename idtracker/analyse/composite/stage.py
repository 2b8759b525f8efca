"""What the steps of one indicator share: its values, the units they belong to, and what was found about them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from idtracker.analyse.composite.findings import Finding, finding, of_units

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NOTHING = ""


@dataclass(slots=True)
class Table:
    """The data of all units: rows in their order, columns as they were handed in, and the findings so far."""

    frame: pd.DataFrame
    units: pd.Series
    """Unit of each row, as text."""
    names: npt.NDArray[np.object_]
    """How findings name each row: the unit, with its period where there are periods."""
    periods: pd.Series | None = None
    findings: list[Finding] = field(default_factory=list)

    def say(self, rule: str, where: str, **values: object) -> None:
        """Something about all units."""
        self.findings.append(finding(rule, where, "", **values))

    def say_of(self, rule: str, where: str, rows: Flags, found: Numbers | None = None, **values: object) -> None:
        """Something about some rows, each with the value found there."""
        if rows.any():
            shown = [NOTHING] * int(rows.sum()) if found is None else [float(v) for v in found[rows]]
            self.findings += of_units(rule, where, self.names[rows], shown, **values)

    def groups(self, column: str | None, where: str) -> list[Flags]:
        """Rows of each value of a column; all rows where none is named. Rows without a value are in no group, and told."""
        if column is None:
            return [np.ones(len(self.frame), dtype=bool)]
        if column not in self.frame:
            self.say("no-column", where, column=column)
            return []
        codes, values = pd.factorize(self.frame[column].replace("", None))
        self.say_of("no-group", where, codes < 0, column=column)
        return [codes == number for number in range(len(values))]
