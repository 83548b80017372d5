import hashlib
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from inspector.domain.scene import Pack, Scene, Sign, TextLine
from inspector.ui import cached
from inspector.ui.state import Upload

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def main_module(monkeypatch):
    """Streamlit puts the page in the place of the main module, which new processes then run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def text_at(text, box):
    return TextLine(text, box, box[3] - box[1], 0.95)


SCENE = Scene(
    packs=(
        Pack("p1", (100, 300, 200, 400), 0.9, texts=(text_at("Zymelin", (110, 320, 190, 345)),)),
        Pack("p2", (202, 300, 300, 400), 0.9, texts=(text_at("Zendium", (210, 320, 290, 345)),)),
        Pack("p3", (500, 300, 600, 400), 0.9),
    ),
    signs=(
        Sign(
            "t1",
            (100, 50, 600, 120),
            (text_at("Medicin <b>& mere</b>", (110, 60, 590, 110)),),
            False,
            0.9,
        ),
    ),
    reliable=frozenset({"sign", "divider"}),
    sharpness=500.0,
)


class RecordedReader:
    """Sees the same scene in every photo, and notes whenever it looks."""

    def __init__(self):
        self.versions = {"recorded": "0"}
        self.read_ids = []

    def read(self, capture, *, on_found=None):
        self.read_ids.append(capture.capture_id)
        return SCENE


class Dashboard:
    """The whole dashboard in a browser without a screen."""

    def __init__(self, test):
        self.test = test.run()

    def upload(self, *files):
        kinds = [(name, data, "image/jpeg") for name, data in files]
        self.test.file_uploader[0].set_value(kinds).run()
        assert not self.test.exception

    def choose(self, key, value):
        widget = next(w for w in (*self.test.radio, *self.test.selectbox) if w.key == key)
        widget.set_value(value).run()
        assert not self.test.exception

    def press(self, label):
        next(button for button in self.test.button if button.label == label).click().run()
        assert not self.test.exception

    @property
    def html(self):
        """All pieces of HTML, without the style sheet."""
        bodies = [element.proto.body for element in self.test.get("html")]
        return "\n".join(body for body in bodies if not body.startswith("<style>"))

    @property
    def words(self):
        """All that can be read on the page."""
        widgets = (*self.test.radio, *self.test.selectbox)
        return "\n".join(
            [
                self.html,
                *(element.value for element in (*self.test.title, *self.test.header)),
                *(element.value for element in self.test.caption),
                *(f"{widget.label} {' '.join(widget.options)}" for widget in widgets),
                *(expander.label for expander in self.test.expander),
                *(button.label for button in self.test.button),
                *(button.proto.label for button in self.test.get("download_button")),
            ]
        )


@pytest.fixture(scope="session")
def make_photo():
    """Return a function that makes a JPEG of one shade of grey, 800 × 600 pixels."""

    def make(shade):
        _, encoded = cv2.imencode(".jpg", np.full((600, 800, 3), shade, np.uint8))
        return encoded.tobytes()

    return make


@pytest.fixture(scope="session")
def upload(make_photo):
    data = make_photo(100)
    return Upload(hashlib.sha256(data).hexdigest(), "min hylde.jpg", data)


@pytest.fixture
def reader(monkeypatch):
    """Wire a recorded reader in place of the models, with nothing cached."""
    recorded = RecordedReader()
    monkeypatch.setattr(cached, "default_reader", lambda *, is_lean: recorded)
    caches = (cached.reader, cached._scene, cached._report, cached._annotated, cached._picture)
    for cache in caches:
        cache.clear()
    yield recorded
    for cache in caches:
        cache.clear()


def quick_check():
    from inspector.ui import inspect_page, state
    from inspector.ui.components import show_style

    state.keep()
    show_style()
    inspect_page.show()


@pytest.fixture
def dashboard(reader):
    """The page that checks photos without keeping them."""
    return Dashboard(AppTest.from_function(quick_check, default_timeout=30))


@pytest.fixture
def open_page():
    """Return a function that opens one page by its function, as a script of its own."""
    return lambda script: Dashboard(AppTest.from_function(script, default_timeout=30))
