import cv2
import numpy as np
import pytest

from inspector.domain.facts import EdgeStrip
from inspector.domain.scene import Pack, Sign
from inspector.geometry.strips import edge_strip
from inspector.vision.edge_bands import find_edge_bands

RAIL, STRIP = (190, 190, 185), (60, 160, 40)
MEDICINE = ("p1", "p2", "p3", "p4")


def photo(*strips, tilt_deg=0.0):
    """Eight packs above a grey rail, with strips from x to x on it; boxes of the packs."""
    image = np.full((400, 1100, 3), 60, dtype=np.uint8)
    boxes = [(100 + 110 * n, 100, 200 + 110 * n, 220) for n in range(8)]
    for x1, y1, x2, y2 in boxes:
        image[y1:y2, x1:x2] = (240, 240, 240)
    image[222:280, 40:1060] = RAIL
    for left, right in strips:
        image[222:280, left:right] = STRIP
    turn = cv2.getRotationMatrix2D((550, 220), tilt_deg, 1)
    noise = np.random.default_rng(1).normal(0, 2, image.shape)
    turned = cv2.warpAffine(image, turn, (1100, 400))
    packs = []
    for n, (x1, y1, x2, y2) in enumerate(boxes, start=1):
        feet = cv2.transform(np.array([[[x1, y2], [x2, y2]]], float), turn)[0]
        left, right, foot = feet[0, 0], feet[1, 0], feet[:, 1].mean()
        packs.append(Pack(f"p{n}", (left, foot - (y2 - y1), right, foot), 0.9))
    return np.clip(turned + noise, 0, 255).astype(np.uint8), packs


def strip_under(image, packs, *labels):
    signs = [Sign(f"t{n}", box, (), True, 0.9) for n, box in enumerate(labels)]
    bands = find_edge_bands(image, packs, signs)
    row = [pack.pack_id for pack in packs]
    return edge_strip(row, MEDICINE, bands, {p.pack_id: p.box_xyxy_px for p in packs})


@pytest.mark.parametrize("tilt_deg", [0, 3, -6])
def test_a_strip_along_all_the_medicine_is_found_also_in_a_tilted_photo(tilt_deg):
    image, packs = photo((60, 535), tilt_deg=tilt_deg)
    assert strip_under(image, packs) is EdgeStrip.UNBROKEN


def test_a_rail_of_one_colour_is_no_strip_whatever_its_colour():
    for strips in ((), ((40, 1060),)):
        image, packs = photo(*strips)
        assert strip_under(image, packs) is EdgeStrip.NONE


@pytest.mark.parametrize("gap_px", [25, 40, 110])
def test_a_gap_of_a_quarter_of_a_pack_breaks_a_strip(gap_px):
    image, packs = photo((60, 300), (300 + gap_px, 535))
    assert strip_under(image, packs) is not EdgeStrip.UNBROKEN


def test_price_labels_on_it_do_not_break_a_strip():
    image, packs = photo((60, 535))
    label = (330, 225, 390, 260)
    image[225:260, 330:390] = 255
    assert strip_under(image, packs, label) is EdgeStrip.UNBROKEN


def test_a_strip_that_runs_on_under_the_other_goods_marks_nothing():
    image, packs = photo((60, 800))
    assert strip_under(image, packs) is EdgeStrip.NONE


def test_no_packs_no_bands():
    assert find_edge_bands(np.zeros((50, 50, 3), np.uint8), [], []) == ()
