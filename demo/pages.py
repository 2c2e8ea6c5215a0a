"""The pages of a demo datasheet: headings, tables, charts and outline drawings."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos

WHEN = datetime(2024, 3, 5, tzinfo=UTC)
NOTICE = "Made for the Partflow demo; not the maker's document, and not to be designed by."
ACCENT = (150, 24, 32)


class Pages(FPDF):
    """A document whose bytes depend on nothing but its content."""

    def __init__(self, *, title: str, maker: str, running: str) -> None:
        super().__init__()
        self._maker, self._running = maker, running
        self.set_title(title)
        self.set_author(maker)
        self.set_creation_date(WHEN)
        self.set_auto_page_break(auto=True, margin=22)

    def file_id(self) -> str:
        """Return an identifier that is the same each time, where fpdf's own depends on the clock."""
        digest = hashlib.sha256(f"{self._maker}{self._running}".encode()).hexdigest()[:32]
        return f"<{digest}><{digest}>"

    def header(self) -> None:
        """Print the running head."""
        self.set_font("helvetica", "B", 9)
        self.set_text_color(*ACCENT)
        self.cell(95, 6, self._maker)
        self.set_text_color(70, 70, 70)
        self.cell(0, 6, self._running, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.line(10, self.get_y() + 1, 200, self.get_y() + 1)
        self.ln(6)

    def footer(self) -> None:
        """Print the notice and the page number."""
        self.set_y(-15)
        self.set_font("helvetica", "", 7)
        self.set_text_color(110, 110, 110)
        self.cell(150, 6, NOTICE)
        self.cell(0, 6, f"Page {self.page_no()}", align="R")

    def heading(self, text: str, *, size: int = 13) -> None:
        """Print a heading; a numbered one is a chapter of the outline."""
        self.ln(2)
        if text[0].isdigit():
            self.start_section(text)
        self.set_font("helvetica", "B", size)
        self.set_text_color(*ACCENT)
        self.multi_cell(0, size * 0.55, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1.5)

    def paragraph(self, text: str) -> None:
        """Print running text."""
        self._plain()
        self.multi_cell(0, 5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(2)

    def bullets(self, lines: Iterable[str]) -> None:
        """Print a list."""
        self._plain()
        for line in lines:
            self.multi_cell(0, 5.2, f"-  {line}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(2)

    def grid(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table."""
        self._plain(9)
        self.set_draw_color(170, 170, 170)
        with self.table(line_height=6) as grid:
            for row in (heads, *rows):
                grid.row(row)
        self.ln(3)

    def chart(self, caption: str, bend: float) -> None:
        """Draw a characteristic curve, steeper for a greater `bend`."""
        left, top, width, height = 30.0, self.get_y() + 2, 130.0, 62.0
        self.set_draw_color(190, 190, 190)
        for step in range(9):
            self.line(left + step * width / 8, top, left + step * width / 8, top + height)
            self.line(left, top + step * height / 8, left + width, top + step * height / 8)
        self.set_draw_color(*ACCENT)
        falls = [1 - math.exp(-bend * step / 40) for step in range(41)]
        self.polyline(
            [(left + step * width / 40, top + height * (0.1 + 0.8 * fall)) for step, fall in enumerate(falls)]
        )
        self.set_y(top + height + 2)
        self.paragraph(caption)

    def outline(self, package: str) -> None:
        """Draw the package from above with its main dimensions."""
        name, _, count = package.rpartition("-")
        side = max(1, math.ceil(int(count) / 2))
        left, top, width = 70.0, self.get_y() + 12, max(26.0, 9.0 * side)
        self.set_draw_color(40, 40, 40)
        self.rect(left, top, width, 34)
        for pin in range(side):
            x = left + (pin + 0.5) * width / side
            self.rect(x - 1.5, top + 34, 3, 9)
            if side + pin < int(count):
                self.rect(x - 1.5, top - 9, 3, 9)
        self.circle(left + 4, top + 30, 1.2)
        self.set_y(top + 50)
        self.paragraph(f"{name} with {count} terminals, seen from above.")

    def _plain(self, size: int = 10) -> None:
        self.set_font("helvetica", "", size)
        self.set_text_color(20, 20, 20)
