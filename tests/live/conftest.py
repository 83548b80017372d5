import pytest

from inspector.live.ledger import Ledger

collect_ignore = ["rtsp_server.py"]  # runs under the system's Python, which knows GStreamer


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger.open(f"sqlite:///{tmp_path / 'live.sqlite'}", pictures=tmp_path / "pictures")
    yield opened
    opened.close()
