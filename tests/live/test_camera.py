import cv2
import msgspec
import pytest

from inspector.errors import StoreError
from inspector.live.camera import Status
from inspector.live.findings import Turn
from inspector.live.ledger import WishKind, places_of
from inspector.live.settings import Watching
from inspector.live.sources import Frame
from tests.live.fakes import CAMERA, START, FakePeople, ShelfReader, Shop
from tests.live.shelves import Shelf, drawn, replace, shows_person

TOO_LOW = "reach-height"

HIGH = Shelf(packs={f"p{n}": (40 + 70 * n, 120) for n in range(6)})
ONE_LOW = replace(HIGH, packs={**HIGH.packs, "p5": (300, 300)})


@pytest.fixture
def shop(ledger):
    return Shop(ledger)


def test_a_pack_below_the_line_opens_a_finding_and_one_put_back_closes_it(shop):
    shop.show(HIGH, 30)
    assert shop.turns == []
    shop.show(ONE_LOW, 30)
    assert (Turn.OPENED, TOO_LOW) in shop.turns
    row = next(r for r in shop.ledger.findings("left") if r.rule_id == TOO_LOW)
    place = places_of(row)[0]
    assert place.box_xyxy_px == (300.0, 300.0, 348.0, 364.0)
    assert "Zymelin" in place.sentence["da"]
    shop.turns.clear()
    shop.show(HIGH, 40)
    assert (Turn.CLOSED, TOO_LOW) in shop.turns
    row = next(r for r in shop.ledger.findings("left") if r.rule_id == TOO_LOW)
    assert row.closed_at is not None


def test_evidence_is_kept_from_before_and_after_and_from_when_it_was_put_right(shop):
    shop.show(HIGH, 30)
    shop.show(ONE_LOW, 30)
    shop.show(HIGH, 40)
    row = next(r for r in shop.ledger.findings("left") if r.rule_id == TOO_LOW)
    shown = [row.before_picture, row.after_picture, row.closed_picture]
    assert all(shop.ledger.picture_path(sha256).exists() for sha256 in shown)
    assert len(set(shown)) == 3


def test_one_or_two_odd_results_are_noise(shop):
    shop.show(HIGH, 30)
    shop.show(ONE_LOW, 8)  # time for one look, and part of the next
    shop.show(HIGH, 30)
    assert shop.turns == []


def test_looks_that_cannot_tell_count_for_neither_side(shop):
    shop.show(HIGH, 30)
    shop.show(ONE_LOW, 30)
    shop.reader.is_blind = True
    shop.turns.clear()
    looks = shop.reader.looks
    shop.show(replace(ONE_LOW, light=0.8, packs=HIGH.packs), 60)
    assert shop.reader.looks > looks
    assert shop.turns == []


def test_a_quiet_shelf_is_looked_at_rarely(shop):
    shop.show(HIGH, 30)
    looks = shop.reader.looks
    shop.show(HIGH, 90)
    assert shop.reader.looks == looks


def test_a_sign_that_is_gone_is_a_finding_until_it_hangs_again(shop):
    shop.show(HIGH, 30)
    shop.show(replace(HIGH, has_sign=False), 40)
    assert shop.turns == [(Turn.OPENED, "signage")]
    row = shop.ledger.findings("left")[0]
    assert places_of(row)[0].sentence["en"] == 'The sign "Medicin" no longer hangs where it hung.'
    shop.show(HIGH, 40)
    assert shop.turns[-1] == (Turn.CLOSED, "signage")


def test_a_sign_that_somebody_hides_is_not_gone(ledger):
    shop = Shop(ledger, people=FakePeople(is_reliable=False))
    shop.show(HIGH, 40)
    shop.show(replace(HIGH, person_x=250, has_sign=True), 11)
    shop.show(HIGH, 20)
    assert shop.turns == []


def test_a_sign_that_was_merely_not_read_is_not_gone(shop):
    shop.show(HIGH, 30)
    shop.reader.is_blind = True
    shop.show(replace(HIGH, light=0.8), 40)
    assert shop.turns == []


def test_a_camera_that_was_pushed_says_nothing_until_somebody_confirms(shop):
    shop.show(HIGH, 30)
    shop.show(replace(ONE_LOW, shift_px=12), 60)
    assert (shop.line.status, shop.line.reason) == (Status.SUSPENDED, "moved")
    assert shop.turns == []
    looks = shop.reader.looks
    shop.show(ONE_LOW, 60)
    assert shop.line.status is Status.SUSPENDED
    assert shop.reader.looks == looks
    shop.ledger.wish("left", WishKind.SAME_VIEW, by="Anne", at=START)
    shop.show(ONE_LOW, 60)
    assert shop.line.status is Status.WATCHING
    assert (Turn.OPENED, TOO_LOW) in shop.turns
    assert shop.ledger.setup("left").confirmed_by == "Anne"


def test_confirming_that_nothing_moved_does_not_help_a_camera_that_did(shop):
    shop.show(HIGH, 30)
    shop.show(replace(HIGH, shift_px=12), 40)
    shop.ledger.wish("left", WishKind.SAME_VIEW, by="Anne", at=START)
    shop.show(replace(HIGH, shift_px=12), 40)
    assert shop.line.status is Status.SUSPENDED


def test_a_new_view_ends_the_heights_that_were_marked_in_the_old_one(shop):
    shop.show(HIGH, 30)
    shop.show(replace(ONE_LOW, shift_px=12), 40)
    shop.ledger.wish("left", WishKind.NEW_VIEW, by="Anne", at=START)
    shop.show(replace(ONE_LOW, shift_px=12), 60)
    assert shop.line.status is Status.WATCHING
    assert shop.line.told.marks == ()
    assert shop.turns == []  # without heights nothing stands too low


def test_a_shop_without_light_is_dark_and_goes_on_by_itself(shop):
    shop.show(HIGH, 30)
    shop.show(replace(HIGH, light=0.02), 40)
    assert (shop.line.status, shop.line.reason) == (Status.SUSPENDED, "dark")
    shop.show(HIGH, 40)
    assert shop.line.status is Status.WATCHING
    assert shop.turns == []


def test_what_was_open_is_open_after_a_restart_and_closes_then(shop):
    shop.show(HIGH, 30)
    shop.show(replace(ONE_LOW, has_sign=False), 40)
    assert {rule for _, rule in shop.turns} >= {TOO_LOW, "signage"}
    shop.turns.clear()
    shop.start()
    shop.show(replace(ONE_LOW, has_sign=False), 40)
    assert shop.turns == []
    shop.show(HIGH, 60)
    assert {(Turn.CLOSED, TOO_LOW), (Turn.CLOSED, "signage")} <= set(shop.turns)


def test_a_restart_lifts_no_suspension_even_when_the_camera_hangs_right_again(shop):
    shop.show(HIGH, 30)
    shop.show(replace(HIGH, shift_px=12), 40)
    assert (shop.line.status, shop.line.reason) == (Status.SUSPENDED, "moved")
    shop.start()
    assert (shop.line.status, shop.line.reason) == (Status.SUSPENDED, "moved")
    looks = shop.reader.looks
    shop.show(HIGH, 40)
    assert shop.line.status is Status.SUSPENDED
    assert shop.reader.looks == looks
    shop.ledger.wish("left", WishKind.SAME_VIEW, by="Anne", at=START)
    shop.show(HIGH, 40)
    assert shop.line.status is Status.WATCHING
    shop.start()
    shop.show(HIGH, 40)
    assert shop.line.status is Status.WATCHING


def test_a_shop_that_was_dark_when_the_program_ended_goes_on_by_itself(shop):
    shop.show(HIGH, 30)
    shop.show(replace(HIGH, light=0.02), 40)
    shop.start()
    shop.show(HIGH, 40)
    assert shop.line.status is Status.WATCHING


def test_a_sign_that_is_taken_down_while_the_program_is_off_is_missed(shop):
    shop.show(HIGH, 40)
    shop.start()
    shop.show(replace(HIGH, has_sign=False), 60)
    assert (Turn.OPENED, "signage") in shop.turns


@pytest.mark.parametrize("finds_people", [True, False])
def test_no_picture_that_is_kept_shows_a_person(ledger, finds_people):
    """The detector says that it is reliable, and finds nobody: what moved lately decides."""
    watching = Watching(stands_still_min=0.5)
    shop = Shop(ledger, reader=ShelfReader(finds_people=finds_people), watching=watching)
    shop.show(HIGH, 45)
    for x in (100, 220, 340):
        shop.show(replace(ONE_LOW, person_x=x), 8)
        shop.show(replace(HIGH, person_x=x), 8)
        shop.show(ONE_LOW, 20)
        shop.show(HIGH, 20)
    assert shop.pictures()
    assert not any(shows_person(cv2.imread(str(path))) for path in shop.pictures())


def test_without_a_reliable_detector_a_picture_waits_until_the_shelf_has_stood_still(ledger):
    watching = Watching(stands_still_min=1, at_least_every_min=1)
    shop = Shop(ledger, people=FakePeople(is_reliable=False), watching=watching)
    shop.show(HIGH, 90)
    shop.show(replace(ONE_LOW, has_sign=False), 40)
    row = next(r for r in shop.ledger.findings("left") if r.rule_id == TOO_LOW)
    assert (row.after_picture, row.not_kept) == (None, "moved_lately")  # the sign is large
    shop.show(replace(ONE_LOW, has_sign=False), 120)
    row = next(r for r in shop.ledger.findings("left") if r.rule_id == TOO_LOW)
    assert shop.ledger.picture_path(row.after_picture).exists()
    assert row.not_kept == ""


def test_what_an_unreliable_detector_takes_for_a_person_is_not_kept(ledger):
    shop = Shop(ledger, people=FakePeople(sure=((10, 10, 100, 300),), is_reliable=False))
    shop.show(HIGH, 30)
    shop.show(ONE_LOW, 60)
    assert (Turn.OPENED, TOO_LOW) in shop.turns
    assert shop.pictures() == []
    assert shop.ledger.findings("left")[0].not_kept == "unsure"


def test_a_picture_with_somebody_whom_the_detector_doubts_is_not_kept(ledger):
    shop = Shop(ledger, people=FakePeople(unsure=((10, 10, 100, 300),)))
    shop.show(HIGH, 30)
    shop.show(ONE_LOW, 40)
    assert shop.pictures() == []
    assert shop.ledger.findings("left")[0].not_kept == "unsure"


def test_only_the_shelf_is_kept(ledger):
    marked = msgspec.structs.replace(CAMERA, shelf_area=((20.0, 10.0), (620.0, 400.0)))
    shop = Shop(ledger, camera=marked)
    shop.show(HIGH, 30)
    shop.show(ONE_LOW, 40)
    assert shop.pictures()
    for path in shop.pictures():
        assert cv2.imread(str(path)).shape == (390, 600, 3)


def test_another_shelf_area_is_described_anew_and_suspends_nothing(ledger):
    shop = Shop(ledger)
    shop.show(HIGH, 30)
    shop.camera = msgspec.structs.replace(CAMERA, shelf_area=((20.0, 10.0), (620.0, 400.0)))
    shop.start()
    shop.show(HIGH, 40)
    assert shop.line.status is Status.WATCHING


def test_frames_of_another_size_suspend_for_heights_were_marked_in_the_old_ones(shop):
    shop.show(HIGH, 30)
    looks = shop.reader.looks
    larger = cv2.resize(drawn(ONE_LOW), (1280, 960))
    for n in range(40):
        shop.line.take(Frame(larger, 30.0 + n, 0), START)
    assert (shop.line.status, shop.line.reason) == (Status.SUSPENDED, "moved")
    assert shop.reader.looks == looks
    shop.ledger.wish("left", WishKind.NEW_VIEW, by="Anne", at=START)
    for n in range(40, 60):
        shop.line.take(Frame(larger, 30.0 + n, 0), START)
    assert shop.line.status is Status.WATCHING
    assert shop.line.told.marks == ()


def test_a_camera_that_looks_elsewhere_altogether_loses_its_heights_with_its_view(shop):
    shop.show(HIGH, 30)
    elsewhere = replace(ONE_LOW, shift_px=300)
    shop.show(elsewhere, 40)
    assert shop.line.status is Status.SUSPENDED
    shop.ledger.wish("left", WishKind.NEW_VIEW, by="Anne", at=START)
    shop.show(elsewhere, 10)
    assert shop.line.told.marks == ()


def test_what_could_not_be_written_is_found_again(shop, monkeypatch):
    shop.show(HIGH, 30)
    put = shop.ledger.put_change
    faults = iter([StoreError("the disk is full")])

    def fail_once(*args, **kwargs):
        for fault in faults:
            raise fault
        put(*args, **kwargs)

    monkeypatch.setattr(shop.ledger, "put_change", fail_once)
    with pytest.raises(StoreError):
        shop.show(ONE_LOW, 30)
    shop.show(ONE_LOW, 40)
    assert {row.rule_id for row in shop.ledger.findings("left", open_only=True)} == {TOO_LOW}
