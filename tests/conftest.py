import pytest


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path_factory, monkeypatch):
    """No test reads or writes what a user has imported on this machine."""
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("INSPECTOR_DATA", str(folder))
    return folder
