"""The reference kit as a PDF to print at 100 %: instruction, strip, 140 mark, floor card.

Sizes come from geometry/kit.py, where the fit takes them from: what is printed is what is measured.
"""

from __future__ import annotations

from importlib import resources

import cv2
import numpy as np
from fpdf import FPDF, ViewerPreferences
from numpy.typing import NDArray

from inspector.geometry.kit import BAR_MM, FLOOR_CARD, MARK_140, STRIP
from inspector.report.drawing import font_folder
from inspector.report.labels import Labels

STRIP_WIDTH_MM = 70.0
PIECES_CM = ((0, 25), (25, 45), (45, 65), (65, 85), (85, 105), (105, 125), (125, 145), (145, 155))
"""Heights between which the strip is cut for A4; no cut goes through a tag."""

GLUE_MM = 10.0
"""Each piece carries a flap on which the next one is glued."""

A4_MM = (210.0, 297.0)
FOOT_MM = 280.0
"""Where a piece's lower end lies on its sheet, from the top."""


def kit_pdf() -> bytes:
    """Return the kit, in Danish and English."""
    sheet = _Sheet()
    sheet.write_instruction()
    for left, right in zip(PIECES_CM[::2], PIECES_CM[1::2], strict=True):
        sheet.add_page()
        sheet.draw_piece(left, x_mm=25)
        sheet.draw_piece(right, x_mm=115)
    sheet.draw_mark()
    sheet.draw_card()
    return bytes(sheet.output())


def tag_modules(tag_id: int) -> NDArray[np.bool_]:
    """Return which modules of a tag are black, shape (8, 8), the frame included."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    return np.asarray(cv2.aruco.generateImageMarker(dictionary, tag_id, 8) == 0)


class _Sheet(FPDF):  # type: ignore[misc]  # fpdf2 is read without its types
    """A4 sheets, drawn in millimetres from the top left."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.words = [Labels.load("da").text, Labels.load("en").text]
        for style, name in (("", "Sans"), ("B", "Sans-Bold")):
            self.add_font("DejaVu", style, font_folder() / f"DejaVu{name}.ttf")
        self.set_auto_page_break(False)
        self.set_margins(0, 0, 0)
        self.set_title(self.words[0]("kit_title"))
        # Printers offer "fit to page"; this asks the viewer not to.
        self.viewer_preferences = ViewerPreferences(print_scaling="None")

    def write_instruction(self) -> None:
        """Put up each part, check the printer: one page with pictures."""
        self.add_page()
        for column, text in enumerate(self.words):
            x_mm = 15 + 92 * column
            self.put(text("kit_title"), x_mm, 14, size_pt=15, style="B", width_mm=86)
            self.put(text("kit_print"), x_mm, 30, size_pt=9, width_mm=84)
        self.draw_bar(15, 64)
        for row, name in enumerate(("strip", "mark", "card")):
            y_mm = 84 + 68 * row
            picture = resources.files("inspector.report") / "kit_pictures" / f"{name}.jpg"
            with resources.as_file(picture) as path:
                self.image(path, x=15, y=y_mm, h=62)
            for column, text in enumerate(self.words):
                x_mm = 67 + 66 * column
                self.put(text(f"kit_{name}_heading"), x_mm, y_mm, size_pt=10.5, style="B")
                self.put(text(f"kit_{name}"), x_mm, y_mm + 12, size_pt=8.6)

    def draw_bar(self, x_mm: float, y_mm: float) -> None:
        """Draw the bar that shows at what scale the printer prints."""
        self.set_fill_color(0)
        self.rect(x_mm, y_mm, BAR_MM, 3, style="F")
        for end_mm in (x_mm, x_mm + BAR_MM):
            self.set_line_width(0.2)
            self.line(end_mm, y_mm - 3, end_mm, y_mm + 6)
        for row, text in enumerate(self.words):
            self.put(text("kit_bar"), x_mm + BAR_MM + 5, y_mm - 4 + 8 * row, size_pt=8, width_mm=76)

    def draw_piece(self, heights_cm: tuple[int, int], *, x_mm: float) -> None:
        """Draw a piece of the strip, its lower end at `FOOT_MM`."""
        low_cm, high_cm = heights_cm
        top_mm = FOOT_MM - 10 * (high_cm - low_cm)
        middle_mm = x_mm + STRIP_WIDTH_MM / 2
        is_last = heights_cm == PIECES_CM[-1]
        self.set_draw_color(120)
        self.set_line_width(0.2)
        upper_mm = top_mm if is_last else top_mm - GLUE_MM
        self.rect(x_mm, upper_mm, STRIP_WIDTH_MM, FOOT_MM - upper_mm)
        if not is_last:
            self.line(x_mm, top_mm, x_mm + STRIP_WIDTH_MM, top_mm)
            glue = " · ".join(text("kit_glue") for text in self.words)
            self.put(glue, x_mm + 2, top_mm - 7, size_pt=7, width_mm=STRIP_WIDTH_MM - 4)
        for tag_id, height_m in STRIP.centre_height_m.items():
            if low_cm < 100 * height_m < high_cm:
                y_mm = FOOT_MM - 10 * (100 * height_m - low_cm)
                self.draw_tag(tag_id, middle_mm, y_mm, 1000 * STRIP.side_m)
                self.put(f"{100 * height_m:.0f}", x_mm + 1, y_mm - 2, size_pt=7, width_mm=9)
                self.line(x_mm, y_mm, x_mm + 3, y_mm)
        if low_cm == 0:
            foot = " · ".join(text("kit_foot") for text in self.words)
            self.put(foot, x_mm, FOOT_MM + 1.5, size_pt=7, width_mm=STRIP_WIDTH_MM + 15)

    def draw_mark(self) -> None:
        """Draw the 140 mark with a line across its centre."""
        self.add_page()
        x_mm, y_mm, half_mm = A4_MM[0] / 2, 90.0, 500 * MARK_140.side_m
        (tag_id,) = MARK_140.centre_height_m
        self.draw_tag(tag_id, x_mm, y_mm, 2 * half_mm)
        self.set_draw_color(120)
        self.rect(x_mm - half_mm - 10, y_mm - half_mm - 10, 2 * half_mm + 20, 2 * half_mm + 20)
        for side in (-1, 1):
            ends_mm = (x_mm + side * (half_mm + 9), x_mm + side * (half_mm + 24))
            self.line(ends_mm[0], y_mm, ends_mm[1], y_mm)
        self.put("140,0 cm", x_mm + half_mm + 25, y_mm - 3, size_pt=11, style="B", width_mm=40)
        for row, text in enumerate(self.words):
            self.put(text("kit_mark"), 30, 150 + 25 * row, size_pt=10, width_mm=150)

    def draw_card(self) -> None:
        """Draw the floor card: a whole sheet, its lower edge on the floor."""
        self.add_page()
        side_mm = 1000 * FLOOR_CARD.side_m
        ((tag_id, height_m),) = FLOOR_CARD.centre_height_m.items()
        self.draw_tag(tag_id, A4_MM[0] / 2, A4_MM[1] - 1000 * height_m, side_mm)
        for row, text in enumerate(self.words):
            self.put(text("kit_card"), 20, 20 + 22 * row, size_pt=10, width_mm=170)

    def draw_tag(self, tag_id: int, x_mm: float, y_mm: float, side_mm: float) -> None:
        """Draw a tag by its centre, each run of black modules as one rectangle."""
        module_mm = side_mm / 8
        self.set_fill_color(0)
        for row, modules in enumerate(tag_modules(tag_id)):
            start = 0
            while start < 8:
                length = 1
                while start + length < 8 and modules[start + length] == modules[start]:
                    length += 1
                if modules[start]:
                    self.rect(
                        x_mm - side_mm / 2 + start * module_mm,
                        y_mm - side_mm / 2 + row * module_mm,
                        length * module_mm,
                        module_mm,
                        style="F",
                    )
                start += length

    def put(
        self,
        text: str,
        x_mm: float,
        y_mm: float,
        *,
        size_pt: float,
        style: str = "",
        width_mm: float = 62.0,
    ) -> None:
        """Print a paragraph at a place."""
        self.set_font("DejaVu", style, size_pt)
        self.set_xy(x_mm, y_mm)
        self.multi_cell(width_mm, size_pt * 0.47, text, align="L")
