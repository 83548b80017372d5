"""The dashboard's words: those of the report, and what only a screen needs."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

from inspector.report.labels import Labels, Lang
from inspector.report.messages import Messages
from inspector.ui import state


def words() -> Labels:
    """Return the words in the language of the session."""
    return load_words(state.lang())


def messages() -> Messages:
    """Return the sentences about rules in the language of the session."""
    return Messages.load(state.lang())


@cache
def load_words(lang: Lang) -> Labels:
    """Read the words of a language; `words_<lang>.yaml` adds to the report's."""
    file = f"words_{lang}.yaml"
    own = yaml.safe_load((resources.files(__package__) / file).read_text(encoding="utf-8"))
    return Labels(file, {**Labels.load(lang).words, **own})
