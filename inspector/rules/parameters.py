"""Reads dated parameters from a YAML file and says where it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from math import inf
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

from inspector.errors import GuidanceError

Member = TypeVar("Member", bound=StrEnum)

_SECTIONS = ("law", "ours")
_FIELDS = {"description": str, "unit": (str, type(None)), "last_checked_on": date, "values": dict}
_LAW_FIELDS = {"wording_da": (str, type(None)), "reference": dict}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One entry of a parameter file, with the value of one day.

    Attributes:
        key: Name of the entry.
        is_ours: True for thresholds that we chose, False for what the law says.
        description: What it is.
        unit: Unit of the value; None for lists and flags.
        wording_da: The law's own sentence; None where there is none to quote.
        reference: Document, section and lines; empty for what is ours.
        last_checked_on: Day on which somebody last compared it with its source.
        value: The value itself.
        valid_from: First day on which this value holds.
    """

    key: str
    is_ours: bool
    description: str
    unit: str | None
    wording_da: str | None
    reference: str
    last_checked_on: date
    value: Any
    valid_from: date


@dataclass(frozen=True, slots=True)
class ParameterFile:
    """A parameter file as it stands on one day.

    Attributes:
        path: The file.
        head: Plain entries at the top of the file, such as `id`.
        parameters: Dated entries, in the order of the file.
        lines: Line of every key, by its path, for error texts.
    """

    path: Path
    head: Mapping[str, object]
    parameters: tuple[Parameter, ...]
    lines: Mapping[tuple[str, ...], int]

    @classmethod
    def read(cls, path: Path, *, on: date) -> ParameterFile:
        """Read a file and pick the values of a day.

        Raises:
            GuidanceError: When the file cannot be read or is malformed; names file, line and key.
        """
        content, lines = _parsed(path)
        reader = _Reader(path, lines)
        parameters = tuple(
            reader.parameter(section, key, entry, on)
            for section in _SECTIONS
            for key, entry in reader.section(content, section).items()
        )
        head = {key: value for key, value in content.items() if key not in _SECTIONS}
        return cls(path, head, parameters, lines)

    def with_ours(self, text: str, *, file: str) -> ParameterFile:
        """Return the file with thresholds of ours replaced.

        Args:
            text: YAML with a section `ours`: key and number of each threshold to replace.
            file: Name of the file that the text stands in, for error texts.

        Raises:
            GuidanceError: When the text is malformed, names something else than a number of ours,
                or gives it no number over 0; names file, line and key.
        """
        content, lines = _from_yaml(text, file)
        ours = content.get("ours")
        if not isinstance(ours, dict) or set(content) != {"ours"}:
            raise GuidanceError(
                f"{file}: expected one section 'ours' with a number for each threshold, such as "
                f"'gap_counts: 0.10', got {', '.join(map(str, content)) or 'nothing'}. "
                "What the law says is not replaced."
            )
        numbers = {p.key for p in self.parameters if p.is_ours and isinstance(p.value, int | float)}
        for key, value in ours.items():
            where = f"{file}, line {lines['ours', str(key)]}: ours.{key}"
            if key not in numbers:
                raise GuidanceError(
                    f"{where} is no threshold of ours. "
                    f"Expected one of {', '.join(sorted(numbers))}."
                )
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
                raise GuidanceError(f"{where} holds {value!r}; expected a number over 0.")
        return replace(
            self,
            parameters=tuple(
                replace(p, value=ours[p.key]) if p.key in ours else p for p in self.parameters
            ),
        )

    def text(self, key: str) -> str:
        """Return a plain entry at the top of the file as text."""
        if key not in self.head:
            raise GuidanceError(
                f"{self.path.name}: the entry {key!r} is missing. Add it at the top."
            )
        return str(self.head[key])

    def number(self, key: str) -> float:
        """Return a number."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._refuse(key, "a number", value)
        return float(value)

    def flag(self, key: str) -> bool:
        """Return a yes or no."""
        value = self._value(key)
        if not isinstance(value, bool):
            self._refuse(key, "true or false", value)
        return value

    def word(self, key: str) -> str:
        """Return a single text."""
        value = self._value(key)
        if not isinstance(value, str):
            self._refuse(key, "a text", value)
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of words."""
        return self._words(key, self._value(key))

    def words_by_key(self, key: str) -> dict[str, tuple[str, ...]]:
        """Return lists of words by name."""
        value = self._value(key)
        if not isinstance(value, dict):
            self._refuse(key, "lists of words by name", value)
        return {str(name): self._words(key, words) for name, words in value.items()}

    def member(self, key: str, kind: type[Member], word: str) -> Member:
        """Return the member of an enumeration that a word names."""
        for member in kind:
            if member.value == word:
                return member
        self._refuse(key, f"one of {', '.join(kind)}", word)

    def _words(self, key: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            self._refuse(key, "a list of words", value)
        for word in value:
            if not isinstance(word, str) or not word.strip("* "):
                self._refuse(key, "words only (put numbers, yes, no, on and off in quotes)", word)
        return tuple(value)

    def _value(self, key: str) -> Any:  # noqa: ANN401  what YAML holds; each caller checks it
        for parameter in self.parameters:
            if parameter.key == key:
                return parameter.value
        raise GuidanceError(f"{self.path.name}: the entry {key!r} is missing. Add it.")

    def _refuse(self, key: str, expected: str, got: object) -> NoReturn:
        section = next(s for s in _SECTIONS if (s, key) in self.lines)
        line = self.lines[section, key]
        raise GuidanceError(
            f"{self.path.name}, line {line}: {section}.{key} holds {got!r}; expected {expected}. "
            "Correct the value."
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns YAML mappings into parameters."""

    path: Path
    lines: Mapping[tuple[str, ...], int]

    def section(self, content: Mapping[str, Any], section: str) -> Mapping[str, Any]:
        entries = content.get(section)
        if not isinstance(entries, dict):
            raise GuidanceError(
                f"{self.path.name}: expected a section {section!r} with entries, got {entries!r}."
            )
        return entries

    def parameter(self, section: str, key: str, entry: object, on: date) -> Parameter:
        fields = _FIELDS | _LAW_FIELDS if section == "law" else _FIELDS
        if not isinstance(entry, dict):
            self._refuse(section, key, f"the fields {', '.join(fields)}", entry)
        for name, kind in fields.items():
            if name not in entry or not isinstance(entry[name], kind):  # type: ignore[arg-type]
                self._refuse(section, key, f"a proper field {name!r}", entry.get(name))
        unknown = sorted(set(entry) - set(fields))
        if unknown:
            self._refuse(section, key, f"only the fields {', '.join(fields)}", unknown)
        days = [day for day in entry["values"] if self._is_day(section, key, day) and day <= on]
        if not days:
            self._refuse(section, key, f"a value that holds on {on}", sorted(entry["values"]))
        wording = entry.get("wording_da")
        return Parameter(
            key=key,
            is_ours=section == "ours",
            description=entry["description"],
            unit=entry["unit"],
            wording_da=wording,
            reference=_citation(entry.get("reference", {})),
            last_checked_on=entry["last_checked_on"],
            value=entry["values"][max(days)],
            valid_from=max(days),
        )

    def _is_day(self, section: str, key: str, day: object) -> bool:
        if not isinstance(day, date):
            self._refuse(section, key, "dates such as 2018-01-01 as keys of 'values'", day)
        return True

    def _refuse(self, section: str, key: str, expected: str, got: object) -> NoReturn:
        line = self.lines.get((section, key), 1)
        raise GuidanceError(
            f"{self.path.name}, line {line}: {section}.{key} needs {expected}, got {got!r}."
        )


@cache
def _parsed(path: Path) -> tuple[Mapping[str, Any], Mapping[tuple[str, ...], int]]:
    """Return the entries of a file and their lines."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise GuidanceError(f"{path.name} cannot be read: {error.strerror}.") from error
    return _from_yaml(text, path.name)


def _from_yaml(text: str, file: str) -> tuple[Mapping[str, Any], Mapping[tuple[str, ...], int]]:
    """Return entries and their lines."""
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        content = loader.construct_document(root) if root is not None else {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}, line {mark.line + 1}" if mark else file
        problem = getattr(error, "problem", None) or error
        raise GuidanceError(f"{where}: this is not valid YAML: {problem}.") from error
    if not isinstance(root, yaml.MappingNode):
        raise GuidanceError(f"{file}, line 1: expected sections with entries, got {root}.")
    lines: dict[tuple[str, ...], int] = {}
    _note_lines(root, (), lines, file)
    return content, lines


def _citation(reference: Mapping[str, object]) -> str:
    parts = [str(reference[name]) for name in ("document", "section") if reference.get(name)]
    if reference.get("lines"):
        parts.append(f"lines {reference['lines']}")
    return ", ".join(parts)


def _note_lines(
    node: yaml.MappingNode, path: tuple[str, ...], lines: dict[tuple[str, ...], int], file: str
) -> None:
    """Note the line of every key, and refuse a key that stands there twice.

    PyYAML keeps the last of two equal keys without a word, so that a changed number could be
    undone further down.
    """
    for key_node, value_node in node.value:
        key = (*path, str(key_node.value))
        line = key_node.start_mark.line + 1
        if key in lines:
            raise GuidanceError(
                f"{file}, line {line}: {'.'.join(key)} stands there a second time "
                f"(first on line {lines[key]}). Remove one."
            )
        lines[key] = line
        if isinstance(value_node, yaml.MappingNode):
            _note_lines(value_node, key, lines, file)
