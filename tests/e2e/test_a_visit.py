"""A whole visit in a real browser, with the server killed halfway."""

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.truth import SAMPLES

from .conftest import assert_fits

pytestmark = pytest.mark.whole

PHOTOS = [
    str(SAMPLES / f"{name}.jpg") for name in ("retailer-too-low", "pharmacy-good", "no-scale")
]


def press(tab, name, *, place=0):
    tab.get_by_role("button", name=name, exact=True).nth(place).click()


def go_to(tab, step):
    tab.locator(f".st-key-step_{step} button").click()


def begin(tab):
    tab.get_by_label("Butikkens navn").fill("Torvets Apotek")
    tab.get_by_label("Butikkens navn").press("Tab")
    tab.get_by_label("Adresse").fill("Torvet 1, 8000 Aarhus C")
    tab.get_by_label("Adresse").press("Tab")
    tab.wait_for_timeout(500)
    tab.locator(".st-key-shop_dealer input").click()
    tab.get_by_role("option", name="Apotek", exact=True).click()
    tab.get_by_label("Dit navn").fill("Anna Ørsted")
    tab.get_by_label("Dit navn").press("Tab")
    tab.wait_for_timeout(500)
    press(tab, "Begynd besøget")
    tab.get_by_text("Sådan tager du et godt billede").wait_for()


def draw(tab):
    pad = tab.locator("canvas").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    x, y = box["x"] + 30, box["y"] + box["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    for step in range(20):
        tab.mouse.move(x + 9 * step, y + (18 if step % 2 else -18))
    tab.mouse.up()
    tab.wait_for_timeout(800)


def test_from_three_photos_to_a_signed_report(server, open_tab, shoot):
    server.kill()
    server.start(reading_s=2.5)
    tab = open_tab()
    tab.get_by_label("Butikkens navn").wait_for()
    shoot(tab, "visit-begin")
    begin(tab)
    tab.locator("input[type=file]").set_input_files(PHOTOS)
    tab.get_by_text("Billederne er gemt").wait_for()
    shoot(tab, "visit-reading")

    server.kill()  # while the first photo is being read
    server.start()
    tab.goto(tab.url)
    tab.get_by_role("button", name="Se billedet og højderne").nth(2).wait_for()
    shoot(tab, "visit-photos")

    go_to(tab, "findings")
    tab.get_by_text("Over gribehøjde for små børn").first.wait_for()
    shoot(tab, "visit-findings")
    press(tab, "Tilsidesæt")
    tab.get_by_label("Begrundelse (står i rapporten", exact=False).fill("Lågen er låst i 150 cm")
    press(tab, "Tilsidesæt fundet")
    tab.get_by_text("Tilsidesat – Lågen er låst i 150 cm").wait_for()
    press(tab, "Afhjælpning")
    tab.get_by_label("Hvem retter det?").fill("Bo Holm")
    press(tab, "Gem")
    tab.get_by_text("Ansvarlig: Bo Holm").wait_for()

    go_to(tab, "questions")
    supervision = tab.locator(".st-key-answer_supervision")
    supervision.get_by_text("Nej", exact=True).click()
    tab.get_by_text("Ikke overholdt").first.wait_for()
    shoot(tab, "visit-questions")

    go_to(tab, "finish")
    tab.get_by_text("Det er stadig åbent").wait_for()
    draw(tab)
    shoot(tab, "visit-sign")
    press(tab, "Underskriv")
    tab.get_by_text("✓ Anna Ørsted").wait_for()
    tab.get_by_label("Navn", exact=True).fill("Bo Holm")
    tab.get_by_label("Navn", exact=True).press("Tab")
    draw(tab)
    press(tab, "Underskriv")
    tab.get_by_text("✓ Bo Holm").wait_for()
    press(tab, "Luk besøget")
    tab.get_by_text("Besøget er lukket").wait_for()
    shoot(tab, "visit-closed")

    with tab.expect_download() as download:
        press(tab, "Rapport på dansk (PDF)")
    pdf = PdfReader(BytesIO(Path(download.value.path()).read_bytes()))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    for said in ("Torvets Apotek", "Lågen er låst i 150 cm", "Anna Ørsted", "Bo Holm"):
        assert said in text

    tab.goto(f"{server.url}/findings")
    press(tab, "Vis")
    tab.locator("blockquote").first.wait_for()
    shoot(tab, "findings")
    for page, said in (("actions", "Skal rettes"), ("trends", "Regel for regel")):
        tab.goto(f"{server.url}/{page}")
        tab.get_by_text(said).first.wait_for()
        shoot(tab, page)


def test_two_people_work_in_one_visit(open_tab):
    first = open_tab()
    begin(first)
    second = open_tab(first.url.removeprefix(first.url.split("/?")[0]), size=(1180, 820))
    second.get_by_text("Sådan tager du et godt billede").wait_for()
    first.locator("input[type=file]").set_input_files(PHOTOS[:1])
    first.get_by_role("button", name="Se billedet og højderne").wait_for()
    second.locator("input[type=file]").set_input_files(PHOTOS[1:2])
    second.get_by_role("button", name="Se billedet og højderne").nth(1).wait_for()
    go_to(second, "questions")
    second.locator(".st-key-answer_supervision").get_by_text("Ja", exact=True).click()
    second.get_by_text("1 af", exact=False).first.wait_for()
    go_to(first, "questions")
    first.get_by_text("1 af", exact=False).first.wait_for()
    assert_fits(second)
