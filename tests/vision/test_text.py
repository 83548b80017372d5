"""Reads with the real models, which come inside RapidOCR's package."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from matplotlib import get_data_path
from PIL import Image, ImageDraw, ImageFont

from inspector.vision import text
from inspector.vision.text import TextReader


@pytest.fixture(scope="module")
def reader():
    return TextReader()


def drawn(*words, size_px):
    image = Image.new("RGB", (900, 500), (235, 235, 235))
    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", size_px)
    for row, word in enumerate(words):
        ImageDraw.Draw(image).text((60, 40 + 3 * size_px * row), word, (20, 20, 20), font)
    return cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2BGR)


def test_danish_words_are_read_down_to_letters_of_16_px(reader):
    lines = reader.read(drawn("Håndkøbslægemidler", "Lægemidler", "Næsespray", size_px=16))
    assert [line.text for line in lines] == ["Håndkøbslægemidler", "Lægemidler", "Næsespray"]
    x1, y1, x2, y2 = lines[0].box_xyxy_px
    assert 50 < x1 < 70
    assert 30 < y1 < 50
    assert x2 - x1 > 100
    assert y2 - y1 < 40


def test_a_photo_without_text_has_no_lines(reader):
    assert reader.read(np.full((300, 400, 3), 200, np.uint8)) == ()


def test_packs_are_read_closer_up_and_their_twins_are_passed_over(reader):
    photo = drawn("Panodil", "Panodil", "Medicin", size_px=20)
    first, twin = (50.0, 30.0, 250.0, 80.0), (50.0, 90.0, 250.0, 140.0)
    lines = reader.read(photo, packs=[first], passed_over=[twin])
    assert sorted(line.text for line in lines) == ["Medicin", "Panodil"]


def test_print_that_runs_up_the_side_of_a_pack_is_read(reader):
    upright = cv2.rotate(drawn("Zymelin", size_px=30)[:120, :400], cv2.ROTATE_90_COUNTERCLOCKWISE)
    photo = np.full((600, 500, 3), 235, np.uint8)
    photo[100:500, 100:220] = upright
    (line,) = reader.read(photo)
    assert line.text == "Zymelin"
    assert line.height_px < 60


def test_a_lean_reader_reads_the_same_and_all_its_models_keep_nothing_for_sizes(
    reader, monkeypatch
):
    lean_sessions, keep_no_sizes = [], text._keep_no_sizes

    def noted(session, threads):
        lean_sessions.append(session)
        return keep_no_sizes(session, threads)

    monkeypatch.setattr(text, "_keep_no_sizes", noted)
    lean = TextReader(threads=1, is_lean=True)
    photo = drawn("Panodil", "Medicin", size_px=20)
    packs = [(50.0, 30.0, 250.0, 80.0)]
    for line, usual in zip(
        lean.read(photo, packs=packs), reader.read(photo, packs=packs), strict=True
    ):
        assert (line.text, line.box_xyxy_px) == (usual.text, usual.box_xyxy_px)
        assert line.confidence == pytest.approx(usual.confidence, abs=1e-3)
    models = [lean._finder.text_det, lean._readers.get().text_rec]
    assert [model.session for model in models] == lean_sessions


def test_a_lean_reader_gives_its_memory_back_after_each_look():
    lean, returned = TextReader(threads=1, is_lean=True), []
    finder, (line_reader,) = lean._lean_finder, lean._lean_readers
    lean._lean_finder, lean._lean_readers[0] = (
        SimpleNamespace(
            release_memory=lambda model=model: (model.release_memory(), returned.append(model))
        )
        for model in (finder, line_reader)
    )
    packs = [(50.0, 30.0, 250.0, 80.0)]
    for _ in range(2):
        (line,) = lean.read(drawn("Panodil", size_px=20), packs=packs)
        assert line.text == "Panodil"
    strips, wholes = 2, 2
    assert returned.count(line_reader) == strips + wholes
    assert returned.count(finder) > strips + wholes  # a photo is looked at in parts
