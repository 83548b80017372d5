"""Who may import whom is a test, not a wish: the contracts in pyproject.toml hold."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_every_import_keeps_to_the_contracts():
    pytest.importorskip(
        "importlinter", reason="import-linter is not installed (pip install .[dev])"
    )
    # A process of its own: the linter extends sys.path and sets up logging.
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    linter = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert linter.returncode == 0, linter.stdout + linter.stderr


def test_every_room_has_its_place_in_the_layers():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    placed = {room.strip(" ()") for layer in layers for room in layer.split("|")}
    rooms = {path.parent.name for path in (ROOT / "inspector").glob("*/__init__.py")}
    rooms |= {path.stem for path in (ROOT / "inspector").glob("*.py")} - {"__init__"}
    assert rooms <= placed, f"no layer in pyproject.toml for {sorted(rooms - placed)}"
