"""What the documents say is what the files hold."""

import json
from pathlib import Path

from inspector.cli import app

ROOT = Path(__file__).resolve().parents[1]


def test_the_model_card_names_the_weights_that_are_shipped():
    identity = json.loads((ROOT / "models" / "shelf-detector.json").read_text())
    card = (ROOT / "models" / "shelf-detector.md").read_text()
    assert identity["sha256"] in card
    assert f"confidence {identity['threshold']}" in card


def test_every_picture_and_page_that_the_readme_links_is_there():
    readme = (ROOT / "README.md").read_text()
    targets = [part.split(")")[0] for part in readme.split("](")[1:]]
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_every_command_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    names = [command.callback.__name__ for command in app.registered_commands]
    for name in [*names, "catalogue"]:
        assert f"inspector {name}" in readme, name


def test_every_picture_of_the_page_of_visits_is_there():
    page = (ROOT / "docs" / "visits.md").read_text()
    targets = [part.split(")")[0] for part in page.split("](")[1:]]
    assert targets
    for target in targets:
        assert (ROOT / "docs" / target).exists(), target
