"""Numbers and word lists of the guidance, for people: under which rule, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.domain.goods import DealerType
from inspector.report.labels import Labels
from inspector.rules.parameters import Parameter
from inspector.ui import state

PARAMETERS_OF_RULE: Mapping[str, tuple[str, ...]] = {
    "assortment": (
        "self_selection_groups",
        "groups_forbidden_everywhere",
        "groups_not_addressed",
        "groups_undefined",
        "listed_animal_atc",
        "register_max_age",
    ),
    "reach-height": ("reach_height",),
    "climbing-aids": ("climbing_near",),
    "separation": (
        "gap_counts",
        "gap_never_counts",
        "gap_counts_in_widths",
        "gap_never_counts_in_widths",
        "divider_needs",
        "mixed_from",
    ),
    "signage": (
        "signs_up_to",
        "signs_beside",
        "sign_letters",
        "sign_words",
        "undecided_sign_words",
        "medicine_stems",
        "category_words",
        "sign_companions",
    ),
    "sign-advertising": (
        "advertising_order",
        "advertising_order_is_known",
        "mandatory_items",
        "indications",
        "effect_words",
        "offers",
        "praise",
    ),
    "price-label": ("label_words",),
}
"""Each entry of the guidance under the rule that asks for it first."""


def parameter_title(parameter: Parameter, words: Labels) -> str:
    """Return what an entry is; in English as it stands in the guidance's own files."""
    if state.lang() == "en":
        return parameter.description
    return words.text(f"parameter_{parameter.key}")


def parameter_value(parameter: Parameter, words: Labels) -> str:
    """Return an entry's value with its unit; lengths in centimetres."""
    if parameter.unit is None:
        return _shown(parameter.value, words)
    if parameter.unit == "m":
        return f"{parameter.value * 100:g} cm"
    number = f"{parameter.value:g}".replace(".", words.text("decimal_mark"))
    return f"{number} {words.text(f'unit_{parameter.unit}')}"


def _shown(value: Any, words: Labels) -> str:  # noqa: ANN401  what YAML holds
    if isinstance(value, Mapping):
        return "; ".join(f"{_name(key, words)}: {_shown(v, words)}" for key, v in value.items())
    if isinstance(value, list):
        return ", ".join(str(entry) for entry in value)
    if isinstance(value, bool):
        return words.text("flag_yes" if value else "flag_no")
    return str(value)


def _name(key: str, words: Labels) -> str:
    """Return the words for a kind of dealer or an item of mandatory information."""
    if key in set(DealerType):
        return words.text(f"dealer_{key.replace('-', '_')}")
    return words.text(f"item_{key}")
