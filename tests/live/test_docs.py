from pathlib import Path

import yaml

from inspector.live.settings_file import settings_from_text, settings_table

DOC = (Path(__file__).parents[2] / "docs" / "cameras.md").read_text(encoding="utf-8")


def test_every_setting_is_documented():
    assert settings_table().strip() in DOC


def test_the_example_is_accepted():
    text = DOC.partition("```yaml\n")[2].partition("```")[0]
    assert yaml.safe_load(text)
    assert settings_from_text(text, file="docs/cameras.md").cameras[0].id == "left"
