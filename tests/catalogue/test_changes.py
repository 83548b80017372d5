"""What no change reaches is read as before: the bound is on the safe side, whatever is printed."""

import random
from dataclasses import replace
from datetime import date

import pytest

from inspector.catalogue.changes import Changes
from inspector.catalogue.matching import Matcher
from inspector.catalogue.register import Register, identical_key
from inspector.domain.goods import Group, Kind, Sku
from inspector.domain.scene import TextLine

GOODS = Register.load().skus
GENERICS = [sku for sku in GOODS if sku.atc.startswith(("N02B", "R06A")) and identical_key(sku)]
DAY = date(2026, 1, 1)


def matcher(skus):
    return Matcher(Register(tuple(skus), "drawn", ""))


def drawn_entries(rng):
    names = rng.sample(sorted({sku.name for sku in GOODS}), 8)
    skus = [sku for sku in GOODS if sku.name in names] + rng.sample(GENERICS, 2)
    return [replace(sku, vnr=f"{n + 1:06}") for n, sku in enumerate(skus)]


def changed(skus, rng):
    """Entries of which one has changed, gone or come."""
    skus = list(skus)
    at = rng.randrange(len(skus))
    sku = skus[at]
    match rng.randrange(9):
        case 0:
            skus[at] = replace(sku, group=rng.choice((None, *Group)), valid_from=DAY)
        case 1:
            skus[at] = replace(sku, pack_size=rng.choice(("7 stk", "20 stk", "")))
        case 2:
            skus[at] = replace(sku, strength=rng.choice(("7 mg", "500 mg", "")), form="tabletter")
        case 3:
            skus[at] = replace(sku, kind=rng.choice([*Kind]))
        case 4:
            skus[at] = replace(sku, name=f"{sku.name} {rng.choice(('Plus', 'Akut Hot Junior'))}")
        case 5:
            del skus[at]
        case 6:
            skus.insert(at, replace(rng.choice(GOODS), sku_id="new", vnr=sku.vnr, gtin=sku.gtin))
        case 7:
            skus[at] = replace(sku, vnr=rng.choice(skus).vnr, gtin="7046264091937")
        case 8:
            skus[at] = replace(sku, substance=rng.choice(GENERICS).substance, atc="N02BE01")
    return skus


def printed(skus, rng):
    """Lines as on packs: names, generics, numbers, with slips, blanks lost and blanks put in."""
    sku = rng.choice(skus)
    generic = f"{sku.substance} {sku.strength} {sku.form}"
    texts = (
        [generic]
        if rng.random() < 0.2
        else rng.sample(
            (
                *(
                    sku.name,
                    sku.name,
                    f"{sku.name} {rng.choice(skus).name}",
                    generic,
                    sku.substance,
                ),
                *(
                    f"{sku.strength} {sku.form} {sku.pack_size}",
                    f"Vnr {sku.vnr}",
                    "plus",
                    "kosttilskud",
                ),
            ),
            rng.randint(1, 3),
        )
    )
    for number, text in enumerate(texts):
        height = rng.choice((20.0, 40.0))
        top = 50.0 * number
        yield TextLine(
            misread(text, rng), (0.0, top, 200.0, top + height), height, rng.choice((0.7, 0.99))
        )


def misread(text, rng):
    for _ in range(rng.choice((0, 0, 1, 2))):
        at = rng.randrange(len(text)) if text else 0
        letter = rng.choice(("", " ", "a", "l", "o", text[at : at + 1] * 2))
        text = text[:at] + letter + text[at + 1 :]
    return text


@pytest.mark.parametrize("seed", range(8))
def test_what_is_not_reached_is_read_as_before(seed):
    rng = random.Random(seed)
    n_reached = n_asked = n_other = 0
    for _ in range(25):
        old = drawn_entries(rng)
        new = changed(old, rng)
        before, now = matcher(old), matcher(new)
        changes = Changes(old, new)
        for _ in range(40):
            lines, text = list(printed(old + new, rng)), misread(rng.choice(old + new).name, rng)
            sku = rng.choice(old + new)
            codes = [sku.gtin or sku.vnr] if rng.random() < 0.3 else []
            asked, read = [], []
            first = before.noting(asked).read(lines, codes=codes)
            second = now.read(lines, codes=codes)
            names = before.noting(read).medicine_names(text)
            is_reached = bool(changes.of_packs.reached(asked))
            assert is_reached or first == second, (asked, first, second)
            assert changes.of_signs.reached(read) or names == now.medicine_names(text), text
            n_asked, n_reached = n_asked + 1, n_reached + is_reached
            n_other += first != second
    assert n_other, "nothing was read otherwise, so nothing was shown"
    assert n_reached < 0.7 * n_asked, "nearly everything is reached, so nothing is saved"


def test_other_entries_in_the_same_order_reach_nothing_that_is_printed_elsewhere():
    new = replace(GOODS[0], sku_id="new", name="Xyzzyxyzzy", substance="", vnr="", gtin="")
    changes = Changes(GOODS, (*GOODS, new))
    assert changes.of_packs.reached(["panodil 500 mg", "xyzzyxyzzv", "xyzzy xyzzy"]) == [1, 2]


def test_a_name_that_the_reader_split_is_found_over_as_many_words_as_the_longest_name_has():
    panodil = next(sku for sku in GOODS if sku.name == "Panodil")
    long = replace(panodil, sku_id="long", name="Den Blide Natsalve Til Store")
    dearer = replace(panodil, group=Group.HA)
    changes = Changes([*GOODS, long], [*(s for s in GOODS if s != panodil), dearer, long])
    assert changes.of_packs.reached(["pa no d il", "ipren"]) == [0]


def test_a_name_whose_words_stand_apart_is_found():
    (biloba,) = (sku for sku in GOODS if sku.name == "Matas Ginkgo Biloba")
    changes = Changes(GOODS, [sku for sku in GOODS if sku != biloba])
    print_apart = "matas 60 stk ginkgo naturlig bilaba"
    assert changes.of_packs.reached([print_apart, "matas ginkgo 60 stk"]) == [0]


def test_a_longer_name_reaches_everything_for_split_names_are_looked_for_over_more_words():
    short = [sku for sku in GOODS if len(sku.name.split()) == 1]
    long = replace(GOODS[0], sku_id="long", name="Den Blide Natsalve Til Store", substance="")
    changes = Changes(short, [*short, long])
    assert changes.of_packs.reached(["pa no d il"]) == [0]
    assert changes.of_signs.reached(["pa no d il"]) == [0]


def test_where_most_names_have_changed_everything_is_reached():
    new = [replace(sku, group=sku.group and Group.HA, valid_from=DAY) for sku in GOODS]
    assert Changes(GOODS, new).of_packs.reached(["anything", "#1"]) == [0, 1]
    assert Changes(GOODS, new).of_signs.reached(["panodil"]) == []


def test_a_name_of_which_a_short_word_was_misread_is_found():
    kan_jang = Sku("k", "Kan Jang", Kind.NATURAL_REMEDY)
    changes = Changes(GOODS, (*GOODS, kan_jang))
    assert changes.of_packs.reached(["san jang 60 tabletter", "ipren"]) == [0]
