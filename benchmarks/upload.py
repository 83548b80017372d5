"""From the upload of a photo to its first look and its result: `python -m benchmarks.upload`.

Options: `--photo FILE`, `--people N`. Without a photo, a 12-megapixel shelf with about 120 packs is
rendered first. A browser (Debian's `chromium`) hands the photo in; N people do so at once, and the
bytes of each differ. Meanwhile somebody else changes the language of another page, one touch every
two seconds as a person does: without a pause their browser, which shares the server's cores here
and nowhere else, would be measured. Nothing else may run on the machine.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks.machine import rendered
from inspector.evaluation.machine import commit, hardware
from tests.e2e.conftest import Server
from tests.e2e.test_a_visit import begin
from tests.truth import SAMPLES

APP = Path(__file__).parents[1] / "app.py"
LIMIT_S, GIVE_UP_S = 10.0, 600.0
TOUCH_EVERY_S, LOOK_EVERY_S = 2.0, 0.1
WARM_UP = SAMPLES / "pharmacy-good.jpg"
RESULT, OTHER_PAGE, TOUCHES = "Se billedet og højderne", "rules", 10
FIRST_LOOK = ".st-key-first_look"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", type=Path, default=None)
    parser.add_argument("--people", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        content = (args.photo or rendered(Path(folder))).read_bytes()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        server = Server(Path(folder) / "data", APP)
        server.start()
        try:
            looks_s, results_s, quiet_s, busy_s = measured(
                browser, server.url, content, args.people
            )
        finally:
            server.kill()
            browser.close()
    print(f"{hardware()}, commit {commit()}")
    print(f"{len(content) / 1e6:.1f} MB handed in by {args.people} at once")
    print(f"upload to first look: {_told(looks_s)}")
    print(f"upload to result: {_told(results_s)} (limit for one: {LIMIT_S:.0f} s)")
    for name, times in (("nothing is read", quiet_s), ("photos are read", busy_s)):
        print(
            f"another page while {name}: median {statistics.median(times):.2f} s, "
            f"longest {max(times):.2f} s of {len(times)}"
        )


def measured(
    browser: Browser, url: str, content: bytes, people: int
) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return seconds to looks and results, and of another page's answers before and meanwhile."""
    tabs = [opened(browser, url) for _ in range(people)]
    for tab in tabs:
        begin(tab)
    tabs[0].locator("input[type=file]").set_input_files(str(WARM_UP))  # loads the models
    result_of(tabs[0]).first.wait_for(timeout=1000 * GIVE_UP_S)
    n_before = [result_of(tab).count() for tab in tabs]
    other = opened(browser, f"{url}/{OTHER_PAGE}")
    quiet_s = [touched_s(other) for _ in range(TOUCHES)]
    busy_s: list[float] = []
    looks_s: dict[int, float] = {}
    results_s: dict[int, float] = {}
    start = time.perf_counter()
    touched_at = start - TOUCH_EVERY_S
    for n, tab in enumerate(tabs):
        # Bytes after a JPEG's end change its hash and nothing that is seen.
        photo = {"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": content + bytes([n])}
        tab.locator("input[type=file]").set_input_files(photo)
    while len(results_s) < people:
        for n, tab in enumerate(tabs):
            now_s = time.perf_counter() - start
            if n not in looks_s and tab.locator(FIRST_LOOK).count():
                looks_s[n] = now_s
            if n not in results_s and result_of(tab).count() > n_before[n]:
                results_s[n] = now_s
        if time.perf_counter() - touched_at >= TOUCH_EVERY_S:
            touched_at = time.perf_counter()
            busy_s.append(answered_s(other))
        if time.perf_counter() - start > GIVE_UP_S:
            raise TimeoutError("no result")
        time.sleep(LOOK_EVERY_S)
    return sorted(looks_s.values()), sorted(results_s.values()), quiet_s, busy_s


def result_of(tab: Page) -> Locator:
    """Return the results of a visit's photos, as they stand on its page."""
    return tab.get_by_role("button", name=RESULT)


def touched_s(tab: Page) -> float:
    """Return how long a page takes to answer a touch, then wait as a person does."""
    seconds = answered_s(tab)
    time.sleep(max(0.0, TOUCH_EVERY_S - seconds))
    return seconds


def opened(browser: Browser, url: str) -> Page:
    """Return a tablet's tab."""
    tab = browser.new_context(viewport={"width": 768, "height": 1024}).new_page()
    tab.set_default_timeout(60_000)
    tab.goto(url)
    tab.get_by_text("Dansk", exact=True).wait_for()
    return tab


def answered_s(tab: Page) -> float:
    """Return the time from a touch to the page in the other language, in seconds."""
    is_danish = tab.get_by_role("heading", name="Regler", exact=True).count() > 0
    language, heading = ("English", "Rules") if is_danish else ("Dansk", "Regler")
    start = time.perf_counter()
    tab.get_by_text(language, exact=True).click()
    tab.get_by_role("heading", name=heading, exact=True).wait_for()
    return time.perf_counter() - start


def _told(times_s: Sequence[float]) -> str:
    return ", ".join(f"{s:.1f}" for s in times_s) + " s"


if __name__ == "__main__":
    main()
