"""Judging again in part says what judging again as a whole says, whatever changes where."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from inspector.batch.grounds import judged_in_part
from inspector.batch.rejudge import rejudge
from inspector.batch.work import Terms
from inspector.catalogue.matching import DatedMatcher, Matcher
from inspector.catalogue.register import Register
from inspector.domain.capture import CameraIntrinsics, FocalOrigin, Told
from inspector.domain.facts import Facts, Site
from inspector.domain.goods import DealerType, Goods, Group, Kind
from inspector.domain.scene import Barcode, Pack, Scene, SeenCapture, Sign, TextLine
from inspector.measuring import measure
from inspector.rules import judge
from inspector.rules.guidance import load_guidance
from inspector.store import Inspection, Store, schema
from inspector.store.grounds import grounds_from_bytes
from inspector.store.versions import seen_with

DAY = date(2026, 11, 2)
MODEL = {"drawn": "0" * 64}
CAMERA = CameraIntrinsics(1200.0, 0.02, FocalOrigin.EXIF, (1600, 1200))
SKUS = Register.load().skus
WORDS = ("plus", "akut", "kosttilskud", "tandbørste", "c-vitamin", "500 mg", "20 stk", "tabletter")
SCENES, EDITIONS = 12, 3


def drawn_register(rng):
    """A register of a few brands with several entries each."""
    names = rng.sample(sorted({sku.name for sku in SKUS}), 25)
    skus = [sku for sku in SKUS if sku.name in names]
    skus += [varied(sku, rng, f"v{n}") for n, sku in enumerate(rng.choices(skus, k=10))]
    return Register(tuple(skus), "drawn", f"{rng.random()}")


def varied(sku, rng, sku_id):
    return replace(
        sku,
        sku_id=sku_id,
        strength=rng.choice((sku.strength, "500 mg", "20 mg")),
        pack_size=rng.choice((sku.pack_size, "20 stk", "100 stk", "")),
        vnr="",
        gtin="",
    )


def changed(register, rng):
    """The register with some entries changed in one way or another."""
    skus = list(register.skus)
    for n in range(rng.randint(1, 4)):
        at = rng.randrange(len(skus))
        sku = skus[at]
        match rng.randrange(8):
            case 0:
                skus[at] = replace(sku, group=rng.choice((None, *Group)), valid_from=DAY)
            case 1:
                skus[at] = replace(sku, self_selection_retail=rng.choice((None, True, False)))
            case 2:
                skus[at] = varied(sku, rng, sku.sku_id)
            case 3:
                skus[at] = replace(sku, kind=rng.choice([*Kind]))
            case 4:
                skus[at] = replace(
                    sku, name=rng.choice((f"{sku.name} Plus", slipped(sku.name, rng)))
                )
            case 5:
                del skus[at]
            case 6:
                new = rng.choice(SKUS)
                skus.insert(at, replace(new, sku_id=f"n{n}", vnr=sku.vnr, gtin=sku.gtin))
            case 7:
                skus[at] = replace(sku, substance=rng.choice(SKUS).substance, atc="N02BE01")
    return replace(register, skus=tuple(skus), sha256=f"{rng.random()}")


def slipped(text, rng):
    at = rng.randrange(len(text))
    return text[:at] + rng.choice("aeilo rst") + text[at + 1 :]


def drawn_line(rng, register, box, share):
    sku = rng.choice((*register.skus, *register.skus, *SKUS))
    text = rng.choice(
        (
            *(sku.name, sku.name, f"{sku.name} {rng.choice(WORDS)}", sku.substance or sku.name),
            *(f"{sku.strength} {sku.form} {sku.pack_size}", rng.choice(WORDS), f"Vnr {sku.vnr}"),
        )
    )
    if text.strip() and rng.random() < 0.3:
        text = slipped(text, rng)
    height = share * (box[3] - box[1])
    return TextLine(text, (box[0], box[1], box[2], box[1] + height), height, rng.uniform(0.7, 1))


def drawn_pack(rng, register, number, brands):
    shelf, place = divmod(number, 6)
    box = (100.0 * place, 300.0 + 200 * shelf, 100.0 * place + 95, 400.0 + 200 * shelf)
    look = rng.choice((None, 0, 1, 2))
    sku = rng.choice(register.skus) if look is None else brands[look]
    name = TextLine(sku.name, box, 40.0, rng.uniform(0.6, 1))
    lines = [drawn_line(rng, register, box, rng.choice((0.1, 0.3, 0.4))) for _ in range(2)]
    gtin = sku.gtin or (f"0{sku.vnr}" if sku.vnr else "")
    return Pack(
        f"p{number + 1}",
        box,
        0.9,
        is_card=rng.random() < 0.05,
        may_be_card=rng.random() < 0.05,
        texts=(*([name] if rng.random() < 0.6 else []), *lines[: rng.choice((0, 0, 1, 2))]),
        look=look,
        taught=rng.choice(("", "", "", sku.name)),
        barcodes=(Barcode(gtin, box),) if gtin and rng.random() < 0.2 else (),
    )


def drawn_sign(rng, register, number):
    box = (120.0 * number, 402.0, 120.0 * number + 60, 420.0)
    text = rng.choice((f"{rng.choice(register.skus).name} tabletter 39,95", "Medicin", "Tilbud"))
    return Sign(f"t{number + 1}", box, (TextLine(text, box, 15.0, 0.9),), rng.random() < 0.8, 0.9)


def drawn_scene(rng, register, number):
    brands = rng.choices(register.skus, k=3)
    packs = [drawn_pack(rng, register, n, brands) for n in range(rng.choice((1, 2, 8, 12)))]
    signs = [drawn_sign(rng, register, n) for n in range(rng.randrange(3))]
    if rng.random() < 0.2:  # a board, or a pack that says what it is for
        says = TextLine(
            rng.choice(("Mod hovedpine", "Håndkøbsmedicin")), packs[0].box_xyxy_px, 60, 1
        )
        packs[0] = replace(packs[0], texts=(says, *packs[0].texts))
    scene = Scene(packs=tuple(packs), signs=tuple(signs), sharpness=100.0)
    seen = SeenCapture(f"{number:064x}", f"{number}.jpg", CAMERA, scene)
    if rng.random() < 0.7:
        return seen
    sorted_by_person = [
        (pack.pack_id, rng.choice((Goods.OTC_MEDICINE, Goods.OTHER_GOODS, Goods.PRODUCT_CARD)))
        for pack in packs
        if rng.random() < 0.5
    ]
    return replace(seen, told=Told(sorted_packs=tuple(sorted_by_person)))


def judge_all(store, terms, scenes):
    """Judge scenes under a register and keep the results; returns them by file."""
    inspections = [
        Inspection(
            url=f"file:///{seen.file}",
            file=seen.file,
            capture_id=seen.capture_id,
            store="shop",
            dealer_type=(*DealerType, None)[number % 7],
            inspected_on=DAY,
            rules_of=DAY,
            seen_with=seen_with(MODEL),
            judged_by=terms.judged_by(DAY),
            register=terms.catalogue(DAY),
        )
        for number, seen in enumerate(scenes)
    ]
    results = [
        terms.judge(inspection, seen, {})
        for inspection, seen in zip(inspections, scenes, strict=True)
    ]
    if store is not None:
        store.save(
            results=results,
            scenes=[(seen, None) for seen in scenes],
            model=MODEL,
            entries=terms.matchers.entries_on([DAY]),
            now=datetime.now(UTC),
        )
    return {result.inspection.file: result for result in results}


@pytest.fixture
def ways(monkeypatch):
    """Counts how inspections are judged again."""
    counted = Counter()

    def counting(name, function):
        def wrapped(*args, **more):
            found = function(*args, **more)
            counted[name] += found is not None
            return found

        return wrapped

    monkeypatch.setattr(
        "inspector.batch.rejudge.judged_in_part", counting("in part", judged_in_part)
    )
    monkeypatch.setattr(Terms, "judge", counting("as a whole", Terms.judge))
    return counted


@pytest.mark.parametrize("seed", range(6))
def test_in_part_is_as_good_as_whole(seed, url, ways):
    rng = random.Random(seed)
    register = drawn_register(rng)
    again_by = Counter()
    with Store.open(url) as store:
        scenes = [drawn_scene(rng, register, n) for n in range(SCENES)]
        judge_all(store, Terms(MODEL, DatedMatcher(register)), scenes)
        for _ in range(EDITIONS):  # each is judged from the outcomes of the one before
            register = changed(register, rng)
            ways.clear()
            again = list(rejudge(store, register=register, on=None))
            again_by += ways
            whole = judge_all(None, Terms(MODEL, DatedMatcher(register)), scenes)
            for one in again:
                assert_same(one.result, whole[one.result.inspection.file])
    assert again_by["in part"]
    assert again_by.total() < EDITIONS * SCENES, "nothing was taken as it was"


def assert_same(found, expected):
    assert found.inspection == expected.inspection
    assert {rule.rule_id: rule for rule in found.rules} == {
        rule.rule_id: rule for rule in expected.rules
    }
    assert found.entries == expected.entries
    assert without_order(found.grounds) == without_order(expected.grounds)


def without_order(kept):
    grounds = grounds_from_bytes(kept)
    asked = sorted(zip(grounds.questions, grounds.question_units, strict=True))
    return replace(grounds, questions=tuple(asked), question_units=())


@pytest.fixture
def judged(url):
    """A store with a few judged scenes, and their register."""
    rng = random.Random(1)
    register = drawn_register(rng)
    with Store.open(url) as store:
        scenes = [drawn_scene(rng, register, n) for n in range(SCENES)]
        judge_all(store, Terms(MODEL, DatedMatcher(register)), scenes)
        yield store, register, scenes


def test_a_close_up_is_judged_as_a_whole(url, ways):
    box = (200.0, 200.0, 1400.0, 1000.0)
    name = TextLine("Panodil", (300.0, 300.0, 1200.0, 500.0), 200.0, 0.99)
    amount = TextLine("500 mg tabletter 20 stk", (300.0, 600.0, 1200.0, 700.0), 100.0, 0.99)
    packs = (Pack("p1", box, 0.9, texts=(name,)), Pack("p2", box, 0.9, texts=(amount,)))
    scene = SeenCapture("1" * 64, "1.jpg", CAMERA, Scene(packs=packs, sharpness=100.0))
    skus = tuple(sku for sku in SKUS if sku.name == "Panodil")
    register = Register(skus, "panodil", "before")
    other = Register((*skus[1:], replace(skus[0], group=Group.HA)), "panodil", "after")
    with Store.open(url) as store:
        judge_all(store, Terms(MODEL, DatedMatcher(register)), [scene])
        ways.clear()
        (again,) = rejudge(store, register=other, on=None)
    assert ways == {"as a whole": 1}
    whole = judge_all(None, Terms(MODEL, DatedMatcher(other)), [scene])
    assert_same(again.result, whole["1.jpg"])


def test_other_goods_leave_everything_as_it_is(judged, monkeypatch):
    store, register, _ = judged
    new = replace(SKUS[0], sku_id="new", name="Xyzzyxyzzy", substance="", vnr="", gtin="")
    monkeypatch.setattr(Store, "looks", lambda _, made: dict.fromkeys(made))
    other = replace(register, skus=(*register.skus, new), sha256="other")
    before = [one.rules for page in store.latest() for one in page]
    assert [one.result.rules for one in rejudge(store, register=other, on=None)] == before


def test_what_was_judged_again_is_taken_as_it_is_the_next_time(judged, ways):
    store, register, _ = judged
    other = changed(register, random.Random(2))
    first = list(rejudge(store, register=other, on=None))
    ways.clear()
    second = list(rejudge(store, register=other, on=None))
    assert not ways
    assert [one.differences for one in second] == [one.differences for one in first]


def test_differences_are_told_from_the_full_inspection_by_name(judged):
    store, register, _ = judged
    sold = tuple(replace(sku, group=Group.HA, valid_from=DAY) for sku in register.skus)
    strict = replace(register, skus=sold, sha256="strict")
    first = [one.differences for one in rejudge(store, register=strict, on=None)]
    same = replace(strict, sha256="the same entries from another file")
    second = [one.differences for one in rejudge(store, register=same, on=None)]
    assert first == second
    changed_packs = [d for found in first for d in found if d.rule_id == "assortment"]
    assert any(difference.name for difference in changed_packs)


@pytest.mark.parametrize("lost", ["grounds", "entries"])
def test_without_what_it_rests_on_everything_is_judged_again(judged, ways, lost):
    store, register, scenes = judged
    with store._transaction() as connection:
        if lost == "grounds":
            connection.execute(schema.inspection.update().values(grounds=None, entries=None))
        else:
            connection.execute(schema.register_entries.delete())
    other = changed(register, random.Random(3))
    again = list(rejudge(store, register=other, on=None))
    assert ways == {"as a whole": SCENES}
    whole = judge_all(None, Terms(MODEL, DatedMatcher(other)), scenes)
    for one in again:
        assert_same(one.result, whole[one.result.inspection.file])


def test_of_an_entry_other_rules_than_assortment_ask_only_what_it_is_called():
    """What `judge_packs` and `grounds.py` rest on."""
    rng, guidance = random.Random(4), load_guidance(DAY)
    changed_rules = set()
    for number in range(20):
        register = drawn_register(rng)
        scene = drawn_scene(rng, register, number)
        matcher = Matcher(register)
        facts = measure(scene.capture_id, scene.scene, CAMERA, matcher=matcher, guidance=guidance)
        other = replace(facts, packs=tuple(with_other_entries(pack, rng) for pack in facts.packs))
        before, now = (
            outcomes(judge(guidance, Facts(Site(DealerType.RETAILER, DAY), (one,))))
            for one in (facts, other)
        )
        changed_rules |= {rule_id for rule_id, *_ in before ^ now}
    assert changed_rules == {"assortment"}


def with_other_entries(pack, rng):
    if pack.identity is None:
        return pack
    candidates = tuple(
        replace(
            rng.choice(SKUS),
            group=rng.choice((*Group,)),
            valid_from=DAY,
            **{name: getattr(sku, name) for name in ("name", "kind", "form", "substance")},
        )
        for sku in pack.identity.candidates
    )
    return replace(pack, identity=replace(pack.identity, candidates=candidates))


def outcomes(verdicts):
    return {(verdict.rule_id, verdict.target, verdict.outcome) for verdict in verdicts}
