"""A4 pages for loaders and drivers: heading on every page, page numbers, big plain text.

A text that has only Latin-1 characters is set in Helvetica, which every PDF reader has, on every
machine; any other text needs a font file. So a document looks the same wherever it is made from,
as long as the same font is installed or set.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import Align, TextMode
from fpdf.errors import FPDFException

from api.manifests.figures import one_line
from api.manifests.fonts import HINT, FontFile
from api.manifests.words import Words
from api.problem_details import Refusal
from optimizer.domain.temperature import Zone

LEFT, RIGHT, TOP, BOTTOM = 11.0, 199.0, 27.0, 283.0
"""The edges of the text in millimetres from the upper left corner."""

SMALLEST = 0.65
"""A text too long for its place shrinks to this share of its size before it is cut."""

TWO_LINES = 0.72
"""A name that would have to shrink below this share of its size goes on two lines."""

TINTS: dict[Zone, tuple[int, int, int]] = {
    Zone.FROZEN: (213, 223, 238),
    Zone.CHILLED: (230, 241, 226),
    Zone.CONTROLLED: (250, 239, 217),
}
GREY = (232, 232, 232)
PROBE = "Ag0°中仓冷"
"""A font must have all of these."""

_FAMILY = "paper"
_PAGES = "{coldgrid:pages}"


class Paper(FPDF):
    """Pages with a heading; draw with ``put``, ``cells`` and ``frame`` at ``at`` downwards.

    Parameters
    ----------
    title
        What the reader looks for first: the vehicle or the site.
    lines
        Two lines at the right of the heading; may be changed before a page is added.
    words
        The labels.
    made_at
        Goes into the file as its date, so that the same plan gives the same bytes.
    font
        A font file; None for Helvetica.
    """

    def __init__(
        self,
        *,
        title: str,
        lines: tuple[str, str],
        words: Words,
        made_at: datetime,
        font: FontFile | None,
    ) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.heading = title
        self.lines = lines
        self.words = words
        self.at = TOP
        self._own_font = font is not None
        if font is None:
            self._face = "Helvetica"
        else:
            self._face = _FAMILY
            self._load(font)
        self.set_auto_page_break(auto=False)
        self.set_margin(LEFT)
        self.c_margin = 0
        self.alias_nb_pages(_PAGES)
        self.set_creation_date(made_at)
        self.set_producer("coldgrid")
        self.set_title(f"{title} {lines[1]}")

    def header(self) -> None:
        """Write the heading; called for every page."""
        self.put(LEFT, 11, 80, self.heading, size=20, bold=True, height=10)
        self.put(95, 11.5, RIGHT - 95, self.lines[0], size=9.5, align="R", height=4.6)
        self.put(95, 16.3, RIGHT - 95, self.lines[1], size=9.5, align="R", height=4.6)
        self.stroke(LEFT, 22.5, RIGHT, 22.5, width=0.8)
        self.at = TOP

    def footer(self) -> None:
        """Write the page number; called for every page."""
        text = f"{self.words['page']} {self.page_no()} / {_PAGES}"
        self.put(RIGHT - 24, 286, 60, text, size=9, height=5)

    def room(self, height: float) -> bool:
        """Begin a new page where less than this height is left; say whether that was so."""
        if self.at + height <= BOTTOM:
            return False
        self.add_page()
        return True

    def put(
        self,
        x: float,
        y: float,
        width: float,
        text: str,
        *,
        size: float = 10,
        bold: bool = False,
        align: str = "L",
        height: float = 5,
    ) -> float:
        """Write one line of text inside a place; give the width that it takes."""
        self._pen(size, bold)
        shown, taken = self._fitted(one_line(text), width, size, bold)
        self.set_xy(x, y)
        if bold and self._own_font:
            # The font file has one weight; an outline makes it bold.
            with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=0.022 * size):
                self.cell(width, height, shown, align=Align.coerce(align))
        else:
            self.cell(width, height, shown, align=Align.coerce(align))
        return taken

    def put_name(
        self, x: float, y: float, width: float, text: str, *, size: float, height: float
    ) -> None:
        """Write a name in bold, on two smaller lines where it is too long for one."""
        text = one_line(text)
        if self._width(text, size, bold=True) * TWO_LINES <= width:
            self.put(x, y, width, text, size=size, bold=True, height=height)
            return
        small = size * TWO_LINES
        cut = next(
            (
                n
                for n in range(len(text), 0, -1)
                if self._width(text[:n], small, bold=True) <= width
            ),
            1,
        )
        # Words stay whole where there are words.
        space = text.rfind(" ", cut // 2, cut + 1)
        cut = space if 0 < space < len(text) else cut
        for row, part in enumerate((text[:cut], text[cut:])):
            self.put(x, y + row * height / 2, width, part, size=small, bold=True, height=height / 2)

    def cells(
        self,
        texts: Iterable[str],
        widths: Iterable[float],
        *,
        aligns: str,
        height: float = 5.4,
        size: float = 9.5,
        bold: bool = False,
        fill: tuple[int, int, int] | None = None,
        grid: bool = True,
    ) -> None:
        """Write a row of a table and move below it."""
        x = LEFT
        for text, width, align in zip(texts, widths, aligns, strict=True):
            if fill is not None:
                self.paint(x, self.at, width, height, fill)
            if grid:
                self.frame(x, self.at, width, height)
            self.put(x + 1.5, self.at, width - 3, text, size=size, bold=bold, align=align,
                     height=height)  # fmt: skip
            x += width
        self.at += height

    def frame(self, x: float, y: float, width: float, height: float, line: float = 0.2) -> None:
        """Draw a rectangle."""
        self.set_line_width(line)
        self.rect(x, y, width, height)

    def paint(
        self, x: float, y: float, width: float, height: float, tint: tuple[int, int, int]
    ) -> None:
        """Fill a rectangle."""
        self.set_fill_color(*tint)
        self.rect(x, y, width, height, style="F")

    def stroke(self, x1: float, y1: float, x2: float, y2: float, *, width: float = 0.3) -> None:
        """Draw a line."""
        self.set_line_width(width)
        self.line(x1, y1, x2, y2)

    def title_line(self, text: str, hint: str = "") -> None:
        """Write the title of a part, with a hint beside it."""
        self.at += 2.2
        taken = self.put(LEFT, self.at, RIGHT - LEFT, text, size=12, bold=True, height=6.5)
        x = LEFT + taken + 3
        self.put(x, self.at, RIGHT - x, hint, size=9.5, height=6.5)
        self.at += 6.8

    def facts(self, pairs: Iterable[tuple[str, str]], *, size: float = 12.5) -> None:
        """Write labels with their values in bold, as many in a row as fit."""
        x = LEFT
        for label, value in pairs:
            wide = self._width(label, 9.5, bold=False) + self._width(value, size, bold=True) + 8.5
            if x > LEFT and x + wide > RIGHT + 7:
                x = LEFT
                self.at += 6.4
            taken = self.put(x, self.at, RIGHT - x, label, size=9.5, height=6)
            x += taken + 1.5
            x += self.put(x, self.at, RIGHT - x, value, size=size, bold=True, height=6) + 7
        self.at += 6.8

    def _fitted(self, text: str, width: float, size: float, bold: bool) -> tuple[str, float]:
        taken: float = self.get_string_width(text)
        if taken > width > 0:
            self._pen(size * max(SMALLEST, width / taken * 0.99), bold)
            taken = self.get_string_width(text)
            while text and taken > width:
                text = text.removesuffix("..")[:-1] + ".."
                taken = self.get_string_width(text)
                if text == "..":
                    break
        return text, taken

    def _width(self, text: str, size: float, *, bold: bool) -> float:
        self._pen(size, bold)
        width: float = self.get_string_width(text)
        return width

    def _pen(self, size: float, bold: bool) -> None:
        self.set_font(self._face, "B" if bold and not self._own_font else "", size)

    def _load(self, font: FontFile) -> None:
        if not font.begins_like_a_font():
            raise Refusal("CG-7501", f"{font.path.name} is no font file: {HINT}")
        try:
            self.add_font(_FAMILY, fname=font.path, collection_font_number=font.face)
        except (FPDFException, ValueError, OSError) as error:
            raise Refusal(
                "CG-7501", f"{font.path.name} cannot be used ({error}): {HINT}"
            ) from error
        glyphs = getattr(self.fonts[_FAMILY], "cmap", {})
        lacking = [character for character in PROBE if ord(character) not in glyphs]
        if lacking:
            which = " ".join(lacking)
            raise Refusal("CG-7501", f"{font.path.name} has no glyphs for {which}: {HINT}")
