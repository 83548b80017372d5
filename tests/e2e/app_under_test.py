"""The dashboard, with a reader that knows the generated scenes; run by Streamlit in a test."""

import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from inspector.store import kept_files  # noqa: E402
from inspector.ui import cached  # noqa: E402
from tests.truth import TruthReader  # noqa: E402


class SlowReader(TruthReader):
    """Takes as long over the text of a photo as it is told to."""

    def read(self, capture, *, on_found=None):
        """Tell what is in the picture, and return it after a while."""
        scene = super().read(capture)
        if on_found is not None and os.environ.get("TELLS_EARLY", "1") == "1":
            on_found(scene)
        time.sleep(float(os.environ.get("READING_S", "0")))
        return scene


def slow_fsync(descriptor, fsync=os.fsync):
    """Take as long over bringing a file to disk as is told; its name does not show it yet."""
    time.sleep(float(os.environ.get("KEEPING_S", "0")))
    fsync(descriptor)


kept_files.os = SimpleNamespace(**vars(os) | {"fsync": slow_fsync})
cached.default_reader = lambda *, is_lean: SlowReader()
exec(compile((ROOT / "app.py").read_text(encoding="utf-8"), str(ROOT / "app.py"), "exec"))
