"""What is printed is what is measured: tags of the PDF, found again at their places."""

import shutil
import subprocess
from io import BytesIO

import cv2
import numpy as np
import pytest
from pypdf import PdfReader

from inspector.geometry.kit import FLOOR_CARD, MARK_140, STRIP
from inspector.report.kit_paper import FOOT_MM, PIECES_CM, kit_pdf
from inspector.vision.tags import find_tags

DPI = 100
PX_PER_MM = DPI / 25.4


@pytest.fixture(scope="module")
def pdf():
    return kit_pdf()


@pytest.fixture(scope="module")
def tags_by_page(pdf, tmp_path_factory):
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm (poppler-utils) is not here: the kit's pages cannot be drawn")
    folder = tmp_path_factory.mktemp("kit")
    (folder / "kit.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", str(DPI), "-png", "kit.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True)
    pages = [cv2.imread(str(path)) for path in sorted(folder.glob("page-*.png"))]
    return [{tag.tag_id: tag.corners_px / PX_PER_MM for tag in find_tags(p)} for p in pages]


def test_it_is_seven_a4_pages_in_both_languages(pdf):
    pages = PdfReader(BytesIO(pdf)).pages
    assert len(pages) == 7
    assert [round(float(side) / 72 * 25.4) for side in pages[0].mediabox[2:]] == [210, 297]
    text = pages[0].extract_text()
    assert "Kontrolbjælke" in text
    assert "Check bar" in text


def test_pieces_join_without_a_gap_and_never_cut_a_tag():
    assert [low for low, _ in PIECES_CM[1:]] == [high for _, high in PIECES_CM[:-1]]
    assert PIECES_CM[0][0] == 0
    for height_m in STRIP.centre_height_m.values():
        assert any(low + 2.5 <= 100 * height_m <= high - 2.5 for low, high in PIECES_CM)


def test_every_tag_of_the_strip_is_printed_at_its_height_and_size(tags_by_page):
    printed = {tag_id: c for page in tags_by_page[1:5] for tag_id, c in page.items()}
    assert set(printed) == set(STRIP.centre_height_m)
    for tag_id, corners_mm in printed.items():
        low_cm = next(low for low, high in PIECES_CM if low < 10 * tag_id < high)
        height_mm = 10 * low_cm + FOOT_MM - corners_mm[:, 1].mean()
        assert height_mm == pytest.approx(1000 * STRIP.centre_height_m[tag_id], abs=0.2)
        assert np.ptp(corners_mm, axis=0) == pytest.approx(1000 * STRIP.side_m, abs=0.3)


def test_mark_and_card_are_printed_at_their_size_and_the_card_at_its_height(tags_by_page):
    mark, card = tags_by_page[5][40], tags_by_page[6][0]
    assert np.ptp(mark, axis=0) == pytest.approx(1000 * MARK_140.side_m, abs=0.3)
    assert np.ptp(card, axis=0) == pytest.approx(1000 * FLOOR_CARD.side_m, abs=0.3)
    assert 297 - card[:, 1].max() == pytest.approx(60, abs=0.3)
