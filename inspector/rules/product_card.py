"""Product cards are exempt: they are recognised, shown as exempt, and never judged.

> Billeder af pakningsmaterialet, fx produktkort, er ikke omfattet af reglerne om reklame eller
> forhandling af håndkøbslægemidler og kan derfor placeres frit i publikumsrummet uden at
> betingelserne behandlet i nærværende vejledning skal iagttages. Dvs. at produktkort ikke behøver
> at være under opsyn fra personalet, over gribehøjde, eller adskilt fra andre varer og markeret
> med skiltning.

Source: vejledning-selvvalg, section 8, lines 214-218.

Applies to:  printed pictures of packs, which a camera sees as a row of packs.
Expectation: none; every rule about packs answers `inapplicable` with the case `product_card`.
Assumptions: whether a thing is a card is told by `Goods.PRODUCT_CARD`.
Not judged:  empty display boxes, which the guidance does not mention; they count as packs.
"""

from __future__ import annotations

from inspector.domain.facts import PackFacts
from inspector.domain.goods import Goods
from inspector.rules.rule import wording_from

SECTION = "8"
WORDING_DA = wording_from(__doc__)


def is_product_card(pack: PackFacts) -> bool:
    """Return whether a pack is only the picture of one."""
    return pack.goods is Goods.PRODUCT_CARD
