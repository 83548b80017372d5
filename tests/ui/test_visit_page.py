import errno
from datetime import UTC, date, datetime, timedelta

import pytest

from inspector.domain.capture import HeightMark, Told
from inspector.domain.facts import Answer
from inspector.domain.goods import DealerType, Goods
from inspector.domain.verdict import Reason
from inspector.store.kept_files import KeptFiles
from inspector.store.people import Person, Role
from inspector.store.visit import Party, PhotoState, Ruling, VisitKind
from inspector.ui import cached, sign_in, state, visits_view
from inspector.visits.analysis import analyse_next
from inspector.visits.desk import Desk
from inspector.visits.first_look import FirstLook

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA = Person("Anna", Role.INSPECTOR)
LINES = (((0.1, 0.5), (2.9, 0.4)),)


def visit_page():
    from inspector.ui import state, visit_page
    from inspector.ui.components import show_style

    state.keep()
    show_style()
    visit_page.show()


class PatientAnalyst:
    """Looks at photos when it is told to."""

    def __init__(self, desk, reader):
        self.desk, self.reader = desk, reader

    def wake(self):
        pass

    def changed(self, visit_id):
        pass

    def first_look(self, visit_id, capture_id):
        return None

    def work(self):
        while analyse_next(self.desk, self.reader):
            pass


@pytest.fixture
def desk(tmp_path, monkeypatch):
    opened = Desk.open(f"sqlite:///{tmp_path}/visits.sqlite", files=str(tmp_path / "files"))
    monkeypatch.setattr(cached, "desk", lambda: opened)
    cached._judged.clear()
    cached._judge.clear()
    return opened


@pytest.fixture
def analyst(desk, reader, monkeypatch):
    patient = PatientAnalyst(desk, reader)
    monkeypatch.setattr(cached, "analyst", lambda: patient)
    return patient


@pytest.fixture
def visit_id(desk):
    shop = desk.visits.add_shop(
        ANNA, name="Torvet", address="Torvet 1", dealer_type=DealerType.RETAILER, now=NOW
    )
    return desk.visits.open_visit(ANNA, shop, VisitKind.INSPECTION, NOW)


@pytest.fixture
def page(analyst, open_page, visit_id):
    """The page of a visit that was just begun."""
    opened = open_page(visit_page)
    opened.test.query_params["visit"] = visit_id
    opened.test.run()
    assert not opened.test.exception
    return opened


@pytest.fixture
def read(page, analyst, make_photo):
    """The same after a photo was uploaded and looked at."""
    page.upload(("hylde.jpg", make_photo(100)))
    analyst.work()
    page.test.run()
    return page


def go_to(page, step):
    press(page, f"step_{step}")


def press(page, key):
    next(button for button in page.test.button if str(button.key).startswith(key)).click().run()
    assert not page.test.exception


def test_a_shop_is_entered_and_its_visit_begun(analyst, open_page, desk):
    page = open_page(visit_page)
    fields = {field.key: field for field in page.test.text_input}
    fields["shop_name"].set_value("Havnens Apotek")
    fields["name"].set_value("Anna Ø")
    page.press("Begynd besøget")
    assert page.test.error[0].value.startswith("Skriv butikkens navn")
    page.choose("shop_dealer", "pharmacy")
    page.press("Begynd besøget")
    assert page.test.title[0].value == "Havnens Apotek"
    (line,) = desk.visits.lines(ANNA)
    visit = desk.visits.visit(ANNA, line.visit_id)
    assert (visit.opened_by, visit.shop.dealer_type) == ("Anna Ø", DealerType.PHARMACY)


def test_a_photo_is_on_disk_before_it_is_looked_at(page, desk, visit_id, make_photo, reader):
    page.upload(("hylde.jpg", make_photo(100)), ("notat.jpg", b"no photo"))
    first, second = desk.visits.visit(ANNA, visit_id).photos
    assert desk.files.get(first.capture_id) == make_photo(100)
    assert desk.files.get(second.capture_id) == b"no photo"
    assert not reader.read_ids
    assert "hylde.jpg: nr. 1 i køen" in page.html
    assert "Billederne er gemt" in page.html


def test_results_come_with_what_to_photograph_next(read):
    assert "Tag disse billeder, mens du er i butikken" in read.html
    assert "afklarer" in read.html
    assert '<span class="badge failed"><span aria-hidden="true">✕</span> 1</span>' in read.html


def test_a_bad_file_is_told_and_can_be_removed(page, analyst, desk, visit_id):
    page.upload(("notat.jpg", b"no photo"))
    analyst.work()
    page.test.run()
    assert "notat.jpg er ikke et foto" in page.html
    page.press("Fjern billedet")
    assert desk.visits.visit(ANNA, visit_id).photos == ()


def test_a_full_disk_is_told_and_the_photos_wait_in_the_page(
    page, desk, visit_id, make_photo, monkeypatch
):
    photos = [("a.jpg", make_photo(100)), ("b.jpg", make_photo(101))]
    put = KeptFiles._write

    def only_the_first(files, path, content):
        if content != photos[0][1]:
            raise OSError(errno.ENOSPC, "No space left on device")
        put(files, path, content)

    with monkeypatch.context() as full:
        full.setattr(KeptFiles, "_write", only_the_first)
        page.upload(*photos)
    assert "No space left on device" in page.test.error[0].value
    assert page.test.error[0].value.startswith("Der kan ikke læses fra eller gemmes")
    assert [photo.file for photo in desk.visits.visit(ANNA, visit_id).photos] == ["a.jpg"]
    page.press("Gem billederne igen")
    assert [p.file for p in desk.visits.visit(ANNA, visit_id).photos] == ["a.jpg", "b.jpg"]
    assert not page.test.error
    assert "Gem billederne igen" not in page.words


def test_answers_are_recorded_and_only_raised_questions_are_asked(read, desk, visit_id):
    go_to(read, "questions")
    asked = {radio.key for radio in read.test.radio if radio.key.startswith("answer_")}
    assert "answer_supervision" in asked
    assert "answer_cabinet" not in asked
    read.choose("answer_supervision", "no")
    assert desk.visits.visit(ANNA, visit_id).answers == {"supervision": Answer.NO}
    assert "personalet kan holde øje med lægemidlerne" in read.html
    read.choose("answer_supervision", "unanswered")
    assert desk.visits.visit(ANNA, visit_id).answers == {}


def test_what_another_person_answers_is_taken_over(read, desk, visit_id):
    go_to(read, "questions")
    desk.visits.answer(Person("Bo", Role.INSPECTOR), visit_id, "supervision", Answer.YES, now=NOW)
    read.test.run()
    radio = next(radio for radio in read.test.radio if radio.key == "answer_supervision")
    assert radio.value == "yes"
    kinds = [record.kind for record in desk.visits.records(ANNA, visit_id)]
    assert kinds.count("answered") == 1, "the other's answer is not recorded again"


def test_heights_that_are_marked_are_recorded_and_survive_a_reload(read, desk, visit_id, open_page):
    press(read, "see_")
    height = next(n for n in read.test.number_input if n.key.startswith("camera_height_"))
    height.set_value(140.0).run()
    (photo,) = desk.visits.visit(ANNA, visit_id).photos
    assert photo.told.camera_height_m == 1.4
    again = open_page(visit_page)
    again.test.query_params["visit"] = visit_id
    again.test.run()
    press(again, "see_")
    height = next(n for n in again.test.number_input if n.key.startswith("camera_height_"))
    assert height.value == 140.0
    told = Told(marks=(HeightMark(((1.0, 2.0),), 1.4),))
    desk.visits.tell(ANNA, visit_id, photo.capture_id, told, now=NOW)
    again.test.run()
    assert desk.visits.visit(ANNA, visit_id).photos[0].told == told


def test_a_person_says_which_photos_show_one_fixture(
    read, analyst, make_photo, desk, visit_id, open_page
):
    read.upload(("nær.jpg", make_photo(140)))
    analyst.work()
    read.test.run()
    far, near = desk.visits.visit(ANNA, visit_id).photos
    press(read, f"see_{near.capture_id}")
    (same,) = [box for box in read.test.selectbox if box.key.startswith("fixture_")]
    assert same.options == ["Ikke oplyst", "hylde.jpg"]
    same.set_value(far.capture_id).run()
    assert desk.visits.visit(ANNA, visit_id).photo(near.capture_id).told.fixture == far.capture_id
    again = open_page(visit_page)
    again.test.query_params["visit"] = visit_id
    again.test.run()
    press(again, f"see_{near.capture_id}")
    (same,) = [box for box in again.test.selectbox if box.key.startswith("fixture_")]
    assert same.value == far.capture_id
    kinds = [record.kind for record in desk.visits.records(ANNA, visit_id)]
    assert kinds.count("told") == 1


@pytest.fixture
def two_photos(read, analyst, make_photo, monkeypatch):
    """The same with a second photo, which looks like a close-up until somebody says more."""

    def second_is_a_close_up(seen):
        ids = [one.capture_id for one in seen]
        return ((ids[1], ids[0]),) if len(ids) == 2 and not seen[1].told.fixture else ()

    monkeypatch.setattr("inspector.visits.judging.close_ups", second_is_a_close_up)
    read.upload(("nær.jpg", make_photo(140)))
    analyst.work()
    read.test.run()
    assert "nær.jpg ser ud til at være et nærbillede af hylde.jpg." in read.html
    return read


def test_what_is_no_close_up_is_not_asked_about_again(two_photos, desk, visit_id):
    _, near = desk.visits.visit(ANNA, visit_id).photos
    press(two_photos, f"join_not_{near.capture_id}")
    assert "Nærbilleder af samme reol?" not in two_photos.html
    assert desk.visits.visit(ANNA, visit_id).photo(near.capture_id).told.fixture == ""


def test_a_close_up_is_joined_with_one_press(two_photos, desk, visit_id):
    far, near = desk.visits.visit(ANNA, visit_id).photos
    press(two_photos, f"join_{near.capture_id}")
    assert desk.visits.visit(ANNA, visit_id).photo(near.capture_id).told.fixture == far.capture_id
    assert "Nærbilleder af samme reol?" not in two_photos.html


def test_an_unread_pack_is_sorted_with_one_press_and_taken_back(read, desk, visit_id):
    assert "0 af 1 sorteret" in read.html
    press(read, "sort_go")
    assert "Maskinen kunne ikke læse noget." in read.html
    assert "Holder åbent: afsnit 4<" in read.html
    for goods, said in (
        ("otc_medicine", "Lægemiddel"),
        ("other_goods", "Anden vare"),
        ("product_card", "Ingen pakning"),
    ):
        press(read, f"sort_{goods}_")
        assert f"En person: {said}" in read.html
        assert "1 af 1 sorteret" in read.html
        assert "Maskinen kunne ikke læse noget." in read.html, "the machine's reading stays"
        (photo,) = desk.visits.visit(ANNA, visit_id).photos
        assert photo.told.sorted_packs == (("p3", Goods(goods)),)
    press(read, "sort_undo_")
    assert "0 af 1 sorteret" in read.html
    assert desk.visits.visit(ANNA, visit_id).photos[0].told == Told()
    kinds = [record.kind for record in desk.visits.records(ANNA, visit_id)]
    assert kinds.count("sorted") == 4
    assert "told" not in kinds
    press(read, "leave_sorting")
    assert "Tag disse billeder, mens du er i butikken" in read.html


def test_sorting_and_heights_leave_each_other_alone(read, desk, visit_id):
    press(read, "sort_go")
    press(read, "sort_other_goods_")
    press(read, "leave_sorting")
    press(read, "see_")
    height = next(n for n in read.test.number_input if n.key.startswith("camera_height_"))
    height.set_value(140.0).run()
    told = desk.visits.visit(ANNA, visit_id).photos[0].told
    assert (told.camera_height_m, told.sorted_packs) == (1.4, (("p3", Goods.OTHER_GOODS),))
    again = next(n for n in read.test.number_input if n.key.startswith("camera_height_"))
    assert again.value == 140.0


def test_what_packs_are_is_shown_to_those_who_may_not_say_it(
    read, desk, visit_id, monkeypatch, open_page
):
    desk.visits.sort_packs(
        ANNA,
        visit_id,
        desk.visits.visit(ANNA, visit_id).photos[0].capture_id,
        ["p3"],
        Goods.OTHER_GOODS,
        now=NOW,
    )
    shop_id = desk.visits.visit(ANNA, visit_id).shop.shop_id
    viewer = Person("Bo", Role.VIEWER, frozenset({shop_id}))
    monkeypatch.setattr(sign_in, "person", lambda: viewer)
    page = open_page(visit_page)
    page.test.query_params["visit"] = visit_id
    page.test.run()
    assert "sorteret" not in page.html, "there is nothing for them to do"
    page.test.query_params["step"] = "sort"
    page.test.run()
    assert "En person: Anden vare" in page.html
    assert not [button for button in page.test.button if str(button.key).startswith("sort_")]


def test_a_finding_is_confirmed_or_overruled_with_a_reason(read, desk, visit_id):
    go_to(read, "findings")
    press(read, "overrule_")
    assert "Skriv, hvorfor fundet tilsidesættes" in read.test.error[0].value
    field = next(area for area in read.test.text_area if area.key.startswith("reason_"))
    field.set_value("Skiltet hænger over")
    press(read, "overrule_")
    (decision,) = desk.visits.visit(ANNA, visit_id).decisions.values()
    assert (decision.ruling, decision.reason) == (Ruling.OVERRULED, "Skiltet hænger over")
    assert "Tilsidesat – Skiltet hænger over" in read.html
    assert "Ikke overholdt" in read.html, "the machine's verdict stays"
    press(read, "undo_")
    press(read, "confirm_")
    (decision,) = desk.visits.visit(ANNA, visit_id).decisions.values()
    assert decision.ruling is Ruling.CONFIRMED


def test_the_shops_account_stands_with_its_finding(read, desk, visit_id):
    go_to(read, "findings")
    field = next(area for area in read.test.text_area if area.key.startswith("account_"))
    field.set_value("Vi flytter det i dag.")
    press(read, "explain_")
    assert "Vi flytter det i dag." in read.html


def field_of(page, start):
    fields = (*page.test.text_area, *page.test.text_input, *page.test.date_input)
    return next(field for field in fields if str(field.key).startswith(start))


def test_fields_of_a_finding_hold_what_was_kept_and_what_was_typed(read, desk, visit_id, open_page):
    go_to(read, "findings")
    field_of(read, "account_").set_value("Vi flytter det i dag.")
    press(read, "explain_")
    field_of(read, "owner_").set_value("Bo")
    field_of(read, "due_").set_value(date(2026, 12, 24))
    press(read, "agree_")
    again = open_page(visit_page)
    again.test.query_params["visit"] = visit_id
    again.test.run()
    go_to(again, "findings")
    kept = ("Vi flytter det i dag.", "Bo", date(2026, 12, 24))
    assert tuple(field_of(again, key).value for key in ("account_", "owner_", "due_")) == kept
    press(again, "explain_")
    press(again, "agree_")
    (said,) = desk.visits.visit(ANNA, visit_id).explanations.values()
    (action,) = desk.actions.list(ANNA)
    assert (said.text, action.owner, action.due_on) == kept, "nothing is lost"
    field_of(again, "account_").set_value("Vi flytter det i morgen.").run()
    field_of(again, "reason_").set_value("Skiltet hænger over").run()
    go_to(again, "questions")
    go_to(again, "findings")
    assert field_of(again, "account_").value == "Vi flytter det i morgen."
    assert field_of(again, "reason_").value == "Skiltet hænger over"
    go_to(read, "photos")
    go_to(read, "findings")
    press(again, "explain_")
    read.test.run()
    assert field_of(read, "account_").value == "Vi flytter det i morgen.", "the other's is shown"


def test_a_visit_is_signed_closed_and_corrected(read, desk, visit_id, monkeypatch):
    monkeypatch.setattr(state, "page", lambda name: "https://example.org")
    go_to(read, "finish")
    assert "Det er stadig åbent" in read.html
    close = next(button for button in read.test.button if button.label == "Luk besøget")
    assert close.disabled
    for party in Party:
        desk.visits.sign(ANNA, visit_id, party, name=f"N {party}", strokes=LINES, now=NOW)
    read.test.run()
    read.press("Luk besøget")
    assert "Besøget er lukket" in read.html
    labels = [button.proto.label for button in read.test.get("download_button")]
    assert labels == ["Rapport på dansk (PDF)", "Report in English (PDF)"]
    assert "Billeder (1)" in read.words
    assert len(read.test.get("image")) == 1 + len(Party)
    assert any(link.proto.label == "Besøgets fund" for link in read.test.get("page_link"))
    closing = desk.visits.visit(ANNA, visit_id).closings[0]
    assert desk.files.get(closing.files["report.en.pdf"]).startswith(b"%PDF")
    read.test.text_area[0].set_value("Forkert svar")
    read.press("Opret ny version")
    visit = desk.visits.visit(ANNA, visit_id)
    assert (visit.version, visit.is_open) == (2, True)
    assert "Version 2" in read.html


def test_the_first_look_asks_for_the_strip_in_the_words_of_the_rule(
    page, analyst, make_photo, monkeypatch
):
    look = FirstLook(2, Reason.NO_SCALE, False, make_photo(90))
    monkeypatch.setattr(analyst, "first_look", lambda visit_id, capture_id: look)
    page.upload(("hylde.jpg", make_photo(100)))
    assert "Der er fundet 2 pakker." in page.html
    assert "Højden af pakkerne kan ikke måles" in page.html
    analyst.work()
    page.test.run()
    assert "Der er fundet" not in page.html
    request = "Stil målestrimlen mod reolens forkant"
    assert request in page.html, "the same request as that of the rule"


def test_another_shops_visit_cannot_be_reached_by_its_address(
    analyst, open_page, visit_id, monkeypatch
):
    carl = Person("Carl", Role.MANAGER, frozenset({"elsewhere"}))
    monkeypatch.setattr(sign_in, "person", lambda: carl)
    page = open_page(visit_page)
    page.test.query_params["visit"] = visit_id
    page.test.run()
    assert "du har ikke adgang" in page.test.error[0].value
    assert "Torvet" not in page.words


def test_a_viewer_sees_and_cannot_change(read, desk, visit_id, monkeypatch):
    shop_id = desk.visits.visit(ANNA, visit_id).shop.shop_id
    viewer = Person("Dorte", Role.VIEWER, frozenset({shop_id}))
    monkeypatch.setattr(sign_in, "person", lambda: viewer)
    read.test.run()
    assert not read.test.file_uploader
    press(read, "see_")
    assert not read.test.number_input, "nor heights"
    go_to(read, "findings")
    assert not [button for button in read.test.button if button.key.startswith("confirm_")]


def test_a_long_list_of_visits_is_turned_over(analyst, open_page, desk, visit_id, monkeypatch):
    monkeypatch.setattr(visits_view, "_LENGTH", 2)
    shop = desk.visits.shops(ANNA)[0]
    for _ in range(2):
        desk.visits.open_visit(ANNA, shop, VisitKind.INSPECTION, datetime.now(UTC))
    page = open_page(visit_page)
    assert "Besøg i gang (3)" in page.words
    shown = {b.key for b in page.test.button if str(b.key).startswith("open_")}
    page.press("Ældre")
    assert page.test.query_params["page"] == "2"
    then = {b.key for b in page.test.button if str(b.key).startswith("open_")}
    assert (len(shown), len(then)) == (2, 1)
    assert then == {f"open_{visit_id}"}


def test_a_shop_is_put_right_where_a_visit_begins(analyst, open_page, desk, visit_id):
    page = open_page(visit_page)
    (shop,) = desk.visits.shops(ANNA)
    fields = {field.key: field for field in page.test.text_input}
    assert fields[f"change_name_{shop.shop_id}"].value == "Torvet"
    page.choose(f"change_dealer_{shop.shop_id}", "pharmacy")
    press(page, "change_shop")
    (changed,) = desk.visits.shops(ANNA)
    assert (changed.name, changed.dealer_type) == ("Torvet", DealerType.PHARMACY)
    assert desk.visits.visit(ANNA, visit_id).shop.dealer_type is DealerType.PHARMACY
    fields = {field.key: field for field in page.test.text_input}
    fields[f"change_name_{shop.shop_id}"].set_value("")
    press(page, "change_shop")
    assert page.test.error[0].value == "Skriv butikkens navn."


def test_a_manager_sees_an_inspection_and_may_only_agree_on_actions(
    read, desk, visit_id, monkeypatch
):
    desk.visits.answer(ANNA, visit_id, "supervision", Answer.NO, now=NOW)
    shop_id = desk.visits.visit(ANNA, visit_id).shop.shop_id
    carl = Person("Carl", Role.MANAGER, frozenset({shop_id}))
    monkeypatch.setattr(sign_in, "person", lambda: carl)
    read.test.run()
    assert not read.test.file_uploader
    assert not [radio for radio in read.test.radio if radio.key == "visit_zone"]
    go_to(read, "questions")
    asked = [radio for radio in read.test.radio if radio.key.startswith("answer_")]
    assert all(radio.disabled for radio in asked)
    assert [radio.value for radio in asked if radio.key == "answer_supervision"] == ["no"]
    go_to(read, "finish")
    assert not [button for button in read.test.button if button.label == "Luk besøget"]
    go_to(read, "findings")
    assert not [b for b in read.test.button if b.key.startswith(("confirm_", "explain_"))]
    assert not [area for area in read.test.text_area if area.key.startswith("reason_")]
    next(field for field in read.test.text_input if field.key.startswith("owner_")).set_value("Bo")
    press(read, "agree_")
    assert [action.owner for action in desk.actions.list(carl)] == ["Bo"]


def test_a_second_visit_starts_without_the_answers_of_the_first(read, desk, visit_id, make_photo):
    go_to(read, "questions")
    read.choose("answer_supervision", "no")
    shop = desk.visits.shops(ANNA)[0]
    other = desk.visits.open_visit(ANNA, shop, VisitKind.INSPECTION, NOW)
    read.test.query_params["visit"] = other
    read.test.run()
    assert desk.visits.visit(ANNA, other).answers == {}
    assert desk.visits.visit(ANNA, visit_id).answers == {"supervision": Answer.NO}


def test_in_english_nothing_but_the_law_and_names_is_danish(read):
    read.choose("lang", "en")
    assert "Take these photos while you are in the shop" in read.html
    go_to(read, "finish")
    assert "Still open" in read.html


def test_what_was_left_waiting_is_still_waiting_after_a_restart(
    page, desk, visit_id, make_photo, tmp_path, reader
):
    page.upload(("hylde.jpg", make_photo(100)))
    desk.queue.take(NOW)  # and the program ends here
    again = Desk.open(f"sqlite:///{tmp_path}/visits.sqlite", files=str(tmp_path / "files"))
    again.queue.start_over()
    assert analyse_next(again, reader) is not None
    (photo,) = again.visits.visit(ANNA, visit_id).photos
    assert photo.state is PhotoState.DONE


def actions_page():
    from inspector.ui import actions_page, state
    from inspector.ui.components import show_style

    state.keep()
    show_style()
    actions_page.show()


def test_an_action_is_agreed_at_a_finding_and_closed_on_its_page(read, desk, visit_id, open_page):
    go_to(read, "findings")
    next(field for field in read.test.text_input if field.key.startswith("owner_")).set_value("Bo")
    press(read, "agree_")
    assert "Ansvarlig: Bo" in read.html
    page = open_page(actions_page)
    assert page.test.header[0].value == "Skal rettes (1)"
    assert "endnu ikke noget nyere billede" in page.words
    page.press("Luk med begrundelsen")
    assert "skriv en begrundelse" in page.test.error[0].value
    page.test.text_area[0].set_value("Flyttet op")
    page.press("Luk med begrundelsen")
    assert "Flyttet op" in page.html
    assert page.test.header[1].value == "Rettet (1)"


def test_a_manager_plans_self_audits_is_told_what_is_overdue_and_begins(
    analyst, open_page, desk, visit_id, monkeypatch
):
    shop = desk.visits.shops(ANNA)[0]
    carl = Person("Carl", Role.MANAGER, frozenset({shop.shop_id}))
    monkeypatch.setattr(sign_in, "person", lambda: carl)
    page = open_page(visit_page)
    assert "Planlagte egenkontroller" not in page.words
    page.test.number_input[0].set_value(2)
    press(page, "plan_keep")
    (planned,) = desk.plans.list(carl)
    assert planned.plan.every_weeks == 2
    assert "Hver 2. uge, mandag" in page.html

    long_ago = datetime.now(UTC) - timedelta(days=10)
    desk.plans.set(carl, shop, 1, long_ago.weekday(), now=long_ago)
    page.test.run()
    assert "Planlagte egenkontroller (1)" in page.words
    assert "Overskredet siden" in page.html
    assert "2 planlagte dage er gået" in page.html
    assert "endnu ingen lukket egenkontrol" in page.html
    press(page, "audit_begin_")
    (line,) = [line for line in desk.visits.lines(carl) if line.kind is VisitKind.SELF_AUDIT]
    assert line.visit_id in page.test.query_params["visit"]
    page.test.query_params.clear()
    page.test.run()
    assert "I gang" in page.html
    press(page, "plan_end")
    assert desk.plans.list(carl) == []


def test_a_viewer_sees_the_plan_and_cannot_change_it(
    analyst, open_page, desk, visit_id, monkeypatch
):
    shop = desk.visits.shops(ANNA)[0]
    desk.plans.set(ANNA, shop, 1, 0, now=datetime.now(UTC))
    viewer = Person("Dorte", Role.VIEWER, frozenset({shop.shop_id}))
    monkeypatch.setattr(sign_in, "person", lambda: viewer)
    page = open_page(visit_page)
    assert "Hver uge, mandag" in page.html
    assert not [b for b in page.test.button if str(b.key).startswith(("audit_", "plan_"))]
