"""Makes the demo's PDFs: a datasheet per part, and the files that are taken for one."""

import io

from fpdf import FPDF
from PIL import Image

from demo.pages import WHEN, Pages
from demo.parts import DemoPart

PASSWORD = "for-the-maker's-eyes"  # noqa: S105 - what locks the demo's locked file is no secret


def datasheet(part: DemoPart) -> bytes:
    """Return the part's datasheet."""
    return bytes(_datasheet(part).output())


def encrypted(part: DemoPart) -> bytes:
    """Return the datasheet locked with a password."""
    pages = _datasheet(part)
    pages.set_encryption(owner_password=PASSWORD, user_password=PASSWORD)
    return bytes(pages.output())


def truncated(part: DemoPart) -> bytes:
    """Return the first half of the datasheet, as an upload that broke off leaves it."""
    whole = datasheet(part)
    return whole[: len(whole) // 2]


def scan() -> bytes:
    """Return a document that is a picture of a page, whose title is what the scanner gave it."""
    pages = FPDF()
    pages.set_title("scan0042")
    pages.set_creation_date(WHEN)
    pages.add_page()
    pages.image(Image.new("L", (420, 590), 244), x=0, y=0, w=pages.w, h=pages.h)
    return bytes(pages.output())


def picture() -> bytes:
    """Return a small PNG, for all that its name may say."""
    file = io.BytesIO()
    Image.new("RGB", (320, 200), (236, 236, 232)).save(file, "PNG")
    return file.getvalue()


def brochure(part: DemoPart) -> bytes:
    """Return a maker's brochure that names the part among others."""
    pages = Pages(title=f"{part.maker} product brochure", maker=part.maker, running="Product brochure")
    pages.add_page()
    pages.heading("Product brochure 2024", size=24)
    pages.heading("Product selection guide: better parts for brighter ideas")
    pages.paragraph(
        f"For decades {part.maker} has stood beside engineers. This brochure shows a selection of our best-selling "
        "products at a glance, our success stories, and where to find us at this year's trade fairs."
    )
    pages.grid(("Product", "Highlight"), [(part.number, part.title), (part.near_miss[0], "Proven in the field")])
    pages.add_page()
    pages.heading("Why customers choose us")
    pages.bullets(("Award-winning support", "Samples within two days", "Eleven sales offices", "Sustainable packaging"))
    pages.paragraph("Contact your sales representative for a quotation. Follow us for news on upcoming webinars.")
    return bytes(pages.output())


def errata(part: DemoPart) -> bytes:
    """Return an errata sheet of the part."""
    title = f"{part.family} silicon errata and data sheet clarification"
    pages = Pages(title=title, maker=part.maker, running=f"{part.family} errata")
    pages.add_page()
    pages.heading(f"{part.family} family", size=22)
    pages.heading("Silicon errata and data sheet clarification")
    pages.paragraph(f"This errata sheet describes known deviations of the {part.number} from its data sheet.")
    pages.grid(
        ("Issue", "Revision A", "Revision B"),
        [("Start-up below the minimum supply", "affected", "fixed"), ("Wake-up takes longer", "affected", "affected")],
    )
    pages.add_page()
    pages.heading("Work-arounds")
    pages.paragraph("Issue 1: hold the reset input low until the supply is stable.")
    pages.paragraph("Issue 2: allow four more clock cycles after each wake-up.")
    return bytes(pages.output())


def _datasheet(part: DemoPart) -> Pages:
    pages = Pages(title=f"{part.number} {part.title}", maker=part.maker, running=f"{part.family} datasheet")
    for sections in _SECTIONS:
        pages.add_page()
        for section in sections:
            section(pages, part)
    return pages


def _title(pages: Pages, part: DemoPart) -> None:
    pages.heading(part.number, size=26)
    pages.heading(part.title, size=15)
    pages.paragraph(f"{part.maker}    Datasheet    {part.edition}")
    pages.heading("1 Features")
    pages.bullets(part.features)
    pages.heading("2 Applications")
    pages.bullets(part.applications)
    pages.heading("3 Description")
    pages.paragraph(part.fill(part.text[0]))


def _terminals(pages: Pages, part: DemoPart) -> None:
    pages.heading("4 Pin configuration and functions")
    pages.outline(part.package)
    pages.grid(("Pin", "Name", "Function"), part.pins)


def _ratings(pages: Pages, part: DemoPart) -> None:
    pages.heading("5 Absolute maximum ratings")
    pages.paragraph(
        f"Stress beyond these ratings may damage the {part.family} for good. They are stress ratings only; operation "
        "at these conditions is not implied. Over the operating temperature range unless otherwise noted."
    )
    pages.grid(("Parameter", "Min", "Max", "Unit"), part.ratings)


def _values(pages: Pages, part: DemoPart) -> None:
    pages.heading("6 Electrical characteristics")
    pages.paragraph("At an ambient temperature of 25 °C unless otherwise noted.")
    pages.grid(("Parameter", "Condition", "Min", "Typ", "Max", "Unit"), part.values)


def _curves(pages: Pages, part: DemoPart) -> None:
    pages.heading("7 Typical characteristics")
    for at, row in enumerate(part.values[:2], 1):
        pages.chart(f"Figure {at}. {row[0]} of the {part.family} against temperature", bend=1.5 * at)


def _description(pages: Pages, part: DemoPart) -> None:
    pages.heading("8 Detailed description")
    for text in part.text:
        pages.paragraph(part.fill(text))


def _application(pages: Pages, part: DemoPart) -> None:
    pages.heading("9 Application and layout")
    pages.paragraph(
        f"Information in this section is not part of the specification. Check the {part.family} in your own circuit."
    )
    pages.bullets(
        [
            "Keep connections short and wide.",
            "Use a solid ground area.",
            "Leave room for heat to spread.",
            *(f"Typical use: {use.lower()}." for use in part.applications),
        ]
    )


def _ordering(pages: Pages, part: DemoPart) -> None:
    pages.heading("10 Ordering information")
    pages.grid(("Orderable part number", "Package or version", "Packing"), _orderable(part))
    pages.heading("11 Package outline")
    pages.outline(part.package)


def _orderable(part: DemoPart) -> list[tuple[str, ...]]:
    return [tuple(map(part.fill, row)) for row in part.ordering]


def _history(pages: Pages, part: DemoPart) -> None:
    pages.heading("12 Revision history")
    pages.grid(
        ("Revision", "Date", "Change"),
        [
            ("A", "May 2019", "First issue"),
            ("B", "June 2021", "Ordering table extended"),
            ("C", "March 2024", "Figures"),
        ],
    )
    pages.paragraph(f"{part.maker} may change the {part.family} without notice.")


_SECTIONS = (
    (_title,),
    (_terminals,),
    (_ratings, _values),
    (_curves,),
    (_description, _application),
    (_ordering,),
    (_history,),
)
"""What stands on each page."""
