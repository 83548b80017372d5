"""Writes the page that shows the rules and their numbers to people: `docs/guidance.md`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping

from inspector.rules import product_card
from inspector.rules.guidance import Guidance
from inspector.rules.judging import MODULES
from inspector.rules.parameters import Parameter
from inspector.rules.rule import RuleModule

_HEAD = """# The guidance as code

Generated from `inspector/rules`; change it there and run `python -m inspector.rules.page`.

Rules of *Vejledning om håndkøbslægemidler i selvvalg* ({id}, in force from {version}), in the order
in which they are asked. The Danish sentences are the law's own, unchanged.
"""

_REPLACED = """A chain may choose other numbers: a `guidance.yaml` in the user's data folder
(`INSPECTOR_DATA`, else the system's) replaces them, and none of what the law says. Reports then
name the rule pack with a hash of that file, and archives judged before are judged again. Lengths
are in metres. The dashboard and `inspector watch` take it when they start.

```yaml
ours:
  gap_counts: 0.10
  climbing_near: 1.50
```
"""

_PARTS = ("Applies to:", "Expectation:", "Assumptions:", "Not judged:")


def guidance_page(guidance: Guidance) -> str:
    """Return the page in Markdown.

    Args:
        guidance: The values to show.

    Returns:
        Every rule with the law's sentence and our reading of it, then every number and list.
    """
    lines = [_HEAD.format(id=guidance.id, version=guidance.version)]
    for module in MODULES:
        lines += _rule_lines(module)
    lines += ["## Product cards", "", *_reading_lines(inspect.cleandoc(product_card.__doc__ or ""))]
    law = [parameter for parameter in guidance.parameters if not parameter.is_ours]
    ours = [parameter for parameter in guidance.parameters if parameter.is_ours]
    lines += ["# What the law says", "", *_parameter_lines(law)]
    lines += ["# What we chose where the law gives no number or list", "", _REPLACED]
    lines += _parameter_lines(ours)
    return "\n".join(lines).rstrip() + "\n"


def _rule_lines(module: RuleModule) -> list[str]:
    rule = module.RULE
    docstring = inspect.cleandoc(module.__doc__ or "")
    question = docstring.splitlines()[0].partition(": ")[2]
    section = f"Section {rule.section}" if rule.section[0].isdigit() else rule.section
    needs = ", ".join(sorted(need.value.replace("_", " ") for need in rule.needs))
    return [
        f"## {rule.id}",
        "",
        f"{question[:1].upper()}{question[1:]}",
        "",
        f"{section} · decided by: {rule.automation} · needs: {needs}",
        "",
        *_reading_lines(docstring),
    ]


def _reading_lines(docstring: str) -> list[str]:
    """Return the quotation and the four parts of a rule's docstring as Markdown."""
    lines = docstring.splitlines()[2:]
    quote = [line for line in lines if line.startswith(">")]
    rest = " ".join(line.strip() for line in lines if not line.startswith(">"))
    for part in _PARTS:
        rest = rest.replace(part, f"\n- **{part[:-1]}**:")
    source, *parts = (" ".join(line.split()) for line in rest.strip().splitlines())
    return [*quote, "", source, "", *parts, ""]


def _parameter_lines(parameters: Iterable[Parameter]) -> list[str]:
    lines = []
    for parameter in parameters:
        unit = f" {parameter.unit}" if parameter.unit else ""
        value = _shown(parameter.value)
        lines += [f"## {parameter.key}", "", parameter.description.strip() + ".", ""]
        if parameter.wording_da:
            lines += [f"> {parameter.wording_da.strip()}", ""]
        lines += [f"- from {parameter.valid_from}: {value}{unit}"]
        lines += [f"- source: {parameter.reference}"] if parameter.reference else []
        lines += [f"- last checked on {parameter.last_checked_on}", ""]
    return lines


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_shown(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        return ", ".join(str(entry) for entry in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


if __name__ == "__main__":
    from datetime import date
    from pathlib import Path

    from inspector.rules.guidance import load_guidance

    Path("docs/guidance.md").write_text(
        guidance_page(load_guidance(date.today(), Path(__file__).with_name("guidance.yaml"))),
        encoding="utf-8",
    )
