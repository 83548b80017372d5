"""The pages of users and retention."""

from datetime import UTC, datetime

import pytest

from inspector.domain.goods import DealerType
from inspector.errors import AccessError
from inspector.live.ledger import Ledger
from inspector.store.people import Person, Role
from inspector.store.retention import Kept
from inspector.ui import cached, sign_in
from inspector.visits.desk import Desk

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
FRIDA = Person("Frida", Role.ADMINISTRATOR)


def users_page():
    from inspector.ui import state, users_page

    state.keep()
    users_page.show()


def log_page():
    from inspector.ui import log_page, state

    state.keep()
    log_page.show()


def retention_page():
    from inspector.ui import retention_page, state

    state.keep()
    retention_page.show()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    opened = Desk.open(f"sqlite:///{tmp_path}/visits.sqlite", files=str(tmp_path / "files"))
    ledger = Ledger.open(f"sqlite:///{tmp_path}/live.sqlite", pictures=tmp_path / "pictures")
    monkeypatch.setattr(cached, "desk", lambda: opened)
    monkeypatch.setattr(cached, "ledger", lambda: ledger)
    monkeypatch.setattr(sign_in, "person", lambda: FRIDA)
    return opened


def test_users_are_shown_with_what_they_may_see(desk, open_page):
    shop = desk.visits.add_shop(
        FRIDA, name="Torvet", address="Torvet 1", dealer_type=DealerType.PHARMACY, now=NOW
    )
    carl = Person("Carl", Role.MANAGER, frozenset({shop.shop_id, "s-unknown"}))
    desk.users.came("idp 7", carl, NOW)
    desk.users.came("idp 1", FRIDA, NOW)
    page = open_page(users_page)
    assert not page.test.exception
    assert "Torvet" in page.html
    assert "s-unknown (ingen butik her har dette id)" in page.html
    assert f"<td>{shop.shop_id}</td>" in page.html
    bars = [button for button in page.test.button if button.label == "Spær adgang"]
    assert len(bars) == 1, "nobody can bar themselves"
    page.press("Spær adgang")
    with pytest.raises(AccessError):
        desk.users.person("idp 7", carl)
    assert "Spærret" in page.html
    page.press("Åbn adgang igen")
    assert desk.users.person("idp 7", carl) == carl
    log = open_page(log_page)
    assert log.html.count("Så brugerne") == 1, "once, not with every run of the page"


def test_retention_is_set_per_class_and_stands_in_the_log(desk, open_page):
    page = open_page(retention_page)
    assert not page.test.exception
    fields = {field.key: field for field in page.test.number_input}
    assert fields["days_pictures_days"].max == 30, "the ceiling"
    for kept, days in (("photos", 365), ("pictures_days", 14)):
        next(f for f in page.test.number_input if f.key == f"days_{kept}").set_value(days)
        next(b for b in page.test.button if b.key == f"set_{kept}").click().run()
        assert not page.test.exception
    assert desk.retention.days() == {Kept.PHOTOS: 365}
    assert cached.ledger().shorter_days() == {"pictures_days": 14}
    assert "Sat til højst 14 dage" in page.html
    log = open_page(log_page)
    assert "Opbevaring, Billeder fra lukkede besøg: fra uden grænse til 365 dage" in log.html
    assert "Opbevaring fra kameraer, Billeder: 14 dage" in log.html
    log.choose("lang", "en")
    assert "Retention, Photos of closed visits: from without limit to 365 days" in log.html


def test_what_a_shorter_time_will_delete_is_told_before_it_goes(desk, open_page, monkeypatch):
    monkeypatch.setattr(desk.retention, "old_photos", lambda now: {"v1": ("a", "b"), "v2": ("c",)})
    page = open_page(retention_page)
    assert "tid er gået: 3" in page.test.warning[0].value


@pytest.mark.parametrize("script", [users_page, retention_page])
def test_nobody_but_an_administrator_sees_settings(desk, open_page, monkeypatch, script):
    monkeypatch.setattr(sign_in, "person", lambda: Person("Anna", Role.INSPECTOR))
    page = open_page(script)
    assert "dministrator" in page.test.error[0].value
    assert not page.test.number_input
    assert not page.test.header
