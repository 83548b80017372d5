from datetime import UTC, datetime

import pytest

from inspector.catalogue.editions import Source
from inspector.data_folder import data_folder
from inspector.errors import AccessError
from inspector.inspection import EDITIONS
from inspector.store.people import Person, Role
from inspector.ui import cached, sign_in
from inspector.visits.desk import Desk


def register_page():
    from inspector.ui import register_page, state
    from inspector.ui.components import show_style

    state.keep()
    show_style()
    register_page.show()


def log_page():
    from inspector.ui import log_page, state

    state.keep()
    log_page.show()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    opened = Desk.open(f"sqlite:///{tmp_path}/visits.sqlite", files=str(tmp_path / "files"))
    monkeypatch.setattr(cached, "desk", lambda: opened)
    return opened


def test_goods_are_found_by_any_of_their_words(desk, open_page):
    page = open_page(register_page)
    assert page.html.count("<tr>") == 61
    first = page.html
    page.press("Næste")
    assert page.test.query_params["page"] == "2"
    assert page.html.count("<tr>") == 61
    assert page.html != first
    page.test.text_input[0].set_value("panodil").run()
    assert "Panodil" in page.html
    assert "page" not in page.test.query_params
    assert page.html.count("<tr>") < 61
    page.choose("lang", "en")
    assert "Dispensing group" in page.html


def test_an_import_changes_the_register_and_is_logged(desk, open_page):
    page = open_page(register_page)
    content = "name,kind,strength,form,pack_size\nZinkletter,vitamin,,tabletter,30 stk\n"
    page.upload(("egen.csv", content.encode()))
    page.press("Indlæs")
    assert not page.test.error, page.test.error
    assert page.test.success
    log = open_page(log_page)
    assert "Indlæste vareliste goods" in log.html


def test_the_list_of_exclusions_is_imported_as_what_it_is(desk, open_page):
    page = open_page(register_page)
    content = "Navn;ATC-kode\nSmørelse mod hoste;\n;R05CB06\n"
    page.upload(("undtagelser.csv", content.encode("cp1252")))
    page.press("Indlæs")
    assert page.test.error, "neither its columns nor its letters tell what it is"
    page.choose("list_kind", Source.EXCLUSIONS)
    page.choose("list_encoding", "cp1252")
    page.press("Indlæs")
    assert not page.test.error
    assert "Indlæste vareliste exclusions" in open_page(log_page).html
    (edition,) = (data_folder() / EDITIONS).glob("* exclusions.csv")
    kept = edition.read_text(encoding="utf-8")
    assert "Smørelse mod hoste" in kept
    assert "R05CB06" in kept


def test_a_list_that_fits_no_format_is_told(desk, open_page):
    page = open_page(register_page)
    page.upload(("egen.csv", b"a;b\n1;2\n"))
    page.press("Indlæs")
    assert page.test.error


def test_a_manager_imports_nothing_and_sees_no_log(desk, open_page, monkeypatch, tmp_path):
    manager = Person("Bo", Role.MANAGER, frozenset({"s"}))
    with pytest.raises(AccessError):
        desk.import_goods(manager, tmp_path / "egen.csv", day=None, now=datetime.now(UTC))
    monkeypatch.setattr(sign_in, "person", lambda: manager)
    assert not open_page(register_page).test.file_uploader
    assert "administratorer" in open_page(log_page).test.error[0].value
