import cv2
import numpy as np
import pytest

from inspector.domain.scene import Pack
from inspector.vision.lookalikes import looks_from_packs

GREEN, RED = (60, 150, 40), (40, 40, 190)


def artwork(name, colour=GREEN):
    """A front of 360 × 200 px: the name above a band, and a disc."""
    front = np.full((200, 360, 3), 250, np.uint8)
    cv2.rectangle(front, (0, 145), (360, 200), colour, -1)
    cv2.circle(front, (320, 40), 26, colour, -1)
    cv2.putText(front, name, (14, 90), cv2.FONT_HERSHEY_DUPLEX, 1.9, (60, 30, 30), 6, cv2.LINE_AA)
    cv2.putText(front, "500 mg", (14, 130), cv2.FONT_HERSHEY_DUPLEX, 0.9, (60, 30, 30), 2)
    return front


class Shelf:
    """A photo of 1200 × 600 px to put packs on."""

    def __init__(self):
        self.rng = np.random.default_rng(7)
        self.image = np.full((600, 1200, 3), 90, np.uint8)
        self.packs = []

    def put(self, front, x, y, width=72, *, light=1.0, slant=0.03, hidden=0.0):
        """Draw a front at a place, its corners moved by `slant` at random; hide its right part."""
        height = round(width * front.shape[0] / front.shape[1])
        shown = cv2.GaussianBlur(front, (0, 0), 0.4 * front.shape[1] / width)
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
        moved = corners + self.rng.uniform(-slant, slant, (4, 2))
        place = cv2.getPerspectiveTransform(
            np.float32(corners * (front.shape[1], front.shape[0])),
            np.float32(moved * (width, height) + (x, y)),
        )
        mask = cv2.warpPerspective(np.full(front.shape, 255, np.uint8), place, (1200, 600))
        drawn = cv2.warpPerspective(shown, place, (1200, 600)) * light
        share = mask / 255.0
        right = x + width * (1 - hidden)
        share[:, round(right) :] = 0
        mixed = self.image * (1 - share) + drawn * share
        self.image = np.clip(mixed, 0, 255).astype(np.uint8)
        name = f"p{len(self.packs) + 1}"
        self.packs.append(Pack(name, (x, y, right, y + height), 0.9))

    def looks(self):
        noise = self.rng.normal(0, 3, self.image.shape)
        return looks_from_packs(np.clip(self.image + noise, 0, 255).astype(np.uint8), self.packs)


@pytest.fixture
def shelf():
    return Shelf()


@pytest.mark.parametrize("width", [40, 72, 150])
def test_facings_under_changing_light_slant_and_noise_look_alike(shelf, width):
    for k, light in enumerate((1.0, 0.85, 0.7, 0.95)):
        shelf.put(artwork("Panodil"), 20 + k * (width + 12), 40, width, light=light)
    assert set(shelf.looks().values()) == {1}
    assert len(shelf.looks()) == 4


@pytest.mark.parametrize("width", [40, 72, 150])
def test_one_layout_with_another_name_is_another_look(shelf, width):
    for k, name in enumerate(("Panodil", "Pamol", "Panodil", "Pinex", "Ibumetin", "Pamol")):
        shelf.put(artwork(name), 20 + k * (width + 12), 40, width)
    looks = shelf.looks()
    assert {pack_id for pack_id in looks if looks[pack_id] == looks["p1"]} == {"p1", "p3"}
    assert {pack_id for pack_id in looks if looks[pack_id] == looks["p2"]} == {"p2", "p6"}
    assert len(looks) == 4


def test_one_layout_in_another_colour_is_another_look(shelf):
    shelf.put(artwork("Panodil", GREEN), 20, 40)
    shelf.put(artwork("Panodil", RED), 110, 40)
    assert shelf.looks() == {}


def test_facings_on_different_shelves_find_each_other(shelf):
    shelf.put(artwork("Panodil"), 20, 40, 72)
    shelf.put(artwork("Pamol"), 300, 40, 72)
    shelf.put(artwork("Panodil"), 800, 400, 90)
    looks = shelf.looks()
    assert set(looks) == {"p1", "p3"}


def test_a_pack_that_is_half_hidden_is_left_alone(shelf):
    shelf.put(artwork("Panodil"), 20, 40)
    shelf.put(artwork("Panodil"), 110, 40)
    shelf.put(artwork("Panodil"), 200, 40, hidden=0.5)
    assert set(shelf.looks()) == {"p1", "p2"}


def test_packs_too_small_to_be_compared_are_left_alone(shelf):
    for k in range(3):
        shelf.put(artwork("Panodil"), 20 + 30 * k, 40, 24)
    assert shelf.looks() == {}


def test_product_cards_look_like_nothing(shelf):
    shelf.put(artwork("Panodil"), 20, 40)
    shelf.put(artwork("Panodil"), 110, 40)
    first, second = shelf.packs
    shelf.packs = [first, Pack(second.pack_id, second.box_xyxy_px, 0.9, is_card=True)]
    assert shelf.looks() == {}


def test_plain_packs_and_an_empty_shelf_are_no_trouble(shelf):
    assert shelf.looks() == {}
    shelf.put(np.full((200, 360, 3), 250, np.uint8), 20, 40)
    assert shelf.looks() == {}
    shelf.put(artwork("Pamol"), 1150, 560)
    assert shelf.looks() == {}


def test_a_pack_belongs_to_a_group_when_it_looks_like_half_of_it():
    image = np.tile(np.linspace(0, 255, 60)[:, None, None], (1, 260, 3)).astype(np.uint8)
    a, b, c, d = boxes = [(10.0 + 60 * k, 10.0, 60.0 + 60 * k - k, 50.0) for k in range(4)]
    packs = [Pack(f"p{k}", box, 0.9) for k, box in enumerate(boxes)]
    are_alike = {(a, b): True, (a, c): False, (b, c): True,
                 (a, d): False, (b, d): False, (c, d): True}  # fmt: skip
    looks = looks_from_packs(image, packs, remembered=are_alike)
    # The third is like one of two; the fourth is like one of three: a chain ends there.
    assert looks == {"p0": 1, "p1": 1, "p2": 1}
