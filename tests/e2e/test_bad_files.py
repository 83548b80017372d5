"""Files that are no photo, handed in together with a good one: each is refused, nothing is lost."""

import io

import av
import numpy as np
import pytest
from PIL import Image

from tests.capture.test_bad_input import bomb, encoded, noise
from tests.truth import SAMPLES

from .test_a_visit import begin, press

pytestmark = pytest.mark.whole

GOOD = SAMPLES / "retailer-too-low.jpg"


def video():
    """A second of a real MP4."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for _ in range(5):
            grey = av.VideoFrame.from_ndarray(np.full((240, 320, 3), 90, np.uint8), "bgr24")
            container.mux(stream.encode(grey))
        container.mux(stream.encode())
    return out.getvalue()


REFUSED = {
    "tom.jpg": (b"", "er tom (0 byte). Overfør filen igen"),
    "noter.txt": (b"Mangler skilt", "er ikke et foto i et format, som kan læses. Gem det som JPEG"),
    "faktura.jpg": (b"%PDF-1.7\n" + b" " * 500, "er ikke et foto i et format, som kan læses."),
    "afbrudt.jpg": (GOOD.read_bytes()[:40_000], "filen er beskadiget eller ikke overført helt."),
    "afbrudt.heic": (
        encoded(noise(), "HEIF")[:600],
        "et foto i formatet HEIC, men filen er beskad",
    ),
    "pakket.png": (bomb(9_000, 9_000), "et foto i formatet PNG, men filen er beskadiget"),
    "umulig.png": (bomb(2**31 - 1, 2**31 - 1), "er for stor (2147483647 × 2147483647 px)"),
    "prik.png": (encoded(Image.new("RGB", (1, 1)), "PNG"), "er for lille (1 × 1 px)"),
    "tal.tiff": (
        encoded(Image.new("F", (300, 300)), "TIFF"),
        "har en pixeltype, som fotos ikke har",
    ),
    "rundtur.mp4": (video(), "er en video, og her læses kun fotos. Tag et foto af reolen"),
    "rundtur.jpg": (video() + b"\0", "er en video, og her læses kun fotos. Tag et foto af reolen"),
}
"""Names of files, their bytes, and what is said of each after its name."""


@pytest.fixture
def files(tmp_path):
    """The bad files with a good one among them."""
    for name, (data, _) in REFUSED.items():
        (tmp_path / name).write_bytes(data)
    paths = [tmp_path / name for name in REFUSED]
    return [*paths[:3], GOOD, *paths[3:]]


def refused(tab):
    """What the page says of files that it could not read, once it has said all."""
    tab.locator(".unread").nth(len(REFUSED) - 1).wait_for()
    said = tab.locator(".unread").all_inner_texts()
    assert not tab.get_by_test_id("stException").count(), "no traceback"
    assert "Traceback" not in tab.content()
    return said


def assert_each_is_named(said):
    assert len(said) == len(REFUSED)
    for name, (_, why) in REFUSED.items():
        assert sum(name in one and why in one for one in said) == 1, f"{name}: {said}"


def test_a_visit_refuses_each_bad_file_by_name_and_judges_the_good_one(open_tab, files, shoot):
    tab = open_tab()
    begin(tab)
    tab.locator("input[type=file]").set_input_files(files)
    tab.get_by_role("button", name="Se billedet og højderne").wait_for()
    assert_each_is_named(refused(tab))
    shoot(tab, "visit-refused")
    tab.reload()
    assert_each_is_named(refused(tab))

    for left in range(len(REFUSED), 0, -1):
        press(tab, "Fjern billedet")
        tab.locator(".unread").nth(left - 1).wait_for(state="detached")
    judged = tab.get_by_role("button", name="Se billedet og højderne")
    judged.wait_for()  # the page is drawn anew after each removal
    assert judged.count() == 1
    tab.locator(".st-key-step_findings button").click()
    tab.get_by_text("Over gribehøjde for små børn").first.wait_for()


def test_a_quick_check_refuses_each_bad_file_by_name_and_judges_the_good_one(open_tab, files):
    tab = open_tab("/inspect")
    tab.locator("input[type=file]").set_input_files(files)
    tab.get_by_text("Over gribehøjde for små børn").first.wait_for()
    assert_each_is_named(refused(tab))
    tab.get_by_text(f"{len(REFUSED)} filer kunne ikke læses").first.wait_for()
