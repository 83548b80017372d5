"""A planned self-audit in a real browser: told to be overdue, then begun."""

from datetime import UTC, datetime, timedelta

import pytest

from inspector.domain.goods import DealerType
from inspector.domain.verdict import Outcome
from inspector.store.people import Person, Role
from inspector.store.visit import Party, VisitKind

from .conftest import assert_fits

pytestmark = pytest.mark.whole

BO = Person("Bo Holm", Role.ADMINISTRATOR)


def audited(desk, shop, day):
    """A closed self-audit with a rule that failed, one left open, and an action."""
    visit_id = desk.visits.open_visit(BO, shop, VisitKind.SELF_AUDIT, day)
    capture_id = desk.files.put(b"seen already")
    desk.visits.add_photo(BO, visit_id, capture_id=capture_id, file="hylde.jpg", now=day)
    desk.queue.done(desk.queue.take(day), "models", day)
    said = {"reach-height": Outcome.FAILED, "separation": Outcome.CANT_TELL}
    desk.rows.keep(visit_id, [], said, made_of="1")
    desk.actions.agree(
        BO,
        visit_id,
        "k1",
        rule_id="reach-height",
        sentences={"da": "For lavt", "en": "Too low"},
        owner="Carl",
        due_on=day.date() + timedelta(days=3),
        now=day,
    )
    desk.visits.sign(BO, visit_id, Party.SHOP, name="Bo Holm", refusal="–", now=day)
    head = desk.visits.visit(BO, visit_id).head
    desk.visits.close(BO, visit_id, files={}, head=head, now=day)


def test_what_is_overdue_is_told_and_begun(server, open_tab, desk, shoot):
    now = datetime.now(UTC)
    names = ("Torvets Apotek", "Havnens Apotek", "Stationens Kiosk")
    for weeks, name in enumerate(names, start=1):
        shop = desk.visits.add_shop(
            BO,
            name=name,
            address="Torvet 1, 8000 Aarhus C",
            dealer_type=DealerType.PHARMACY,
            now=now,
        )
        begun = now - timedelta(days=9) if weeks < 3 else now
        if weeks == 2:
            audited(desk, shop, now - timedelta(days=30))
        desk.plans.set(BO, shop, weeks, (begun.weekday() + (weeks == 3)) % 7, now=begun)
    tab = open_tab()
    tab.get_by_text("Overskredet siden").first.wait_for()
    tab.get_by_text("Heraf overskredet: 1").wait_for()
    assert tab.get_by_text("2 planlagte dage er gået uden egenkontrol").count() == 1
    shoot(tab, "audits")
    wide = open_tab(size=(1180, 820))
    wide.get_by_text("Overskredet siden").first.wait_for()
    assert_fits(wide)
    wide.get_by_text("Planlæg egenkontroller").click()
    wide.get_by_label("Uger fra den ene").wait_for()
    assert_fits(wide)
    tab.get_by_role("button", name="Begynd nu").first.click()
    tab.get_by_text("Sådan tager du et godt billede").wait_for()
    tab.get_by_role("heading", name="Havnens Apotek").wait_for()
    tab.get_by_role("button", name="Alle besøg").click()
    tab.get_by_text("I gang").first.wait_for()
