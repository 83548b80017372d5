"""A4 paper: blocks of text, cards, tables and pictures, whatever they say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from fpdf import FPDF
from PIL import Image

from inspector.report.drawing import Rgb, font_folder

# Letters that DejaVu lacks, on a Japanese pack for instance, are printed as boxes; no need to warn.
logging.getLogger("fpdf").setLevel(logging.ERROR)

INK: Rgb = (22, 32, 43)
SOFT: Rgb = (74, 86, 99)
_HAIRLINE: Rgb = (205, 212, 220)

_MARGIN_MM = 18.0
_FOOT_MM = 22.0
_MM_PER_PT = 0.3528
_LEADING = 1.38
_CELL_MM, _COLUMN_GAP_MM = 1.2, 2.0

PICTURE_MOST_MM = 104.0
"""Greatest height of a picture across the page."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph.

    Attributes:
        text: What it says.
        size_pt: Size of the lettering.
        style: Empty, `B` for bold or `I` for italics.
        colour: Colour of the lettering.
        indent_mm: Distance from the left edge of its column.
        gap_mm: Free space after it.
        lead: Bold words before the text, in its first line.
    """

    text: str
    size_pt: float
    style: str = ""
    colour: Rgb = INK
    indent_mm: float = 0.0
    gap_mm: float = 0.0
    lead: str = ""

    @property
    def line_mm(self) -> float:
        """Distance between its lines."""
        return self.size_pt * _MM_PER_PT * _LEADING


class Paper(FPDF):  # type: ignore[misc]  # fpdf2 is read without its types
    """A4 pages in DejaVu Sans, with a title and page numbers at the foot."""

    def __init__(self, *, title: str, creator: str, page_words: Callable[[int], str]) -> None:
        super().__init__(format="A4")
        self._page_words = page_words
        self._widths_mm: dict[tuple[str, float, str], float] = {}
        for style, name in (("", "Sans"), ("B", "Sans-Bold"), ("I", "Sans-Oblique")):
            self.add_font("DejaVu", style, font_folder() / f"DejaVu{name}.ttf")
        self.set_margins(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
        self.set_auto_page_break(True, margin=_FOOT_MM)
        self.set_title(title)
        self.set_creator(creator)
        self.add_page()

    def footer(self) -> None:
        """Print title and page number; called by fpdf2 for every page."""
        self.set_y(-15)
        self._hairline(self.y - 1.5)
        self._use(Block("", 7.5, colour=SOFT))
        self.cell(self.epw * 0.7, 4, self.title)
        self.cell(self.epw * 0.3, 4, self._page_words(self.page_no()), align="R")

    def heading(self, text: str, *, room_mm: float = 40) -> None:
        """Print a heading over a line, on a page with so much room from there on."""
        self._ensure(room_mm)
        self.ln(7)
        self.write_block(Block(text, 13, "B", gap_mm=1))
        self.set_draw_color(*INK)
        self.set_line_width(0.5)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)
        self.ln(3)

    def subheading(self, text: str) -> None:
        """Print a smaller heading, with room for something below it."""
        self._ensure(25)
        self.ln(1.5)
        self.write_block(Block(text, 10.5, "B", gap_mm=2))

    def write_block(
        self, block: Block, *, x: float | None = None, width: float | None = None
    ) -> None:
        """Print a paragraph at the present height, across the page or in a column."""
        left = (self.l_margin if x is None else x) + block.indent_mm
        for number, line in enumerate(self._lines(block, self.epw if width is None else width)):
            self.set_x(left)
            if block.lead and not number:
                self._use(replace(block, style="B"))
                self.cell(self._lead_mm(block), block.line_mm, block.lead)
            self._use(block)
            self.cell(0, block.line_mm, line, new_x="LMARGIN", new_y="NEXT")
        self.ln(block.gap_mm)

    def write_together(self, blocks: Sequence[Block]) -> None:
        """Print paragraphs across the page, all on one page where they fit."""
        self._ensure(self._height(blocks, self.epw))
        for block in blocks:
            self.write_block(block)

    def panel(self, blocks: Sequence[Block], ink: Rgb, ground: Rgb) -> None:
        """Print paragraphs on a tinted ground with a bar at its left."""
        x, width, pad = self.l_margin + 7, self.epw - 11, 4.0
        height = self._height(blocks, width) + 2 * pad
        top = self.y
        self.set_fill_color(*ground)
        self.rect(self.l_margin, top, self.epw, height, style="F")
        self.set_fill_color(*ink)
        self.rect(self.l_margin, top, 2.2, height, style="F")
        self.set_y(top + pad)
        for block in blocks:
            self.write_block(block, x=x, width=width)
        self.set_y(top + height + 5)

    def card(
        self,
        blocks: Sequence[Block],
        pictures: Sequence[tuple[bytes, str]],
        *,
        bar: Rgb,
        picture_mm: float,
        heading: str = "",
    ) -> None:
        """Print paragraphs with pictures at their right, kept on one page where they fit.

        Args:
            blocks: The paragraphs.
            pictures: JPEG files with their captions.
            bar: Colour of the bar at the left.
            picture_mm: Width of the pictures.
            heading: A smaller heading to keep with the card; empty for none.
        """
        x, gap = self.l_margin + 5, 6.0
        width = self.epw - 5 - (picture_mm + gap if pictures else 0)
        sizes = [Image.open(BytesIO(jpeg)).size for jpeg, _ in pictures]
        heights = [picture_mm * tall / wide for wide, tall in sizes]
        beside = sum(heights) + 6 * len(pictures)
        height, above = max(self._height(blocks, width), beside), 12 if heading else 0
        # Sentences that fill more than a page go on over the next ones; a picture cannot.
        self._ensure((height if height + above < self.eph else beside) + above)
        if heading:
            self.subheading(heading)
        top, first_page = self.y, self.page
        for (jpeg, caption), tall in zip(pictures, heights, strict=True):
            left = self.w - self.r_margin - picture_mm
            self.image(BytesIO(jpeg), left, self.y, picture_mm, tall)
            self.set_y(self.y + tall + 0.7)
            self.write_block(Block(caption, 7, colour=SOFT, gap_mm=1.5), x=left, width=picture_mm)
        below_pictures = self.y
        self.set_y(top)
        for block in blocks:
            self.write_block(block, x=x, width=width)
        if self.page == first_page:
            self.set_y(max(self.y, below_pictures))
            self.set_fill_color(*bar)
            self.rect(self.l_margin, top, 1.6, self.y - top, style="F")
        self.ln(3)
        self._hairline(self.y)
        self.ln(3)

    def rows(
        self, rows: Sequence[tuple[str, str]], *, label_mm: float, size_pt: float = 9.5
    ) -> None:
        """Print rows of label and text."""
        for label, text in rows:
            block = Block(text, size_pt, gap_mm=0.6)
            self._ensure(self._height([block], self.epw - label_mm))
            top = self.y
            self._use(Block("", size_pt, colour=SOFT))
            self.cell(label_mm, block.line_mm, self._cut(label, label_mm - 2))
            self.set_y(top)
            self.write_block(block, x=self.l_margin + label_mm, width=self.epw - label_mm)

    def rules_table(
        self,
        heading: tuple[str, ...],
        rows: Sequence[tuple[str, str, str]],
        *,
        widths_mm: tuple[float, ...],
        inks: Sequence[Rgb],
    ) -> None:
        """Print a table whose second column is coloured by `inks`, one for each row."""
        lefts_mm = [self.l_margin + sum(widths_mm[:k]) for k in range(len(widths_mm))]

        def write_row(blocks: Sequence[Block], height_mm: float) -> None:
            top = self.y + _CELL_MM
            for block, left_mm, width_mm in zip(blocks, lefts_mm, widths_mm, strict=True):
                self.set_y(top)
                self.write_block(block, x=left_mm, width=width_mm - _COLUMN_GAP_MM)
            self.set_y(top + height_mm + _CELL_MM)

        head = [Block(words, 8.5, "B", SOFT) for words in heading]
        write_row(head, head[0].line_mm)
        for (rule, outcome, explanation), ink in zip(rows, inks, strict=True):
            blocks = [Block(rule, 8.5), Block(outcome, 8.5, "B", ink), Block(explanation, 8.5)]
            height_mm = max(
                self._height([block], width_mm - _COLUMN_GAP_MM)
                for block, width_mm in zip(blocks, widths_mm, strict=True)
            )
            page = self.page
            self._ensure(height_mm + 2 * _CELL_MM)
            if self.page != page:
                write_row(head, head[0].line_mm)
            self._hairline(self.y)
            write_row(blocks, height_mm)

    def picture(self, jpeg: bytes, caption: str) -> None:
        """Print a picture across the page, or as high as nearly half a page, with its caption."""
        wide, tall = Image.open(BytesIO(jpeg)).size
        width = min(self.epw, PICTURE_MOST_MM * wide / tall)
        height = width * tall / wide
        self._ensure(height + 12)
        self.image(BytesIO(jpeg), self.l_margin, self.y, width, height)
        self.set_y(self.y + height + 1)
        self.write_block(Block(caption, 8, colour=SOFT, gap_mm=4))

    def strokes(self, lines: Sequence[Sequence[tuple[float, float]]], *, height_mm: float) -> None:
        """Print what was drawn by hand over a base line; 1 in its points is the height."""
        self._ensure(height_mm + 12)
        top = self.y
        self.set_draw_color(*INK)
        self.set_line_width(0.45)
        for line in lines:
            points = [(self.l_margin + x * height_mm, top + y * height_mm) for x, y in line]
            if len(points) > 1:
                self.polyline(points)
        self.set_line_width(0.2)
        self.line(self.l_margin, top + height_mm, self.l_margin + 3 * height_mm, top + height_mm)
        self.set_y(top + height_mm + 1)

    def _use(self, block: Block) -> None:
        self.set_font("DejaVu", block.style, block.size_pt)
        self.set_text_color(*block.colour)

    def _height(self, blocks: Sequence[Block], width: float) -> float:
        return sum(
            block.gap_mm + block.line_mm * len(self._lines(block, width)) for block in blocks
        )

    def _lines(self, block: Block, width: float) -> list[str]:
        """Break a paragraph into lines at its spaces, and words wider than a line anywhere.

        fpdf2's `multi_cell` does the same, but measures a line anew for every letter: breaking
        paragraphs twice, to fit and to print them, took a second of a page with ten findings.
        """
        room_mm = width - block.indent_mm - 2 * self.c_margin
        free_mm = room_mm - self._lead_mm(block)
        self._use(block)
        space_mm = self._width_mm(" ")
        lines = []
        for paragraph in block.text.split("\n"):
            words: list[str] = []
            for word in paragraph.split(" "):
                left_mm = free_mm - (space_mm if words else 0.0)
                word_mm = self._width_mm(word)
                if word_mm <= left_mm:
                    words.append(word)
                    free_mm = left_mm - word_mm
                    continue
                if words:
                    lines.append(" ".join(words))
                    free_mm = room_mm
                while self._width_mm(word) > free_mm and len(word) > 1:
                    fitting = len(self._start(word, free_mm))
                    lines.append(word[:fitting])
                    word, free_mm = word[fitting:], room_mm
                words, free_mm = [word], free_mm - self._width_mm(word)
            lines.append(" ".join(words))
            free_mm = room_mm
        return lines

    def _width_mm(self, text: str) -> float:
        """Return the width of a text in the font in use; reports say the same words many times."""
        key = (self.font_style, self.font_size_pt, text)
        if key not in self._widths_mm:
            self._widths_mm[key] = float(self.get_string_width(text))
        return self._widths_mm[key]

    def _start(self, word: str, width: float) -> str:
        """Return as many letters from the start of a word as fit a width, at least one."""
        count = 1
        while count < len(word) and self._width_mm(word[: count + 1]) <= width:
            count += 1
        return word[:count]

    def _lead_mm(self, block: Block) -> float:
        if not block.lead:
            return 0.0
        self._use(replace(block, style="B"))
        return self._width_mm(f"{block.lead} ")

    def _ensure(self, height_mm: float) -> None:
        """Turn the page when less than that is left on it, unless it is more than a page."""
        if self.will_page_break(height_mm) and height_mm < self.eph:
            self.add_page()

    def _hairline(self, y: float) -> None:
        self.set_draw_color(*_HAIRLINE)
        self.set_line_width(0.2)
        self.line(self.l_margin, y, self.w - self.r_margin, y)

    def _cut(self, text: str, width: float) -> str:
        """Return the text, shortened at its end to fit a width."""
        while len(text) > 1 and self._width_mm(text) > width:
            text = f"{text.rstrip('…')[:-1]}…"
        return text
