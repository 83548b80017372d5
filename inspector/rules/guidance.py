"""What the guidance says on a given day: every number, every group and every word list."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from inspector.data_folder import data_folder
from inspector.domain.goods import DealerType, Group
from inspector.errors import GuidanceError
from inspector.rules.parameters import Parameter, ParameterFile

Words = tuple[str, ...]
"""Words and phrases as they stand in `words.yaml`; a star at the end stands for any ending."""


@dataclass(frozen=True, slots=True, eq=False)
class Guidance:
    """The values of one rule pack on one day. Lengths are in metres.

    Days with the same values have the same object, so that what words mean is worked out once.

    Attributes:
        id: Id of the rule pack, with a hash of the thresholds that the user has replaced.
        version: Day from which this version of the guidance holds, ISO format.
        reach_height_m: Height over which medicine has to stand.
        gap_counts_m: Gaps of at least this width separate (ours).
        gap_never_counts_m: Gaps narrower than this do not (ours).
        gap_counts_widths: The same in widths of the narrower pack (ours).
        gap_never_counts_widths: Gaps of at most so many widths do not separate (ours).
        divider_needs_m: Narrower gaps hold no divider (ours).
        mixed_from_changes: Medicine and other goods are mixed that change so often (ours).
        signs_up_to_m: Signs over goods begin at most so high above the floor (ours).
        signs_beside_m: Signs begin at most so far beside or below their goods (ours).
        sign_letters_m: Capitals on signs are at least so high (ours).
        climbing_near_m: Aids closer than this are near (ours).
        register_max_age_days: Register entries older than this decide nothing (ours).
        self_selection_groups: Groups that may stand in self-selection, by dealer.
        groups_forbidden_everywhere: Groups that may stand there at no dealer.
        groups_not_addressed: Groups that no text decides, by dealer.
        groups_undefined: Groups that the order names and does not define.
        listed_animal_atc: ATC codes known to be on the list for animals.
        advertising_order: Number and year of the order on advertising.
        advertising_order_is_known: False where that order is said to be repealed.
        sign_words: The four words.
        mandatory_items: What an advert must tell, with the words by which it is recognised.
        undecided_sign_words: Words that a person has to decide about (ours), like all lists below.
        medicine_stems: Parts of words that speak of medicine.
        category_words: Words of other categories of goods.
        sign_companions: Words that change nothing beside one of the four.
        indications: Complaints and effects.
        effect_words: Words that promise an effect without naming a complaint.
        offers: Words of an offer.
        praise: Words that praise.
        label_words: What a price label may say beside the name.
        parameters: All entries of the files, for people to read.
    """

    id: str
    version: str
    reach_height_m: float
    gap_counts_m: float
    gap_never_counts_m: float
    gap_counts_widths: float
    gap_never_counts_widths: float
    divider_needs_m: float
    mixed_from_changes: float
    signs_up_to_m: float
    signs_beside_m: float
    sign_letters_m: float
    climbing_near_m: float
    register_max_age_days: float
    self_selection_groups: Mapping[DealerType, frozenset[Group]]
    groups_forbidden_everywhere: frozenset[Group]
    groups_not_addressed: Mapping[DealerType, frozenset[Group]]
    groups_undefined: frozenset[Group]
    listed_animal_atc: Words
    advertising_order: str
    advertising_order_is_known: bool
    sign_words: Words
    mandatory_items: Mapping[str, Words]
    undecided_sign_words: Words
    medicine_stems: Words
    category_words: Words
    sign_companions: Words
    indications: Words
    effect_words: Words
    offers: Words
    praise: Words
    label_words: Words
    parameters: tuple[Parameter, ...]


OWN_THRESHOLDS = "guidance.yaml"
"""File in the user's data folder whose section `ours` replaces thresholds of ours."""


def load_guidance(on: date, path: Path | None = None) -> Guidance:
    """Read the guidance as it stands on a day.

    Args:
        on: Day whose values count.
        path: The file of numbers; `words.yaml` is read from the same folder. None reads the
            guidance that comes with the package, with the thresholds of ours that the user has
            replaced (`OWN_THRESHOLDS`).

    Returns:
        The values that hold on that day. The id tells by a hash which thresholds were replaced.

    Raises:
        GuidanceError: When a file cannot be read, is malformed, lacks a value, or holds none for
            that day; names file, line and key.

    Example:
        >>> load_guidance(date(2026, 1, 1)).reach_height_m
        1.4
    """
    if path is not None:
        return _loaded(on, path, "")
    return _loaded(on, Path(__file__).with_name("guidance.yaml"), _own_thresholds())


def _own_thresholds() -> str:
    """Return the text of the user's file; empty where there is none."""
    path = data_folder() / OWN_THRESHOLDS
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise GuidanceError(f"{path} cannot be read: {error}. Correct it, or remove it.") from error


@cache
def _loaded(on: date, path: Path, own: str) -> Guidance:
    numbers = ParameterFile.read(path, on=on)
    if own:
        numbers = numbers.with_ours(own, file=OWN_THRESHOLDS)
    words = ParameterFile.read(path.with_name("words.yaml"), on=on)
    since = tuple(parameter.valid_from for parameter in numbers.parameters + words.parameters)
    if (path, own, since) not in _GUIDANCES:
        _GUIDANCES[path, own, since] = _guidance(numbers, words, own)
    return _GUIDANCES[path, own, since]


_GUIDANCES: dict[tuple[Path, str, tuple[date, ...]], Guidance] = {}


def _guidance(numbers: ParameterFile, words: ParameterFile, own: str) -> Guidance:
    replaced = f"+{hashlib.sha256(own.encode()).hexdigest()[:12]}" if own else ""
    return Guidance(
        id=numbers.text("id") + replaced,
        version=numbers.text("version"),
        reach_height_m=numbers.number("reach_height"),
        gap_counts_m=numbers.number("gap_counts"),
        gap_never_counts_m=numbers.number("gap_never_counts"),
        gap_counts_widths=numbers.number("gap_counts_in_widths"),
        gap_never_counts_widths=numbers.number("gap_never_counts_in_widths"),
        divider_needs_m=numbers.number("divider_needs"),
        mixed_from_changes=numbers.number("mixed_from"),
        signs_up_to_m=numbers.number("signs_up_to"),
        signs_beside_m=numbers.number("signs_beside"),
        sign_letters_m=numbers.number("sign_letters"),
        climbing_near_m=numbers.number("climbing_near"),
        register_max_age_days=numbers.number("register_max_age"),
        self_selection_groups=_groups_by_dealer(numbers, "self_selection_groups"),
        groups_forbidden_everywhere=_groups(numbers, "groups_forbidden_everywhere"),
        groups_not_addressed=_groups_by_dealer(numbers, "groups_not_addressed"),
        groups_undefined=_groups(numbers, "groups_undefined"),
        listed_animal_atc=numbers.words("listed_animal_atc"),
        advertising_order=numbers.word("advertising_order"),
        advertising_order_is_known=numbers.flag("advertising_order_is_known"),
        sign_words=words.words("sign_words"),
        mandatory_items=words.words_by_key("mandatory_items"),
        undecided_sign_words=words.words("undecided_sign_words"),
        medicine_stems=words.words("medicine_stems"),
        category_words=words.words("category_words"),
        sign_companions=words.words("sign_companions"),
        indications=words.words("indications"),
        effect_words=words.words("effect_words"),
        offers=words.words("offers"),
        praise=words.words("praise"),
        label_words=words.words("label_words"),
        parameters=numbers.parameters + words.parameters,
    )


def _groups(file: ParameterFile, key: str) -> frozenset[Group]:
    return frozenset(file.member(key, Group, word) for word in file.words(key))


def _groups_by_dealer(file: ParameterFile, key: str) -> Mapping[DealerType, frozenset[Group]]:
    return {
        file.member(key, DealerType, dealer): frozenset(
            file.member(key, Group, word) for word in words
        )
        for dealer, words in file.words_by_key(key).items()
    }
