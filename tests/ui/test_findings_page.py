import re

import pytest

from inspector.report.messages import Messages
from inspector.store.people import Person, Role
from inspector.ui import cached, looking, state
from inspector.visits.desk import Desk
from tests.visits.many import fill

FRIDA = Person("Frida", Role.ADMINISTRATOR)


def findings_page():
    from inspector.ui import findings_page, state
    from inspector.ui.components import show_style

    state.keep()
    show_style()
    findings_page.show()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    opened = Desk.open(f"sqlite:///{tmp_path}/visits.sqlite", files=str(tmp_path / "files"))
    monkeypatch.setattr(cached, "desk", lambda: opened)
    return opened


@pytest.fixture
def page(desk, open_page):
    fill(desk, shops=2, visits_each=2, findings_each=20)
    return open_page(findings_page)


def test_the_latest_findings_come_first_a_page_at_a_time(page):
    assert page.html.count('class="row-said"') == 20
    assert "Side 1 af 4" in page.html
    assert "2. november 2026" in page.html
    page.press("Ældre")
    page.press("Ældre")
    assert "26. oktober 2026" in page.html
    assert page.test.query_params["page"] == "3"


def test_filters_stand_in_the_address_and_come_from_it(page):
    page.choose("filter_outcome", "failed")
    assert page.test.query_params["outcome"] == "failed"
    assert page.test.header[0].value == "16 fund"
    page.test.query_params["rule"] = "reach-height"
    page.test.run()
    found = {box.key: box.value for box in page.test.selectbox}
    assert found["filter_rule"] == "reach-height"
    page.press("Ryd filtre")
    assert page.test.header[0].value == "80 fund"


def test_nonsense_in_the_address_is_no_error(page):
    page.test.query_params.update(
        {"page": "-3", "since": "yesterday", "outcome": "x", "shop": "';--"}
    )
    page.test.run()
    assert not page.test.exception
    assert page.test.header[0].value == "0 fund"


def test_a_finding_opens_with_the_laws_own_sentence(page, desk, monkeypatch):
    monkeypatch.setattr(state, "page", lambda name: "https://example.org")
    next(button for button in page.test.button if button.label == "Vis").click().run()
    assert re.search(r"afsnit \d[^<]*</p><blockquote lang=\"da\">»", page.html)
    assert "hviler på et svar" in page.html
    looks = [entry.did for entry in desk.visits.accesses(FRIDA, most=99)]
    assert "saw_evidence" not in looks, "there is no photo to see"
    labels = [button.proto.label for button in page.test.get("download_button")]
    assert labels == ["CSV", "XLSX"]


def test_looking_at_evidence_is_noted_once(page, desk, monkeypatch, make_photo):
    monkeypatch.setattr(state, "page", lambda name: "https://example.org")
    monkeypatch.setattr(cached, "evidence", lambda person, row, width_px: make_photo(90))
    next(button for button in page.test.button if button.label == "Vis").click().run()
    page.test.run()
    (entry,) = [e for e in desk.visits.accesses(FRIDA, most=99) if e.did == "saw_evidence"]
    assert entry.visit_id
    assert Messages.load("da").title(entry.details["rule"])


def test_what_is_taken_along_is_noted(desk):
    take = looking.noted(FRIDA, lambda: b"a;b", "took_findings", None, format="CSV")
    assert desk.visits.accesses(FRIDA, most=9) == [], "it was only offered"
    assert take() == b"a;b"
    (entry,) = desk.visits.accesses(FRIDA, most=9)
    assert (entry.did, entry.by, entry.details) == ("took_findings", "Frida", {"format": "CSV"})


def trends_page():
    from inspector.ui import state, trends_page
    from inspector.ui.components import show_style

    state.keep()
    show_style()
    trends_page.show()


def test_trends_tell_with_signs_and_numbers_never_by_colour_alone(desk, open_page):
    page = open_page(trends_page)
    assert "Der er ingen besøg her endnu" in page.html
    fill(desk, shops=2, visits_each=3, findings_each=1)
    page.test.run()
    assert page.html.count('class="bars"') == 16
    assert page.html.count('class="shop-trend"') == 2
    assert "✕ 2</i>" in page.html
    (shop, _) = desk.visits.shops(Person("Anna", Role.INSPECTOR))
    page.choose("filter_shop", shop.shop_id)
    assert page.html.count('class="shop-trend"') == 1
    page.choose("filter_rule", "reach-height")
    assert page.html.count('class="bars"') == 1
    assert page.test.query_params["rule"] == "reach-height"
    page.choose("lang", "en")
    assert "By rule" in [header.value for header in page.test.header]
