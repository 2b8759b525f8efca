"""The claim about audiences: what five cost together, against the owner's alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from benchmarks.performance.claim import Claim
from benchmarks.performance.places import MeasuredHome, Workshop, run

BOUND = 1.5
FOUR_MORE = """
handling: {classification: OFFICIAL, releasable_to: [HMG, PARTNERS, PUBLIC]}
audiences:
  - {id: partners, title: Partners, groups: [PARTNERS, PUBLIC]}
  - {id: ministries, title: Ministries, groups: [PARTNERS], delay_days: 30}
  - {id: donors, title: Donors, groups: [PUBLIC, PARTNERS], smallest_count: 10}
  - {id: public, title: The public, groups: [PUBLIC], smallest_count: 10}
"""


def audiences_claims(shop: Workshop) -> Iterator[Claim]:
    """The first run over the bundled programme, with the owner's publication alone and with four more."""
    place = shop.bundled()
    alone, _ = shop.first_run(place)
    sources = shop.folder / "sources_of_five"
    if not sources.is_dir():
        shutil.copytree(place.sources, sources)
        with (sources / "programme.yml").open("a", encoding="utf-8") as definition:
            definition.write(FOUR_MORE)
    five, _ = shop.measured(MeasuredHome(place.root, sources), run)
    yield Claim("five audiences / one", five.seconds, alone.seconds, BOUND)
