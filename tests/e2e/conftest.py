import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from inspector.store.people import Person, Role
from inspector.visits.desk import Desk

APP = Path(__file__).with_name("app_under_test.py")
SHOTS = os.environ.get("INSPECTOR_SCREENSHOTS")
"""Folder for the pictures of the documents; without it none are kept."""

STARTS_WITHIN_S = 60
SOMEBODY = Person("a test", Role.ADMINISTRATOR)


class Server:
    """The dashboard on a port of this machine; it can be killed and started again."""

    def __init__(self, folder, app=APP):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder, self.app, self.process = folder, app, None

    def start(self, *, reading_s=0.0, keeping_s=0.0, tells_early=True, secrets=None):
        command = [sys.executable, "-m", "streamlit", "run", str(self.app)]
        options = {
            "server.port": self.port,
            "server.address": "127.0.0.1",
            "server.headless": "true",
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": "false",
        }
        if secrets is not None:
            options["secrets.files"] = str(secrets)
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        self.process = subprocess.Popen(
            command,
            env=os.environ
            | {
                "INSPECTOR_DATA": str(self.folder),
                "READING_S": str(reading_s),
                "KEEPING_S": str(keeping_s),
                "TELLS_EARLY": str(int(tells_early)),
            },
            cwd=APP.parents[2],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        give_up_at = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < give_up_at:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError("the dashboard did not start")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def desk(server):
    """The store of the server, seen from outside."""
    folder = server.folder
    folder.mkdir(exist_ok=True)
    return Desk.open(f"sqlite:///{folder}/visits.sqlite", files=str(folder / "files"))


@pytest.fixture
def visit_of(desk):
    """Return a function that returns the visit of a tab, as it stands in the store."""

    def visit_of(tab):
        (visit_id,) = parse_qs(urlsplit(tab.url).query)["visit"]
        return desk.visits.visit(SOMEBODY, visit_id)

    return visit_of


@pytest.fixture
def chromium():
    """Debian's browser, driven by Playwright."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed (pip install .[dev])"
    )
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no browser: expected `chromium` on the path (apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_tab(chromium, server):
    """Return a function that opens a tab of a tablet's size on the dashboard."""

    def open_tab(path="/", *, size=(768, 1024)):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=True, locale="da-DK"
        )
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        tab.goto(f"{server.url}{path}")
        return tab

    return open_tab


def assert_fits(tab):
    """Nothing scrolls sideways, neither the page nor what is in it."""
    within = "document.querySelector('[data-testid=stMain]').scrollWidth"
    widest = tab.evaluate(f"Math.max(document.documentElement.scrollWidth, {within})")
    assert widest <= tab.viewport_size["width"]


@pytest.fixture
def shoot():
    """Return a function that keeps a picture of a tab for the documents, where one is asked for."""

    def shoot(tab, name):
        tab.wait_for_timeout(700)
        tab.locator("[data-test-script-state=running]").wait_for(state="detached")
        assert_fits(tab)
        if SHOTS:
            tab.screenshot(path=f"{SHOTS}/{name}.jpg", type="jpeg", quality=70)

    return shoot
