"""What stands on the shelves: named Danish goods and made-up ones.

Sizes and dispensing groups are plausible for a drawing, not a register.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

ROLES = ("medicine", "vitamin", "natural_remedy", "device", "other")


@dataclass(frozen=True)
class Product:
    """One article.

    Attributes:
        sku: Short id, stable for a name; seeds the artwork.
        role: One of ROLES.
        group: Dispensing group of a medicine, else empty.
        shape: "box", "bottle", "can", "jar", "tube" or "pouch".
        size_m: Width, height and depth of the standing pack in metres.
        hue_deg: Main colour, 0 to 360.
        finish: "film" for several cans under one film, "panels" for a box whose print looks like
            several packs, "clear" for a bottle that shows its liquid, else empty.
    """

    sku: str
    name: str
    strength: str
    form: str
    pack_size: str
    role: str
    group: str
    shape: str
    size_m: tuple[float, float, float]
    hue_deg: int
    finish: str = ""

    @property
    def text(self) -> str:
        """Name, strength and pack size as a price label prints them."""
        return " ".join(part for part in (self.name, self.strength, self.pack_size) if part)


_BOX, _SMALL, _TALL, _LARGE = (
    (0.120, 0.062, 0.022),
    (0.098, 0.045, 0.020),
    (0.058, 0.115, 0.038),
    (0.135, 0.090, 0.050),
)
_TABLE: tuple[tuple[str, str, str, str, str, str, str, tuple[float, float, float], int], ...] = (
    # name, strength, form, pack size, role, group, shape, size, hue
    ("Panodil", "500 mg", "tabletter", "10 stk", "medicine", "HX18", "box", _BOX, 145),
    ("Panodil Zapp", "500 mg", "tabletter", "10 stk", "medicine", "HX18", "box", _BOX, 165),
    ("Pamol", "500 mg", "tabletter", "10 stk", "medicine", "HX18", "box", _BOX, 215),
    ("Pinex", "500 mg", "tabletter", "10 stk", "medicine", "HX18", "box", _SMALL, 5),
    ("Pinex", "500 mg", "tabletter", "20 stk", "medicine", "HA18", "box", _BOX, 5),
    ("Ipren", "200 mg", "tabletter", "20 stk", "medicine", "HX18", "box", _BOX, 350),
    ("Ibumetin", "200 mg", "tabletter", "20 stk", "medicine", "HX18", "box", _BOX, 200),
    ("Treo", "500 mg", "brusetabletter", "20 stk", "medicine", "HA18", "box", _TALL, 48),
    ("Treo Citrus", "500 mg", "brusetabletter", "10 stk", "medicine", "HX18", "box", _SMALL, 60),
    ("Strepsils", "", "sugetabletter", "24 stk", "medicine", "HF", "box", _BOX, 355),
    ("Strepsils Honning", "", "sugetabletter", "36 stk", "medicine", "HF", "box", _BOX, 40),
    ("Otrivin", "1 mg/ml", "næsespray", "10 ml", "medicine", "HF", "box", _TALL, 205),
    ("Zymelin", "1 mg/ml", "næsespray", "10 ml", "medicine", "HF", "box", _TALL, 185),
    ("Nicorette", "2 mg", "tyggegummi", "105 stk", "medicine", "HF", "box", _LARGE, 210),
    ("Nicorette", "4 mg", "tyggegummi", "30 stk", "medicine", "HF", "box", _BOX, 225),
    ("Nicotinell", "2 mg", "tyggegummi", "96 stk", "medicine", "HF", "box", _LARGE, 120),
    ("Zonnic", "1 mg", "mundspray", "1 stk", "medicine", "HF", "box", _TALL, 170),
    ("Gaviscon", "", "tyggetabletter", "20 stk", "medicine", "HF", "box", _BOX, 320),
    (
        "Gaviscon",
        "",
        "oral suspension",
        "500 ml",
        "medicine",
        "HF",
        "bottle",
        (0.075, 0.190, 0.075),
        320,
    ),
    ("Clarityn", "10 mg", "tabletter", "10 stk", "medicine", "HF", "box", _SMALL, 195),
    ("Zyrtec", "10 mg", "tabletter", "14 stk", "medicine", "HF", "box", _SMALL, 270),
    ("Voltaren", "11,6 mg/g", "gel", "50 g", "medicine", "HF", "box", (0.150, 0.045, 0.035), 28),
    ("Lamisil", "10 mg/g", "creme", "15 g", "medicine", "HF", "box", (0.120, 0.036, 0.028), 12),
    ("Canesten", "10 mg/g", "creme", "20 g", "medicine", "HF", "box", (0.125, 0.038, 0.030), 330),
    ("Dulcolax", "5 mg", "enterotabletter", "30 stk", "medicine", "HF", "box", _SMALL, 90),
    ("Bisolvon", "8 mg", "tabletter", "20 stk", "medicine", "HF", "box", _BOX, 245),
    ("Mucolysin", "200 mg", "brusetabletter", "25 stk", "medicine", "HF", "box", _TALL, 15),
    ("Postafen", "25 mg", "tabletter", "10 stk", "medicine", "HF", "box", _SMALL, 300),
    (
        "Multi-tabs Family",
        "",
        "tabletter",
        "200 stk",
        "vitamin",
        "",
        "box",
        (0.072, 0.124, 0.072),
        25,
    ),
    (
        "Multi-tabs Junior",
        "",
        "tyggetabletter",
        "60 stk",
        "vitamin",
        "",
        "jar",
        (0.065, 0.110, 0.065),
        50,
    ),
    ("Livol Multi", "", "tabletter", "150 stk", "vitamin", "", "jar", (0.070, 0.125, 0.070), 140),
    (
        "Apovit C-vitamin",
        "500 mg",
        "tabletter",
        "100 stk",
        "vitamin",
        "",
        "jar",
        (0.062, 0.105, 0.062),
        35,
    ),
    ("Gerimax", "", "tabletter", "60 stk", "vitamin", "", "box", _LARGE, 8),
    ("D-vitamin", "35 µg", "tabletter", "90 stk", "vitamin", "", "box", _TALL, 46),
    ("Omnimin", "", "tabletter", "90 stk", "vitamin", "", "jar", (0.060, 0.100, 0.060), 215),
    (
        "Magnesium",
        "360 mg",
        "tabletter",
        "90 stk",
        "vitamin",
        "",
        "jar",
        (0.064, 0.112, 0.064),
        260,
    ),
    (
        "Husk Psyllium",
        "",
        "pulver",
        "200 g",
        "natural_remedy",
        "",
        "box",
        (0.085, 0.150, 0.060),
        75,
    ),
    ("Idoform", "", "kapsler", "40 stk", "natural_remedy", "", "box", _BOX, 190),
    (
        "Echinaforce",
        "",
        "dråber",
        "100 ml",
        "natural_remedy",
        "",
        "bottle",
        (0.050, 0.135, 0.050),
        310,
    ),
    ("Valerina", "", "tabletter", "50 stk", "natural_remedy", "", "box", _BOX, 280),
    ("Pikasol", "", "kapsler", "120 stk", "natural_remedy", "", "jar", (0.068, 0.115, 0.068), 205),
    ("Clearblue", "", "graviditetstest", "2 stk", "device", "", "box", (0.175, 0.055, 0.030), 212),
    ("Durex Classic", "", "kondomer", "10 stk", "device", "", "box", (0.065, 0.110, 0.030), 228),
    ("Plaster Mix", "", "plaster", "40 stk", "device", "", "box", (0.085, 0.110, 0.025), 0),
    ("Saltvand", "", "næsespray", "100 ml", "device", "", "box", (0.055, 0.145, 0.045), 198),
    ("Termometer", "", "digital", "1 stk", "device", "", "box", (0.055, 0.170, 0.025), 180),
    ("Lusekam", "", "kam", "1 stk", "device", "", "box", (0.090, 0.140, 0.025), 130),
    ("Nivea Creme", "", "creme", "150 ml", "other", "", "tube", (0.060, 0.155, 0.045), 222),
    ("Colgate Total", "", "tandpasta", "75 ml", "other", "", "box", (0.190, 0.045, 0.038), 352),
    ("Zendium", "", "tandpasta", "50 ml", "other", "", "box", (0.165, 0.042, 0.036), 168),
    ("Shampoo Mild", "", "shampoo", "250 ml", "other", "", "bottle", (0.065, 0.190, 0.045), 95),
    ("Solcreme SPF 30", "", "lotion", "200 ml", "other", "", "bottle", (0.062, 0.175, 0.042), 38),
    ("Libresse", "", "bind", "14 stk", "other", "", "pouch", (0.160, 0.110, 0.070), 275),
    ("Håndsprit", "85 %", "gel", "500 ml", "other", "", "bottle", (0.075, 0.200, 0.075), 200),
)

NAMED: tuple[Product, ...] = tuple(
    Product(f"{role[0].upper()}{number:02d}", *row[:4], role, group, shape, size, hue)
    for number, row in enumerate(_TABLE)
    for role, group, shape, size, hue in (row[4:],)
)

_SYLLABLES = (
    "ba", "ka", "ro", "ti", "la", "mo", "ne", "su", "vi", "do", "ra", "pe", "lo", "ni",
    "ma", "fo", "ko", "ju", "sa", "re", "du", "li", "go", "ta",
)  # fmt: skip
_SHAPES = ("box", "bottle", "can", "jar", "tube", "pouch")


def named(role: str | None = None, *, over_the_counter_only: bool = True) -> list[Product]:
    """Return the named goods of a role; medicines of group HA18 only when asked for."""
    return [
        p
        for p in NAMED
        if role in (None, p.role) and not (over_the_counter_only and p.group == "HA18")
    ]


@cache
def anonymous(seed: int) -> Product:
    """Return the made-up article number `seed`, always the same for a number."""
    rng = np.random.default_rng((seed, 77))
    shape = str(rng.choice(_SHAPES, p=(0.35, 0.18, 0.10, 0.08, 0.04, 0.25)))
    ranges_m = {
        "box": ((0.045, 0.24), (0.022, 0.24), (0.02, 0.09)),
        "bottle": ((0.045, 0.10), (0.12, 0.32), (0.045, 0.10)),
        "can": ((0.052, 0.085), (0.09, 0.17), (0.052, 0.085)),
        "jar": ((0.055, 0.10), (0.07, 0.16), (0.055, 0.10)),
        "tube": ((0.045, 0.07), (0.12, 0.18), (0.03, 0.05)),
        "pouch": ((0.10, 0.26), (0.11, 0.30), (0.03, 0.09)),
    }[shape]
    w, h, d = (float(rng.uniform(*r)) for r in ranges_m)
    if shape in ("bottle", "can", "jar") and rng.random() < 0.8:
        d = w
    name = "".join(rng.choice(_SYLLABLES, rng.integers(2, 5))).capitalize()
    if rng.random() < 0.3:
        name += " " + "".join(rng.choice(_SYLLABLES, 2))
    amount = f"{rng.choice((50, 75, 100, 150, 200, 250, 330, 500))} {rng.choice(('g', 'ml'))}"
    hue = int(rng.choice((0, 8, 25, 42, 52, 95, 140, 190, 215, 235, 285, 330)) + rng.normal(0, 6))
    return Product(
        f"X{seed}",
        name,
        "",
        "",
        amount,
        "other",
        "",
        shape,
        (w, h, d),
        hue % 360,
        finish="film" if shape == "box" and h > 0.09 and w > 0.09 and rng.random() < 0.4 else "",
    )


@cache
def misleading(seed: int) -> Product:
    """Return the made-up article number `seed` of those that pass for several packs, or for none.

    Boxes printed with panels or with pictures of what is in them, cans under one film, bottles of
    clear plastic with a narrow label, and slim packs that stand close.
    """
    rng = np.random.default_rng((seed, 78))
    shape, finish, ranges_m = {
        "panels": ("box", "panels", ((0.09, 0.42), (0.08, 0.26), (0.05, 0.20))),
        "film": ("box", "film", ((0.12, 0.40), (0.10, 0.26), (0.06, 0.14))),
        "clear": ("bottle", "clear", ((0.055, 0.105), (0.18, 0.34), (0.055, 0.105))),
        "slim box": ("box", "", ((0.032, 0.055), (0.11, 0.20), (0.03, 0.05))),
        "slim bottle": ("bottle", "", ((0.034, 0.055), (0.12, 0.22), (0.034, 0.055))),
    }[str(rng.choice(
        ("panels", "film", "clear", "slim box", "slim bottle"), p=(0.36, 0.08, 0.32, 0.1, 0.14)
    ))]  # fmt: skip
    w, h, d = (float(rng.uniform(*r)) for r in ranges_m)
    made_up = anonymous(seed)
    size_m = (w, h, w if shape == "bottle" else d)
    return replace(made_up, sku=f"X{seed}m", shape=shape, size_m=size_m, finish=finish)
