from dataclasses import replace
from io import BytesIO
from threading import Event

import pytest
from pypdf import PdfReader

from inspector.domain.capture import HeightMark, Told
from inspector.domain.facts import Answer
from inspector.domain.quantity import ScaleMethod
from inspector.domain.verdict import Outcome, Reason
from inspector.errors import AccessError, StoreError
from inspector.store.finding_rows import Filters
from inspector.store.people import Person, Role
from inspector.store.verify import Verifier
from inspector.store.versions import seen_with
from inspector.store.visit import Party, PhotoState, Ruling, VisitKind
from inspector.visits import analysis
from inspector.visits.analysis import Analyst
from inspector.visits.closing import close_visit, draw_from, keep_rows, report_of_visit
from inspector.visits.judging import overview_of_visit, standing_of_rules
from inspector.visits.sorting import looks_to_sort
from tests.geometry.test_closer_look import FAR_WH, capture, far_view, near_view
from tests.geometry.test_joining import visit as two_photos
from tests.truth import TruthReader
from tests.visits.conftest import ANNA, NOW

LINES = (((0.1, 0.5), (1.0, 0.2), (2.9, 0.4)),)


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_who_may_not_work_in_a_visit_leaves_no_file(desk, visit_id, tmp_path, role):
    shop_id = desk.visits.visit(ANNA, visit_id).shop.shop_id
    carl = Person("Carl", role, frozenset({shop_id}))
    assert not carl.may_work_in(VisitKind.INSPECTION)
    with pytest.raises(AccessError):
        desk.take_photo(carl, visit_id, b"a photo", file="a.jpg", now=NOW)
    with pytest.raises(AccessError):
        close_visit(
            desk, carl, desk.visits.visit(carl, visit_id), [], draw=draw_from(desk), now=NOW
        )
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert not desk.visits.visit(ANNA, visit_id).photos


def test_a_managers_visit_is_a_self_audit(desk, visit_id):
    shop = desk.visits.visit(ANNA, visit_id).shop
    carl = Person("Carl", Role.MANAGER, frozenset({shop.shop_id}))
    own = desk.visits.open_visit(carl, shop, VisitKind.SELF_AUDIT, NOW)
    desk.take_photo(carl, own, b"a photo", file="a.jpg", now=NOW)
    assert [photo.file for photo in desk.visits.visit(carl, own).photos] == ["a.jpg"]


def test_a_bad_file_is_told_in_both_languages_and_the_others_go_on(
    desk, add, analyse, visit_id, judge
):
    add(b"no photo", file="notat.jpg")
    add()
    analyse()
    bad, good = desk.visits.visit(ANNA, visit_id).photos
    assert bad.state is PhotoState.UNREADABLE
    assert "notat.jpg" in bad.fault["da"]
    assert good.state is PhotoState.DONE


def test_an_error_of_the_program_over_one_photo_never_stops_the_queue(
    desk, add, analyse, visit_id, reader, caplog
):
    def crash(capture, *, on_found=None):
        raise ZeroDivisionError("by zero")

    add()
    read, reader.read = reader.read, crash
    analyse()
    reader.read = read
    add("pharmacy-good")
    analyse()
    first, second = desk.visits.visit(ANNA, visit_id).photos
    assert "by zero" in first.fault["en"]
    assert second.state is PhotoState.DONE


def add_seen(desk, visit_id, captures):
    """Add photos of which it is known what was seen in them; returns their ids."""
    model, ids = {"synthetic": "1"}, []
    for n, one in enumerate(captures):
        ids.append(desk.files.put(bytes([n])))
        desk.visits.add_photo(ANNA, visit_id, capture_id=ids[n], file=f"{n}.jpg", now=NOW)
        scene = replace(one, capture_id=ids[n])
        desk.scenes.save(results=(), scenes=[(scene, None)], model=model, now=NOW)
        desk.queue.done(desk.queue.take(NOW), seen_with(model), NOW)
    return ids


def test_a_close_up_is_judged_in_the_photo_of_the_whole_fixture(desk, visit_id, judge):
    near, near_wh = near_view()
    photos = [capture("far", far_view(), FAR_WH), capture("near", near, near_wh)]
    far_id, near_id = add_seen(desk, visit_id, photos)

    def reports():
        return judge.reports(desk.visits.visit(ANNA, visit_id))

    def read(report):
        return sum(bool(pack.texts) for pack in report.captures[0].scene.packs)

    alone = reports()
    assert judge.close_ups(desk.visits.visit(ANNA, visit_id)) == ((near_id, far_id),)
    desk.visits.tell(ANNA, visit_id, near_id, Told(fixture=far_id), now=NOW)
    assert judge.close_ups(desk.visits.visit(ANNA, visit_id)) == ()
    far, closer = reports()
    assert read(far) > read(alone[0])
    assert far.captures[0].closer == (near_id,)
    assert closer.captures[0].facts.shown_in == far_id
    assert closer.summary["reach-height"] is Outcome.INAPPLICABLE
    assert {look.capture_id for look in looks_to_sort([far, closer])} <= {far_id}
    desk.visits.remove_photo(ANNA, visit_id, far_id, now=NOW)
    (left,) = reports()
    assert left.captures[0].facts.shown_in == ""


def test_photos_of_which_a_person_says_that_they_show_one_fixture_lend_heights(
    desk, visit_id, judge
):
    ids = add_seen(desk, visit_id, two_photos(1)[1])

    def scales():
        reports = judge.reports(desk.visits.visit(ANNA, visit_id))
        return [report.captures[0].facts.scale.method for report in reports]

    assert scales() == [ScaleMethod.STRIP, ScaleMethod.NONE]
    desk.visits.tell(ANNA, visit_id, ids[1], Told(fixture=ids[0]), now=NOW)
    assert scales() == [ScaleMethod.STRIP, ScaleMethod.MARKED_POINTS]
    desk.visits.remove_photo(ANNA, visit_id, ids[0], now=NOW)
    assert scales() == [ScaleMethod.NONE]


def test_the_thread_goes_on_with_what_was_left(desk, add, visit_id, reader):
    add()
    assert desk.queue.take(NOW) is not None  # a program that ended while it read this
    analyst = Analyst(desk, lambda: reader)
    analyst.start()
    analyst.wake()
    while not desk.visits.visit(ANNA, visit_id).done:
        assert analyst.is_alive
    analyst.stop()
    assert not analyst.is_alive


@pytest.mark.parametrize(
    ("name", "no_heights", "shows_limit"),
    [("retailer-too-low", None, True), ("no-scale", Reason.NO_SCALE, False)],
)
def test_a_photo_has_a_first_look_while_its_text_is_read(
    desk, add, visit_id, name, no_heights, shows_limit
):
    found, go_on = Event(), Event()

    class Slow(TruthReader):
        def read(self, capture, *, on_found=None):
            on_found(super().read(capture))
            found.set()
            assert go_on.wait(60)
            return super().read(capture)

    capture_id = add(name)
    analyst = Analyst(desk, Slow)
    assert analyst.first_look(visit_id, capture_id) is None
    analyst.start()
    assert found.wait(60)
    look = analyst.first_look(visit_id, capture_id)
    assert analyst.first_look("another visit", capture_id) is None
    go_on.set()
    analyst.stop()
    assert look.n_packs > 50
    assert (look.no_heights, look.shows_limit) == (no_heights, shows_limit)
    assert desk.visits.visit(ANNA, visit_id).done
    assert analyst.first_look(visit_id, capture_id) is None, "it goes when the photo is done"


def test_a_first_look_that_fails_costs_no_result(desk, add, visit_id, monkeypatch, caplog):
    class Tells(TruthReader):
        def read(self, capture, *, on_found=None):
            on_found(super().read(capture))
            return super().read(capture)

    monkeypatch.setattr(analysis, "first_look", None)
    add()
    analysis.analyse_next(desk, Tells())
    assert "no first look" in caplog.text
    assert desk.visits.visit(ANNA, visit_id).done


def test_a_photo_is_taken_up_again_when_the_store_failed_over_it(
    desk, add, visit_id, reader, monkeypatch, caplog
):
    add()
    faults = [StoreError("the disk was full for a moment")] * 2
    keep = desk.queue.done

    def done(*args):
        if faults:
            raise faults.pop()
        keep(*args)

    def unreadable(*args):
        raise StoreError("and still is")

    monkeypatch.setattr(desk.queue, "done", done)
    monkeypatch.setattr(desk.queue, "unreadable", unreadable)
    monkeypatch.setattr(analysis, "_PAUSE_S", 0.01)
    analyst = Analyst(desk, lambda: reader)
    analyst.start()
    while not desk.visits.visit(ANNA, visit_id).done:
        assert analyst.is_alive
    analyst.stop()
    assert caplog.text.count("the store cannot be reached") == 2


def test_findings_are_the_same_in_both_languages_and_keep_their_keys(
    desk, add, analyse, visit_id, judge
):
    add()
    add("retailer-mixed")
    analyse()
    visit = desk.visits.visit(ANNA, visit_id)
    reports = judge.reports(visit)
    _, danish = overview_of_visit(visit, reports, lang="da")
    _, english = overview_of_visit(visit, reports, lang="en")
    assert [one.key for one in danish] == [one.key for one in english]
    assert len({one.key for one in danish}) == len(danish) > 3
    outcomes = [one.finding.outcome for one in danish]
    assert outcomes == sorted(outcomes, reverse=True), "what failed comes first"


def test_a_decision_stays_with_its_finding_and_not_with_another(
    desk, add, analyse, visit_id, judge
):
    capture_id = add()
    analyse()
    visit = desk.visits.visit(ANNA, visit_id)
    _, found = overview_of_visit(visit, judge.reports(visit), lang="da")
    low = next(one for one in found if one.finding.rule_id == "reach-height")
    assert low.finding.outcome is Outcome.FAILED
    desk.visits.decide(
        ANNA, visit_id, low.key, Ruling.OVERRULED, reason="Låst låge", machine={}, now=NOW
    )
    desk.visits.explain(ANNA, visit_id, low.key, "Lågen har lås.", now=NOW)
    visit = desk.visits.visit(ANNA, visit_id)
    _, found = overview_of_visit(visit, judge.reports(visit), lang="da")
    low = next(one for one in found if one.key == low.key)
    assert low.finding.remarks == (
        ("Afgjort af Anna", "Tilsidesat – Låst låge"),
        ("Butikkens forklaring", "Lågen har lås."),
    )
    assert low.finding.outcome is Outcome.FAILED, "the machine's verdict stays"
    marks = (HeightMark(((10.0, 10.0),), 2.9), HeightMark(((10.0, 900.0),), 2.0))
    desk.visits.tell(ANNA, visit_id, capture_id, Told(marks=marks), now=NOW)
    visit = desk.visits.visit(ANNA, visit_id)
    _, found = overview_of_visit(visit, judge.reports(visit), lang="da")
    assert low.key not in {one.key for one in found}, "another finding is to be looked at anew"


def test_a_failure_that_people_overruled_is_none_any_more(desk, add, analyse, visit_id, judge):
    add()
    analyse()
    visit = desk.visits.visit(ANNA, visit_id)
    _, found = overview_of_visit(visit, judge.reports(visit), lang="da")
    for one in found:
        if one.finding.outcome is Outcome.FAILED and one.finding.rule_id == "reach-height":
            about = {"reason": "De står i et aflåst skab", "machine": {}, "now": NOW}
            desk.visits.decide(ANNA, visit_id, one.key, Ruling.OVERRULED, **about)
    visit = desk.visits.visit(ANNA, visit_id)
    reports = judge.reports(visit)
    keep_rows(desk, visit, reports)
    history = desk.rows.history(ANNA, Filters())
    (said,) = [row for row in history if row.rule_id == "reach-height"]
    assert said.outcome is Outcome.FAILED
    assert said.standing is not Outcome.FAILED
    overview, found = overview_of_visit(visit, reports, lang="da")
    standing = standing_of_rules(visit, overview, found)
    assert standing == [(row.rule_id, row.standing) for row in _in_order(history, standing)]


def _in_order(history, standing):
    by_rule = {row.rule_id: row for row in history}
    return [by_rule[rule_id] for rule_id, _ in standing]


def test_an_answer_changes_the_report_and_the_rows(desk, add, analyse, visit_id, judge):
    add()
    analyse()
    visit = desk.visits.visit(ANNA, visit_id)
    keep_rows(desk, visit, judge.reports(visit))
    before = desk.rows.count(ANNA, Filters(rule_id="supervision", outcome="failed"))
    desk.visits.answer(ANNA, visit_id, "supervision", Answer.NO, now=NOW)
    visit = desk.visits.visit(ANNA, visit_id)
    keep_rows(desk, visit, judge.reports(visit))
    (row,) = desk.rows.page(ANNA, Filters(rule_id="supervision"), start=0, length=9)
    assert before == 0
    assert row.capture_id is None
    assert row.sentences["da"] != row.sentences["en"]


@pytest.fixture
def signed(desk, add, analyse, visit_id):
    add()
    analyse()
    desk.visits.answer(ANNA, visit_id, "supervision", Answer.NO, now=NOW)
    desk.visits.sign(ANNA, visit_id, Party.INSPECTOR, name="Anna Ø", strokes=LINES, now=NOW)
    desk.visits.sign(ANNA, visit_id, Party.SHOP, name="Bo", refusal="Uenig i fundet", now=NOW)
    return desk.visits.visit(ANNA, visit_id)


def test_the_report_on_paper_says_all_in_either_language(desk, signed, judge):
    reports = judge.reports(signed)
    draw = draw_from(desk)
    pdf = report_of_visit(signed, reports, "da", draw)
    danish = text_of(pdf)
    for said in ("Torvet 1", "Apotek", signed.head, "Anna Ø", "Uenig i fundet", "Underskrifter"):
        assert said in danish or said in danish.replace("\n", "")
    assert signed.photos[0].capture_id in danish.replace("\n", "")
    english = text_of(report_of_visit(signed, reports, "en", draw))
    assert "Inspection of self-selection" in english
    assert "Underskrifter" not in english


def test_closing_keeps_the_reports_and_verify_finds_nothing(desk, signed, judge):
    reports = judge.reports(signed)
    close_visit(desk, ANNA, signed, reports, draw=draw_from(desk), now=NOW)
    visit = desk.visits.visit(ANNA, signed.visit_id)
    assert not visit.is_open
    names = visit.closings[0].files
    assert desk.files.get(names["report.da.pdf"]).startswith(b"%PDF")
    assert desk.files.get(names[f"{visit.photos[0].capture_id}.report.json"]).startswith(b"{")
    (checked,) = Verifier.beside(desk.visits).check(desk.files)
    assert checked.faults == ()
    assert checked.reported == ((signed.n_records, signed.head),), "as printed on the report"
    keep_rows(desk, replace(visit, head="other"), [])
    assert desk.rows.count(ANNA, Filters()) > 0, "the findings of a closed visit stay"
