import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.datasheet import Judgement, PdfText, Verdict
from services.datasheet import covering, judge
from services.datasheet.pages import pages_of

BODY = "\nAbsolute Maximum Ratings\nElectrical Characteristics\nOrdering Information\nSupply voltage 5 V\n"


def ask(head: str, code: str, *, maker: str | None = None, body: str = BODY, title: str | None = None) -> Judgement:
    pdf = PdfText(pages=(head + body, "Typical curves"), page_count=2, title=title)
    return judge(pdf, manufacturer_code=code, manufacturer=maker)


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("LM358 dual operational amplifier", "LM358"),
        ("LM358 dual operational amplifier", "LM358DR"),
        ("LM358 dual operational amplifier", "lm-358"),
        ("LM158/LM258/LM358 amplifiers", "LM258N"),
        ("LM158/258/358 amplifiers", "LM258"),
        ("AD8055/56 amplifiers", "AD8056"),
        ("TIP29/A/B/C transistors", "TIP29C"),
        ("74HC/HCT10 triple NAND gate", "74HCT10"),
        ("74HC/HCT10 triple NAND gate", "74HC10N"),
        ("SN54/74LS00 quad NAND gate", "SN74LS00"),
        ("SNx4HC112 dual flip-flop", "SN74HC112N"),
        ("LM78XX series regulators", "LM7805CT"),
        ("SRD XX VDC S L C relay", "SRD-05VDC-SL-C"),
        ("1N4001 thru 1N4007 rectifiers", "1N4004"),
        ("1N4728A - 1N4764A zener diodes", "1N4741A"),
        ("LM2596 regulator", "LM2596S-5.0/NOPB"),
        ("STM32F103x8 microcontroller", "STM32F103C8T6"),
        ("Transducer LA 55-P", "LA55-P"),
        ("НПН КТ315", "KT315"),
        ("2SC1815 transistor", "C1815"),
        ("SN74HC00 gate", "74HC00"),
        ("BT138-600 triac", "BT138"),
        ("BC546-548 transistors", "BC547"),
        ("1N4728-4764 zeners", "1N4741"),
        ("TIP110 to 127 transistors", "TIP120"),
    ],
)
def test_number_or_family_is_accepted(head: str, code: str) -> None:
    assert ask(head, code).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("BFQ131 transistor", "BFQ13"),
        ("LM358 amplifier", "LM35"),
        ("LM4810 amplifier", "LM4811"),
        ("1.5SMC6.8CA suppressor", "1.5SMC68CA"),
        ("1.5SMC68CA suppressor", "1.5SMC6.8CA"),
        ("BU2508DX transistor", "BU2508AX"),
        ("IRFP240 transistor", "IRFP250"),
        ("BC56-12 display", "BC56-11"),
        ("1N4001 thru 1N4007 rectifiers", "1N4008"),
        ("AD8055/56 amplifiers", "AD8057"),
        ("LM4040 is pin compatible to LM78XX", "LM7805"),
        ("BC547 transistor, complementary to BC557", "BC557"),
        ("ESP32 chip", "ESP32-WROOM"),
        ("LM358 amplifier", "358"),
        ("LM358 amplifier", "?"),
        ("BT138-600 triac", "BT139"),
        ("BT138-600E triac", "BT139"),
        ("BTA140-600 triac", "BTA240"),
        ("BTA140 - 800 triac", "BTA240"),
        ("BTA500-600 triac", "BTA550"),
        ("1N4728A-4764 zeners", "1N4765"),
    ],
)
def test_other_number_is_refused(head: str, code: str) -> None:
    assert ask(head, code).verdict is Verdict.WRONG_PART


@pytest.mark.parametrize("volts", range(100, 1700, 100))
@pytest.mark.parametrize("low", [101, 138, 140, 151, 199])
def test_voltage_class_after_a_dash_makes_no_range(low: int, volts: int) -> None:
    pdf = PdfText(pages=(f"BT{low}-{volts} triac{BODY}",), page_count=1)
    between = [number for number in range(100, 1700, 7) if number != low]
    assert [n for n in between if judge(pdf, manufacturer_code=f"BT{n}", manufacturer=None).verdict is Verdict.OK] == []


@pytest.mark.parametrize(
    "word",
    [
        *(
            "LED",
            "led",
            "CMOS",
            "Relay",
            "SOT23",
            "SOT-23",
            "SOT-23-5",
            "TO-220AB",
            "DIP-8",
            "SOIC8",
            "QFN-48",
            "DO-41",
        ),
        *("SC70", "0805", "RS-232", "I2C", "USB-C", "DDR4", "IP67", "10k", "100nF", "4.7uF", "3V3", "16 MHz", "24VDC"),
    ],
)
def test_word_has_no_datasheet(word: str) -> None:
    judgement = ask(f"{word} {word}", word)
    assert judgement.verdict is Verdict.WRONG_PART
    assert judgement.detail == f"{word!r} is a word or a value, not a part number"


def test_packages_do_not_count_as_other_parts() -> None:
    assert ask("LM358", "LM358", body=BODY + "SOT23 TO220 RS232 " * 20).verdict is Verdict.OK


def test_passing_mention_is_refused() -> None:
    body = (
        BODY + "LM4810 " * 30 + "\nThe noise is lower than that of the LM4811 and its output stage is the same too.\n"
    )
    assert ask("LM4810 amplifier", "LM4811", body=body).verdict is Verdict.WRONG_PART


@pytest.mark.parametrize(
    "heading",
    [
        "Application Note",
        "AN2644 Application note",
        "UM1730 User manual",
        "User's Guide",
        "Errata sheet",
        "Product Change Notification",
        "Selection Guide",
        "Product Brief",
        "Package Outline",
        "Certificate of Compliance",
        "Evaluation Board",
        "应用笔记",
    ],
)
def test_other_papers_are_refused(heading: str) -> None:
    assert ask(f"{heading}\nLM358", "LM358", body="\nWelcome.\n").verdict is Verdict.WRONG_KIND
    assert ask("LM358", "LM358", body="\nWelcome.\n", title=f"LM358 {heading}").verdict is Verdict.WRONG_KIND


def test_section_of_a_datasheet_is_no_other_paper() -> None:
    assert ask("LM358\nPackage Dimensions\nSelection Guide\n", "LM358").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("printed", "maker"),
    [("Texas Instruments", "TI"), ("National Semiconductor", "Texas Instruments"), ("Philips", "NXP"), ("", "NXP")],
)
def test_maker_that_fits_keeps_confidence(printed: str, maker: str) -> None:
    assert ask(f"LM358 {printed}\n{printed}\n{printed}", "LM358", maker=maker).confidence >= 0.95


def test_other_maker_lowers_confidence() -> None:
    judgement = ask("LM358\nToshiba\nToshiba", "LM358", maker="Texas Instruments")
    assert judgement.verdict is Verdict.OK
    assert judgement.confidence < 0.7


def test_family_of_another_maker_is_refused() -> None:
    assert ask("LM78XX\nToshiba\nToshiba", "LM7805", maker="Texas Instruments").verdict is Verdict.WRONG_PART


def test_judgement_quotes_its_page() -> None:
    pdf = PdfText(pages=("", "The LM358 is an amplifier." + BODY), page_count=2)
    judgement = judge(pdf, manufacturer_code="LM358", manufacturer=None)
    assert judgement.page == 2
    assert judgement.quote is not None
    assert judgement.quote.startswith("The LM358 is an amplifier. Absolute")


@pytest.mark.parametrize(("title", "verdict"), [("LM358 NATIONAL", Verdict.OK), ("scan0001", Verdict.UNREADABLE)])
def test_scan_rests_on_its_title(title: str, verdict: Verdict) -> None:
    judgement = judge(
        PdfText(pages=("",), page_count=1, title=title, scanned=True), manufacturer_code="LM358", manufacturer=None
    )
    assert judgement.verdict is verdict
    assert "scan" in judgement.detail


texts = st.text(max_size=200) | st.text("ABLMx0123456789.-/, \n", max_size=200)


@settings(max_examples=150, deadline=None)
@given(st.lists(texts, max_size=3), texts, st.none() | texts, st.none() | texts)
def test_any_text_gets_a_judgement(pages: list[str], code: str, maker: str | None, title: str | None) -> None:
    pdf = PdfText(pages=tuple(pages), page_count=len(pages), title=title)
    assert judge(pdf, manufacturer_code=code, manufacturer=maker).detail


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "A",
            "1",
            "A1/",
            "xx ",
            "LM358 ",
            "1N4001-",
            "a\n",
            "-",
            "X",
            "LM358x",
            "LM78XX ",
            "LM78XX/",
            "LM78XX-LM79XX ",
        ),
        *("AB1/CD2/EF3 ", "LM78XX_A1 ", "Axx-", "1.1.1.", "·", ". ", "MIN MAX ", "PIN NAME\n", "BOM ", "TITLE:\n"),
    ],
)
@pytest.mark.parametrize("code", ["LM358DR", "STM32F103C8T6-ABCDEF-REEL7"])
def test_pages_full_of_patterns_cost_little(unit: str, code: str) -> None:
    pdf = PdfText(pages=((unit * (20_000 // len(unit)))[:20_000],) * 40, page_count=40)
    began = time.process_time()
    assert judge(pdf, manufacturer_code=code, manufacturer="TI").verdict is not Verdict.OK
    assert time.process_time() - began < 3


def test_different_patterns_are_compared_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def stands_for(_: object, printed: str) -> bool:
        compared.append(printed)
        return False

    monkeypatch.setattr(covering, "stands_for", stands_for)
    pages = tuple(" ".join(f"LM{page}{each}XX_A{each}" for each in range(2000)) for page in range(20))
    judge(PdfText(pages=pages, page_count=20), manufacturer_code="LM358DR", manufacturer=None)
    assert 0 < len(compared) <= covering.MOST_NAMES
    assert len(set(compared)) == len(compared)


def test_text_beyond_the_limit_is_not_looked_at() -> None:
    pages = pages_of(("x" * 50_000,) * 100)
    assert sum(len(page.text) for page in pages) == 300_000
    assert max(len(page.text) for page in pages) == 20_000
