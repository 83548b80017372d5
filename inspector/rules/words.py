"""What the words on signs and price labels mean in the guidance's terms. Pure text, no pictures.

Text that was read from a photo has slips in it: lost Danish letters, a wrong letter, words that run
together or fall apart. The functions forgive such slips, but never where they would turn one Danish
word into another: `Medicinsk` is not `Medicin`, and `Lægemiddel` is not one of the four words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from inspector.domain.scene import SignKind
from inspector.rules.guidance import Guidance

_MIN_LETTERS_FOR_SLIP = 8
"""Shorter words of the lists must be read without a slip: `hoste` and `koste` are neighbours."""


_BADLY_READ = 0.6
"""Share of letters that a badly read word has in common with the word that stands there."""


class Word(Enum):
    """What a sign says of the goods it serves (guidance, section 6)."""

    APPROVED = "approved"
    UNDECIDED = "undecided"
    NONE = "none"


_REMEMBERED = 100_000
"""Texts of which the meaning is remembered: shops say the same things over and over."""


@dataclass(frozen=True, slots=True)
class _Token:
    """A word as it was read, and as it is compared."""

    raw: str
    folded: str

    @property
    def is_noise(self) -> bool:
        """Numbers and scraps of one or two letters say nothing."""
        return len(self.folded) <= 2 or any(letter.isdigit() for letter in self.folded)


def folded(text: str) -> str:
    """Return text as it is compared: small letters, no accents, one spelling of `æ`, `ø`, `å`.

    Example:
        >>> folded("LÆGEMIDLER") == folded("Laegemidler")
        True
        >>> folded("Håndkøb"), folded("HAANDKOEB")
        ('handkob', 'handkob')
    """
    text = text.casefold().replace("æ", "ae").replace("œ", "ae").replace("ä", "ae")
    text = text.replace("ø", "o").replace("ð", "d")
    letters = unicodedata.normalize("NFD", text)
    text = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return text.replace("aa", "a").replace("oe", "o")


@lru_cache(_REMEMBERED)
def sign_word(text: str, guidance: Guidance) -> Word:
    """Return whether a sign says with one of the four words that the goods are medicine.

    Args:
        text: Everything that was read on the sign.
        guidance: Holds the four words and those that a person decides about.

    Returns:
        APPROVED when one of the four words stands there and no other word changes what the sign
        says; UNDECIDED when such a word stands among others, or a related word does; else NONE.
    """
    words = _SignWords.of(guidance)
    tokens = list(words.merged(_tokens(_joined(text))))
    approved = [token for token in tokens if words.is_approved(token)]
    others = [token for token in tokens if token not in approved and not token.is_noise]
    if approved:
        # `Medicin mod forkølelse` says that it is medicine, `Medicin til dyr` may say otherwise.
        claimed = {token.folded for claim in claims(text, guidance) for token in _tokens(claim)}
        harmless = words.companions | claimed
        is_changed = any(token.folded not in harmless for token in others)
        return Word.UNDECIDED if is_changed else Word.APPROVED
    if any(words.is_related(token) for token in others):
        return Word.UNDECIDED
    if any(token.folded in words.categories for token in others):
        return Word.NONE
    is_undecided = any(words.is_undecided(token) for token in others)
    return Word.UNDECIDED if is_undecided else Word.NONE


def could_be_misread(text: str, guidance: Guidance) -> bool:
    """Return whether a text that says nothing of medicine could be one of the four, badly read.

    Wider than what makes a sign `UNDECIDED`: it only keeps from saying that there is no sign.
    """
    if sign_word(text, guidance) is not Word.NONE:
        return False
    words = _SignWords.of(guidance)
    return any(
        Levenshtein.normalized_similarity(token.folded, word) >= _BADLY_READ
        for token in words.merged(_tokens(_joined(text)))
        if not token.is_noise and token.folded not in words.categories
        for word in words.approved
    )


def sign_kind(text: str, guidance: Guidance) -> SignKind:
    """Return what a sign is for, as far as its words tell; never `PRICE_LABEL`."""
    if claims(text, guidance):
        return SignKind.ADVERT
    words = _SignWords.of(guidance)
    tokens = words.merged(_tokens(_joined(text)))
    if any(token.folded in words.categories for token in tokens):
        return SignKind.CATEGORY
    if sign_word(text, guidance) is not Word.NONE:
        return SignKind.CATEGORY
    return SignKind.OTHER


def speaks_of_medicine(text: str, guidance: Guidance) -> bool:
    """Return whether a text has one of the four words or another word of medicine in it."""
    words = _SignWords.of(guidance)
    return any(
        words.is_approved(token) or words.is_related(token)
        for token in words.merged(_tokens(_joined(text)))
    )


def indications(text: str, guidance: Guidance) -> tuple[str, ...]:
    """Return the words of a text that name a complaint or an effect, as they were read."""
    return _found(text, guidance.indications)


def effects(text: str, guidance: Guidance) -> tuple[str, ...]:
    """Return the words of a text that promise an effect without naming a complaint."""
    return _found(text, guidance.effect_words)


def offers(text: str, guidance: Guidance) -> tuple[str, ...]:
    """Return the words of a text that make an offer."""
    return _found(text, guidance.offers)


def praises(text: str, guidance: Guidance) -> tuple[str, ...]:
    """Return the words of a text that praise."""
    return _found(text, guidance.praise)


@lru_cache(_REMEMBERED)
def claims(text: str, guidance: Guidance) -> tuple[str, ...]:
    """Return all words that make a text advertising when it concerns medicine (section 9)."""
    lists = (guidance.indications, guidance.effect_words, guidance.offers, guidance.praise)
    return tuple(dict.fromkeys(claim for words in lists for claim in _found(text, words)))


def mandatory_items(text: str, guidance: Guidance) -> frozenset[str]:
    """Return the keys of the mandatory items that a text is seen to hold (section 9)."""
    return frozenset(key for key, cues in guidance.mandatory_items.items() if _found(text, cues))


def extra_words(text: str, guidance: Guidance, names: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a price label beyond the data of section 7, as they were read.

    Args:
        text: Everything that was read on the label.
        guidance: Holds the words that a label may carry.
        names: Names of goods, which a label may carry as well.

    Returns:
        Words that are neither a name, a number, a unit nor a usual word of a label.
    """
    allowed = _folded_words(guidance.label_words)
    named = _folded_words(tuple(names))
    return tuple(
        token.raw
        for token in _tokens(text)
        if not token.is_noise
        and token.folded not in allowed
        and token.folded not in named
        and not any(_is_slip(token.folded, name, min_letters=5) for name in named)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _SignWords:
    """The word lists for signs, folded."""

    approved: frozenset[str]
    undecided: frozenset[str]
    categories: frozenset[str]
    companions: frozenset[str]
    stems: tuple[str, ...]

    @classmethod
    def of(cls, guidance: Guidance) -> _SignWords:
        return _sign_words(guidance)

    def merged(self, tokens: Sequence[_Token]) -> Iterator[_Token]:
        """Put words together that fell apart, where the whole is a known word."""
        known = self.approved | self.undecided | self.categories
        pairs = pairwise([*tokens, _Token("", "")])
        for left, right in pairs:
            if right.folded and left.folded + right.folded in known:
                yield _Token(left.raw + right.raw, left.folded + right.folded)
                next(pairs, None)
            else:
                yield left

    @lru_cache(_REMEMBERED)  # noqa: B019 - there are as few of these as versions of the guidance
    def is_approved(self, token: _Token) -> bool:
        """One of the four words, with at most one wrong letter that makes no other word.

        Danish bends words at their end, so a slip in the last letter is never forgiven, and short
        words must keep their length: `Medicine`, `Lægemidlet`.
        """
        if token.folded in self.undecided | self.categories:
            return False
        return any(
            token.folded == word
            or (
                Levenshtein.distance(token.folded, word) == 1
                and token.folded[-1:] == word[-1]
                and (len(token.folded) == len(word) or len(word) >= 10)
            )
            for word in self.approved
        )

    @lru_cache(_REMEMBERED)  # noqa: B019
    def is_related(self, token: _Token) -> bool:
        """Speaks of medicine in another word, or could be one of the four, badly read."""
        if token.folded in self.categories:
            return False
        return any(stem in token.folded for stem in self.stems) or any(
            Levenshtein.distance(token.folded, word) <= (2 if len(word) < 10 else 3)
            for word in self.approved
        )

    @lru_cache(_REMEMBERED)  # noqa: B019
    def is_undecided(self, token: _Token) -> bool:
        """A word that a person has to decide about."""
        return any(_is_slip(token.folded, word) for word in self.undecided)


@cache
def _sign_words(guidance: Guidance) -> _SignWords:
    lists = (
        guidance.sign_words,
        guidance.undecided_sign_words,
        guidance.category_words,
        guidance.sign_companions,
        guidance.medicine_stems,
    )
    approved, undecided, categories, companions, stems = (
        frozenset(token.folded for word in words for token in _tokens(_joined(word)))
        for words in lists
    )
    return _SignWords(approved, undecided, categories, companions, tuple(sorted(stems)))


def _joined(text: str) -> str:
    """Put together what a hyphen parts, also at the end of a line."""
    return re.sub(r"(?<=\w)[-\u00ad\u2010\u2011]\s*(?=\w)", "", text)


@lru_cache(_REMEMBERED)
def _tokens(text: str) -> tuple[_Token, ...]:
    return tuple(_Token(raw, folded(raw)) for raw in re.findall(r"[^\W_]+", text))


def _found(text: str, phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Return the phrases of a list that stand in a text, as they were read, each once."""
    readings = [_tokens(text)]
    if "-" in text:
        readings.append(_tokens(_joined(text)))
    hits: dict[str, str] = {}
    for tokens in readings:
        for start, token in enumerate(tokens):
            for pattern in _patterns_from(token, phrases):
                window = tokens[start : start + len(pattern)]
                if len(window) == len(pattern) and all(map(_fits, window, pattern)):
                    raw = " ".join(found.raw for found in window)
                    hits.setdefault(folded(raw), raw)
    return tuple(hits.values())


_Part = tuple[str, bool]
"""A folded word of a phrase, and whether any ending will do."""


@cache
def _patterns(phrases: tuple[str, ...]) -> dict[str, list[tuple[_Part, ...]]]:
    """Return phrases as folded words, by their first letter."""
    patterns: dict[str, list[tuple[_Part, ...]]] = {}
    for phrase in phrases:
        words = re.findall(r"[^\W_]+\*?", phrase)
        pattern = tuple((folded(word.rstrip("*")), word.endswith("*")) for word in words)
        patterns.setdefault(pattern[0][0][0], []).append(pattern)
    return patterns


@lru_cache(_REMEMBERED)
def _patterns_from(token: _Token, phrases: tuple[str, ...]) -> tuple[tuple[_Part, ...], ...]:
    """Return the phrases that begin with a word."""
    patterns = _patterns(phrases).get(token.folded[:1], ())
    return tuple(pattern for pattern in patterns if _fits(token, pattern[0]))


@lru_cache(_REMEMBERED)
def _folded_words(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(token.folded for phrase in phrases for token in _tokens(phrase))


def _fits(token: _Token, part: _Part) -> bool:
    word, is_stem = part
    return _is_slip(token.folded[: len(word)] if is_stem else token.folded, word)


@lru_cache(_REMEMBERED)
def _is_slip(read: str, word: str, *, min_letters: int = _MIN_LETTERS_FOR_SLIP) -> bool:
    """Return whether a word was read, with at most one wrong letter where it is long enough."""
    if read == word or len(word) < min_letters:
        return read == word
    return Levenshtein.distance(read, word, score_cutoff=1) <= 1
