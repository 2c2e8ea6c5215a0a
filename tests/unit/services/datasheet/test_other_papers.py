import json
import re
from collections import Counter

import pytest

from clients.files.pdf_reader import PdfReader
from schemas.datasheet import PdfText, Verdict
from schemas.errors import Refused
from services.datasheet import judge
from services.datasheet.numbers import folded
from settings.groups import PdfSettings
from tests.support.data import data_folder
from tests.unit.services.datasheet import papers

HEADINGS = re.compile(
    r"(?i)(?:application|technical) (?:note|report)|user(?:['’]s)? (?:guide|manual)|registers list|at commands"
    r"|getting started|tutorial|laborator|evaluation board"
)
NUMBER = re.compile(r"(?<![A-Z0-9])[A-Z]{2,6}-?[0-9]{3,6}[A-Z]{0,4}(?![A-Z0-9])")


def verdict_on(*pages: str, code: str = "LM358", title: str | None = None) -> tuple[Verdict, str]:
    pdf = PdfText(pages=pages, page_count=len(pages), title=title)
    judgement = judge(pdf, manufacturer_code=code, manufacturer=None)
    return judgement.verdict, judgement.detail


@pytest.mark.parametrize(
    ("paper", "looks_like"),
    [
        (papers.INVOICE, "an invoice"),
        (papers.RECHNUNG, "an invoice"),
        (papers.BOM, "a bill of materials"),
        (papers.BOM_WITH_A_TABLE, "a bill of materials"),
        (papers.README, "a README"),
        (papers.SHOP, "a shop's page"),
        (papers.SCHEMATIC, "a schematic"),
        (papers.ARTICLE, "an application note"),
        (papers.ASSEMBLY, "a manual"),
        (papers.PRINTED_PAGE, "a web page"),
    ],
)
def test_paper_that_names_the_part_is_refused(paper: str, looks_like: str) -> None:
    assert verdict_on(paper) == (
        Verdict.WRONG_KIND,
        f"the document names LM358, but looks like {looks_like}, not like a datasheet",
    )
    assert verdict_on(paper, title="LM358")[0] is Verdict.WRONG_KIND


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("INVOICE 2026-118", "an invoice"),
        ("Packing list", "an invoice"),
        ("Lieferschein", "an invoice"),
        ("Bill of materials", "a bill of materials"),
        ("README.md", "a README"),
        ("Schematic", "a schematic"),
        ("Reference manual", "a manual"),
        ("Application report", "an application note"),
    ],
)
def test_paper_that_says_its_kind_is_refused(heading: str, kind: str) -> None:
    refused = (Verdict.WRONG_KIND, f"the document is {kind}, not a datasheet")
    assert verdict_on(f"{heading}\nLM358\nPin configuration\n") == refused
    assert verdict_on("LM358\nPin configuration\n", title=f"LM358 {heading}") == refused


@pytest.mark.parametrize("page", [papers.PLAIN, papers.PLAIN + "Maximum ratings\n", "LM358\n" * 50])
def test_document_without_hallmarks_is_refused(page: str) -> None:
    verdict, detail = verdict_on(page, title="LM358")
    assert verdict is Verdict.WRONG_KIND
    assert detail == (
        "the document names LM358, but lacks what makes a datasheet:"
        " sections such as maximum ratings, characteristics, pins and ordering codes"
    )


@pytest.mark.parametrize(
    "sections",
    [
        "Absolute Maximum Ratings\nElectrical Characteristics",
        "2 Pin configuration ................ 3\n7.1 Recommended operating conditions ........ 18",
        "Electrical data\nParameter Min Typ Max Unit",
        "Предельные параметры\nЭлектрические характеристики",
        "极限参数\n电气特性",
        "Part numbers\nDimensions: mm [inches]",
        "Standard･Specifi cation\nRecommended･Land･Pattern",
    ],
)
def test_two_sections_make_a_datasheet(sections: str) -> None:
    assert verdict_on(f"LM358\n{sections}\n")[0] is Verdict.OK


def test_sections_named_in_prose_do_not_count() -> None:
    prose = (
        "LM358\nWithin the absolute maximum ratings, the electrical characteristics depend on the pin configuration.\n"
    )
    assert verdict_on(prose)[0] is Verdict.WRONG_KIND


def test_datasheet_with_prices_and_parts_is_accepted() -> None:
    page = (
        "LM358\nFeatures\nAbsolute maximum ratings\nElectrical characteristics\nPin configuration\n"
        "Ordering information\nOrder number LM358N, quantity 1000, $0.10\nPackage dimensions\nR1, R2 10k\n"
    )
    assert verdict_on(page)[0] is Verdict.OK


def test_real_papers_about_a_part_are_refused() -> None:
    """Also without the headings that say what they are."""
    folder = data_folder("pdfs")
    rows = [json.loads(line) for line in (folder / "pdfs.jsonl").read_text().splitlines()]
    reader = PdfReader(PdfSettings())
    for row in [row for row in rows if row["kind"] == "not_datasheet"]:
        try:
            pdf = reader.read((folder / row["file"]).read_bytes())
        except Refused:
            continue
        plain = pdf.model_copy(
            update={"title": None, "pages": tuple(HEADINGS.sub("paper", page) for page in pdf.pages)}
        )
        numbers = Counter(number for page in pdf.pages for number in NUMBER.findall(folded(page)))
        for number, _ in numbers.most_common(4):
            for text in (pdf, plain):
                assert judge(text, manufacturer_code=number, manufacturer=None).verdict is not Verdict.OK, row["file"]
