"""Who has reported, who has not, and whose turn it is."""

from idtracker.watch.freshness import freshness_table, organisation_names, status_exit_code
from idtracker.watch.owing import obligation_table

__all__ = ["freshness_table", "obligation_table", "organisation_names", "status_exit_code"]
