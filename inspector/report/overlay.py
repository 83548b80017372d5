"""The annotated photo: what was seen, what was found, and where 140 cm lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from textwrap import shorten

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inspector.domain.facts import AidFacts, PackFacts, SignFacts
from inspector.domain.goods import Goods
from inspector.domain.report import InspectedCapture
from inspector.domain.scene import SignKind
from inspector.domain.verdict import Box, Outcome, Verdict, worst
from inspector.report.drawing import (
    Captions,
    Line,
    Rgb,
    Style,
    blur_box,
    draw_band,
    draw_brackets,
    draw_frame,
)
from inspector.report.findings import SYMBOLS
from inspector.report.labels import Labels, Lang
from inspector.report.legend import LegendEntry, legend_strip
from inspector.report.messages import Messages

MAX_SIDE_PX = 2400
_SIGN_COLOUR: Rgb = (0, 114, 178)
LIMIT_COLOUR: Rgb = (204, 0, 120)
_TAG_COLOUR: Rgb = (0, 160, 200)
_AID_COLOUR: Rgb = (95, 100, 108)
_QUIET_STYLE = Style((120, 130, 142), Line.SOLID, 0.25)
_LONGEST_SIGN_TEXT = 30
_LONGEST_NAME = 40


class PackLook(StrEnum):
    """The seven ways in which a pack is shown; each has a `pack_…` word in the label files."""

    MEDICINE_OK = "medicine_ok"
    MEDICINE_FAILED = "medicine_failed"
    MEDICINE_UNDECIDED = "medicine_undecided"
    UNKNOWN = "unknown"
    OTHER_GOODS = "other_goods"
    PRODUCT_CARD = "product_card"
    NO_PACK = "no_pack"


# Colours of Okabe & Ito (2008), which colour-blind people tell apart, some darker for thin lines.
PACK_STYLES = {
    PackLook.MEDICINE_OK: Style((0, 140, 100), Line.SOLID, symbol="✓"),
    PackLook.MEDICINE_FAILED: Style((200, 50, 0), Line.SOLID, 1.7, is_hatched=True, symbol="✕"),
    PackLook.MEDICINE_UNDECIDED: Style((240, 165, 0), Line.DASHED, 1.4, symbol="?"),
    PackLook.UNKNOWN: Style((170, 80, 150), Line.DOTTED, 1.2, symbol="…"),
    PackLook.OTHER_GOODS: Style((95, 100, 108), Line.SOLID, 0.5),
    PackLook.PRODUCT_CARD: Style((0, 90, 170), Line.DASH_DOT, symbol="▭"),
    PackLook.NO_PACK: Style((95, 100, 108), Line.DOTTED, 0.5),
}

_OUTCOME_COLOURS: dict[Outcome, Rgb] = {
    Outcome.FAILED: PACK_STYLES[PackLook.MEDICINE_FAILED].colour,
    Outcome.CANT_TELL: PACK_STYLES[PackLook.MEDICINE_UNDECIDED].colour,
    Outcome.PASSED: PACK_STYLES[PackLook.MEDICINE_OK].colour,
}


def annotate(
    image_bgr: NDArray[np.uint8],
    inspected: InspectedCapture,
    verdicts: Sequence[Verdict],
    *,
    lang: Lang,
) -> NDArray[np.uint8]:
    """Draw what was seen and found into a copy of a photo, with a legend below it.

    People are blurred before anything else. Only packs with a finding carry their number, the
    digits of their id. The picture fills the whole width of the result, so that
    `result width / image width` takes photo pixels to its pixels.

    Args:
        image_bgr: The upright photo, shape (H, W, 3), uint8, BGR.
        inspected: What was seen and is known of it.
        verdicts: All verdicts of the inspection.
        lang: Language of captions and legend.

    Returns:
        Shape (h, w, 3), uint8, BGR. The photo in it is at most 2400 px long; a larger one is
        scaled down, a smaller one is left as it is.
    """
    return _Overlay(image_bgr, inspected, verdicts, lang).draw()


def look_of_pack(pack: PackFacts, outcome: Outcome) -> PackLook:
    """Return how a pack is shown, given the heaviest outcome about it; UNTESTED when none is."""
    match pack.goods:
        case Goods.PRODUCT_CARD:
            return PackLook.NO_PACK if pack.is_told else PackLook.PRODUCT_CARD
        case Goods.OTHER_GOODS:
            return PackLook.OTHER_GOODS
        case Goods.UNKNOWN:
            return PackLook.UNKNOWN
    match outcome:
        case Outcome.FAILED:
            return PackLook.MEDICINE_FAILED
        case Outcome.PASSED | Outcome.INAPPLICABLE:
            return PackLook.MEDICINE_OK
        case _:
            return PackLook.MEDICINE_UNDECIDED


class _Overlay:
    """One drawing of one photo. Its lengths and boxes are in pixels of the scaled picture."""

    def __init__(
        self,
        image_bgr: NDArray[np.uint8],
        inspected: InspectedCapture,
        verdicts: Sequence[Verdict],
        lang: Lang,
    ) -> None:
        height, width = image_bgr.shape[:2]
        self._scale = min(1.0, MAX_SIDE_PX / max(height, width))
        out_wh = max(1, round(width * self._scale)), max(1, round(height * self._scale))
        resized_bgr = cv2.resize(image_bgr, out_wh, interpolation=cv2.INTER_AREA)
        self._image = cv2.cvtColor(resized_bgr, cv2.COLOR_BGR2RGB)
        unit = max(out_wh) / MAX_SIDE_PX
        self._line_px = max(2, round(4 * unit))
        self._text_px = max(12, round(32 * unit))
        self._facts = inspected.facts
        self._scene = inspected.scene
        self._verdicts = _verdicts_on(inspected.capture_id, verdicts)
        self._outcomes = _outcomes_by_target_and_box(self._verdicts)
        self._labels = Labels.load(lang)
        self._messages = Messages.load(lang)
        self._captions: list[tuple[Box, str, Rgb]] = []
        self._legend: list[LegendEntry] = []

    def draw(self) -> NDArray[np.uint8]:
        """Draw from the back to the front: people, frames, lines, then all lettering."""
        for box in self._scene.people_px:
            blur_box(self._image, self._scaled(box))
        looks = [(pack, look_of_pack(pack, self._outcome_of(pack))) for pack in self._facts.packs]
        looks.sort(key=lambda item: PACK_STYLES[item[1]].weight)  # findings on top
        self._draw_packs(looks)
        self._draw_signs()
        self._draw_aids()
        self._draw_locks()
        self._draw_tags()
        self._draw_areas()
        self._draw_pairs()
        self._draw_limit()
        picture = Image.fromarray(self._image)
        writer = Captions(picture)
        self._write_badges(writer, looks)
        for box, text, colour in self._captions:
            writer.caption(box, text, colour, size_px=self._text_px)
        strip = legend_strip(
            self._legend, width_px=picture.width, text_px=self._text_px, line_px=self._line_px
        )
        drawn_rgb = np.vstack([np.asarray(picture), strip])
        return np.asarray(cv2.cvtColor(drawn_rgb, cv2.COLOR_RGB2BGR), dtype=np.uint8)

    def _draw_packs(self, looks: Sequence[tuple[PackFacts, PackLook]]) -> None:
        for pack, look in looks:
            self._frame(pack.box_xyxy_px, PACK_STYLES[look])
        counts = Counter(look for _, look in looks)
        for look in PackLook:
            if counts[look]:
                text = f"{self._labels.text(f'pack_{look}')} ({counts[look]})"
                self._legend.append(LegendEntry(PACK_STYLES[look], text))

    def _write_badges(self, writer: Captions, looks: Sequence[tuple[PackFacts, PackLook]]) -> None:
        size_px = round(self._text_px * 0.85)
        for pack, look in looks:
            style, outcome = PACK_STYLES[look], self._outcome_of(pack)
            symbol, number = style.symbol, ""
            if outcome >= Outcome.CANT_TELL:
                symbol, number = symbol or SYMBOLS[outcome], pack.pack_id.removeprefix("p")
            if symbol:
                box = self._scaled(pack.box_xyxy_px)
                writer.badge(box, symbol, number, style.colour, size_px=size_px)

    def _draw_signs(self) -> None:
        for sign in self._facts.signs:
            outcome = self._outcome_at(sign.sign_id, sign.box_xyxy_px)
            # Price labels and scraps of text are framed; words that say something are written out.
            speaks = sign.kind in (SignKind.CATEGORY, SignKind.ADVERT)
            if not speaks and outcome < Outcome.FAILED:
                self._frame(sign.box_xyxy_px, _QUIET_STYLE)
                continue
            style = Style(_OUTCOME_COLOURS.get(outcome, _SIGN_COLOUR), Line.SOLID)
            self._frame(sign.box_xyxy_px, style)
            self._caption(sign.box_xyxy_px, self._sign_text(sign, outcome), style.colour)
            self._draw_column(sign, style.colour)
        if any(sign.kind is not SignKind.PRICE_LABEL for sign in self._facts.signs):
            style = Style(_SIGN_COLOUR, Line.SOLID)
            self._legend.append(LegendEntry(style, self._labels.text("sign")))

    def _draw_column(self, sign: SignFacts, colour: Rgb) -> None:
        """Outline what stands under a ceiling sign: nothing there may be other goods."""
        if sign.column_px:
            corners = (np.array(sign.column_px) * self._scale).round().astype(np.int32)
            cv2.polylines(self._image, [corners], True, colour, self._line_px, cv2.LINE_AA)
            style = Style(colour, Line.SOLID)
            self._legend.append(LegendEntry(style, self._labels.text("under_ceiling_sign")))

    def _draw_pairs(self) -> None:
        """Name the neighbours that stand together, each two where they stand."""
        for verdict in self._verdicts:
            if verdict.outcome < Outcome.CANT_TELL or not verdict.values.get("pairs"):
                continue
            colour = _OUTCOME_COLOURS[verdict.outcome]
            for left, right in self._pairs_of(verdict):
                box = _hull(left.box_xyxy_px, right.box_xyxy_px)
                names = " / ".join(
                    shorten(pack.label, _LONGEST_NAME, placeholder=" …") for pack in (left, right)
                )
                draw_brackets(self._image, self._scaled(box), colour, width_px=2 * self._line_px)
                self._caption(box, f"{SYMBOLS[verdict.outcome]} {names}", colour)

    def _pairs_of(self, verdict: Verdict) -> list[tuple[PackFacts, PackFacts]]:
        """Return the neighbours that a verdict names."""
        named = set(verdict.values["pairs"].split("; "))
        seen = {region.box_xyxy_px for region in verdict.evidence}
        pairs = [
            (self._facts.pack(pair.left_id), self._facts.pack(pair.right_id))
            for pair in self._facts.neighbours
        ]
        return [
            (left, right)
            for left, right in pairs
            if f"{left.label} / {right.label}" in named
            and {left.box_xyxy_px, right.box_xyxy_px} <= seen
        ]

    def _sign_text(self, sign: SignFacts, outcome: Outcome) -> str:
        words = shorten(sign.text, _LONGEST_SIGN_TEXT, placeholder=" …")
        text = f"»{words}«" if words else self._labels.text("sign_unread")
        return f"{SYMBOLS[outcome]} {text}" if outcome in _OUTCOME_COLOURS else text

    def _draw_aids(self) -> None:
        for aid in self._facts.aids:
            outcome = self._outcome_at(aid.aid_id, aid.box_xyxy_px)
            style = Style(_OUTCOME_COLOURS.get(outcome, _AID_COLOUR), Line.DASHED, 1.5)
            self._frame(aid.box_xyxy_px, style)
            text = self._labels.text(f"aid_{aid.kind}")
            if outcome in _OUTCOME_COLOURS:
                text = f"{SYMBOLS[outcome]} {text}"
            self._caption(aid.box_xyxy_px, text, style.colour)

    def _draw_locks(self) -> None:
        """Frame the locks that are seen, and say how high they are."""
        for lock in dict.fromkeys(pack.seen_lock for pack in self._facts.packs):
            if lock is not None:
                self._frame(lock.box_xyxy_px, Style(_AID_COLOUR, Line.SOLID))
                text = f"{self._labels.text('lock')} {lock.height.value_m * 100:.0f} cm"
                self._caption(lock.box_xyxy_px, text, _AID_COLOUR)

    def _draw_tags(self) -> None:
        for tag in self._scene.tags:
            corners = (tag.corners_px * self._scale).round().astype(np.int32)
            cv2.polylines(self._image, [corners], True, _TAG_COLOUR, self._line_px, cv2.LINE_AA)
        if self._scene.tags:
            style = Style(_TAG_COLOUR, Line.SOLID)
            self._legend.append(LegendEntry(style, self._labels.text("kit_tag")))

    def _draw_areas(self) -> None:
        """Mark the places of findings that are about no single pack, sign or aid."""
        drawn = {thing.box_xyxy_px for thing in self._things()}
        titles: dict[Box, dict[str, Outcome]] = {}
        for verdict in self._verdicts:
            if verdict.outcome < Outcome.CANT_TELL:
                continue
            for region in verdict.evidence:
                box = region.box_xyxy_px
                if box not in drawn:
                    by_title = titles.setdefault(box, {})
                    title = self._messages.title(verdict.rule_id)
                    by_title[title] = worst((verdict.outcome, by_title.get(title, verdict.outcome)))
        for box, by_title in titles.items():
            colour = _OUTCOME_COLOURS[worst(by_title.values())]
            draw_brackets(self._image, self._scaled(box), colour, width_px=2 * self._line_px)
            text = "   ".join(f"{SYMBOLS[outcome]} {title}" for title, outcome in by_title.items())
            self._caption(box, text, colour)

    def _draw_limit(self) -> None:
        rows = np.array(self._facts.limit_line_px, dtype=np.float64) * self._scale
        if len(rows) < 2:
            self._legend.append(LegendEntry(None, self._labels.text("limit_unknown")))
            return
        rows = rows[np.argsort(rows[:, 0])]
        draw_band(self._image, rows, LIMIT_COLOUR, width_px=self._line_px)
        x, y = (float(end) / self._scale for end in rows[-1, :2])  # at its right end
        self._captions.insert(
            0, (self._scaled((x, y, x, y)), self._labels.text("limit"), LIMIT_COLOUR)
        )
        style = Style(LIMIT_COLOUR, Line.SOLID)
        self._legend.append(LegendEntry(style, self._labels.text("limit_legend"), is_band=True))

    def _outcome_of(self, pack: PackFacts) -> Outcome:
        return self._outcome_at(pack.pack_id, pack.box_xyxy_px)

    def _outcome_at(self, target_id: str, box: Box) -> Outcome:
        """Return the heaviest outcome about a thing: it is the target, or its box is evidence."""
        return max(
            self._outcomes.get(target_id, Outcome.UNTESTED),
            self._outcomes.get(box, Outcome.UNTESTED),
        )

    def _things(self) -> tuple[PackFacts | SignFacts | AidFacts, ...]:
        return (*self._facts.packs, *self._facts.signs, *self._facts.aids)

    def _frame(self, box: Box, style: Style) -> None:
        draw_frame(self._image, self._scaled(box), style, width_px=self._line_px)

    def _caption(self, box: Box, text: str, colour: Rgb) -> None:
        self._captions.append((self._scaled(box), text, colour))

    def _scaled(self, box: Box) -> Box:
        x1, y1, x2, y2 = (edge * self._scale for edge in box)
        return x1, y1, x2, y2


def _hull(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _verdicts_on(capture_id: str, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts about this photo, with their evidence in it only."""
    return [
        replace(v, evidence=tuple(e for e in v.evidence if e.capture_id == capture_id))
        for v in verdicts
        if not v.evidence or any(e.capture_id == capture_id for e in v.evidence)
    ]


def _outcomes_by_target_and_box(verdicts: Sequence[Verdict]) -> dict[str | Box, Outcome]:
    """Return the heaviest outcome for each target id and for each box of evidence."""
    outcomes: dict[str | Box, Outcome] = {}
    for verdict in verdicts:
        keys: list[str | Box] = [verdict.target.id]
        keys += [region.box_xyxy_px for region in verdict.evidence]
        for key in keys:
            outcomes[key] = max(verdict.outcome, outcomes.get(key, Outcome.UNTESTED))
    return outcomes
