"""What arrived: the inbox, the content-addressed landing area, the ledger of receipts."""

from idtracker.intake.adjudications import Adjudication, Adjudications
from idtracker.intake.chain import Chain
from idtracker.intake.inbox import fits, fitting_source, is_stamped, left_alone, misfit_reason, sweep_parts
from idtracker.intake.landing import (
    Collected,
    collect,
    landed_bytes,
    place_in_inbox,
    submission_id_of,
    undecided,
    waiting,
)
from idtracker.intake.ledger import Ledger, Receipt, by_precedence, parse_instant, write_bytes, write_json
from idtracker.intake.marking import find_marking
from idtracker.intake.waivers import Waiver, Waivers

__all__ = [
    "Adjudication",
    "Adjudications",
    "Chain",
    "Collected",
    "Ledger",
    "Receipt",
    "Waiver",
    "Waivers",
    "by_precedence",
    "collect",
    "find_marking",
    "fits",
    "fitting_source",
    "is_stamped",
    "landed_bytes",
    "left_alone",
    "misfit_reason",
    "parse_instant",
    "place_in_inbox",
    "submission_id_of",
    "sweep_parts",
    "undecided",
    "waiting",
    "write_bytes",
    "write_json",
]
