"""Goods that the register does not know are never called something that it knows."""

from pathlib import Path

import pytest

from benchmarks.unknown_goods import DAY, groups_of_other_packs, leave_out, packs_of
from inspector.catalogue.register import Register
from tests.truth import SAMPLES, SHARED

REGISTER = Register.load().on(DAY)


def check(folder: Path, *, rounds: int) -> None:
    found = leave_out(REGISTER, packs_of(folder), rounds=rounds)
    assert found.packs > 100
    assert found.identified <= 0.02 * found.packs
    assert found.wrong == 0


def test_with_ten_articles_left_out_none_of_them_is_identified_or_put_in_a_wrong_class():
    check(SAMPLES, rounds=6)


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["scenes", "scenes_hires"])
def test_the_same_on_the_shared_scenes(folder):
    if not (SHARED / folder).is_dir():
        pytest.skip(f"{SHARED / folder} is not there")
    check(SHARED / folder, rounds=6)


def test_a_pack_that_is_left_out_never_gets_the_group_of_another_pack_of_its_brand():
    entries, grouped = groups_of_other_packs(REGISTER)
    assert entries > 50
    assert grouped == 0
