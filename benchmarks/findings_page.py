"""How long the page of findings takes to open, with one page of findings and with 10,000.

    python -m benchmarks.findings_page

Times are of the server alone, without the browser's drawing; both are of one run on this machine.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.machine import median_s
from inspector.evaluation.machine import commit, hardware
from inspector.ui import cached
from inspector.visits.desk import Desk
from tests.visits.many import fill

REPEAT = 5


def page() -> None:
    """Run the page as the dashboard does."""
    from inspector.ui import findings_page, state
    from inspector.ui.components import show_style

    state.keep()
    show_style()
    findings_page.show()


def opening_s(folder: Path, *, visits_each: int, findings_each: int) -> float:
    """Return the median time in seconds in which the page opens."""
    desk = Desk.open(f"sqlite:///{folder}/visits.sqlite", files=str(folder))
    fill(desk, shops=5, visits_each=visits_each, findings_each=findings_each)
    cached.desk = lambda: desk

    def open_page() -> None:
        test = AppTest.from_function(page, default_timeout=60).run()
        if test.exception:
            raise RuntimeError(test.exception[0].message)

    return median_s(open_page, REPEAT)


def main() -> None:
    """Measure both and print them."""
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        few_s = opening_s(Path(few), visits_each=1, findings_each=4)
        many_s = opening_s(Path(many), visits_each=10, findings_each=200)
    print(f"{hardware()}, commit {commit()}")
    print(f"20 findings {few_s:.2f} s, 10,000 findings {many_s:.2f} s, ratio {many_s / few_s:.2f}")


if __name__ == "__main__":
    main()
