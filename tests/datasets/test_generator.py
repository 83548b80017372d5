"""The generator keeps its promises: same seed, same scene; truth is where the picture shows it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from datasets.generate import make_scene
from datasets.samples import article, bay_of, stock
from datasets.shelfgen.camera import Camera
from datasets.shelfgen.fixture import Light
from datasets.shelfgen.products import misleading
from datasets.shelfgen.scene import misleading_stage
from datasets.shelfgen.stage import Stage
from datasets.shelfgen.truth import described
from datasets.yolo import CLASSES, convert, label_lines

SIZE_WH = (640, 480)
RAIL = (140, 70, 20)
LIGHT = Light(np.ones(3), depth_loss=0.3, under_loss=0.3)


def make_stage(*, seed: int = 3, k1: float = 0.0, image_wh: tuple[int, int] = SIZE_WH) -> Stage:
    """Return one bay with two boards of medicine, seen from 1.5 m."""
    camera = Camera.aimed(
        (0.1, -1.5, 1.35),
        yaw_deg=-3,
        pitch_deg=-4,
        roll_deg=1.0,
        focal_35mm=26,
        image_wh=image_wh,
        k1=k1,
    )
    stage = Stage(camera, LIGHT, np.random.default_rng(seed), texel_m=0.001)
    stage.add_room(0.5)
    bay = bay_of(0, -0.4, 0.8, (0.8, 1.12, 1.45), rail=RAIL)
    stage.add_bay(bay)
    stock(stage, bay, 2, [(article("Panodil"), 2, 2), (article("Pamol"), 2, 1)])
    stock(stage, bay, 1, [(article("Otrivin"), 3, 1)])
    return stage


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two small scenes."""
    folder = tmp_path_factory.mktemp("scenes")
    for seed in (1, 2):
        make_scene(seed, SIZE_WH, folder)
    return folder


def test_same_seed_gives_the_same_scene(scenes: Path, tmp_path: Path) -> None:
    again = make_scene(1, SIZE_WH, tmp_path)
    assert again.read_bytes() == (scenes / "scene_0001.json").read_bytes()
    assert (tmp_path / "scene_0001.jpg").read_bytes() == (scenes / "scene_0001.jpg").read_bytes()


def test_another_seed_gives_another_scene(scenes: Path) -> None:
    one, two = (json.loads((scenes / f"scene_000{k}.json").read_text("utf-8")) for k in (1, 2))
    assert one["camera"] != two["camera"]


def test_cluttered_scenes_are_full_of_aids(tmp_path: Path) -> None:
    paths = [make_scene(seed, (320, 240), tmp_path, kind="cluttered") for seed in (1, 2, 3, 4)]
    truths = [json.loads(path.read_text("utf-8")) for path in paths]
    assert sum(len(truth["aids"]) for truth in truths) >= 6
    assert all(truth["packs"] for truth in truths)


def test_misleading_packs_are_one_pack_each() -> None:
    assert {misleading(seed).finish for seed in range(40)} == {"", "film", "panels", "clear"}
    stage, scenario = misleading_stage(np.random.default_rng(1), (320, 240))
    assert "panels" in {worn.product.finish for worn in stage.wardrobe.values()}
    _, ids = stage.render()
    truth = described(stage, ids, image="x.jpg", seed=0, scenario=scenario)
    seen = [pack["id"] for pack in truth["packs"]]
    assert 0 < len(seen) == len(set(seen))


@pytest.mark.parametrize("k1", [0.0, -0.05])
def test_kit_tags_are_found_where_the_truth_has_their_corners(k1: float) -> None:
    stage = make_stage(k1=k1, image_wh=(1280, 960))
    stage.add_reference("S", 0.42)
    picture, ids = stage.render(supersample=2.0)
    truth = described(stage, ids, image="x.jpg", seed=0, scenario=[])
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(
        cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11), settings
    )
    corners, tag_ids, _ = detector.detectMarkers(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    expected = {r["id"]: np.array(r["corners_px"]) for r in truth["references"]}
    found = {int(t): c.reshape(4, 2) + 0.5 for t, c in zip(tag_ids.ravel(), corners, strict=True)}
    assert len(found) >= 5
    for tag_id, quad in found.items():  # OpenCV puts 0 at a pixel's centre, the truth at its corner
        assert np.abs(quad - expected[tag_id]).max() < 1.0


def test_strip_heights_follow_the_kit() -> None:
    stage = make_stage()
    stage.add_reference("S", 0.42)
    for ref in stage.references:
        assert ref["centre_m"] == pytest.approx(0.1 * ref["id"])
        assert np.ptp(ref["corners_m"][:, 2]) == pytest.approx(0.05)


def test_pack_boxes_lie_where_the_geometry_projects_them() -> None:
    stage = make_stage()
    _, ids = stage.render()
    truth = described(stage, ids, image="x.jpg", seed=0, scenario=[])
    things = {t.object_id: t for t in stage.of_kind("pack")}
    front = [p for p in truth["packs"] if p["row"] == 0 and p["visible"] > 0.95]
    assert front
    for pack in front:
        facts = things[pack["id"]].facts
        corners = np.concatenate([q.corners_m for q in stage.quads if q.object_id == pack["id"]])
        pixels = stage.camera.project(corners)
        expected = np.r_[pixels.min(0), pixels.max(0)]
        assert np.abs(np.array(pack["bbox"]) - expected).max() < 2.5
        assert pack["bottom_height_cm"] == pytest.approx(facts["bottom_m"] * 100, abs=0.01)


def test_truth_projects_with_its_own_camera() -> None:
    stage = make_stage()
    _, ids = stage.render()
    truth = described(stage, ids, image="x.jpg", seed=0, scenario=[])
    camera = truth["camera"]
    k, r, t = (np.array(camera[key]) for key in ("K", "R", "t"))
    for shelf in truth["shelves"]:
        z = shelf["top_height_cm"] / 100
        for x, pixel in zip((-0.4, 0.4), shelf["edge_px"], strict=True):
            p = k @ (r @ np.array([x, 0, z]) + t)
            assert np.allclose(p[:2] / p[2], pixel, atol=0.05)


def test_verdicts_follow_from_the_geometry() -> None:
    stage = make_stage()
    _, ids = stage.render()
    expected = described(stage, ids, image="x.jpg", seed=0, scenario=[])["expected"]
    assert expected["height"] == "violation"  # Otrivin stands at 112 cm
    assert expected["signage"] == "violation"
    assert expected["separation"] == "compliant"
    assert expected["climbing_aids"] == "compliant"


@pytest.mark.parametrize(
    ("mandatory_text", "expected"), [(False, "violation"), (True, "compliant")]
)
def test_medicine_is_advertised_also_where_none_stands(mandatory_text: bool, expected: str) -> None:
    stage = Stage(make_stage().camera, LIGHT, np.random.default_rng(3), texel_m=0.001)
    stage.add_bay(bay_of(0, -0.4, 0.8, (0.8, 1.12, 1.45), rail=RAIL))
    stage.add_print(
        np.full((100, 160, 3), 255, np.uint8),
        -0.1,
        1.1,
        (0.2, 0.12),
        -0.012,
        text="Ved halsbrand Zyrtec",
        placement="shelf_edge",
        sign_kind="advert",
        bay=0,
        level=1,
        mandatory_text=mandatory_text,
        about_medicine=True,
    )
    _, ids = stage.render()
    truth = described(stage, ids, image="x.jpg", seed=0, scenario=[])
    assert truth["expected"]["advertising"] == expected
    assert truth["expected"]["height"] == "not_applicable"


def test_yolo_labels_stay_in_range(scenes: Path, tmp_path: Path) -> None:
    count = convert(scenes, tmp_path, cuts=2, side_px=320, seed=0)
    labels = sorted((tmp_path / "labels").glob("*.txt"))
    assert count == len(labels) == len(list((tmp_path / "images").glob("*.jpg")))
    lines = [line.split() for path in labels for line in path.read_text().splitlines()]
    assert lines
    for number, *box in lines:
        assert 0 <= int(number) < len(CLASSES)
        cx, cy, w, h = (float(v) for v in box)
        assert 0 < w <= 1
        assert 0 < h <= 1
        assert cx - w / 2 > -1e-5
        assert cx + w / 2 < 1 + 1e-5
        assert cy - h / 2 > -1e-5
        assert cy + h / 2 < 1 + 1e-5


def cut_sizes(folder: Path, height: int) -> list[tuple[int, ...]]:
    """Return the sizes of three cuts of a row of packs, 400 px wide and so high."""
    cv2.imwrite(str(folder / "row.jpg"), np.full((height, 400, 3), 127, np.uint8))
    boxes = [{"class": "pack", "xyxy": [x, 0, x + 50, height]} for x in range(0, 400, 50)]
    (folder / "row.json").write_text(json.dumps({"image": "row.jpg", "boxes": boxes}))
    assert convert(folder, folder / "out", cuts=3, side_px=320, seed=0) == 4
    cuts = sorted((folder / "out" / "images").glob("row_[1-3].jpg"))
    return [cv2.imread(str(cut)).shape[:2] for cut in cuts]


def test_cuts_of_a_strip_are_as_high_as_it_is(tmp_path: Path) -> None:
    sizes = cut_sizes(tmp_path, 100)
    assert all(max(size) == 320 for size in sizes)
    assert any(width > 2 * height for height, width in sizes)


def test_a_picture_lower_than_a_training_picture_is_cut_within_its_borders(tmp_path: Path) -> None:
    assert cut_sizes(tmp_path, 160) == [(320, 320)] * 3


def test_hidden_packs_get_no_label() -> None:
    truth = {
        "packs": [
            {"bbox": [10, 10, 60, 60], "visible": 0.9},
            {"bbox": [10, 10, 60, 60], "visible": 0.2},
        ],
        "signs": [], "dividers": [], "aids": [],
    }  # fmt: skip
    assert len(label_lines(truth, (0, 0, 100, 100), 1.0)) == 1
