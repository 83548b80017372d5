import errno
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from inspector.domain.capture import HeightMark, Told
from inspector.domain.facts import Answer, Zone
from inspector.domain.goods import DealerType, Goods
from inspector.domain.verdict import Outcome
from inspector.errors import AccessError, StoreError, VisitError
from inspector.store import kept_files
from inspector.store.finding_rows import Filters, FindingRow, FindingRows, Place
from inspector.store.kept_files import KeptFiles
from inspector.store.people import Person, Role
from inspector.store.photo_queue import MOST_ATTEMPTS, PhotoQueue
from inspector.store.retention import Kept, RetentionTimes
from inspector.store.verify import Verifier
from inspector.store.visit import Party, PhotoState, Ruling, VisitKind
from inspector.store.visits import Visits

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA = Person("Anna", Role.INSPECTOR)
INSPECTION = VisitKind.INSPECTION
MARKS = (HeightMark(((1.0, 2.0),), 1.4), HeightMark(((3.0, 2.0),), 1.57, is_lock=True))
LINES = (((0.1, 0.5), (2.9, 0.4)),)


@pytest.fixture
def visits(url):
    with Visits.open(url) as opened:
        yield opened


@pytest.fixture
def shop(visits):
    return visits.add_shop(
        ANNA, name="Torvet", address="Torvet 1", dealer_type=DealerType.RETAILER, now=NOW
    )


@pytest.fixture
def visit_id(visits, shop):
    return visits.open_visit(ANNA, shop, VisitKind.INSPECTION, NOW)


@pytest.fixture
def queue(visits):
    return PhotoQueue.beside(visits)


@pytest.fixture
def files(tmp_path):
    return KeptFiles(str(tmp_path / "files"))


def add(visits, visit_id, *names, person=ANNA):
    for place, name in enumerate(names):
        later = NOW + timedelta(seconds=place)
        visits.add_photo(person, visit_id, capture_id=name, file=f"{name}.jpg", now=later)


def read_all(queue):
    while job := queue.take(NOW):
        queue.done(job, "models", NOW)


def sign(visits, visit_id):
    for party in Party:
        visits.sign(ANNA, visit_id, party, name=party, strokes=LINES, now=NOW)


def close(visits, visit_id, files=None):
    head = visits.visit(ANNA, visit_id).head
    visits.close(ANNA, visit_id, files=files or {}, head=head, now=NOW)


def test_a_visit_is_what_its_records_tell(visits, visit_id, queue):
    add(visits, visit_id, "a", "b")
    read_all(queue)
    told = Told(camera_height_m=1.4, marks=MARKS, fixture="b")
    visits.tell(ANNA, visit_id, "a", told, now=NOW)
    visits.set_zone(ANNA, visit_id, Zone.LOCKED, now=NOW)
    visits.answer(ANNA, visit_id, "supervision", Answer.NO, now=NOW)
    visits.explain(ANNA, visit_id, "f1", "Lågen er låst.", now=NOW)
    visit = visits.visit(ANNA, visit_id)
    assert visit.shop.dealer_type is DealerType.RETAILER
    assert [photo.state for photo in visit.photos] == [PhotoState.DONE] * 2
    assert visit.photo("a").told == told
    assert visit.site.zone is Zone.LOCKED
    assert visit.site.answers == {"supervision": Answer.NO}
    assert visit.site.inspected_on == date(2026, 11, 2)
    assert visit.explanations["f1"].text == "Lågen er låst."
    visits.answer(ANNA, visit_id, "supervision", None, now=NOW)
    assert visits.visit(ANNA, visit_id).answers == {}


def sort(visits, visit_id, goods, *pack_ids, person=ANNA):
    visits.sort_packs(person, visit_id, "a", pack_ids, goods, now=NOW)


def test_packs_are_sorted_and_taken_back_beside_what_else_is_told(visits, visit_id, queue):
    add(visits, visit_id, "a", "b")
    read_all(queue)
    sort(visits, visit_id, Goods.OTHER_GOODS, "p7", "p2")
    sort(visits, visit_id, Goods.OTC_MEDICINE, "p7")
    visits.tell(ANNA, visit_id, "a", Told(marks=MARKS), now=NOW)
    visit = visits.visit(ANNA, visit_id)
    both = (("p2", Goods.OTHER_GOODS), ("p7", Goods.OTC_MEDICINE))
    assert visit.photo("a").told == Told(marks=MARKS, sorted_packs=both)
    assert visit.photo("b").told == Told()
    sort(visits, visit_id, None, "p2", "p7")
    assert visits.visit(ANNA, visit_id).photo("a").told == Told(marks=MARKS)
    kinds = [record.kind for record in visits.records(ANNA, visit_id)]
    assert kinds.count("sorted") == 3, "what was taken back stays in the records"


def test_packs_are_sorted_by_those_who_work_in_the_visit_while_it_is_open(
    visits, visit_id, shop, queue
):
    add(visits, visit_id, "a")
    read_all(queue)
    viewer = Person("Bo", Role.VIEWER, frozenset({shop}))
    manager = Person("Mia", Role.MANAGER, frozenset({shop}))  # of the shop, not the inspector
    for person in (viewer, manager):
        with pytest.raises(AccessError):
            sort(visits, visit_id, Goods.OTHER_GOODS, "p1", person=person)
    sign(visits, visit_id)
    sort(visits, visit_id, Goods.OTHER_GOODS, "p1")
    assert not visits.visit(ANNA, visit_id).signatures, "they signed something else"
    sign(visits, visit_id)
    close(visits, visit_id)
    with pytest.raises(VisitError, match="closed"):
        sort(visits, visit_id, None, "p1")


def test_machine_and_person_both_stay(visits, visit_id):
    machine = {"rule_id": "reach-height", "outcome": "failed", "sentence": "109 cm"}
    with pytest.raises(VisitError, match="why"):
        visits.decide(ANNA, visit_id, "f1", Ruling.OVERRULED, reason=" ", machine=machine, now=NOW)
    visits.decide(ANNA, visit_id, "f1", Ruling.OVERRULED, reason="Vogn", machine=machine, now=NOW)
    decision = visits.visit(ANNA, visit_id).decisions["f1"]
    assert (decision.ruling, decision.reason, decision.by) == (Ruling.OVERRULED, "Vogn", "Anna")
    assert visits.records(ANNA, visit_id)[-1].details["machine"] == machine
    visits.decide(ANNA, visit_id, "f1", None, reason="", machine=machine, now=NOW)
    assert visits.visit(ANNA, visit_id).decisions == {}


def test_a_closed_visit_does_not_change_and_a_correction_is_a_new_version(visits, visit_id, queue):
    add(visits, visit_id, "a")
    read_all(queue)
    sign(visits, visit_id)
    close(visits, visit_id, {"report.da.pdf": "1" * 64})
    with pytest.raises(VisitError, match="closed"):
        add(visits, visit_id, "b")
    with pytest.raises(VisitError, match="closed"):
        visits.answer(ANNA, visit_id, "supervision", Answer.YES, now=NOW)
    visits.correct(ANNA, visit_id, reason="Forkert svar", now=NOW)
    visit = visits.visit(ANNA, visit_id)
    assert (visit.version, visit.is_open, visit.correction) == (2, True, "Forkert svar")
    assert visit.closings[0].files == {"report.da.pdf": "1" * 64}
    assert not visit.signatures


def test_a_long_list_of_visits_is_read_a_page_at_a_time(visits, shop, queue):
    made = [visits.open_visit(ANNA, shop, INSPECTION, NOW + timedelta(minutes=n)) for n in range(7)]
    add(visits, made[6], "a")
    read_all(queue)
    sign(visits, made[6])
    close(visits, made[6])
    pages = [visits.lines(ANNA, start=start, most=3) for start in (0, 3, 6)]
    assert [line.visit_id for page in pages for line in page] == [*made[5::-1], made[6]]
    assert [visits.count_lines(ANNA, is_open=one) for one in (None, True, False)] == [7, 6, 1]
    other = Person("Carl", Role.MANAGER, frozenset({"elsewhere"}))
    assert visits.count_lines(other) == visits.count_lines(ANNA, shop_id="elsewhere") == 0


def test_a_changed_shop_holds_in_open_visits_and_not_in_closed_ones(
    visits, visit_id, shop, queue, files
):
    add(visits, visit_id, "a")
    read_all(queue)
    sign(visits, visit_id)
    close(visits, visit_id)
    open_id = visits.open_visit(ANNA, shop, INSPECTION, NOW)
    pharmacy = replace(shop, name="Torvets Apotek", dealer_type=DealerType.PHARMACY)
    visits.change_shop(ANNA, pharmacy, now=NOW)
    visits.change_shop(ANNA, pharmacy, now=NOW)
    assert visits.shops(ANNA) == [pharmacy]
    assert visits.visit(ANNA, open_id).shop == pharmacy
    kinds = [record.kind for record in visits.records(ANNA, open_id)]
    assert kinds == ["opened", "shop_changed"], "the same again changes nothing"
    assert visits.visit(ANNA, visit_id).shop == shop
    frida = Person("Frida", Role.ADMINISTRATOR)
    (entry,) = [one for one in visits.accesses(frida, most=9) if one.did == "shop_changed"]
    assert entry.details["dealer_type_before"] == "retailer"
    assert (entry.by, entry.details["dealer_type"]) == ("Anna", "pharmacy")
    visits.correct(ANNA, visit_id, reason="Det er et apotek", now=NOW)
    assert visits.visit(ANNA, visit_id).shop == pharmacy, "a correction takes it over"
    faults = [f for one in Verifier.beside(visits).check(files) for f in one.faults]
    assert faults == ["file a: missing"], "the chain of records is whole"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
def test_a_shop_is_changed_by_those_who_may_enter_it(visits, shop, role):
    carl = Person("Carl", role, frozenset({shop.shop_id}))
    with pytest.raises(AccessError):
        visits.change_shop(carl, replace(shop, name="Andet"), now=NOW)
    with pytest.raises(VisitError, match="name"):
        visits.change_shop(ANNA, replace(shop, name=" "), now=NOW)
    with pytest.raises(AccessError):
        visits.change_shop(ANNA, replace(shop, shop_id="none"), now=NOW)
    assert visits.shops(ANNA) == [shop]


def test_a_change_makes_signatures_void(visits, visit_id, queue):
    add(visits, visit_id, "a")
    read_all(queue)
    sign(visits, visit_id)
    visits.answer(ANNA, visit_id, "supervision", Answer.YES, now=NOW)
    with pytest.raises(VisitError, match="signature"):
        close(visits, visit_id)


def test_what_was_changed_after_the_report_was_made_is_not_closed_over(visits, visit_id, queue):
    add(visits, visit_id, "a")
    read_all(queue)
    sign(visits, visit_id)
    with pytest.raises(VisitError, match="meanwhile"):
        visits.close(ANNA, visit_id, files={}, head="0" * 64, now=NOW)


def test_nothing_is_signed_before_every_photo_was_looked_at(visits, visit_id):
    with pytest.raises(VisitError, match="no photo"):
        sign(visits, visit_id)
    add(visits, visit_id, "a")
    with pytest.raises(VisitError, match="not been read"):
        sign(visits, visit_id)


def test_a_party_may_refuse_with_a_reason(visits, visit_id, queue):
    add(visits, visit_id, "a")
    read_all(queue)
    with pytest.raises(VisitError):
        visits.sign(ANNA, visit_id, Party.SHOP, name="Bo", now=NOW)
    visits.sign(ANNA, visit_id, Party.SHOP, name="Bo", refusal="Uenig", now=NOW)
    assert visits.visit(ANNA, visit_id).signatures[Party.SHOP].refusal == "Uenig"


def test_two_people_at_once_lose_nothing(visits, visit_id, url):
    with Visits.open(url) as other:
        add(visits, visit_id, "a")
        add(other, visit_id, "b", person=Person("Bo", Role.INSPECTOR))
        visits.answer(ANNA, visit_id, "supervision", Answer.YES, now=NOW)
    visit = visits.visit(ANNA, visit_id)
    assert [photo.capture_id for photo in visit.photos] == ["a", "b"]
    assert [record.number for record in visits.records(ANNA, visit_id)] == [1, 2, 3, 4]


def test_a_changed_record_is_found(visits, visit_id, files):
    add(visits, visit_id, files.put(b"photo"))
    visits.answer(ANNA, visit_id, "supervision", Answer.NO, now=NOW)
    (checked,) = Verifier.beside(visits).check(files)
    assert checked.faults == ()
    with visits._engine.begin() as connection:
        connection.execute(
            text("UPDATE record SET body = replace(body, 'no', 'yes') WHERE number = 3")
        )
    (checked,) = Verifier.beside(visits).check(files)
    assert checked.faults == ("record 3: changed, missing or put in",)


@pytest.mark.parametrize(("number", "said"), [(2, "record 2:"), (3, "records after 2: missing")])
def test_a_missing_record_is_found(visits, visit_id, files, number, said):
    add(visits, visit_id, files.put(b"photo"))
    visits.answer(ANNA, visit_id, "supervision", Answer.NO, now=NOW)
    with visits._engine.begin() as connection:
        connection.execute(text(f"DELETE FROM record WHERE number = {number}"))
    (checked,) = Verifier.beside(visits).check(files)
    assert checked.faults[0].startswith(said)


def test_a_changed_or_missing_photo_is_found(visits, visit_id, files, tmp_path):
    kept = [files.put(b"photo"), files.put(b"other")]
    add(visits, visit_id, *kept)
    (tmp_path / "files" / kept[0][:2] / kept[0]).write_bytes(b"retouched")
    (tmp_path / "files" / kept[1][:2] / kept[1]).unlink()
    (checked,) = Verifier.beside(visits).check(files)
    assert checked.faults == (f"file {kept[0]}: changed", f"file {kept[1]}: missing")
    with pytest.raises(StoreError, match=r"backup"):
        files.get(kept[1])


def test_a_file_is_kept_once_and_comes_back(files, tmp_path):
    assert files.put(b"photo") == files.put(b"photo")
    assert files.get(files.put(b"photo")) == b"photo"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_full_disk_is_told_in_both_languages_and_leaves_nothing_half(
    files, tmp_path, monkeypatch
):
    def fail(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(kept_files.os, "fsync", fail)
        with pytest.raises(StoreError, match="No space left on device") as told:
            files.put(b"a photo")
    assert "Skaf plads" in told.value.message["da"]
    assert told.value.message["en"] == str(told.value)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert files.get(files.put(b"a photo")) == b"a photo"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a folder cannot be opened")
def test_a_files_name_is_on_disk_too(files, monkeypatch):
    synced = []
    monkeypatch.setattr(
        kept_files.os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor))
    )
    name = files.put(b"a photo")
    folder = Path(files._path(name)).parent
    assert folder.stat().st_ino in [status.st_ino for status in synced]


def test_visits_take_turns_and_everybody_is_told_their_place(visits, shop, queue):
    first, second = (visits.open_visit(ANNA, shop, VisitKind.INSPECTION, NOW) for _ in "12")
    add(visits, first, "a", "b", "c")
    add(visits, second, "d")
    assert queue.take(NOW).capture_id == "a"
    places = queue.places()
    assert places == {(first, "a"): 0, (second, "d"): 1, (first, "b"): 2, (first, "c"): 3}


def test_what_was_being_read_when_the_program_ended_is_read_again(visits, visit_id, queue):
    add(visits, visit_id, "a")
    for _ in range(MOST_ATTEMPTS):
        assert queue.take(NOW).capture_id == "a"
        assert queue.take(NOW) is None
        queue.start_over()
    assert queue.take(NOW) is None, "given up"
    photo = visits.visit(ANNA, visit_id).photo("a")
    assert photo.state is PhotoState.UNREADABLE
    assert set(photo.fault) == {"da", "en"}


def test_a_photo_that_was_removed_while_it_was_read_stays_removed(visits, visit_id, queue):
    add(visits, visit_id, "a")
    job = queue.take(NOW)
    visits.remove_photo(ANNA, visit_id, "a", now=NOW)
    queue.done(job, "models", NOW)
    assert visits.visit(ANNA, visit_id).photos == ()


def finding(visit_id, shop, key, **changes):
    row = FindingRow(
        visit_id,
        key,
        shop.shop_id,
        shop.name,
        NOW.date(),
        "a",
        "reach-height",
        Outcome.FAILED,
        None,
        2,
        {"da": "For lavt", "en": "Too low"},
        Place((0.0, 0.0, 9.0, 9.0), ((1.0, 1.0, 2.0, 2.0),)),
    )
    return replace(row, **changes)


def test_findings_are_filtered_counted_and_paged(visits, visit_id, shop):
    rows = FindingRows.beside(visits)
    kept = [finding(visit_id, shop, f"k{n}") for n in range(7)]
    kept.append(
        finding(
            visit_id,
            shop,
            "k7",
            rule_id="signage",
            outcome=Outcome.CANT_TELL,
            ruling=Ruling.CONFIRMED,
            place=None,
        )
    )
    rows.keep(visit_id, kept, {"reach-height": Outcome.FAILED}, made_of="1")
    assert rows.page(ANNA, Filters(), start=0, length=3) == kept[:3]
    assert rows.page(ANNA, Filters(), start=6, length=3) == kept[6:]
    assert list(rows.all(ANNA, Filters())) == kept
    for filters, n in (
        (Filters(rule_id="signage"), 1),
        (Filters(outcome="failed"), 7),
        (Filters(ruling="none"), 7),
        (Filters(ruling="confirmed"), 1),
        (Filters(since=date(2026, 11, 3)), 0),
        (Filters(until=date(2026, 11, 2), shop_id=shop.shop_id, visit_id=visit_id), 8),
    ):
        assert rows.count(ANNA, filters) == n
    rows.keep(visit_id, [], {}, made_of="1")
    assert rows.count(ANNA, Filters()) == 8, "made of the same"
    (said,) = rows.history(ANNA, Filters(since=NOW.date()))
    assert (said.shop_name, said.rule_id, said.outcome) == (
        "Torvet",
        "reach-height",
        Outcome.FAILED,
    )
    (line,) = visits.lines(ANNA)
    assert line.n_failed == 7


@pytest.mark.parametrize(
    ("findings", "left"),
    [
        ([(Outcome.FAILED, None)], None),
        ([(Outcome.FAILED, Ruling.CONFIRMED)], None),
        ([(Outcome.FAILED, Ruling.OVERRULED)], Outcome.PASSED),
        ([(Outcome.FAILED, Ruling.OVERRULED), (Outcome.FAILED, None)], None),
        ([(Outcome.FAILED, Ruling.OVERRULED), (Outcome.CANT_TELL, None)], Outcome.CANT_TELL),
        (
            [(Outcome.FAILED, Ruling.OVERRULED), (Outcome.CANT_TELL, Ruling.OVERRULED)],
            Outcome.PASSED,
        ),
    ],
)
def test_a_failure_counts_until_people_have_overruled_all_of_it(visits, shop, findings, left):
    rows, visit_id = FindingRows.beside(visits), visits.open_visit(ANNA, shop, INSPECTION, NOW)
    other = visits.open_visit(ANNA, shop, INSPECTION, NOW)
    kept = [
        finding(visit_id, shop, f"k{n}", outcome=outcome, ruling=ruling)
        for n, (outcome, ruling) in enumerate(findings)
    ]
    for one, its in ((visit_id, kept), (other, [finding(other, shop, "k0")])):
        rows.keep(one, its, {"reach-height": Outcome.FAILED}, made_of="1")
    said = {row.visit_id: row for row in rows.history(ANNA, Filters(shop_id=shop.shop_id))}
    assert said[visit_id].outcome is Outcome.FAILED, "the machine's stays"
    assert said[visit_id].overruled_to is left
    assert said[visit_id].standing is (Outcome.FAILED if left is None else left)
    assert said[other].overruled_to is None


def test_nobody_reaches_the_visit_of_another_shop(visits, visit_id, shop):
    other = Person("Carl", Role.MANAGER, frozenset({"elsewhere"}))
    rows = FindingRows.beside(visits)
    rows.keep(visit_id, [finding(visit_id, shop, "k")], {"signage": Outcome.PASSED}, made_of="1")
    with pytest.raises(AccessError, match="no such visit"):
        visits.visit(other, visit_id)
    with pytest.raises(AccessError, match="no such visit"):
        visits.visit(other, "unknown")
    with pytest.raises(AccessError):
        visits.answer(other, visit_id, "supervision", Answer.YES, now=NOW)
    with pytest.raises(AccessError):
        visits.open_visit(other, shop, VisitKind.SELF_AUDIT, NOW)
    with pytest.raises(AccessError):
        visits.add_shop(other, name="x", address="", dealer_type=None, now=NOW)
    assert visits.lines(other) == visits.shops(other) == []
    assert rows.page(other, Filters(shop_id=shop.shop_id), start=0, length=9) == []
    assert rows.count(other, Filters()) == 0
    assert rows.history(other, Filters()) == []


def test_a_viewer_looks_and_changes_nothing(visits, visit_id, shop):
    viewer = Person("Dorte", Role.VIEWER, frozenset({shop.shop_id}))
    assert visits.visit(viewer, visit_id).shop.name == "Torvet"
    with pytest.raises(AccessError, match="change nothing"):
        visits.answer(viewer, visit_id, "supervision", Answer.YES, now=NOW)


def test_looking_at_a_visit_is_noted(visits, visit_id):
    visits.looked(ANNA, visit_id, NOW)
    log = visits.accesses(Person("Frida", Role.ADMINISTRATOR), most=9)
    assert ("looked", visit_id) in [(entry.did, entry.visit_id) for entry in log]


def test_the_database_itself_lets_nobody_change_the_log(visits, visit_id):
    visits.looked(ANNA, visit_id, NOW)
    for statement in ("UPDATE access SET what = 'x'", "DELETE FROM access"):
        with (
            pytest.raises(StoreError, match="the log is only added to"),
            visits._transaction() as c,
        ):
            c.execute(text(statement))
    frida = Person("Frida", Role.ADMINISTRATOR)
    assert [entry.did for entry in visits.accesses(frida, most=9)] == ["looked", "shop_added"]
    times = RetentionTimes.beside(visits)
    times.set(frida, Kept.LOG, 180, now=NOW)
    assert times.delete_old_log(NOW + timedelta(days=179)) == 0
    assert times.delete_old_log(NOW + timedelta(days=181)) == 3
    visits.looked(ANNA, visit_id, NOW + timedelta(days=182))
    with pytest.raises(StoreError), visits._transaction() as connection:
        connection.execute(text("DELETE FROM access"))


def test_an_entry_of_the_log_from_before_it_had_two_languages_is_shown_as_it_is(visits):
    with visits._engine.begin() as connection:
        connection.execute(
            text("INSERT INTO access (at, by, what) VALUES (:at, 'Bo', 'barred: Carl')"),
            {"at": NOW},
        )
    (entry,) = visits.accesses(Person("Frida", Role.ADMINISTRATOR), most=1)
    assert (entry.did, entry.details) == ("", {"said": "barred: Carl"})
