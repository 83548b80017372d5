from datetime import UTC, date, datetime

import pytest

from inspector.domain.goods import DealerType
from inspector.domain.verdict import Outcome
from inspector.errors import StoreError
from inspector.store import Inspection, Result, RuleOutcome, Store
from tests.store.test_codec import seen

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
MODEL = {"truth": "0" * 64}


def made(**changes):
    fields = {
        "url": "file:///archive/a.jpg",
        "file": "a.jpg",
        "capture_id": seen().capture_id,
        "store": "Torvet",
        "dealer_type": DealerType.RETAILER,
        "inspected_on": date(2026, 11, 2),
        "rules_of": date(2026, 11, 2),
        "seen_with": "",
        "judged_by": "dk-selvvalg@2018-01-01",
        "register": "goods.csv@1234",
    }
    return Inspection(**fields | changes)


def result(inspection, outcome=Outcome.FAILED, report=b"{}"):
    rules = (
        RuleOutcome("reach-height", outcome, {outcome.key: ["p1", "p2"]}),
        RuleOutcome("supervision", Outcome.UNTESTED, {"untested": ["store"]}),
    )
    return Result(inspection, rules, report)


def save(store, *results, scenes=(), now=NOW):
    photos = {one.inspection.url: ("12 tag", one.inspection.capture_id) for one in results}
    store.save(
        results=results,
        photos=photos,
        scenes=[(scene, None) for scene in scenes],
        model=MODEL,
        now=now,
    )


def seen_with():
    from inspector.store.versions import seen_with

    return seen_with(MODEL)


def test_what_was_kept_comes_back(url):
    one = result(made(seen_with=seen_with()))
    with Store.open(url) as store:
        save(store, one, scenes=[seen()])
    with Store.open(url) as store:
        key = one.inspection.key
        assert store.photos([one.inspection.url]) == {
            one.inspection.url: ("12 tag", one.inspection.capture_id)
        }
        assert store.outcomes([key, "another"]) == {key: Outcome.FAILED}
        assert store.reports([key]) == {key: b"{}"}
        assert {rule.rule_id: rule for rule in store.rules([key])[key]} == {
            rule.rule_id: rule for rule in one.rules
        }
        (scene,) = store.scenes([one.inspection.capture_id], MODEL).values()
        assert scene.scene.packs == seen().scene.packs
        ((judged,),) = store.latest()
        assert judged.inspection == one.inspection
        (look,) = store.looks([one.inspection]).values()
        assert look.model() == MODEL
        assert look.packs({"p2"}) == (seen().scene.packs[1],)


def test_keeping_the_same_twice_changes_nothing(url):
    one = result(made())
    with Store.open(url) as store:
        save(store, one)
        save(store, one)
        assert len(store.rules([one.inspection.key])[one.inspection.key]) == 2


def test_a_photo_that_changed_has_its_new_mark(url):
    with Store.open(url) as store:
        save(store, result(made()))
        store.save(results=[], photos={made().url: ("13 other", "f" * 64)}, now=NOW)
        assert store.photos([made().url]) == {made().url: ("13 other", "f" * 64)}


def test_many_rows_are_kept_and_found_in_pages(url):
    results = [result(made(file=f"{n}.jpg", url=f"file:///{n}.jpg")) for n in range(1200)]
    with Store.open(url) as store:
        save(store, *results)
        assert len(store.outcomes([one.inspection.key for one in results])) == 1200


def test_judging_again_starts_from_the_newest_full_inspection(url):
    old = result(made(seen_with=seen_with()))
    new = result(made(seen_with=seen_with(), judged_by="another code"))
    outcomes_only = result(made(seen_with=seen_with(), judged_by="a later list"), report=None)
    with Store.open(url) as store:
        save(store, old, scenes=[seen()])
        save(store, new, now=NOW.replace(hour=13))
        save(store, outcomes_only, now=NOW.replace(hour=14))
        ((judged,),) = store.latest()
        assert judged.inspection == new.inspection
        assert store.reports([outcomes_only.inspection.key]) == {}


def test_every_change_of_terms_gives_another_key():
    keys = {
        made().key,
        made(capture_id="1").key,
        made(file="b.jpg").key,
        made(store="Havnen").key,
        made(dealer_type=None).key,
        made(inspected_on=date(2026, 11, 3)).key,
        made(rules_of=date(2026, 11, 3)).key,
        made(seen_with="other models").key,
        made(judged_by="other rules").key,
        made(register="other list").key,
    }
    assert len(keys) == 10
    assert made(url="file:///moved/a.jpg").key == made().key


def test_what_nobody_answered_stays_open():
    assert result(made(), Outcome.PASSED).outcome is Outcome.UNTESTED
    assert result(made(), Outcome.CANT_TELL).outcome is Outcome.CANT_TELL


def test_a_failure_halfway_keeps_nothing_of_that_call(url):
    broken = Result(made(), (RuleOutcome("a", Outcome.PASSED, {}), None), b"{}")
    with Store.open(url) as store:
        with pytest.raises(AttributeError):
            save(store, broken)
        assert store.outcomes([made().key]) == {}


def test_a_password_is_never_shown():
    with pytest.raises(StoreError) as error:
        Store.open("postgresql://inspector:secret@127.0.0.1:1/none")
    assert "secret" not in str(error.value)
