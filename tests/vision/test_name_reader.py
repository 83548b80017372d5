from dataclasses import replace

import numpy as np
import pytest

from datasets.shelfgen.lettering import BOLD, stamp_text
from inspector.catalogue.register import words_on_packs
from inspector.vision import line_finder
from inspector.vision.line_finder import LOWEST_LETTERS_PX, LineFinder
from inspector.vision.line_reader import ReadLine
from inspector.vision.name_reader import NameReader, phrases_of, shipped_name_reader
from inspector.vision.pack_views import (
    AFAR,
    FRONTS_WH_PX,
    LARGE_SIDE_PX,
    View,
    front_from_photo,
    size_from_afar,
)
from inspector.vision.print_bands import LINES_READ, ROW_PX
from inspector.vision.print_rows import (
    ALPHABET,
    BLANK,
    NOT_SEEN,
    Amount,
    Row,
    Spotted,
    among_rivals,
    read_row,
    spelt,
    together,
)
from inspector.vision.weights import small_print_weights


@pytest.fixture(scope="module")
def reader():
    return shipped_name_reader(words_on_packs(), threads=1)


def photo_of(names, *, pack_wh=(60, 40)):
    """Return a photo of packs side by side, and their boxes."""
    w, h = pack_wh
    photo = np.full((h + 40, len(names) * (w + 10) + 20, 3), 90, np.uint8)
    boxes = []
    for k, name in enumerate(names):
        x, y = 10 + k * (w + 10), 20
        pack = np.full((4 * h, 4 * w, 3), (245, 245, 240), np.uint8)
        pack[3 * h :] = (40, 90, 180)
        stamp_text(pack, name, (16, 40, 4 * w - 32, h), (60, 40, 30), font=BOLD)
        small = pack.reshape(h, 4, w, 4, 3).mean(axis=(1, 3))
        photo[y : y + h, x : x + w] = small.astype(np.uint8)
        boxes.append((float(x), float(y), float(x + w), float(y + h)))
    return photo, boxes


def test_the_alphabet_is_that_of_the_weights():
    _, reader, verifier = small_print_weights()
    assert reader.classes == verifier.classes == tuple(ALPHABET)


def test_names_of_a_few_pixels_are_read_each_on_its_pack(reader):
    photo, boxes = photo_of(["Panodil", "Strepsils", "Gaviscon"])
    for name, lines in zip(
        ("Panodil", "Strepsils", "Gaviscon"),
        reader.read(photo, boxes, [0.0] * len(boxes), [None] * len(boxes)),
        strict=True,
    ):
        assert name in [line.text for line in lines]


def test_a_line_lies_where_it_is_printed(reader):
    photo, boxes = photo_of(["Imodium"])
    (line,) = [
        line
        for line in reader.read(photo, boxes, [0.0] * len(boxes), [None] * len(boxes))[0]
        if line.text == "Imodium"
    ]
    x1, y1, x2, y2 = line.box_xyxy_px
    assert 10 <= (x1 + x2) / 2 - 10 <= 50
    assert 4 <= (y1 + y2) / 2 - 20 <= 26
    assert 4 < line.height_px < 20


@pytest.mark.parametrize("quarters", [1, -1])
def test_a_name_up_or_down_a_pack_is_read_where_it_is_printed(reader, quarters):
    lying, boxes = photo_of(["Imodium"])
    x1, y1, x2, y2 = boxes[0]
    photo = np.ascontiguousarray(np.rot90(lying, quarters))
    h, w = lying.shape[:2]
    box = (y1, w - x2, y2, w - x1) if quarters == 1 else (h - y2, x1, h - y1, x2)
    (line,) = [
        line for line in reader.read(photo, [box], [0.0], [None])[0] if line.text == "Imodium"
    ]
    x1, y1, x2, y2 = line.box_xyxy_px
    assert y2 - y1 > 2 * (x2 - x1)
    assert box[0] < x1 < x2 < box[2]
    assert box[1] < y1 < y2 < box[3]
    assert line.height_px == x2 - x1


def test_print_that_lies_is_not_read_as_upright(reader):
    photo, boxes = photo_of(["Qwrtz", "Vbnmk"])
    for lines in reader.read(photo, boxes, [0.0, 0.0], [None] * 2):
        assert not [one for one in lines if one.box_xyxy_px[2] - one.box_xyxy_px[0] < 10]


def test_what_is_read_does_not_depend_on_the_packs_beside(reader):
    photo, boxes = photo_of(["Zymelin", "Treo", "Ipren"])
    alone = [reader.read(photo, [box], [0.0], [None])[0] for box in boxes]
    together = reader.read(photo, boxes[::-1], [0.0] * 3, [None] * 3)[::-1]
    assert [[line.text for line in lines] for lines in alone] == [
        [line.text for line in lines] for lines in together
    ]


def test_large_and_tiny_packs_and_empty_photos_are_passed_over(reader):
    photo, _ = photo_of(["Zymelin"])
    assert reader.read(
        photo, [(0.0, 0.0, 5.0, 5.0), (0.0, 0.0, 400.0, 300.0)], [0.0, 0.0], [None] * 2
    ) == [
        (),
        (),
    ]
    assert reader.read(photo, [], [], []) == []
    assert reader.read(photo, [(10.0, 10.0, 10.0, 50.0)], [0.0], [None]) == [()]


def test_plain_packs_say_nothing(reader):
    photo, boxes = photo_of(["", "", ""])
    assert reader.read(photo, boxes, [0.0] * len(boxes), [None] * len(boxes)) == [(), (), ()]


def test_a_pack_at_the_border_of_the_photo_is_cut_out_whole():
    photo = np.full((50, 50, 3), 120, np.uint8)
    for wh_px in FRONTS_WH_PX:
        front = front_from_photo(photo, (-5.0, -5.0, 60.0, 30.0), wh_px)
        assert front.shape == (wh_px[1], wh_px[0], 3)
        assert (front == 120).all()


@pytest.mark.parametrize("wh_px", FRONTS_WH_PX)
def test_packs_are_looked_at_in_whole_rows(wh_px):
    size = size_from_afar(wh_px)
    assert size[1] % ROW_PX == 0
    assert size == pytest.approx([AFAR * side for side in wh_px], abs=ROW_PX / 2)


@pytest.mark.parametrize("wh_px", FRONTS_WH_PX)
def test_large_packs_are_looked_at_closer(wh_px):
    photo = np.zeros((100, 100, 3), np.uint8)
    side_px = LARGE_SIDE_PX
    assert View(photo, (0, 0, side_px, side_px), wh_px).wh_for_lines_px == wh_px
    smaller = View(photo, (0, 0, side_px, side_px - 0.1), wh_px)
    assert smaller.wh_for_lines_px == size_from_afar(wh_px)


def test_lines_that_slant_are_made_level():
    photo = np.full((80, 120, 3), 60, np.uint8)
    slope = 0.2
    for x in range(20, 100):
        y = round(40 + slope * (x - 60))
        photo[y - 2 : y + 3, x] = 250
    level = front_from_photo(photo, (20.0, 20.0, 100.0, 60.0), (120, 80), slope=slope)
    bright = level[:, 20:100, 0] > 200
    assert np.ptp(bright.argmax(axis=0)) <= 2


def chances_of(text, chance, steps=30):
    """Return chances of a row that says a text, a letter every other step."""
    chances = np.full((len(ALPHABET), steps), 1e-4, np.float32)
    chances[BLANK] = 0.9
    for k, letter in enumerate(spelt(text)):
        chances[:, 2 * k + 1] = 1e-4
        chances[letter, 2 * k + 1] = chance
    return chances


def test_a_row_is_as_sure_as_its_letters_are():
    row = read_row(chances_of("treo", 0.5))
    assert (row.text, row.first, row.last) == ("treo", 1, 7)
    assert row.confidence == pytest.approx(0.5)


def test_double_letters_need_a_gap_and_blanks_at_the_ends_go():
    assert read_row(chances_of("apollo", 0.9)).text == "apollo"
    assert read_row(chances_of(" a b ", 0.9)).text == "a b"


def test_rows_that_say_little_or_doubt_all_of_it_say_nothing():
    assert read_row(chances_of("", 0.9)) is None
    assert read_row(chances_of("ab", 0.9)) is None
    assert read_row(chances_of("treo", 0.15)) is None


def test_a_line_may_hold_any_words_of_a_name_that_follow_each_other():
    assert phrases_of(["Head & Shoulders", "P20", "Zyx"]) == {
        "head",
        "head &",
        "head & shoulders",
        "& shoulders",
        "shoulders",
    }


class Says:
    """Reads the same on every line, and keeps what it was shown."""

    def __init__(self, text, chance=0.9):
        self.text, self.chance, self.lines = text, chance, []
        _, self.weights, _ = small_print_weights()

    def read(self, lines_bgr):
        self.lines += lines_bgr
        seen = np.zeros((40, 120), np.float32)
        return [ReadLine(chances_of(self.text, self.chance, 40), seen) for _ in lines_bgr]


class SureOfAll:
    """Is sure of every word that costs nothing."""

    def __init__(self):
        _, _, self.weights = small_print_weights()

    def log_odds(self, lines, confidences, words):
        return [np.array([6.0 - word.cost for word in of_line]) for of_line in words]


def reader_that(says):
    of_finder, _, _ = small_print_weights()
    return NameReader(words_on_packs(), LineFinder(of_finder, threads=1), says, SureOfAll())


def test_lines_are_shown_to_the_reader_as_they_were_found():
    says = Says("")
    photo, boxes = photo_of(["Imodium"])
    reader_that(says).read(photo, boxes, [0.0], [None])
    assert 0 < len(says.lines) <= LINES_READ
    assert all(line.shape[0] == 48 and line.shape[2] == 3 for line in says.lines)
    dark = min((line for line in says.lines), key=lambda line: line[12:36].mean())
    assert np.ptp(dark.mean(axis=2)) > 60  # letters on their ground


def test_a_line_that_was_found_twice_is_told_once():
    photo, boxes = photo_of(["Imodium"])
    (lines,) = reader_that(Says("imodium", 0.99)).read(photo, boxes, [0.0], [None])
    middles = [(line.box_xyxy_px[1] + line.box_xyxy_px[3]) / 2 for line in lines]
    assert {line.text for line in lines} == {"Imodium"}
    assert all(np.diff(middles) > min(line.height_px for line in lines) / 2)


def test_an_amount_is_as_sure_as_its_own_letters_are():
    chances = chances_of("nu 20 stk", 0.4)
    for letter in range(3, 9):
        chances[:, 2 * letter + 1] = np.where(chances[:, 2 * letter + 1] > 0.3, 0.9, 1e-4)
    row = read_row(chances)
    amount = Amount.of(row)
    assert (amount.text, amount.first, amount.last) == ("20 stk", 7, 17)
    assert amount.confidence == pytest.approx(0.9)
    assert row.confidence < 0.75


@pytest.mark.parametrize("text", ["imodium", "b12", "0197", "20"])
def test_words_and_bare_numbers_are_no_amounts(text):
    assert Amount.of(Row(0, 10, text, 0.9, letters=((0, 0.9),) * len(text))) is None


def test_an_amount_is_told_by_itself_where_the_rest_of_its_line_is_doubtful():
    class SaysMore(Says):
        def read(self, lines_bgr):
            told = super().read(lines_bgr)
            for line in told:
                line.chances[:, 2 * len("20 stk ") + 1 :] *= 0.4  # of what follows it is not sure
            return told

    photo, boxes = photo_of(["Xyzx"])
    (lines,) = reader_that(SaysMore("20 stk plomster", 0.99)).read(photo, boxes, [0.0], [None])
    assert "20 stk" in [line.text for line in lines]


def test_what_follows_a_number_is_no_brand():
    photo, boxes = photo_of(["Xyzx"])
    (lines,) = reader_that(Says("120 capstar", 0.99)).read(photo, boxes, [0.0], [None])
    assert all(line.text.startswith("120") for line in lines if "apstar" in line.text)


def test_a_number_counts_what_is_spotted_behind_it_where_the_word_was_misread():
    letters = ((1, 0.9), (2, 0.9), (3, 0.9), *((n, 0.4) for n in range(4, 17)))
    name = Spotted("sugetabletter", 2.0, first=4, last=16)
    amount = Amount.counted(Row(1, 16, "20 mapetablelter", 0.5, names=(name,), letters=letters))
    assert (amount.text, amount.first, amount.last) == ("20 sugetabletter", 1, 16)
    assert amount.confidence == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("20 paracetamal", "paracetamol"),  # no unit
        ("b6 tabtetter", "tabletter"),  # no number
        ("tabtetter", "tabletter"),
        ("20 xyz", None),
    ],
)
def test_nothing_else_is_counted(text, name):
    names = (Spotted(name, 2.0, first=text.find(" ") + 1, last=len(text)),) if name else ()
    row = Row(0, len(text), text, 0.9, names=names, letters=((0, 0.9),) * len(text))
    assert Amount.counted(row) is None


def test_an_amount_is_as_sure_as_its_number_and_how_its_unit_begins():
    text = "20 brusetabet"
    letters = tuple((n, 0.95 if n < 6 else 0.3) for n in range(len(text)))
    assert Amount.of(Row(0, 12, text, 0.5, letters=letters)).confidence == pytest.approx(0.95)


def test_an_amount_is_spelt_as_its_unit_is():
    class SureOfUnits(SureOfAll):
        def log_odds(self, lines, confidences, words):
            return [
                np.array([5.0 if word.text == "brusetabletter" else -9.0 for word in of_line])
                for of_line in words
            ]

    of_finder, _, _ = small_print_weights()
    photo, boxes = photo_of(["Imodium"])
    for text in ("20 brusetablettter", "20 brusetabletter"):
        reader = NameReader(
            words_on_packs(), LineFinder(of_finder, threads=1), Says(text, 0.99), SureOfUnits()
        )
        (lines,) = reader.read(photo, boxes, [0.0], [None])
        assert "20 brusetabletter" in {line.text for line in lines}


def test_print_too_low_to_be_read_is_not_looked_at(monkeypatch):
    of_finder, _, _ = small_print_weights()
    finder = LineFinder(of_finder, threads=1)
    photo, (box,) = photo_of(["Imodium"])
    afar = np.ascontiguousarray(photo[::4, ::4])
    view = View(afar, tuple(at / 4 for at in box), FRONTS_WH_PX[3])
    (kept,) = finder.find([view])
    monkeypatch.setattr(line_finder, "LOWEST_LETTERS_PX", 0.0)
    (found,) = finder.find([view])
    assert found
    assert kept == [b for b in found if b.height_px * view.scale[1] >= LOWEST_LETTERS_PX] != found


def row_with(*names):
    """Return a row that may say names with log-odds."""
    return Row(0, 9, "xxxx", 0.5, names=tuple(Spotted(name, sure, 0, 9) for name, sure in names))


def sure_of(rows):
    return [{name.text: name.log_odds for name in row.names} for row in rows]


def test_only_one_name_stands_in_one_place():
    names = [Spotted("remifemin", 1.6, 0, 8), Spotted("bromhexin", 0.5, 1, 8)]
    surer, fainter = among_rivals(names)
    assert 0 < surer.log_odds < 1.6
    assert fainter.log_odds < 0
    assert sum(name.sureness for name in (surer, fainter)) < 1


def test_a_name_is_no_rival_of_one_that_holds_it_nor_of_one_beside_it():
    names = [
        Spotted("colgate", 3.0, 0, 6),
        Spotted("total", 2.0, 8, 12),
        Spotted("colgate total", 2.5, 0, 12),
    ]
    assert among_rivals(names) == names
    spellings = [Spotted("multi-tabs", 3.0, 0, 9), Spotted("multitabs", 2.0, 0, 9)]
    assert among_rivals(spellings) == spellings


def test_what_rivals_leave_of_a_name_is_at_least_what_it_was_before_anybody_looked():
    _, faint = among_rivals([Spotted("treo", 9.0, 0, 4), Spotted("zonnic", 0.0, 0, 5)])
    assert faint.log_odds == NOT_SEEN


def test_a_facing_alone_is_as_sure_as_it_was():
    row = row_with(("treo", 1.0), ("pamol", -2.5))
    ((alone,),) = together([[row]])
    assert alone.names == row.names


def test_facings_that_say_the_same_are_surer_together_but_not_as_strangers_are():
    ((first,), (second,)) = together([[row_with(("treo", 1.5))], [row_with(("treo", 1.0))]])
    joint = first.name.log_odds
    assert joint == second.name.log_odds
    assert 1.5 < joint < NOT_SEEN + (1.5 - NOT_SEEN) + (1.0 - NOT_SEEN)


def test_facings_that_doubt_a_name_make_it_less_sure():
    rows = [[row_with(("treo", log_odds))] for log_odds in (1.2, -2.0, -2.5)]
    ((first,), *_) = together(rows)
    assert first.name.log_odds < 1.2


def test_a_facing_that_says_nothing_of_a_name_speaks_against_it():
    ((first,), ()) = together([[row_with(("treo", 1.0))], []])
    assert first.name.log_odds < 1.0
    (_, (second,)) = together([[row_with(("treo", 1.0))], [row_with(("pamol", -3.0))]])
    assert sure_of([second])[0].keys() == {"pamol"}  # nothing is told where nothing was seen


def test_what_all_facings_say_comes_before_what_one_says_a_little_more_surely():
    rows = [[row_with(("treo", 0.5), ("pamol", 1.0))], [row_with(("treo", 0.5))]]
    ((first,), _) = together(rows)
    assert first.name.text == "treo"


def test_the_order_of_facings_does_not_matter():
    rows = [[row_with(("treo", log_odds))] for log_odds in (1.2, -0.6, 2.0)]
    forward, backward = together(rows), together(rows[::-1])
    assert forward[0][0].name.log_odds == backward[0][0].name.log_odds


def test_a_name_counts_once_a_facing_in_the_row_that_says_it_most_surely():
    faint, sure = row_with(("treo", -3.0)), row_with(("treo", 2.0))
    (rows, _) = together([[faint, sure], [row_with(("treo", 2.0))]])
    assert rows[0].name.log_odds == -3.0
    assert rows[1].name.log_odds > 2.0


def test_facings_bear_each_other_out_and_others_do_not():
    class SureOfTreo(SureOfAll):
        def __init__(self):
            super().__init__()
            self.weights = replace(self.weights, calibration={})

        def log_odds(self, lines, confidences, words):
            return [
                np.array([-0.2 if word.text == "treo" else -9.0 for word in of_line])
                for of_line in words
            ]

    of_finder, _, _ = small_print_weights()
    reader = NameReader(
        words_on_packs(), LineFinder(of_finder, threads=1), Says("treo", 0.3), SureOfTreo()
    )
    photo, boxes = photo_of(["Imodium"] * 4)
    strangers = reader.read(photo, boxes, [0.0] * 4, [None] * 4)
    alike = reader.read(photo, boxes, [0.0] * 4, [1, 1, 1, 1])
    assert not [line for lines in strangers for line in lines if line.text == "Treo"]
    assert all("Treo" in [line.text for line in lines] for lines in alike)


def test_the_longer_of_two_names_is_told_where_both_are():
    class SureOfBoth(SureOfAll):
        def log_odds(self, lines, confidences, words):
            sure = {"pinex": 6.0, "pinex comp": 3.0}
            return [np.array([sure.get(word.text, -9.0) for word in of_line]) for of_line in words]

    of_finder, _, _ = small_print_weights()
    reader = NameReader(
        words_on_packs(), LineFinder(of_finder, threads=1), Says("pinex comp"), SureOfBoth()
    )
    photo, boxes = photo_of(["Imodium"])
    (lines,) = reader.read(photo, boxes, [0.0], [None])
    assert {line.text for line in lines} == {"Pinex Comp"}


def test_amounts_that_facings_show_alike_are_surer():
    photo, boxes = photo_of(["Imodium"] * 2)
    reader = reader_that(Says("20 stk", 0.97))
    ((alone, *_), _) = reader.read(photo, boxes, [0.0] * 2, [None] * 2)
    ((of_two, *_), _) = reader.read(photo, boxes, [0.0] * 2, [1, 1])
    assert alone.text == of_two.text == "20 stk"
    assert alone.confidence < of_two.confidence < 1 - (1 - alone.confidence) ** 2
