from inspector.catalogue.consensus import read_packs
from inspector.catalogue.matching import Matcher
from inspector.catalogue.printed import with_printed_names
from inspector.catalogue.register import Register
from inspector.domain.goods import Kind, Sku
from inspector.domain.scene import Pack, TextLine

MATCHER = Matcher(
    Register(
        (
            Sku("nivea", "Nivea", Kind.OTHER),
            Sku("riemann", "Riemann", Kind.OTHER),
            Sku("zendium", "Zendium", Kind.OTHER),
            Sku("zyx", "Zyx", Kind.MEDICINE, substance="benzydamin"),
        ),
        "test",
        "",
    )
)


def line(text, x, y, *, height=20.0, width=100.0, confidence=0.99):
    return TextLine(text, (x, y, x + width, y + height), height, confidence)


def pack(pack_id, *lines, small_print=(), look=1):
    box = (0.0, 0.0, 200.0, 60.0)
    return Pack(pack_id, box, 0.9, texts=lines, small_print=small_print, look=look)


def full_names(*packs):
    readings = with_printed_names(packs, read_packs(packs, MATCHER))
    identities = (readings[pack.pack_id].identity for pack in packs)
    return [identity.full_name if identity else None for identity in identities]


def full_name(*lines, small_print=()):
    return full_names(pack("p1", *lines, small_print=small_print))[0]


def test_words_on_the_line_of_the_brand_belong_to_the_name():
    assert full_name(line("Nivea Sun", 0, 0)) == "Nivea Sun"


def test_so_do_the_lines_above_and_below_in_the_same_print():
    assert full_name(line("P20", 0, 0), line("Riemann", 0, 24)) == "P20 Riemann"
    assert full_name(line("Zyx", 0, 0), line("Citron", 0, 24)) == "Zyx Citron"


def test_a_word_beside_the_brand_stands_after_it_though_the_row_rises():
    assert full_name(line("Nivea", 0, 10), line("Creme", 104, 2)) == "Nivea Creme"


def test_a_line_read_twice_keeps_the_order_of_its_words():
    twice = line("Nivea Velvet", 0, 0), line("Nivea Velvet", 1, 1)
    assert full_name(*twice) == "Nivea Velvet"


def test_smaller_print_quantities_and_far_lines_do_not():
    assert full_name(line("Nivea", 0, 0), line("Creme", 0, 24, height=12.0)) == "Nivea"
    assert full_name(line("Nivea", 0, 0), line("150 ml", 0, 24)) == "Nivea"
    assert full_name(line("Nivea", 0, 0), line("Velvet", 0, 90)) == "Nivea"


def test_neither_do_words_of_the_law_or_of_an_offer():
    assert full_name(line("Nivea", 0, 0), line("SPF 30", 0, 24)) == "Nivea"
    assert full_name(line("Nivea", 0, 0), line("Nyhed", 0, 24)) == "Nivea"


def test_a_word_that_was_read_unsurely_is_left_out():
    assert full_name(line("Nivea", 0, 0), line("Velvat", 0, 24, confidence=0.85)) == "Nivea"
    assert full_name(line("Nivea", 0, 0), line("Son", 0, 24, confidence=0.96)) == "Nivea"


def test_unless_it_stands_beside_many_brands():
    assert full_name(line("Zyx", 0, 0), line("Citron", 0, 24, confidence=0.8)) == "Zyx Citron"


def test_a_slip_of_such_a_word_is_put_right():
    read = line("Zyx", 0, 0), line("Raesespray", 0, 24)
    assert full_name(*read) == "Zyx Næsespray"


def test_what_may_be_such_a_word_with_more_slips_is_left_out():
    assert full_name(line("Zyx", 0, 0), line("esespray", 0, 24)) == "Zyx"
    assert full_name(line("Zyx", 0, 0), line("Onginais", 0, 24)) == "Zyx"


def test_so_is_what_stands_beyond_a_word_that_is_left_out():
    doubtful = line("Nivea", 0, 0), line("Velvat", 104, 0, confidence=0.85)
    assert full_name(*doubtful, line("Creme", 208, 0)) == "Nivea"


def test_a_brand_read_twice_or_in_part_is_one_word():
    assert full_name(line("Nivea", 0, 0), line("Niveo", 104, 0)) == "Nivea"
    assert full_name(line("Riemann", 0, 0), line("Mann", 104, 0)) == "Riemann"


def test_a_substance_in_large_print_is_no_name():
    assert full_name(line("Zyx", 0, 0), line("Benzydamin", 0, 24)) == "Zyx"


def test_a_sentence_is_no_name():
    assert full_name(line("Nivea pleje til hele den store familie", 0, 0)) == "Nivea"


def test_small_print_tells_a_name_too():
    name = line("Zendium", 0, 0, height=8.0, width=30), line("Velvet", 32, 0, height=8.0, width=30)
    assert full_name(small_print=name) == "Zendium Velvet"


def test_the_longest_name_of_a_look_serves_all_its_facings():
    packs = (
        pack("p1", line("Nivea Velvet", 0, 0)),
        pack("p2", small_print=(line("Nivea", 0, 0),)),
        pack("p3"),
        pack("p4", line("Nivea", 0, 0), look=2),
    )
    assert full_names(*packs) == ["Nivea Velvet"] * 3 + ["Nivea"]


def test_two_names_in_one_look_serve_nobody_else():
    packs = (
        pack("p1", line("Nivea Velvet", 0, 0)),
        pack("p2", line("Nivea Creme", 0, 0)),
        pack("p3", line("Nivea", 0, 0)),
    )
    assert full_names(*packs) == ["Nivea Velvet", "Nivea Creme", "Nivea"]


def test_what_two_facings_show_puts_the_slips_of_others_right():
    unsure = [pack(f"p{n}", line("Nivea Velvet", 0, 0, confidence=0.85)) for n in (1, 2)]
    slip = pack("p3", line("Nivea Velvat", 0, 0, confidence=0.9))
    assert full_names(*unsure, slip) == ["Nivea Velvet"] * 3
    assert full_names(unsure[0], slip) == ["Nivea", "Nivea"]


def test_two_readers_of_one_facing_do_not_count_as_two():
    lines = (line("Nivea Velvat", 0, 0, confidence=0.85),)
    assert full_name(*lines, small_print=lines) == "Nivea"
