from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register
from inspector.domain.goods import Kind, Sku
from inspector.domain.scene import TextLine

MATCHER = Matcher(
    Register(
        (
            Sku("nivea", "Nivea", Kind.OTHER),
            Sku("riemann", "Riemann", Kind.OTHER),
            Sku("zyx", "Zyx", Kind.MEDICINE, substance="benzydamin"),
        ),
        "test",
        "",
    )
)


def line(text, x, y, *, height=20.0, width=100.0, confidence=0.95):
    return TextLine(text, (x, y, x + width, y + height), height, confidence)


def full_name(*lines):
    return MATCHER.read(lines).identity.full_name


def test_words_on_the_line_of_the_brand_belong_to_the_name():
    assert full_name(line("Nivea Sun", 0, 0)) == "Nivea Sun"


def test_so_do_the_lines_above_and_below_in_the_same_print():
    assert full_name(line("P20", 0, 0), line("Riemann", 0, 24)) == "P20 Riemann"
    assert full_name(line("Zyx", 0, 0), line("Citron", 0, 24)) == "Zyx Citron"


def test_a_word_beside_the_brand_stands_after_it_though_the_row_rises():
    assert full_name(line("Nivea", 0, 10), line("Creme", 104, 2)) == "Nivea Creme"


def test_smaller_print_quantities_and_far_lines_do_not():
    assert full_name(line("Nivea", 0, 0), line("Creme", 0, 24, height=12.0)) == "Nivea"
    assert full_name(line("Nivea", 0, 0), line("150 ml", 0, 24)) == "Nivea"
    assert full_name(line("Nivea", 0, 0), line("Nyhed", 0, 90)) == "Nivea"


def test_neither_does_what_was_read_unsurely():
    assert full_name(line("Nivea", 0, 0), line("Crome", 0, 24, confidence=0.65)) == "Nivea"


def test_a_brand_read_twice_is_one_word():
    assert full_name(line("Nivea", 0, 0), line("Niveo", 104, 0)) == "Nivea"


def test_a_substance_in_large_print_is_no_name():
    assert full_name(line("Zyx", 0, 0), line("Benzydamin", 0, 24)) == "Zyx"


def test_a_sentence_is_no_name():
    assert full_name(line("Nivea pleje til hele den store familie", 0, 0)) == "Nivea"
