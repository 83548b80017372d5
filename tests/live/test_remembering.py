"""What is remembered of a fixed view: real finders, drawn shelves, a detector that sees them."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType, SimpleNamespace

import cv2
import numpy as np
import pytest

from inspector.domain.capture import CameraIntrinsics, Capture, FocalOrigin
from inspector.domain.scene import TextLine
from inspector.live.remembering import RememberedNames, RememberedView
from inspector.vision.detector import Detection
from inspector.vision.lookalikes import _is_alike
from inspector.vision.scene_reader import SceneReader
from tests.live.shelves import PACK_WH, WH, Shelf, drawn, person_box, replace, tint_of

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BOARD_PX = 364.0
NAMES = [f"p{n}" for n in range(8)] + ["q9", "a0"]


class Sees:
    """Finds the packs of a drawn shelf, each time a little elsewhere, and notes how often."""

    weights = ()
    reliable = frozenset({"sign"})

    def __init__(self):
        self.shelf, self.also, self.times = Shelf(), [], 0

    def detect(self, image_bgr):
        self.times += 1
        off = 0.3 * (self.times % 3)
        packs = [
            Detection("pack", (x + off, y, x + PACK_WH[0] + off, y + PACK_WH[1] - off), 0.9)
            for x, y in self.shelf.packs.values()
        ]
        return packs + self.also


class Reads:
    """Reads the name of every pack, and notes how much it looked at."""

    def __init__(self):
        self.sizes, self.fails = [], False

    def read(self, image_bgr, *, packs=(), passed_over=(), part_of_px=None):
        if self.fails:
            raise OSError("no memory")
        self.sizes.append(image_bgr.shape[0] * image_bgr.shape[1])
        return tuple(
            TextLine(name_of(image_bgr, box), box, 9.0, 0.9)
            for box in packs
            if not any(is_middle_in(box, other) for other in passed_over)
        )


def name_of(image_bgr, box):
    """Return the pack whose colour a box has."""
    x1, y1, x2, _ = map(round, box)
    colour = np.median(image_bgr[y1 + 4 : y1 + 14, x1 + 4 : x2 - 4], axis=(0, 1))
    return min(NAMES, key=lambda name: np.abs(colour - tint_of(name)).sum())


def is_middle_in(box, other):
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return other[0] < x < other[2] and other[1] < y < other[3]


class ReadsNames:
    """Reads the name of every pack as small print, and notes how many it looked at."""

    versions = MappingProxyType({"names.onnx": "0"})

    def __init__(self):
        self.packs = []

    def read(self, image_bgr, packs, slopes, looks):
        self.packs.append(len(packs))
        return [(TextLine(name_of(image_bgr, box), box, 9.0, 0.9),) for box in packs]


class Camera:
    """A camera with a reader that remembers, and one that reads everything anew to hold against."""

    def __init__(self):
        self.sees, self.reads = Sees(), Reads()
        self.names = ReadsNames()
        self.shared = SceneReader(self.sees, text_reader=self.reads, name_reader=self.names)
        self.view = RememberedView(self.shared)
        self.seed, self.at = 0, AT

    def look(self, shelf, *, draw=lambda image: None):
        self.image_bgr = drawn(replace(shelf, seed=self.seed))
        draw(self.image_bgr)
        self.sees.shelf = shelf
        self.seed += 1
        self.at += timedelta(minutes=5)
        return self.view.read(self.capture())

    def capture(self):
        lens = CameraIntrinsics(600.0, 0.4, FocalOrigin.ASSUMED, WH)
        return Capture("0" * 64, "left", self.image_bgr, lens, taken_at=self.at)

    def anew(self):
        """Return what the picture of the last look shows to who remembers nothing."""
        return self.shared.read(self.capture())


@pytest.fixture
def camera():
    return Camera()


def texts(scene):
    return [[line.text for line in pack.texts] for pack in scene.packs]


def small_print(scene):
    return [[line.text for line in pack.small_print] for pack in scene.packs]


def assert_same_packs(scene, other):
    """Hold two scenes against each other: the detector draws boxes a little differently."""
    boxes, others = ([pack.box_xyxy_px for pack in s.packs] for s in (scene, other))
    assert np.allclose(boxes, others, atol=1.0)
    assert texts(scene) == texts(other)
    assert small_print(scene) == small_print(other)


def test_a_first_look_is_that_of_the_reader(camera):
    scene = camera.look(Shelf())
    assert_same_packs(scene, camera.anew())
    assert len(scene.straight_edges) == len(camera.anew().straight_edges)
    assert camera.reads.sizes[0] == WH[0] * WH[1]


def test_nothing_is_read_again_and_all_stands_where_it_stood_when_nothing_changed(camera):
    first = camera.look(Shelf())
    for _ in range(4):
        again = camera.look(Shelf())
        assert replace_sharpness(again) == replace_sharpness(first)
    assert len(camera.reads.sizes) == 1
    assert camera.names.packs == [8, 0, 0, 0, 0]


def replace_sharpness(scene):
    return replace(scene, sharpness=0.0)


def test_the_detector_looks_every_time_and_people_are_told_as_it_finds_them(camera):
    camera.look(Shelf())
    for x in (10, 14):  # pixels are the same, and yet it says that somebody stands there
        person = tuple(map(float, person_box(x)))
        camera.sees.also = [Detection("person", person, 0.4)]
        assert camera.look(Shelf()).people_px == (person,)
    camera.sees.also = []
    assert camera.look(Shelf()).people_px == ()
    assert camera.sees.times == 4


def test_three_looks_stay_three_looks_of_the_detector(camera):
    camera.look(Shelf())
    fallen = Detection("pack", (300.0, 400.0, 348.0, 464.0), 0.5)
    camera.sees.also = [fallen]
    assert len(camera.look(Shelf()).packs) == 9
    camera.sees.also = []
    assert len(camera.look(Shelf()).packs) == 8
    assert_same_packs(camera.look(Shelf()), camera.anew())


def test_a_pack_that_was_moved_is_seen_and_only_its_places_are_read(camera):
    camera.look(Shelf())
    moved = camera.look(replace(Shelf(), packs={**Shelf().packs, "p0": (300, 300)}))
    assert sum(camera.reads.sizes[1:]) < 0.25 * camera.reads.sizes[0]
    assert_same_packs(moved, camera.anew())
    back = camera.look(Shelf())
    assert_same_packs(back, camera.anew())


def test_another_pack_exactly_where_one_stood_is_read(camera):
    before = camera.look(Shelf())
    packs = dict(Shelf().packs)
    packs["q9"] = packs.pop("p3")
    after = camera.look(replace(Shelf(), packs=packs))
    assert texts(after) != texts(before)
    assert_same_packs(after, camera.anew())


def test_a_pack_that_was_passed_over_is_read_when_its_twin_is_gone(camera):
    # Three of one name, of which two are read.
    twins = {f"a{n}": (40 + 70 * n, 120) for n in range(3)}

    def alike(image):
        x, y = twins["a0"]
        for other, _ in list(camera.sees.shelf.packs.values())[1:]:
            image[y : y + 65, other : other + 49] = image[y : y + 65, x : x + 49]

    def look(shelf):
        camera.sees.shelf = shelf
        return camera.look(shelf, draw=alike)

    full = look(replace(Shelf(), packs=twins))
    assert sorted(map(len, texts(full))) == [0, 1, 1]
    read = next(n for n, lines in enumerate(texts(full)) if lines and n)
    left = {name: place for n, (name, place) in enumerate(twins.items()) if n != read}
    assert all(texts(look(replace(Shelf(), packs=left))))


def test_packs_that_stay_are_not_held_against_each_other_again(camera, monkeypatch):
    twins = {f"a{n}": (40 + 70 * n, 120) for n in range(5)}
    compared = []

    def is_alike(front, other):
        compared.append(1)
        return _is_alike(front, other)

    monkeypatch.setattr("inspector.vision.lookalikes._is_alike", is_alike)

    def alike(image):
        places = list(camera.sees.shelf.packs.values())
        for x, y in places[1:]:
            image[y : y + 65, x : x + 49] = image[
                places[0][1] : places[0][1] + 65, places[0][0] : places[0][0] + 49
            ]

    def look(packs):
        camera.sees.shelf = replace(Shelf(), packs=packs)
        compared.clear()
        scene = camera.look(camera.sees.shelf, draw=alike)
        return [pack.look for pack in scene.packs], len(compared)

    first, all_pairs = look(twins)
    assert first == [1] * 5
    assert all_pairs >= 4
    moved, few_pairs = look({**twins, "a4": (400, 300)})
    assert moved == [1] * 5
    assert few_pairs == 1


@pytest.mark.parametrize("view", [{"light": 1.2}, {"light": 0.8}, {"shift_px": 4}])
def test_another_light_and_a_moved_camera_are_read_as_a_whole(camera, view):
    camera.look(Shelf())
    shelf = replace(Shelf(), **view)
    shift = view.get("shift_px", 0)
    seen = {name: (x + shift, y) for name, (x, y) in shelf.packs.items()}
    camera.image_bgr = drawn(shelf)
    camera.sees.shelf = replace(shelf, packs=seen)
    scene = camera.view.read(camera.capture())
    assert camera.reads.sizes[1:] == [WH[0] * WH[1]]
    assert_same_packs(scene, camera.anew())
    if not shift:  # a level edge that is pushed along itself stays the same line
        assert set(scene.straight_edges) == set(camera.anew().straight_edges)


def test_a_tag_is_found_when_it_is_hung_up_and_gone_when_it_is_taken_away(camera):
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)

    def hung(image, at=(520, 250)):
        tag = np.pad(cv2.aruco.generateImageMarker(dictionary, 40, 64), 10, constant_values=255)
        image[at[1] : at[1] + 84, at[0] : at[0] + 84] = tag[..., None]

    assert camera.look(Shelf()).tags == ()
    (tag,) = camera.look(Shelf(), draw=hung).tags
    assert tag.corners_px.min(axis=0).tolist() == pytest.approx([530, 260], abs=1)
    (again,) = camera.look(Shelf(), draw=hung).tags
    assert again is tag
    (moved,) = camera.look(Shelf(), draw=lambda image: hung(image, (420, 230))).tags
    assert moved.corners_px.min(axis=0).tolist() == pytest.approx([430, 240], abs=1)
    assert camera.look(Shelf()).tags == ()


def test_an_edge_stays_when_a_pack_hides_a_bit_of_it_and_goes_when_the_board_is_moved(camera):
    def on_board(scene, y_px=BOARD_PX):
        return [
            edge for edge in scene.straight_edges if all(abs(y - y_px) < 4 for _, y in edge.ends_px)
        ]

    def lowered(image):
        image[364:379] = image[340:355]
        cv2.rectangle(image, (0, 400), (640, 414), (200, 205, 210), -1)

    first = on_board(camera.look(Shelf()))
    assert first
    hiding = replace(Shelf(), packs={**Shelf().packs, "p0": (300, 320)})
    assert on_board(camera.look(hiding)) == first
    after = camera.look(hiding, draw=lowered)
    assert on_board(after) == []
    assert on_board(after, 400.0)


def test_everything_is_read_anew_once_a_day(camera):
    camera.look(Shelf())
    camera.at += timedelta(days=1)
    camera.look(Shelf())
    camera.look(Shelf())
    assert camera.reads.sizes == [WH[0] * WH[1]] * 2


def test_a_look_that_fails_is_repeated(camera):
    camera.look(Shelf())
    moved = replace(Shelf(), packs={**Shelf().packs, "p0": (300, 300)})
    camera.reads.fails = True
    with pytest.raises(OSError, match="no memory"):
        camera.look(moved)
    camera.reads.fails = False
    assert_same_packs(camera.look(moved), camera.anew())


def test_cameras_share_models_and_remember_each_for_itself(camera):
    other = RememberedView(camera.shared)
    camera.look(Shelf())
    other.read(camera.capture())
    assert len(camera.reads.sizes) == 2
    assert camera.shared.detector is camera.sees


class Touched:
    """Changes that touch some boxes."""

    def __init__(self, *boxes):
        self.boxes = boxes

    def touch(self, box):
        return box in self.boxes


def test_packs_of_one_look_are_read_together_again_when_one_of_them_changes():
    names, boxes = ReadsNames(), [(10.0 * n, 0.0, 10.0 * n + 9, 20.0) for n in range(5)]
    image_bgr = np.zeros((40, 60, 3), np.uint8)
    view = SimpleNamespace(changes=Touched(*boxes))
    remembered = RememberedNames(names, view)

    def read_of(*touched, looks=(1, 1, 2, 2, None)):
        view.changes = Touched(*touched)
        lines = remembered.read(image_bgr, boxes, [0.0] * 5, looks)
        assert [line.box_xyxy_px for (line,) in lines] == boxes
        return names.packs[-1]

    assert read_of(*boxes) == 5
    assert read_of() == 0
    assert read_of(boxes[0]) == 2
    assert read_of(boxes[4]) == 1
    assert read_of(looks=(1, 1, 1, 2, None)) == 4  # one looks like others today
