"""Reads `cameras.yaml` and says where it is wrong; lists all settings for the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import yaml

from inspector.errors import WatchError
from inspector.live import settings as kinds
from inspector.live.settings import Settings
from inspector.rules import QUESTION_IDS

SECTIONS: dict[str, type[msgspec.Struct]] = {
    "": kinds.Settings,
    "cameras[]": kinds.Camera,
    "cameras[].marks[]": kinds.Mark,
    "watching": kinds.Watching,
    "alerts": kinds.Alerts,
    "alerts.webhooks[]": kinds.Webhook,
    "mqtt": kinds.Mqtt,
    "metrics": kinds.Metrics,
    "retention": kinds.Retention,
    "presence": kinds.Presence,
}

_PLACE = re.compile(r"^(?P<what>.*) - at `(?P<path>\$[^`]*)`$", re.DOTALL)
_KEY_TOLD = re.compile(r"`([\w_]+)`")


def load_settings(path: Path) -> Settings:
    """Read a settings file.

    Raises:
        WatchError: It cannot be read or does not fit; names file, line and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise WatchError(
            f"{path} cannot be read ({error.strerror}). Expected a settings file for cameras, see "
            "docs/cameras.md."
        ) from error
    return settings_from_text(text, file=path.name)


def settings_from_text(text: str, *, file: str) -> Settings:
    """Read settings from the text of a file; see `load_settings`."""
    content, lines = _parsed(text, file)
    try:
        settings = msgspec.convert(content, Settings)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), lines, file) from None
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise _refusal("Expected a time zone - at `$.time_zone`", lines, file) from None
    for name in settings.answers:
        if name not in QUESTION_IDS:
            told = f"Expected one of {', '.join(QUESTION_IDS)} - at `$.answers.{name}`"
            raise _refusal(told, lines, file)
    return settings


def settings_table() -> str:
    """Return all settings as tables in Markdown, one per section."""
    return "\n".join(_tables())


def _tables() -> Iterator[str]:
    for section, kind in SECTIONS.items():
        head = (kind.__doc__ or "").split("\n")[0]
        yield f"\n**{f'`{section}`' if section else 'At the top'}**: {head}\n"
        yield "| key | | unit | from–to | unless told |\n|---|---|---|---|---|"
        schema = msgspec.json.schema(kind)["$defs"][kind.__name__]
        for field in msgspec.structs.fields(kind):
            told = schema["properties"][field.encode_name]
            title, unit, low, high = _meta(field.type)
            if "title" not in told and not title:
                continue  # a section of its own
            default = "needed" if field.required else _shown(field.default)
            bounds = "" if low is None else f"{low:g}–{high:g}"
            yield f"| `{field.encode_name}` | {title} | {unit} | {bounds} | {default} |"


def _meta(kind: object) -> tuple[str, str, float | None, float | None]:
    """Return title, unit and bounds that the annotations of a field tell; the outermost first."""
    title, unit, low, high = "", "", None, None
    waiting = [kind]
    while waiting:
        here = waiting.pop(0)
        for meta in reversed(getattr(here, "__metadata__", ())):  # the field's own comes last
            title = title or meta.title or ""
            unit = unit or (meta.extra or {}).get("unit", "")
            low, high = (meta.ge, meta.le) if low is None else (low, high)
        waiting += [getattr(here, "__origin__", None)] if hasattr(here, "__metadata__") else []
        if not hasattr(here, "__metadata__"):
            waiting += [part for part in getattr(here, "__args__", ()) if title == ""]
    return title, unit, low, high


def _shown(default: object) -> str:
    if default is msgspec.NODEFAULT or default in (None, "", (), {}):
        return ""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"{default:g}" if isinstance(default, float) else str(default)


def _refusal(told: str, lines: dict[str, int], file: str) -> WatchError:
    """Return an error that names line and key, from what msgspec says of a place."""
    found = _PLACE.match(told)
    what, place = (found["what"], found["path"]) if found else (told, "$")
    named = _KEY_TOLD.search(what)
    # "unknown field `x`", "`source` needs …": the key is told in the text, its line is known.
    if named and f"{place}.{named[1]}" in lines:
        place = f"{place}.{named[1]}"
    known = place
    while known not in lines and known != "$":
        known = re.sub(r"(\.[^.\[]+|\[[^\]]*\])$", "", known)
    key = place.removeprefix("$").removeprefix(".") or "the file"
    what = what[0].upper() + what[1:]
    if what.startswith("Invalid enum value") and (words := _words_for(key.split(".")[-1])):
        what += f", expected one of {', '.join(words)}"
    return WatchError(f"{file}, line {lines.get(known, 1)}: {key}: {what}. See docs/cameras.md.")


def _words_for(key: str) -> list[str]:
    """Return the words of which a key takes one, wherever it stands."""
    schemas = msgspec.json.schema(Settings)["$defs"]
    return [
        word
        for schema in schemas.values()
        for kind in re.findall(r"#/\$defs/(\w+)", str(schema.get("properties", {}).get(key, "")))
        for word in schemas[kind].get("enum", ())
    ]


def _parsed(text: str, file: str) -> tuple[object, dict[str, int]]:
    """Return what a YAML text holds, and the line of every key as msgspec names it."""
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        content = loader.construct_document(root) if root is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}, line {mark.line + 1}" if mark else file
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise WatchError(f"{where}: this is not valid YAML: {problem}.") from error
    if root is None or not isinstance(content, dict):
        raise WatchError(f"{file}, line 1: expected settings by name, such as `cameras:`.")
    lines: dict[str, int] = {}
    _note_lines(root, "$", lines, file)
    return content, lines


def _note_lines(node: yaml.Node, path: str, lines: dict[str, int], file: str) -> None:
    """Note the line of every key, and refuse one that stands there twice."""
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            here, line = f"{path}.{key_node.value}", key_node.start_mark.line + 1
            if here in lines:
                raise WatchError(
                    f"{file}, line {line}: {here.removeprefix('$.')} stands there a second time "
                    f"(first on line {lines[here]}). Remove one."
                )
            lines[here] = line
            _note_lines(value_node, here, lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for n, entry in enumerate(node.value):
            lines[f"{path}[{n}]"] = entry.start_mark.line + 1
            _note_lines(entry, f"{path}[{n}]", lines, file)
