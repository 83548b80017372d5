import numpy as np

from inspector.domain.scene import TextLine
from inspector.live.remembering import RememberedText
from tests.live.shelves import PACK_WH, Shelf, drawn, replace


class Reads:
    """Reads one line in the middle of every pack it is given, and notes how much it looked at."""

    def __init__(self):
        self.sizes = []

    def read(self, image_bgr, *, packs=(), passed_over=()):
        self.sizes.append(image_bgr.shape[0] * image_bgr.shape[1])
        return tuple(
            TextLine(f"{image_bgr[int(y1) + 50, int(x1) + 5].sum()}", (x1, y1, x2, y2), 9.0, 0.9)
            for x1, y1, x2, y2 in packs
        )


def boxes(shelf):
    return [(x, y, x + PACK_WH[0], y + PACK_WH[1]) for x, y in shelf.packs.values()]


def read(reader, shelf):
    return sorted(
        (line.box_xyxy_px, line.text) for line in reader.read(drawn(shelf), packs=boxes(shelf))
    )


def test_unchanged_packs_are_not_read_again():
    inner = Reads()
    reader = RememberedText(inner)
    first = read(reader, Shelf())
    assert read(reader, Shelf(seed=0)) == first
    assert len(inner.sizes) == 1


def test_only_what_changed_is_read_and_the_rest_is_remembered():
    inner = Reads()
    reader = RememberedText(inner)
    read(reader, Shelf())
    moved = replace(Shelf(), packs={**Shelf().packs, "p0": (300, 300)})
    lines = read(reader, moved)
    assert lines == read(RememberedText(Reads()), moved)
    assert sum(inner.sizes[1:]) < 0.4 * inner.sizes[0]


def test_a_pack_that_was_passed_over_is_read_when_its_twin_is_gone():
    inner = Reads()
    reader = RememberedText(inner)
    image, shelf = drawn(Shelf()), boxes(Shelf())
    reader.read(image, packs=shelf[1:], passed_over=shelf[:1])
    lines = reader.read(image, packs=shelf)
    assert {line.box_xyxy_px for line in lines} == set(shelf)


def test_a_new_view_is_read_as_a_whole():
    inner = Reads()
    reader = RememberedText(inner)
    read(reader, Shelf())
    reader.read(np.zeros((480, 640, 3), np.uint8))
    assert inner.sizes == [480 * 640] * 2
