"""The judging alone on path-traced scenes: a perfect reader sees and names everything."""

import json
from collections import Counter
from datetime import date

import pytest

import inspector.measuring
from inspector.capture.photo import read_photo
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.facts import Facts, Site
from inspector.domain.verdict import Outcome, worst
from inspector.rules import judge
from inspector.rules.guidance import load_guidance
from tests.truth import SHARED, readings_from_truth, scene_from_truth

SCENES = sorted((SHARED / "scenes").glob("scene_*.json"))
DAY = date(2026, 11, 1)
RULES = {
    "separation": "separation",
    "signage": "signage",
    "ceiling-sign": "ceiling_sign",
    "sign-advertising": "advertising",
    "climbing-aids": "climbing_aids",
}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SCENES, reason="../shared/scenes is not here: no path-traced photos"),
]


def test_what_is_seen_perfectly_is_never_judged_wrongly(monkeypatch):
    undecided = Counter()
    for path in SCENES:
        truth = json.loads(path.read_text())
        readings = readings_from_truth(truth)
        monkeypatch.setattr(inspector.measuring, "read_packs", lambda *_, found=readings: found)
        capture = read_photo(path.with_suffix(".jpg"))
        guidance = load_guidance(DAY)
        facts = inspector.measuring.measure(
            capture.capture_id,
            scene_from_truth(truth),
            capture.camera,
            matcher=Matcher(Register.load().on(DAY)),
            guidance=guidance,
        )
        verdicts = judge(guidance, Facts(Site(None, DAY), (facts,)))
        for rule_id, name in RULES.items():
            outcome = worst(v.outcome for v in verdicts if v.rule_id == rule_id)
            is_violation = truth["expected"][name] == "violation"
            undecided[rule_id] += outcome is Outcome.CANT_TELL
            if outcome is not Outcome.CANT_TELL:
                assert (outcome is Outcome.FAILED) == is_violation, (truth["image"], rule_id)
    # Without a scale no gap, height or distance is known, and small print is for a close-up.
    assert undecided["separation"] <= 2
    assert undecided["signage"] <= 2
    assert undecided["ceiling-sign"] <= 3
    assert undecided["sign-advertising"] <= 3
