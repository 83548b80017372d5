"""The fixed words of report, picture and table, in Danish or English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from inspector.domain.clock import DENMARK
from inspector.errors import GuidanceError

Lang = Literal["da", "en"]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Fixed words in one language.

    Attributes:
        file: Name of the file that they were read from.
        words: Words by key: a text, a `{one, many}` pair, or the list of months.
    """

    file: str
    words: Mapping[str, Any]

    @classmethod
    def load(cls, lang: Lang) -> Labels:
        """Read the words of a language.

        Raises:
            GuidanceError: When the file is not a mapping.
        """
        return _load(lang)

    def text(self, key: str, **values: object) -> str:
        """Return a word or phrase with its `{values}` filled in.

        Raises:
            GuidanceError: When there is no such word.
        """
        return str(self._word(key)).format(**values)

    def count(self, key: str, n: int, **values: object) -> str:
        """Return the phrase for `n` things, in singular or plural.

        Raises:
            GuidanceError: When there is no such pair of phrases.
        """
        forms = self._word(key)
        if not isinstance(forms, Mapping):
            raise GuidanceError(f"{self.file}: {key} needs the two forms one and many, got {forms}")
        return str(forms["one" if n == 1 else "many"]).format(n=n, **values)

    def day(self, day: date) -> str:
        """Return a date in words, for example `3. marts 2026`."""
        month = self._word("months")[day.month - 1]
        return self.text("date_format", day=day.day, month=month, year=day.year)

    def moment(self, moment: datetime) -> str:
        """Return date and Danish time in words, for example `3. marts 2026 kl. 10.05`.

        Args:
            moment: With its time zone; without one it is taken for Danish.
        """
        there = moment if moment.tzinfo is None else moment.astimezone(DENMARK)
        time = self.text("time_format", hour=f"{there:%H}", minute=f"{there:%M}")
        return f"{self.day(there)} {time}"

    def _word(self, key: str) -> Any:  # noqa: ANN401  what YAML holds
        if key not in self.words:
            raise GuidanceError(
                f"{self.file} has no word {key!r}. Add it there, in every language file."
            )
        return self.words[key]


@cache
def _load(lang: Lang) -> Labels:
    file = f"labels_{lang}.yaml"
    words = yaml.safe_load((resources.files(__package__) / file).read_text(encoding="utf-8"))
    if not isinstance(words, dict):
        raise GuidanceError(f"{file}: expected words by key, got {type(words).__name__}")
    return Labels(file, words)
