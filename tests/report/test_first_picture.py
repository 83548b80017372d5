import cv2
import numpy as np

from inspector.report.first_picture import WIDTH_PX, first_picture_jpeg


def drawn(photo, **found):
    nothing = {"packs_px": (), "people_px": (), "limit_line_px": (), "limit_m": 1.4}
    encoded = first_picture_jpeg(photo, **nothing | found)
    return cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR).astype(int)


def test_the_picture_is_small_and_the_photo_is_left_alone(photo):
    before = photo.copy()
    assert drawn(photo, packs_px=[(10, 10, 900, 900)]).shape[1] == WIDTH_PX
    assert np.array_equal(photo, before)
    assert drawn(photo[:300, :400]).shape[:2] == (300, 400)


def test_people_cannot_be_recognised():
    noise = np.random.default_rng(1).integers(0, 255, (600, 900, 3), dtype=np.uint8)
    seen = drawn(noise, people_px=[(300, 0, 600, 600)])
    assert seen[20:-20, 320:580].std() < 0.3 * seen[20:-20, 20:280].std()


def test_all_packs_are_framed_alike():
    grey = np.full((600, 900, 3), 128, np.uint8)
    left, right = ((100, 100, 300, 300), (500, 100, 700, 300))
    seen = drawn(grey, packs_px=[left, right])
    assert abs(seen[:, :400] - 128).max() > 60
    assert abs(seen[90:310, 90:310] - seen[90:310, 490:710]).max() < 12, "but for the JPEG"


def test_the_limit_is_drawn_where_it_lies(photo):
    line = ((0.0, 800.0, 770.0, 830.0), (3000.0, 800.0, 770.0, 830.0))
    changed = abs(drawn(photo, limit_line_px=line) - drawn(photo))[:, 100].max(axis=1) > 25
    rows = changed.nonzero()[0]
    assert abs(rows.min() - 770 * 0.3) <= 8
    assert abs(rows.max() - 830 * 0.3) <= 8
