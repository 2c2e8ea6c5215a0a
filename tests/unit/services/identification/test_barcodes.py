import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.markings import Code, Distributor, DistributorLabel
from services.identification import is_plausible, parse_distributor_label

DIGIKEY = (
    "[)>{RS}06{GS}P296-1234-1-ND{GS}1PLM358DR{GS}K{GS}1K7299{GS}10K857{GS}4LPH{GS}Q10{GS}11ZPICK{GS}12Z15{RS}{EOT}"
)
PACKED = "[)>06P296-1234-1-ND1PLM358DR30P296-1234-1-NDK1K7299133710K8578133711K14LPHQ1011ZPICK12Z152213"
SEPARATORS = [
    ("\x1e", "\x1d", "\x04"),
    ("", "\x1d", ""),
    ("^", "]", "^d"),
    ("{RS}", "{GS}", "{EOT}"),
    ("␞", "␝", "␄"),
    ("▲", "↔", ""),
]


def parse(text: str, symbology: str = "datamatrix") -> DistributorLabel | None:
    return parse_distributor_label(Code(text=text, symbology=symbology))


@pytest.mark.parametrize(("rs", "gs", "eot"), SEPARATORS)
def test_spelling_of_separators_is_no_matter(rs: str, gs: str, eot: str) -> None:
    label = parse(DIGIKEY.replace("{RS}", rs).replace("{GS}", gs).replace("{EOT}", eot))

    assert label == DistributorLabel(
        distributor=Distributor.DIGIKEY,
        manufacturer_code="LM358DR",
        supplier_code="296-1234-1-ND",
        quantity=10,
        origin="PH",
    )


def test_digikey_without_separators_is_read() -> None:
    label = parse(PACKED)

    assert label
    assert (label.manufacturer_code, label.supplier_code, label.quantity) == ("LM358DR", "296-1234-1-ND", 10)


def test_ambiguous_packed_label_is_left_alone() -> None:
    assert parse("[)>06PR11PRC0402FR-071KLK1K6544643310K7540567211K14LCNQ611ZPICK") is None


def test_old_mouser_header_is_read() -> None:
    label = parse(">[)>06\x1dK2142\x1d14K033\x1d1PLDK320ADU33R\x1dQ32\x1d11K0609\x1d4LCN\x1d1VSTMicro")

    assert label
    assert (label.distributor, label.manufacturer_code, label.manufacturer) == ("mouser", "LDK320ADU33R", "STMicro")


def test_customer_number_is_not_the_part() -> None:
    label = parse("[)>06\x1dK85\x1d14K019\x1dPMYREF\x1dQ5\x1d11K03\x1d4LIL")

    assert label
    assert (label.manufacturer_code, label.customer_code) == (None, "MYREF")


def test_lcsc_map_may_hold_commas() -> None:
    label = parse("{pbn:P1,on:O1,pc:C1554,pm:0402CG200,J500:NT,qty:100,mc:C20, C21,cc:1}", "qrcode")

    assert label
    assert (label.manufacturer_code, label.supplier_code, label.quantity) == ("0402CG200,J500:NT", "C1554", 100)
    assert label.customer_code == "C20, C21"


def test_cut_off_lcsc_number_is_not_guessed() -> None:
    label = parse("{pbn:P1,on:O1,pc:C1554,pm:0402CG2", "qrcode")

    assert label
    assert (label.manufacturer_code, label.supplier_code) == (None, "C1554")


@pytest.mark.parametrize(
    "quantity", ["0", "-5", "1.5", "1e3", "", "ten", "9999999999", "٣"], ids=lambda text: f"q{text}"
)
def test_odd_quantity_is_none(quantity: str) -> None:
    label = parse(f"[)>\x1e06\x1d1PLM358\x1dQ{quantity}\x1e\x04")

    assert label
    assert label.quantity is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{}",
        "{pc:1}",
        "[)>06",
        "[)>\x1e06\x1dK\x1d1K90\x1d10K10\x1d11K1",
        "https://example.com",
        "1PMT5920B",
    ],
)
def test_what_names_no_part_is_no_label(text: str) -> None:
    assert parse(text, "code128") is None


def test_lone_identifier_needs_a_linear_code() -> None:
    label = parse("1PERJ3EKF1502V", "code128")

    assert label
    assert label.manufacturer_code == "ERJ3EKF1502V"
    assert parse("1PERJ3EKF1502V", "scanned") is None


def test_digikey_product_code_has_only_a_quantity() -> None:
    assert parse("0683215000000010033005", "code128") == DistributorLabel(distributor=Distributor.DIGIKEY, quantity=10)


PIECES = st.sampled_from(
    ["[)>", "06", "\x1d", "\x1e", "]", "^", "{GS}", "1P", "30P", "-NDK", "1K1", "10K1", "4L", "Q9"]
)


@given(st.text() | st.lists(PIECES | st.text(max_size=4), max_size=60).map("".join))
def test_no_text_raises(text: str) -> None:
    label = parse(text, "code128")

    assert label is None or label.quantity is None or label.quantity > 0


MISSING = [
    "N/A",
    "n.a.",
    "NONE",
    "Unknown",
    "TBD",
    "-",
    "???",
    "0000",
    "<b>LM358</b>",
    "LM358&nbsp;",
    "http://x.de/1",
    "A1" * 1000,
]


@pytest.mark.parametrize("value", MISSING, ids=lambda text: text[:12])
def test_what_cannot_be_a_number_is_none(value: str) -> None:
    label = parse(f"[)>\x1e06\x1d1P{value}\x1dQ10\x1e\x04")

    assert label is None or label.manufacturer_code is None


@pytest.mark.parametrize("value", [*MISSING, ""], ids=lambda text: text[:12])
def test_what_cannot_be_a_number_is_not_plausible(value: str) -> None:
    assert not is_plausible(value)


@pytest.mark.parametrize(
    "value", ["LM358", "742792631", "NA555", "CE JMK212 BJ476MG-T", "1", "ABLNO", "TEST-3", "0402CG200,J500:NT"]
)
def test_odd_numbers_are_plausible(value: str) -> None:
    assert is_plausible(value)


@pytest.mark.parametrize("text", ["1PASSWORD", "1PLEASE CALL", "1PROGRAM"])
def test_word_that_begins_like_an_identifier_is_no_label(text: str) -> None:
    assert parse(text, "code128") is None
    assert parse(text, "code39") is None
