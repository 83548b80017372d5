"""A person shows a pack; the next photo knows it. Packs are drawn here, letter by letter."""

from datetime import date

import cv2
import numpy as np
import pytest

from inspector.domain.scene import Pack
from inspector.errors import LessonError
from inspector.vision.lessons import LessonBook, LessonIndex, forget, lessons_in, teach

DAY = date(2026, 11, 22)


def front(name, *, seed, size=(160, 240), hue=30):
    """A pack's front: name, small print, a picture made of shapes."""
    rng = np.random.default_rng(seed)
    width, height = size
    image = np.full((height, width, 3), (230, 240, 250), np.uint8)
    cv2.rectangle(image, (0, 0), (width, height // 3), (hue, 90, 160), -1)
    cv2.putText(image, name, (6, height // 5), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 2)
    for _ in range(25):
        x, y = rng.integers(0, width), rng.integers(height // 3, height)
        colour = tuple(int(c) for c in rng.integers(0, 220, 3))
        cv2.circle(image, (int(x), int(y)), int(rng.integers(3, 12)), colour, -1)
    for row in range(6):
        text = "".join(rng.choice(list("abcdefghijklmnoprstuv"), 14))
        cv2.putText(
            image, text, (8, height // 2 + 18 * row), cv2.FONT_HERSHEY_PLAIN, 0.9, (20,) * 3
        )
    return image


def seen_again(image, *, width=90, slant=0.05, light=0.8):
    """The same front farther away, slanted, in other light."""
    height = round(width * image.shape[0] / image.shape[1])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + np.array([[0, 0], [-slant, slant], [0, -slant], [slant, 0]]) * width
    scaled = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    turn = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    view = cv2.warpPerspective(scaled, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.clip(view * light, 0, 255).astype(np.uint8)


ZINKLET, DECUBAL, OTHER = front("Zinklet", seed=1), front("Decubal", seed=2), front("Andet", seed=3)


@pytest.fixture
def taught(tmp_path):
    teach(tmp_path, "Zinklet", [ZINKLET], taught_on=DAY)
    teach(tmp_path, "Decubal", [DECUBAL, seen_again(DECUBAL, width=140)], taught_on=DAY)
    return tmp_path


def test_a_pack_that_was_shown_is_known_again_smaller_slanted_and_darker(taught):
    index = LessonIndex(lessons_in(taught))
    assert index.name_from_crop(seen_again(ZINKLET)) == "Zinklet"
    assert index.name_from_crop(seen_again(DECUBAL, light=1.1)) == "Decubal"


def test_a_pack_that_was_not_shown_is_nothing_also_in_the_same_colours(taught):
    index = LessonIndex(lessons_in(taught))
    assert index.name_from_crop(seen_again(OTHER)) == ""
    assert index.name_from_crop(np.full((200, 100, 3), 128, np.uint8)) == ""
    assert index.name_from_crop(ZINKLET[:20, :20]) == ""


def test_one_front_taught_under_two_names_decides_nothing(taught):
    teach(taught, "Zinkmax", [ZINKLET], taught_on=DAY)
    assert LessonIndex(lessons_in(taught)).name_from_crop(seen_again(ZINKLET)) == ""


def test_same_lessons_same_answers(taught):
    crops = [seen_again(ZINKLET, slant=s) for s in (0.0, 0.03, 0.06)]
    answers = [
        [LessonIndex(lessons_in(taught)).name_from_crop(crop) for crop in crops] for _ in range(3)
    ]
    assert answers[0] == answers[1] == answers[2]


def test_packs_of_one_look_are_compared_once_and_all_get_the_name(taught):
    image = np.zeros((300, 400, 3), np.uint8)
    image[20:155, 10:100] = seen_again(ZINKLET)[:135]
    image[20:155, 110:200] = seen_again(ZINKLET, light=0.7)[:135]
    image[20:155, 210:300] = seen_again(OTHER)[:135]
    packs = [
        Pack("p1", (10, 20, 100, 155), 0.9, look=1),
        Pack("p2", (110, 20, 199, 155), 0.9, look=1),
        Pack("p3", (210, 20, 300, 155), 0.9),
        Pack("p4", (10, 20, 100, 155), 0.9, is_card=True),
    ]
    names = LessonIndex(lessons_in(taught)).names_from_packs(image, packs)
    assert names == {"p1": "Zinklet", "p2": "Zinklet"}


def test_lessons_are_listed_with_their_day_and_can_be_taken_back(taught):
    assert [(one.lesson_id, one.name, len(one.crops)) for one in lessons_in(taught)] == [
        ("2026-11-22-decubal", "Decubal", 2),
        ("2026-11-22-zinklet", "Zinklet", 1),
    ]
    forget(taught, "2026-11-22-zinklet")
    assert [one.name for one in lessons_in(taught)] == ["Decubal"]
    assert LessonIndex(lessons_in(taught)).name_from_crop(seen_again(ZINKLET)) == ""
    with pytest.raises(LessonError, match="There is no lesson '2026-11-22-zinklet'"):
        forget(taught, "2026-11-22-zinklet")


def test_a_book_notices_new_lessons_and_names_its_version(tmp_path):
    book = LessonBook(tmp_path / "none yet")
    assert (book.version, book.index().name_from_crop(ZINKLET)) == ("", "")
    teach(tmp_path / "none yet", "Zinklet", [ZINKLET], taught_on=DAY)
    assert book.index().name_from_crop(ZINKLET) == "Zinklet"
    assert len(book.version) == 64


def test_two_lessons_of_one_name_and_day_stand_beside_each_other(taught):
    teach(taught, "Zinklet", [OTHER], taught_on=DAY)
    assert "2026-11-22-zinklet-2" in {one.lesson_id for one in lessons_in(taught)}


@pytest.mark.parametrize(
    ("crops", "expected"),
    [
        ([], "0 pictures"),
        ([ZINKLET] * 6, "6 pictures"),
        ([ZINKLET, ZINKLET[:30, :30]], "picture 2: 30 × 30 pixels"),
        ([np.full((200, 200, 3), 200, np.uint8)], "0 points of print"),
    ],
)
def test_pictures_that_teach_nothing_are_refused_and_nothing_is_kept(tmp_path, crops, expected):
    with pytest.raises(LessonError, match=expected):
        teach(tmp_path, "Zinklet", crops, taught_on=DAY)
    assert lessons_in(tmp_path) == ()


def test_a_damaged_lesson_is_named(taught):
    (taught / "2026-11-22-zinklet" / "1.png").write_bytes(b"")
    with pytest.raises(LessonError, match=r"2026-11-22-zinklet: 1\.png"):
        LessonIndex(lessons_in(taught))
    (taught / "2026-11-22-zinklet" / "lesson.json").write_text("{")
    with pytest.raises(LessonError, match="2026-11-22-zinklet: the lesson cannot be read"):
        lessons_in(taught)
