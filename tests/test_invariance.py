"""What changes nothing on the shelf changes no verdict: order of packs, a mirror, size."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.capture import CameraIntrinsics, FocalOrigin
from inspector.domain.facts import Facts, Site
from inspector.domain.scene import AidKind, Pack, Scene, Sign, TextLine
from inspector.measuring import measure
from inspector.rules import RULES, judge
from inspector.rules.guidance import load_guidance

DAY = date(2026, 11, 1)
WIDTH, HEIGHT = 1600.0, 1200.0
NAMES = ("Otrivin", "Zymelin", "Zendium", "")
SHELVES = (400.0, 650.0, 900.0)
SIGNS = ("Håndkøbsmedicin", "Sundhed", "Vitaminer")


@pytest.fixture(scope="module")
def matcher():
    return Matcher(Register.load().on(DAY))


def line(text, box, share):
    x1, y1, x2, y2 = box
    height = share * (y2 - y1)
    return TextLine(text, (x1 + 2, y1 + 2, x2 - 2, y1 + 2 + height), height, 0.98)


@st.composite
def scenes(draw):
    """Three shelves of packs, some known, with gaps of their own, and a sign over them."""
    packs = []
    for top in SHELVES:
        x = 100.0
        for name in draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6)):
            x += draw(st.sampled_from([0.0, 4.0, 60.0, 260.0]))
            box = (x, top, x + 90.0, top + 110.0)
            texts = (line(name, box, 0.3),) if name else ()
            packs.append(Pack(f"p{len(packs) + 1}", box, 0.9, texts=texts))
            x += 92.0
    box = (300.0, 220.0, 900.0, 300.0)
    text = draw(st.sampled_from(SIGNS))
    sign = Sign("t1", box, (line(text, box, 0.8),), is_price_label=False, confidence=0.9)
    return Scene(
        packs=tuple(packs),
        signs=(sign,),
        reliable=frozenset({"sign", "divider", "door", *AidKind}),
        sharpness=500.0,
    )


def outcomes(scene, matcher, *, size=1.0):
    """Return how often each rule says what of how many; ids and places do not count."""
    wh = (round(WIDTH * size), round(HEIGHT * size))
    camera = CameraIntrinsics(1200.0 * size, 0.02, FocalOrigin.EXIF, wh)
    guidance = load_guidance(DAY)
    facts = measure("c1", scene, camera, matcher=matcher, guidance=guidance)
    verdicts = judge(guidance, Facts(Site(None, DAY), (facts,)))
    assert {verdict.rule_id for verdict in verdicts} == {rule.id for rule in RULES}
    return Counter((v.rule_id, v.outcome, v.reason, v.case) for v in verdicts)


def moved(scene, move):
    """Return the scene with every box moved."""

    def text(one):
        return replace(one, box_xyxy_px=move(one.box_xyxy_px), height_px=_height(one, move))

    return replace(
        scene,
        packs=tuple(
            replace(p, box_xyxy_px=move(p.box_xyxy_px), texts=tuple(map(text, p.texts)))
            for p in scene.packs
        ),
        signs=tuple(
            replace(s, box_xyxy_px=move(s.box_xyxy_px), lines=tuple(map(text, s.lines)))
            for s in scene.signs
        ),
    )


def _height(text, move):
    before, after = text.box_xyxy_px, move(text.box_xyxy_px)
    return text.height_px * (after[3] - after[1]) / (before[3] - before[1])


slowly = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@slowly
@given(scene=scenes(), data=st.data())
def test_shuffling_the_packs_changes_no_verdict(matcher, scene, data):
    shuffled = replace(scene, packs=tuple(data.draw(st.permutations(scene.packs))))
    assert outcomes(shuffled, matcher) == outcomes(scene, matcher)


@slowly
@given(scene=scenes())
def test_mirroring_the_shelf_changes_no_verdict(matcher, scene):
    mirrored = moved(scene, lambda box: (WIDTH - box[2], box[1], WIDTH - box[0], box[3]))
    assert outcomes(mirrored, matcher) == outcomes(scene, matcher)


@slowly
@given(scene=scenes(), size=st.sampled_from([2.0, 3.0]))
def test_a_larger_photo_of_the_same_changes_no_verdict(matcher, scene, size):
    larger = moved(scene, lambda box: tuple(size * edge for edge in box))
    assert outcomes(larger, matcher, size=size) == outcomes(scene, matcher)
