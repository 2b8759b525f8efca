"""What the merged tables must look like, derived from the contract and judged by Great Expectations.

`suite` says what follows from the contract, `stated` what people wrote down, `drift` what is unlike before; `run` judges, `outcome` holds what came of it, `pages` makes the static pages.
Importing this package does not import Great Expectations, which takes seconds; calling `run_expectations` does.
"""

from idtracker.expectations.outcome import Outcome, outcomes_frame
from idtracker.expectations.run import run_expectations
from idtracker.expectations.stated import read_stated
from idtracker.expectations.suite import Expected, expectations_for, key_of

__all__ = ["Expected", "Outcome", "expectations_for", "key_of", "outcomes_frame", "read_stated", "run_expectations"]
