"""Words on packs that are no brand names, and the letters that a text reader mixes up.

Everything here is general knowledge of goods and print, not law.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from inspector.domain.goods import Kind

KIND_BY_LEGAL_WORD: Mapping[str, Kind] = MappingProxyType(
    {
        # The labelling order for medicine (869/2011, section 29) wants these on the pack …
        "naturlægemiddel": Kind.NATURAL_REMEDY,
        "stærkt vitaminpræparat": Kind.VITAMIN,
        "stærkt mineralpræparat": Kind.VITAMIN,
        "stærkt vitamin-mineralpræparat": Kind.VITAMIN,
        "homøopatisk": Kind.NATURAL_REMEDY,
        # … food law this one, makers of devices the next beside the CE mark, and makers of
        # sunscreens, which are cosmetics, their factor (recommendation 2006/647/EC).
        "kosttilskud": Kind.VITAMIN,
        "medicinsk udstyr": Kind.MEDICAL_DEVICE,
        "SPF": Kind.OTHER,
    }
)
"""Words that rules have printed on goods that are no OTC medicine; they count in any size."""

KIND_BY_HEADLINE: Mapping[str, Kind] = MappingProxyType(
    {
        "graviditetstest": Kind.MEDICAL_DEVICE,
        "ægløsningstest": Kind.MEDICAL_DEVICE,
        "kondom": Kind.MEDICAL_DEVICE,
        "kondomer": Kind.MEDICAL_DEVICE,
        "termometer": Kind.MEDICAL_DEVICE,
        "blodtryksmåler": Kind.MEDICAL_DEVICE,
        "mundbind": Kind.MEDICAL_DEVICE,
        "tekstilplaster": Kind.MEDICAL_DEVICE,
        "textilplaster": Kind.MEDICAL_DEVICE,
        "sårplaster": Kind.MEDICAL_DEVICE,
        "vabelplaster": Kind.MEDICAL_DEVICE,
        "fingerplaster": Kind.MEDICAL_DEVICE,
        "gazebind": Kind.MEDICAL_DEVICE,
        "støttestrømper": Kind.MEDICAL_DEVICE,
        "kompressionsstrømper": Kind.MEDICAL_DEVICE,
        "multivitamin": Kind.VITAMIN,
        "c-vitamin": Kind.VITAMIN,
        "d-vitamin": Kind.VITAMIN,
        "e-vitamin": Kind.VITAMIN,
        "omega-3": Kind.VITAMIN,
        "fiskeolie": Kind.VITAMIN,
        "tandbørste": Kind.OTHER,
        "tandtråd": Kind.OTHER,
        "solcreme": Kind.OTHER,
        "sollotion": Kind.OTHER,
        "deodorant": Kind.OTHER,
        "hårspray": Kind.OTHER,
        "trusseindlæg": Kind.OTHER,
        "tamponer": Kind.OTHER,
        "vingummi": Kind.OTHER,
        "bodylotion": Kind.OTHER,
        "shower gel": Kind.OTHER,
        "vådservietter": Kind.OTHER,
        "mellemrumsbørster": Kind.OTHER,
        "neglelak": Kind.OTHER,
        "barberskum": Kind.OTHER,
        "hundefoder": Kind.OTHER,
        "kattefoder": Kind.OTHER,
    }
)
"""Words that sort goods of an unknown brand where they are printed large. Words that medicines
share with other goods (`plaster`, `shampoo`, `tandpasta`, `creme`, `pastiller`, flavours) are left
out on purpose; so is `vitamin` alone, because vitamin B1, B6 and B12 are sold as medicine too."""

NOT_A_MERE_VITAMIN = ("calcium", "kalk", "jern", "ferro", "fluor", "glucosamin", "kalium")
"""Beside these a vitamin may belong to a medicine (calcium with vitamin D, iron with vitamin C)."""

VARIANTS = (
    "akut",
    "brus",
    "comp",
    "duo",
    "emulgel",
    "express",
    "extend",
    "extra",
    "forte",
    "hot",
    "instant",
    "invisi",
    "junior",
    "lingual",
    "max",
    "novum",
    "plus",
    "rapid",
    "retard",
    "smelt",
    "ultra",
    "zapp",
)
"""Words that make another medicine of a brand: another strength, form, substance or group."""

FORM_WORDS = (
    *("tabletter", "brusetabletter", "depottabletter", "enterotabletter", "smeltetabletter"),
    *("sugetabletter", "tyggetabletter", "resoribletter", "filmovertrukne", "overtrukne"),
    *("kapsler", "enterokapsler", "vaginalkapsler", "pastiller", "tyggegummi", "stikpiller"),
    *("suppositorier", "suppositorium", "plaster", "plastre", "depotplaster", "pulver", "mikstur"),
    *("oral", "orale", "opløsning", "suspension", "dråber", "øjendråber", "saft", "urtete"),
    *("spray", "næsespray", "halsspray", "mundspray", "mundhulespray", "hårspray", "gel"),
    *("creme", "håndcreme", "fodcreme", "ansigtscreme", "solcreme", "salve", "lotion"),
    *("bodylotion", "sollotion", "massageolie", "babyolie", "serum", "shampoo", "balsam"),
    *("tandpasta", "mundskyl", "håndsprit"),
)
"""Words that say in what form goods are."""

BESIDE_BRANDS = (
    *FORM_WORDS,
    *("citron", "appelsin", "jordbær", "hindbær", "blåbær", "solbær", "kirsebær", "mint"),
    *("pebermynte", "eukalyptus", "lakrids", "salmiak", "mentol", "menthol", "honning"),
    *("ingefær", "vanilje", "karamel", "kamille", "aloe", "vera", "frugt", "naturel"),
    *("classic", "original", "originals", "total", "sensitive", "fresh", "cool", "clean"),
    *("white", "whitening", "care", "complete", "protect", "protection", "repair", "daglig"),
    *("energi", "aktiv", "active", "intense", "intensive", "mild", "soft", "balance", "sport"),
    *("børn", "kids", "baby", "voksen", "senior", "women", "night", "natural"),
)
"""Words that stand beside many brands: forms, flavours, lines. Read with a slip, they are these."""

OFFER_WORDS = ("nyhed", "tilbud", "gratis", "spar", "mængderabat", "new")
"""Words that praise a pack and are no part of its name."""

ORDINARY_WORDS = frozenset(
    (
        *("balanced", "baseline", "belfast", "brendan", "clarity", "competed", "garner", "gartner"),
        *(
            "immortal",
            "impartial",
            "listerne",
            "warner",
            "marine",
            "modige",
            "natural",
            "naturlig",
            "papers",
        ),
        *("partene", "partner", "pirates", "regain", "stickers"),
    )
)
"""Words one letter away from a brand that are read rightly as they stand."""

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "|": "l", "!": "l"})
_SHAPES = str.maketrans("01ia", "ollo")
_TOKEN = re.compile(r"[^\W_]+(?:[|!][^\W_]+)*")
_GLUED = re.compile(
    r"(?<=[a-zæøå])(?=[A-ZÆØÅ])|(?<=[^\W\d_]{3})(?=\d+(?:[.,]\d+)?\s*(?:mg|ml|g|stk)\b)"
)


_REMEMBERED = 100_000
"""Texts whose letters are remembered: the same words stand on most packs of a shop."""


@lru_cache(_REMEMBERED)
def letters_of(text: str) -> str:
    """Return the bare letters and digits of a text: no case, accents, blanks or punctuation.

    Example:
        >>> letters_of("Läkerol & Ga-Jol")
        'lakerolgajol'
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in plain.translate(_LETTERS) if c.isalnum())


def shape_of(letters: str) -> str:
    """Return letters with those that a text reader mixes up made one: `l i 1` and `o 0 a`.

    Example:
        >>> shape_of("magnyl") == shape_of("mogny1")
        True
    """
    return letters.translate(_SHAPES)


def words_of(text: str) -> list[str]:
    """Split a line into words, also where the reader glued them together.

    Example:
        >>> words_of("CompeedCompeed Bio-Biloba")
        ['Compeed', 'Compeed', 'Bio', 'Biloba']
    """
    return _TOKEN.findall(_GLUED.sub(" ", text))
