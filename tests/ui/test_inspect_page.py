import re
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from inspector.domain.capture import HeightMark
from inspector.errors import AccessError, ModelError
from inspector.rules import RULES
from inspector.rules.rule import Automation
from inspector.store.people import Person, Role
from inspector.ui import cached, sign_in
from inspector.ui.photo_marks import ends_from
from inspector.ui.words import load_words
from inspector.visits.desk import Desk
from inspector.workplace import Workplace

FRIDA = Person("Frida", Role.ADMINISTRATOR)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    opened = Desk.open(f"sqlite:///{tmp_path}/visits.sqlite", files=str(tmp_path / "files"))
    monkeypatch.setattr(cached, "desk", lambda: opened)
    return opened


def test_without_photos_the_page_tells_how_to_take_one(dashboard):
    assert "Sådan tager du et godt billede" in dashboard.html
    assert not dashboard.test.header


def test_all_six_dealers_and_not_told_can_be_chosen(dashboard):
    dealers = dashboard.test.selectbox[0].options
    assert len(dealers) == 7
    assert dealers[0] == "Ikke oplyst"
    assert "Håndkøbsudsalg" in dealers


def test_findings_stand_beside_the_picture_with_the_laws_own_sentence(dashboard, make_photo):
    dashboard.upload(("hylde.jpg", make_photo(100)))
    html = dashboard.html
    assert "Tydelig adskillelse fra andre varer" in html
    assert '<blockquote lang="da">»' in html
    assert "hylde.jpg" in html
    assert any(expander.label == "Se stedet på billedet" for expander in dashboard.test.expander)
    assert len(dashboard.test.get("image")) > 1  # the annotated photo, and parts of it


def test_what_failed_comes_before_what_cannot_be_told(dashboard, make_photo):
    dashboard.upload(("hylde.jpg", make_photo(100)))
    headings = [header.value for header in dashboard.test.header]
    assert headings[0].startswith("Ret dette")
    assert headings[1].startswith("Kan ikke afgøres endnu")
    assert headings[2:] == ["Spørgsmål til en person", "Alle regler", "Hent rapporten"]


def test_every_rule_has_its_outcome_in_words_and_with_a_sign(dashboard, make_photo):
    dashboard.upload(("hylde.jpg", make_photo(100)))
    table = dashboard.html.partition("<table class='rules'>")[2].partition("</table>")[0]
    badges = re.findall(r'<span aria-hidden="true">(.)</span> ([^<]+)</span>', table)
    assert len(badges) == len(RULES) == 16


def test_an_answer_changes_the_outcome_without_reading_the_photo_again(
    dashboard, reader, make_photo
):
    dashboard.upload(("hylde.jpg", make_photo(100)))
    before = dashboard.html
    dashboard.choose("answer_supervision", "no")
    assert "Personalet holder ikke tilstrækkeligt opsyn" not in before
    assert "Personalet holder ikke tilstrækkeligt opsyn" in dashboard.html
    dashboard.choose("answer_supervision", "yes")
    assert "Personalet holder opsyn med lægemidlerne" in dashboard.html
    dashboard.choose("answer_supervision", "unanswered")
    assert dashboard.html == before
    assert len(reader.read_ids) == 1


def test_every_question_that_only_a_person_can_decide_is_asked(dashboard, make_photo):
    dashboard.upload(("hylde.jpg", make_photo(100)))
    asked = {radio.key for radio in dashboard.test.radio if radio.key.startswith("answer_")}
    people_only = {f"answer_{r.id}" for r in RULES if r.automation is Automation.PERSON}
    # The photo shows no floor, so a person is asked about stools and ladders as well, and its sign
    # says more than one of the four words.
    of_sign = next(key for key in asked if ":" in key)
    assert of_sign == f"answer_sign-word:{sha256(make_photo(100)).hexdigest()[:8]}:t1"
    assert asked == people_only | {"answer_climbing-aids", of_sign}
    dashboard.choose(of_sign, "yes")
    assert "viser tydeligt, at der er tale om lægemidler, har en person svaret" in dashboard.html


def test_dealer_and_zone_are_judged_without_reading_the_photo_again(dashboard, reader, make_photo):
    dashboard.upload(("hylde.jpg", make_photo(100)))
    dashboard.choose("dealer", "retailer")
    dashboard.choose("zone", "locked")
    assert "Hylden står bag disken eller er aflåst" in dashboard.html
    assert len(reader.read_ids) == 1


def test_a_bad_file_among_good_ones_is_named_and_the_others_go_on(dashboard, make_photo):
    dashboard.upload(
        ("a.jpg", make_photo(100)), ("notat.jpg", b"ikke et foto"), ("b.jpg", make_photo(120))
    )
    assert "notat.jpg kunne ikke læses" in dashboard.html
    assert "notat.jpg er ikke et foto i et format, som kan læses" in dashboard.html
    assert "1 fil kunne ikke læses" in dashboard.html
    photos = next(radio for radio in dashboard.test.radio if radio.key == "chosen_photo")
    assert [option.split()[-1] for option in photos.options] == ["a.jpg", "b.jpg"]


def test_an_error_of_the_models_is_told_without_a_traceback(dashboard, reader, make_photo):
    def refuse(capture):
        raise ModelError("The weights of 'shelf-detector' are missing.")

    reader.read = refuse
    dashboard.upload(("hylde.jpg", make_photo(100)))
    assert "The weights of &#39;shelf-detector&#39; are missing." in dashboard.html


def test_the_same_photo_is_taken_once_and_can_be_removed(dashboard, reader, make_photo):
    dashboard.upload(("a.jpg", make_photo(100)), ("copy.jpg", make_photo(100)))
    dashboard.upload(("again.jpg", make_photo(100)))
    assert len(reader.read_ids) == 1
    dashboard.press("Fjern billedet")
    assert "Sådan tager du et godt billede" in dashboard.html


def test_another_photo_of_the_visit_can_be_chosen(dashboard, reader, make_photo):
    dashboard.upload(("a.jpg", make_photo(100)), ("b.jpg", make_photo(120)))
    dashboard.choose("chosen_photo", reader.read_ids[1])
    assert '<p class="caption"><b>b.jpg</b>' in dashboard.html


def test_the_words_on_a_sign_are_never_taken_for_html(dashboard, make_photo):
    dashboard.upload(("<img src=x>.jpg", make_photo(100)))
    assert "<b>& mere" not in dashboard.html
    assert "<img" not in dashboard.html


def test_report_picture_and_data_can_be_downloaded(dashboard, make_photo):
    dashboard.upload(("hylde.jpg", make_photo(100)))
    labels = [button.proto.label for button in dashboard.test.get("download_button")]
    assert labels == ["Billede med markeringer", "JSON", "PDF", "HTML"]


def test_in_english_nothing_but_the_law_is_danish(dashboard, make_photo):
    dashboard.upload(("shelf.jpg", make_photo(100)), ("x.jpg", b"no photo"))
    dashboard.choose("answer_supervision", "no")
    dashboard.choose("lang", "en")
    told = re.sub(r'<blockquote lang="da">.*?</blockquote>', "", dashboard.words, flags=re.S)
    quoted = r"&#34;.*?&#34;|»[^«]*«"  # words on signs, the guidance's four words
    told = re.sub(rf"{quoted}|\(håndkøbsudsalg\)|Dansk", "", told)
    assert not re.findall(r"\S*[æøåÆØÅ]\S*", told)
    assert "x.jpg could not be read" in told


def test_a_camera_height_measures_again_without_reading_again(dashboard, reader, make_photo):
    dashboard.upload(("hylde.jpg", make_photo(100)))
    assert "Ingen målereference" in dashboard.html
    height = next(n for n in dashboard.test.number_input if n.key.startswith("camera_height_"))
    height.set_value(140.0).run()
    assert not dashboard.test.exception
    assert "Kameraets oplyste højde" in dashboard.html
    assert len(reader.read_ids) == 1


def test_marked_heights_stand_beside_what_the_photo_says(dashboard, make_photo, upload):
    dashboard.upload((upload.file, upload.data))
    marks = (HeightMark(((300.0, 200.0),), 1.4), HeightMark(((100.0, 500.0), (700.0, 500.0)), 0.6))
    dashboard.test.session_state[f"marks_{upload.capture_id}"] = marks
    dashboard.test.run()
    assert not dashboard.test.exception
    assert "Højder mærket på billedet" in dashboard.html
    said = [element.value for element in dashboard.test.markdown]
    assert any("Målebånd: 140,0 cm" in words for words in said)
    dashboard.press("Fjern")
    assert "Ingen målereference" in dashboard.html


def test_the_printed_bar_is_asked_for_once(dashboard, make_photo, desk):
    dashboard.upload(("hylde.jpg", make_photo(100)))
    bar = next(n for n in dashboard.test.number_input if n.key == "bar_mm")
    bar.set_value(98.5).run()
    dashboard.press("Gem")
    dashboard.test.run()
    assert not any(n.key == "bar_mm" for n in dashboard.test.number_input)
    assert Workplace.load().print_scale == 0.985
    entry = desk.visits.accesses(FRIDA, most=1)[0]
    assert (entry.did, entry.details) == ("bar_measured", {"mm": "98.5"})
    assert load_words("da").text("log_bar_measured", **entry.details).endswith("98.5 mm")


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.MANAGER, Role.VIEWER])
def test_only_an_administrator_tells_the_printed_bar(
    dashboard, make_photo, desk, monkeypatch, role
):
    monkeypatch.setattr(sign_in, "person", lambda: Person("Bo", role))
    dashboard.upload(("hylde.jpg", make_photo(100)))
    assert any(n.key.startswith("camera_height_") for n in dashboard.test.number_input)
    assert not any(n.key == "bar_mm" for n in dashboard.test.number_input)
    with pytest.raises(AccessError):
        desk.keep_print_scale(Person("Bo", role), 98.5, now=datetime.now(UTC))
    assert Workplace.load().print_scale is None


def test_an_edge_goes_from_left_to_right_and_a_mark_stays_on_the_photo():
    edge = {"n": 0, "ends": [[600, 120], [204.0, 102.5]]}
    assert ends_from(edge, (800, 600)) == ((204.0, 102.5), (600.0, 120.0))
    assert ends_from({"n": 1, "ends": [[-5, 700]]}, (800, 600)) == ((0.0, 600.0),)
