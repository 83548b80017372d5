from pathlib import Path

import matplotlib

from datasets.fronts import FrontMaker, fonts_under
from inspector.catalogue.register import words_on_packs
from inspector.inspection import register_in_use
from inspector.vision.name_reader import phrases_of
from inspector.vision.pack_views import FRONTS_WH_PX
from inspector.vision.print_rows import ALPHABET, spelt
from models.calibrate_lines import UNKNOWN_NAMES

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def unknown_names():
    return UNKNOWN_NAMES.read_text(encoding="utf-8").splitlines()


def test_the_reader_knows_no_word_of_an_unknown_name():
    known = phrases_of(words_on_packs())
    assert [name for name in unknown_names() if phrases_of([name]) & known] == []


def test_unknown_names_are_in_order_once_each_and_spelt_in_letters_that_are_read():
    names = unknown_names()
    assert names == sorted(set(names), key=str.casefold)
    assert all(len(spelt(name)) == len(name) for name in names)


def test_half_of_the_fronts_carry_an_unknown_name():
    maker = FrontMaker(fonts_under(FONTS), register_in_use().skus, 5, unknown=unknown_names())
    letters = {"".join(ALPHABET[letter] for letter in spelt(name)) for name in unknown_names()}
    words = {word for name in letters for word in name.split()}
    fronts = [maker.seen(FRONTS_WH_PX[number % len(FRONTS_WH_PX)]) for number in range(60)]
    carry = [
        any(set(line.text.lower().split()) & words for line in (*front.lines, *front.unsure))
        for front in fronts
    ]
    assert 0.3 < sum(carry) / len(carry) < 0.8
