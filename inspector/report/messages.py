"""What verdicts say to people, in Danish and English.

The sentences stand in `messages_da.yaml` and `messages_en.yaml`. A verdict's sentence is looked for
under its rule and then under `shared`: by `<outcome>.<case>`, by `<outcome>.<reason>`, or by
`<outcome>` where the verdict names neither; what cannot be told has a sentence under `reasons` in
the end. Values of the verdict stand in braces: `{name}`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from inspector.domain.verdict import Outcome, Reason, Verdict
from inspector.errors import GuidanceError
from inspector.report.labels import Labels, Lang
from inspector.rules.rule import Automation, Need

_MAX_QUOTE = 120
"""Longer quotations, such as a whole advert, are cut to this many letters."""


@dataclass(frozen=True, slots=True, eq=False)
class Messages:
    """All sentences about rules and verdicts in one language.

    Attributes:
        file: Name of the file that they were read from.
        texts: Texts by dotted key, for example `rules.reach-height.passed`.
        labels: Fixed words of the same language.
    """

    file: str
    texts: Mapping[str, str]
    labels: Labels

    @classmethod
    def load(cls, lang: Lang) -> Messages:
        """Read the sentences of a language.

        Raises:
            GuidanceError: When the file is malformed; names file and key.
        """
        return _load(lang)

    def title(self, rule_id: str) -> str:
        """Return what a rule asks for, in a few words."""
        return self._text([f"rules.{rule_id}.title"])

    def sentence(self, verdict: Verdict) -> str:
        """Return what a verdict says.

        Raises:
            GuidanceError: When the file has no such sentence, or it quotes a value that the verdict
                does not carry.
        """
        key = verdict.outcome.key
        keys = [f"{key}.{story}" for story in (verdict.case, verdict.reason) if story]
        if not keys or verdict.outcome is Outcome.UNTESTED:
            keys.append(key)
        fallback = f"reasons.{verdict.reason}.message"
        return self._fill(self._text([*_places(verdict.rule_id, keys), fallback]), verdict)

    def remedy(self, verdict: Verdict) -> str | None:
        """Return what puts a failure right; None unless the verdict failed."""
        if verdict.outcome is not Outcome.FAILED:
            return None
        keys = [f"remedy.{verdict.case}", "remedy"] if verdict.case else ["remedy"]
        return self._fill(self._text(list(_places(verdict.rule_id, keys))), verdict)

    def next_photo(self, verdict: Verdict) -> str | None:
        """Return the photo or step that would settle a verdict; None where nothing is open."""
        if verdict.reason is None:
            return None
        keys = [f"next_photo.{key}" for key in (verdict.case, verdict.reason.value) if key]
        fallback = f"reasons.{verdict.reason}.next_photo"
        return self._fill(self._text([*_places(verdict.rule_id, keys), fallback]), verdict)

    def why(self, reason: Reason) -> str:
        """Return why something is not known, where no verdict quotes values in it."""
        return self._text([f"reasons.{reason}.message"])

    def next_photo_for(self, reason: Reason) -> str:
        """Return the photo or step that would tell what is not known for this reason."""
        return self._text([f"reasons.{reason}.next_photo"])

    def question(self, question_id: str, values: Mapping[str, str] | None = None) -> str:
        """Return a question to a person; yes always means that all is well.

        Args:
            question_id: Its id; what follows the colon names one thing in one photo.
            values: What it is about, see `Asked`.
        """
        text = self._text([f"questions.{question_id.partition(':')[0]}"])
        if not values:
            return text
        place = [self.place(values.get("bay", ""), values["shelf"])] if "shelf" in values else []
        subject = self._value("subject", values["subject"])
        return f"{', '.join([*place, self.labels.text('quoted', text=subject)])}: {text}"

    def outcome(self, outcome: Outcome) -> str:
        """Return an outcome in a word or two."""
        return self._text([f"outcomes.{outcome.key}"])

    def automation(self, automation: Automation) -> str:
        """Return who decides a rule."""
        return self._text([f"automation.{automation}"])

    def need(self, need: Need) -> str:
        """Return what a rule has to be told."""
        return self._text([f"needs.{need}"])

    def place(self, bay: str, shelf: str) -> str:
        """Return where a placement is, for example `Fag 2, hylde 3 fra oven`.

        Args:
            bay: Number of the bay; empty where no uprights are seen.
            shelf: Number of the shelf from the top; empty for all shelves, or where none was found.
        """
        if not shelf:
            return self.labels.text("place_bay" if bay else "place_unknown", bay=bay)
        return self.labels.text("place_in_bay" if bay else "place", bay=bay, shelf=shelf)

    def _text(self, keys: list[str]) -> str:
        for key in keys:
            if key in self.texts:
                return self.texts[key]
        raise GuidanceError(
            f"{self.file} has no text under {' or '.join(keys)}. Add it, in every language file."
        )

    def _fill(self, text: str, verdict: Verdict) -> str:
        values = {name: self._value(name, value) for name, value in verdict.values.items()}
        if "shelf" in values:
            values["place"] = self.place(values.get("bay", ""), values["shelf"])
        values["measured"] = self._number(verdict.measured)
        values["limit"] = self._number(verdict.limit)
        try:
            return text.format_map(values)
        except KeyError as error:
            raise GuidanceError(
                f"{self.file}: a text of {verdict.rule_id} ({verdict.outcome.key}, case "
                f"{verdict.case or 'none'}) quotes {{{error.args[0]}}}, but the verdict carries "
                f"only {', '.join(sorted(values))}. Correct the text: {text!r}"
            ) from error

    def _value(self, name: str, value: str) -> str:
        if name == "date":
            return self.labels.day(date.fromisoformat(value))
        if name == "lock":
            return self._number(value)
        if name in ("found", "missing"):
            items = [self.labels.text(f"item_{item}") for item in value.split()]
            return ", ".join(items) or self.labels.text("item_none")
        value = " ".join(value.split())
        if len(value) <= _MAX_QUOTE:  # as `shorten` would say, of thousands of values in no time
            return value
        return textwrap.shorten(value, _MAX_QUOTE, placeholder=" …")

    def _number(self, text: str | None) -> str:
        return (text or "").replace(".", self.labels.text("decimal_mark"))


def _places(rule_id: str, keys: list[str]) -> Iterator[str]:
    """Yield where the text of a key may stand: the rule's own first, then what rules share."""
    for key in keys:
        yield f"rules.{rule_id}.{key}"
        yield f"shared.{key}"


@cache
def _load(lang: Lang) -> Messages:
    file = f"messages_{lang}.yaml"
    content = yaml.safe_load((resources.files(__package__) / file).read_text(encoding="utf-8"))
    return Messages(file, dict(_flattened(content, "", file)), Labels.load(lang))


def _flattened(content: Any, path: str, file: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield texts by dotted key."""
    if isinstance(content, dict):
        for key, entry in content.items():
            yield from _flattened(entry, f"{path}.{key}" if path else str(key), file)
    elif isinstance(content, str):
        yield path, content
    else:
        raise GuidanceError(f"{file}: {path or 'the file'} needs a text, got {content!r}.")
