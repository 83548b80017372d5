"""Judges again only what a change of the register reaches, and says what that rests on.

Packs that look alike are read together and bear on no others. So of each such unit it is kept what
it asked of the register (`store/grounds.py`). Another register is looked through for what may
answer differently (`catalogue/changes.py`); units that nothing reaches stay as they were judged.
Those that are reached are read again. Where they come to be other goods, everything is judged
again, from the scene; where only their group, listing or date is another, only `assortment` is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from inspector.catalogue.changes import Changes
from inspector.catalogue.matching import Matcher, Reading
from inspector.domain.capture import NOTHING_TOLD, Told
from inspector.domain.facts import PackFacts, Site
from inspector.domain.goods import Goods
from inspector.domain.quantity import Unmeasured
from inspector.domain.scene import Pack, SeenCapture
from inspector.domain.verdict import Outcome, Reason, worst
from inspector.measuring import read_goods, told_apart
from inspector.rules import assortment, judge_packs
from inspector.rules.guidance import Guidance
from inspector.store.grounds import Grounds
from inspector.store.records import RuleOutcome

_NO_PLACE = Unmeasured(Reason.NO_SCALE)


def grounds_of(seen: SeenCapture, matcher: Matcher, guidance: Guidance) -> Grounds:
    """Return what judging a photo asks of the register, all over again.

    A close-up, whose only pack is none of the scene's, asks all its print among `others` as well:
    it is judged again as a whole or not at all.
    """
    others: list[str] = []
    signs: list[str] = []
    scene = told_apart(seen.scene, seen.camera, matcher=matcher.noting(others), guidance=guidance)
    for sign in scene.signs:
        matcher.noting(signs).medicine_names(sign.text)
    units = _units(scene.packs)
    packs, questions = _read(units, scene.packs, matcher, seen.told)
    return Grounds(
        pack_ids=tuple(packs),
        units=tuple(units),
        goods=tuple(map(_goods, packs.values())),
        names=tuple(map(_name, packs.values())),
        questions=tuple(question for question, _ in questions),
        question_units=tuple(unit for _, unit in questions),
        others=tuple(others),
        signs=tuple(signs),
    )


def reached_units(grounds: Grounds, changes: Changes) -> frozenset[int] | None:
    """Return the units that have to be read again; None when everything has to be judged again."""
    if changes.of_packs.reached(grounds.others) or changes.of_signs.reached(grounds.signs):
        return None
    places = changes.of_packs.reached(grounds.questions)
    return frozenset(grounds.question_units[place] for place in places)


def judged_in_part(
    grounds: Grounds,
    rules: Sequence[RuleOutcome],
    reached: Collection[int],
    *,
    packs_of: Callable[[Collection[str]], Sequence[Pack]],
    site: Site,
    matcher: Matcher,
    guidance: Guidance,
) -> tuple[Grounds, tuple[RuleOutcome, ...]] | None:
    """Judge a photo again of which the changes of the register reach some units.

    Args:
        grounds: What its outcome rests on.
        rules: What every rule said.
        reached: The units that are reached, see `reached_units`.
        packs_of: Returns packs that were seen, in the order of the scene, by their ids.
        site: Dealer and day, the same as before.
        matcher: Tells goods apart by the other register.
        guidance: The same as before.

    Returns:
        What it rests on and what every rule says now; None when packs have become other goods, so
        that everything has to be judged again.
    """
    unit_of = dict(zip(grounds.pack_ids, grounds.units, strict=True))
    packs = packs_of({pack_id for pack_id, unit in unit_of.items() if unit in reached})
    # What people told is left out, so that what rests on it is other goods here.
    again, questions = _read([unit_of[pack.pack_id] for pack in packs], packs, matcher)
    before = dict(zip(grounds.pack_ids, grounds.goods, strict=True))
    goods = before | {pack_id: _goods(pack) for pack_id, pack in again.items()}
    if not _are_alike(before, goods):
        return None
    verdicts = judge_packs([*again.values()], site, guidance)
    (said,) = (_by_target(rule) for rule in rules if rule.rule_id == assortment.RULE.id)
    said |= {verdict.target.id: verdict.outcome for verdict in verdicts}
    if said.keys() != goods.keys():  # the rule crashed
        return None
    kept = zip(grounds.questions, grounds.question_units, strict=True)
    questions += ((question, unit) for question, unit in kept if unit not in reached)
    names = dict(zip(grounds.pack_ids, grounds.names, strict=True))
    names |= {pack_id: _name(pack) for pack_id, pack in again.items()}
    now = replace(
        grounds,
        goods=tuple(goods.values()),
        names=tuple(names.values()),
        questions=tuple(question for question, _ in questions),
        question_units=tuple(unit for _, unit in questions),
    )
    outcome = _outcome({pack_id: said[pack_id] for pack_id in grounds.pack_ids})
    return now, tuple(outcome if rule.rule_id == outcome.rule_id else rule for rule in rules)


def _units(packs: Iterable[Pack]) -> list[int]:
    """Return the number of each pack's unit, see `read_packs`."""
    numbers: dict[int | str, int] = {}
    return [
        numbers.setdefault(
            pack.pack_id if pack.look is None or pack.is_card else pack.look, len(numbers)
        )
        for pack in packs
    ]


def _read(
    units: Iterable[int], packs: Sequence[Pack], matcher: Matcher, told: Told = NOTHING_TOLD
) -> tuple[dict[str, PackFacts], list[tuple[str, int]]]:
    """Return what packs are, wherever they stand, and each question with its unit's number."""
    by_unit: dict[int, list[Pack]] = {}
    for unit, pack in zip(units, packs, strict=True):
        by_unit.setdefault(unit, []).append(pack)
    readings: dict[str, Reading] = {}
    questions: list[tuple[str, int]] = []
    for unit, alike in by_unit.items():
        notes: list[str] = []
        readings |= read_goods(alike, matcher.noting(notes), told)
        questions += ((note, unit) for note in dict.fromkeys(notes))
    return {pack.pack_id: _facts(pack, readings[pack.pack_id]) for pack in packs}, questions


def _facts(pack: Pack, reading: Reading) -> PackFacts:
    return PackFacts(
        pack.pack_id,
        pack.box_xyxy_px,
        pack.confidence,
        reading.goods,
        reading.kind,
        reading.identity,
        _NO_PLACE,
        unless_card=reading.unless_card,
    )


def _name(pack: PackFacts) -> str:
    return pack.label if pack.identity else ""


def _goods(pack: PackFacts) -> str:
    candidates = pack.identity.candidates if pack.identity else ()
    called = chain.from_iterable((sku.name, sku.form, sku.substance) for sku in candidates)
    is_perhaps_card = pack.unless_card is not Goods.UNKNOWN
    kind = f"card or {pack.unless_card}" if is_perhaps_card else pack.goods
    return "\n".join((kind, *dict.fromkeys(called)))


def _are_alike(before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Say whether packs are the same to all rules but `assortment`.

    Of a pack they ask its class; of all packs together what they are called, in any order: words
    that may stand on a price label.
    """
    changed = [
        (goods.split("\n"), now[pack_id].split("\n"))
        for pack_id, goods in before.items()
        if goods != now[pack_id]
    ]
    if any(old[0] != new[0] for old, new in changed):
        return False
    gone = {word for old, _ in changed for word in old[1:]}
    come = {word for _, new in changed for word in new[1:]}
    return gone == come or _words(before.values()) == _words(now.values())


def _words(goods: Iterable[str]) -> set[str]:
    return {word for one in goods for word in one.split("\n")[1:]}


def _by_target(rule: RuleOutcome) -> dict[str, Outcome]:
    said = [(Outcome[key.upper()], ids) for key, ids in rule.targets.items()]
    return {target: outcome for outcome, ids in said for target in ids}


def _outcome(said: Mapping[str, Outcome]) -> RuleOutcome:
    targets: dict[Outcome, list[str]] = {}
    for pack_id, outcome in said.items():
        targets.setdefault(outcome, []).append(pack_id)
    by_key = {outcome.key: ids for outcome, ids in targets.items()}
    return RuleOutcome(assortment.RULE.id, worst(targets), by_key)
