"""What the guidance says of a scene, straight from its geometry."""

from __future__ import annotations

import itertools
from typing import Any

from datasets.shelfgen.seen import Seen
from datasets.shelfgen.stage import Stage, Thing

REACH_M = 1.40
APART_M = 0.08
AID_NEAR_M = 1.00
AID_RULES = ("stool", "kick_stool", "ladder", "steps")
HEADS = ("header", "ceiling")


def medicines(stage: Stage) -> list[Thing]:
    """Return the medicine packs."""
    return [t for t in stage.of_kind("pack") if t.facts["product"].role == "medicine"]


def aid_distance_m(stage: Stage, aid: Thing) -> float:
    """Return the distance on the floor from an aid's middle to the nearest medicine pack."""
    spans = [
        max(abs(t.facts["x_m"] - aid.facts["x_m"]) - t.facts["width_m"] / 2, 0)
        for t in medicines(stage)
    ]
    across_m = max(-aid.facts["y_m"] - 0.2, 0)  # an aid is some 40 cm deep
    return (
        float(min(((max(s - 0.2, 0)) ** 2 + across_m**2) ** 0.5 for s in spans)) if spans else 99.0
    )


def _too_low(stage: Stage) -> list[Thing]:
    locks = {bay.index: bay.lock_m for bay in stage.bays if bay.cabinet}
    return [
        t
        for t in medicines(stage)
        if t.facts["bottom_m"] < REACH_M and (locks.get(t.facts["bay"]) or 0) < REACH_M
    ]


def _touching_pairs(stage: Stage) -> list[tuple[Thing, Thing]]:
    """Return pairs of medicine and other goods on one board without gap or divider."""
    rows: dict[tuple[int, int], list[Thing]] = {}
    for t in stage.of_kind("pack"):
        if t.facts["row"] == 0:
            rows.setdefault((t.facts["bay"], t.facts["level"]), []).append(t)
    fences: dict[tuple[int, int], list[float]] = {}
    for t in stage.of_kind("divider"):
        fences.setdefault((t.facts["bay"], t.facts["level"]), []).append(t.facts["x_m"])
    pairs = []
    for place, things in rows.items():
        things.sort(key=lambda t: t.facts["x_m"])
        for a, b in itertools.pairwise(things):
            if (a.facts["product"].role == "medicine") == (b.facts["product"].role == "medicine"):
                continue
            gap = (b.facts["x_m"] - b.facts["width_m"] / 2) - (
                a.facts["x_m"] + a.facts["width_m"] / 2
            )
            fenced = any(a.facts["x_m"] < x < b.facts["x_m"] for x in fences.get(place, ()))
            if gap < APART_M and not fenced:
                pairs.append((a, b))
    return pairs


def judged(stage: Stage, seen: Seen) -> dict[str, Any]:
    """Return `expected` per rule, `evidence` whether the picture shows it, and `facts`."""
    packs = medicines(stage)
    signs = stage.of_kind("sign")

    def shown(things: list[Thing]) -> bool:
        return all(t.object_id in seen.boxes for t in things if t.facts.get("row", 0) == 0)

    def any_shown(things: list[Thing]) -> bool:
        return any(seen.share.get(t.object_id, 0) >= 0.3 for t in things)

    def verdict(bad: bool) -> str:
        return ("violation" if bad else "compliant") if packs else "not_applicable"

    low = _too_low(stage)
    pairs = _touching_pairs(stage)
    approved = [s for s in signs if s.facts["sign_kind"] == "category" and s.facts["approved"]]

    def covers(sign: Thing, pack: Thing) -> bool:
        same_bay = sign.facts["bay"] == pack.facts["bay"]
        own_shelf = sign.facts["level"] == pack.facts["level"]
        return same_bay and (sign.facts["placement"] in HEADS or own_shelf)

    bare = [p for p in packs if not any(covers(s, p) for s in approved)]
    ceiling = [s for s in approved if s.facts["placement"] == "ceiling"]
    under = [
        t
        for s in ceiling
        for t in stage.of_kind("pack")
        if t.facts["bay"] == s.facts["bay"] and t.facts["product"].role != "medicine"
    ]
    adverts = [s for s in signs if s.facts["sign_kind"] == "advert" and s.facts["about_medicine"]]
    unread = [s for s in adverts if not s.facts["mandatory_text"]]
    aids = stage.of_kind("aid")
    near = [a for a in aids if aid_distance_m(stage, a) <= AID_NEAR_M]
    climbs = [a for a in near if a.facts["aid_kind"] in AID_RULES]
    advice = [a for a in near if a.facts["aid_kind"] not in AID_RULES]
    return {
        "expected": {
            "height": verdict(bool(low)),
            "separation": verdict(bool(pairs)),
            "signage": verdict(bool(bare)),
            "ceiling_sign": "not_applicable" if not ceiling else verdict(bool(under)),
            # Medicine is advertised wherever a sign does it, whatever stands beside.
            "advertising": (
                "not_applicable" if not adverts else "violation" if unread else "compliant"
            ),
            "climbing_aids": verdict(bool(climbs)),
        },
        "evidence": {
            "height": any_shown(low) if low else shown(packs),
            "separation": any(any_shown([a]) and any_shown([b]) for a, b in pairs)
            if pairs
            else shown(packs),
            "signage": any_shown(bare) if bare else any_shown(approved) and shown(packs),
            "ceiling_sign": not ceiling or any_shown(ceiling),
            "advertising": any_shown(unread) if unread else shown(adverts),
            "climbing_aids": any_shown(climbs) if climbs else True,
        },
        "facts": {
            "pharmacy_only_skus": sorted(
                {p.facts["product"].sku for p in packs if p.facts["product"].group == "HA18"}
            ),
            "med_bay": packs[0].facts["bay"] if packs else None,
            "climbing_advice": bool(advice),
        },
    }
