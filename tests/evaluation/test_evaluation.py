"""Evaluation: perfect reports score perfectly, every kind of mistake shows in its own figure."""

import copy
import json
import shutil

import pytest

from inspector.catalogue.register import Register
from inspector.domain.goods import DealerType
from inspector.errors import EvaluationError
from inspector.evaluation.run import ALL, evaluate
from inspector.evaluation.score import Tally, average_precision, reliability
from inspector.evaluation.table import table
from inspector.evaluation.truth import load_truths
from tests.truth import SAMPLES, SHARED, TruthReader


def perfect(truth):
    """Return a report that says just what is true."""
    outcomes = {"compliant": "passed", "violation": "failed", "not_applicable": "inapplicable"}
    return {
        "captures": [
            {
                "packs": [
                    {
                        "box_xyxy_px": list(pack.box_xyxy_px),
                        "confidence": 0.9,
                        "goods": "otc_medicine" if pack.is_medicine else "other_goods",
                        "identity": {"name": pack.names[0], "strength": None},
                        "bottom_height_cm": {
                            "value": pack.bottom_height_cm,
                            "low": pack.bottom_height_cm - 1,
                            "high": pack.bottom_height_cm + 1,
                        },
                    }
                    for pack in truth.packs
                ],
                "signs": [{"box_xyxy_px": list(box), "text": word} for word, box in truth.signs],
                "aids": [{"kind": kind, "box_xyxy_px": list(box)} for kind, box in truth.aids],
            }
        ],
        "summary": {rule: outcomes[said] for rule, said in truth.outcomes.items()},
    }


@pytest.fixture(scope="module")
def truths():
    return load_truths(SAMPLES)


def figures(truths, spoil=lambda report: None):
    tally = Tally()
    for truth in truths:
        report = copy.deepcopy(perfect(truth))
        spoil(report)
        tally.add(truth, report)
    return tally.figures()


def test_perfect_reports_score_perfectly(truths):
    f = figures(truths)
    assert (f.average_precision, f.precision, f.recall) == (pytest.approx(1), 1, 1)
    assert (f.medicine_precision, f.medicine_recall, f.decided) == (1, 1, 1)
    assert (f.named, f.names_right, f.height_error_cm, f.height_covered) == (1, 1, 0, 1)
    assert (f.cards_called_packs, f.verdicts_wrong, f.verdicts_undecided) == (0, 0, 0)
    assert f.aids_found == f.aids
    assert f.signs_read == f.signs > 0


def test_a_missed_pack_lowers_recall_only(truths):
    f = figures(truths, lambda report: report["captures"][0]["packs"].pop())
    assert f.precision == 1
    assert f.recall == pytest.approx(1 - len(truths) / f.packs)


def test_a_pack_found_twice_is_false_once(truths):
    def double(report):
        packs = report["captures"][0]["packs"]
        packs.append(packs[0] | {"confidence": 0.3})

    f = figures(truths, double)
    assert f.recall == 1
    assert f.precision == pytest.approx(f.packs / (f.packs + len(truths)))


def test_doubtful_finds_end_the_curve_and_count_nowhere_else(truths):
    def doubt(report):
        packs = report["captures"][0]["packs"]
        packs[0].update(doubtful=True, confidence=0.1)
        packs.append(packs[1] | {"doubtful": True, "confidence": 0.05})

    f = figures(truths, doubt)
    assert f.average_precision == pytest.approx(1)
    assert (f.precision, f.recall) == (1, pytest.approx(1 - len(truths) / f.packs))
    assert f.cards_called_packs == 0


def test_unknown_goods_are_undecided_not_wrong(truths):
    def forget(report):
        for pack in report["captures"][0]["packs"]:
            pack.update(goods="unknown", identity=None, bottom_height_cm=None)

    f = figures(truths, forget)
    assert (f.decided, f.named, f.medicine_precision, f.medicine_recall) == (0, 0, None, 0)
    assert f.height_error_cm is None


def test_another_name_is_wrong(truths):
    def rename(report):
        for pack in report["captures"][0]["packs"]:
            pack["identity"]["name"] = "Something else entirely"

    assert figures(truths, rename).names_right == 0


def test_a_definite_verdict_against_the_truth_is_wrong(truths):
    def turn(report):
        report["summary"] = dict.fromkeys(report["summary"], "passed")

    f = figures(truths, turn)
    broken = sum(said == "violation" for truth in truths for said in truth.outcomes.values())
    assert f.verdicts_wrong == broken > 0
    assert all("true violation" in line for line in f.wrong)


def test_an_interval_that_misses_the_truth_is_not_covered(truths):
    def shift(report):
        for pack in report["captures"][0]["packs"]:
            for key in ("value", "low", "high"):
                pack["bottom_height_cm"][key] += 2

    f = figures(truths, shift)
    assert f.height_error_cm == pytest.approx(2)
    assert f.height_covered == 0


def test_average_precision_of_a_known_curve():
    assert average_precision([(0.9, True), (0.8, False), (0.7, True)], 2) == pytest.approx(
        0.5 + 0.5 * 2 / 3
    )
    assert average_precision([], 3) == 0


def test_reliability_parts_finds_by_their_confidence():
    finds = [(0.1, False), (0.25, False), (0.3, True), (0.6, True), (0.99, True), (1.0, True)]
    assert reliability(finds) == ((1, 0), (2, 1), (0, 0), (1, 1), (2, 2))


def test_finds_on_soft_boxes_count_neither_way(tmp_path):
    (tmp_path / "shelf.jpg").write_bytes(b"")
    boxes = [
        {"class": "pack", "xyxy": [0, 0, 10, 10]},
        {"class": "ignore", "xyxy": [20, 0, 60, 30]},
    ]
    (tmp_path / "shelf.json").write_text(json.dumps({"image": "shelf.jpg", "boxes": boxes}))
    [truth] = load_truths(tmp_path)
    report = perfect(truth) if truth.packs[0].names else None
    assert report is None  # boxes drawn by hand say nothing of names
    pack = {"goods": "unknown", "identity": None, "bottom_height_cm": None, "confidence": 0.5}
    found = [pack | {"box_xyxy_px": box} for box in ([0, 0, 10, 10], [25, 5, 35, 15])]
    tally = Tally()
    tally.add(truth, {"captures": [{"packs": found, "signs": [], "aids": []}], "summary": {}})
    f = tally.figures()
    assert (f.precision, f.recall, f.decided) == (1, 1, None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"packs": 1, "image": "a.jpg"}', "cannot be used as truth"),
        ("{", "cannot be used as truth"),
        ('{"boxes": [], "image": "gone.jpg"}', "gone.jpg, which is not there"),
        ("[]", "No truth in"),
    ],
)
def test_bad_truth_is_refused_by_name(tmp_path, content, says):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(EvaluationError, match=says):
        load_truths(tmp_path)


def test_the_line_is_evaluated_and_tabled(truths):
    seen = []
    evaluation = evaluate(
        truths[:2],
        reader=TruthReader(),
        register=Register.load(None),
        dealer=DealerType.PHARMACY,
        on_picture=seen.append,
    )
    assert seen == truths[:2]
    assert evaluation.figures[ALL].recall == 1
    assert evaluation.figures[ALL].verdicts_wrong == 0
    assert json.dumps(evaluation.document())
    assert table(evaluation).row_count == 24


@pytest.mark.skipif(not (SHARED / "scenes").is_dir(), reason="no ../shared beside the checkout")
def test_the_shared_truths_can_be_read():
    assert len(load_truths(SHARED / "scenes")) == 10
    assert len(load_truths(SHARED / "real" / "shelves")) == 7


def test_a_camera_height_in_the_truth_is_told(tmp_path):
    content = json.loads((SAMPLES / "no-scale.json").read_text())
    content["references"] = [{"kind": "camera_height", "cm": 143.5}]
    content["reference_kind"] = "H"
    (tmp_path / "no-scale.json").write_text(json.dumps(content))
    shutil.copy(SAMPLES / "no-scale.jpg", tmp_path)
    (truth,) = load_truths(tmp_path)
    assert truth.told.camera_height_m == pytest.approx(1.435)
