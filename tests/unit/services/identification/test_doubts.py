"""Cases in which a part was accepted, and a person should have been asked."""

import pytest

from schemas.identification import AskReason, Identification
from schemas.markings import Code, Distributor, DistributorLabel
from services.identification import candidate_codes, decide, parse_distributor_label
from tests.unit.services.identification.test_decide import accepted, catalogue, label, printed, said, verdict

DIGIKEY = "[)>\x1e06\x1dP296-1234-1-ND\x1d1PLM358DR\x1dK\x1d1K7299\x1d10K857\x1dQ10\x1d11ZPICK\x1d12Z15\x1e\x04"
NAMELESS = "[)>\x1e06\x1dK85\x1d14K019\x1dPMYREF\x1dQ5\x1d11K03\x1d4LIL\x1e\x04"
DAMAGED = "[)>\x1e06\x1d17Q\x1dZZ\x1e\x04"


def seen(
    *codes: str, print_: tuple[str, ...] = (), rows: tuple[str, ...] = (), symbology: str = "datamatrix"
) -> Identification:
    """Decide as the step does."""
    markings = printed(*print_).model_copy(
        update={"codes": tuple(Code(text=text, symbology=symbology) for text in codes)}
    )
    labels = tuple(filter(None, map(parse_distributor_label, markings.codes)))
    return decide(markings, labels, catalogue(*rows), None, accept_confidence=0.85)


@pytest.mark.parametrize("other", [NAMELESS, DAMAGED, "{pbn:P1,on:O1,pc:C1554,pm:0402CG2"])
def test_second_label_that_names_no_number_is_asked_about(other: str) -> None:
    answer = seen(DIGIKEY, other, print_=("LM358DR",))

    assert (answer.part, answer.ask) == (None, AskReason.NOT_UNDERSTOOD)
    assert answer.others[0].startswith(other[:3])
    assert [guess.manufacturer_code for guess in answer.guesses] == ["LM358DR"]
    assert answer.quantity is None


def test_other_codes_of_the_same_label_are_no_doubt() -> None:
    same = "[)>\x1e06\x1dP296-1234-1-ND\x1dQ10\x1d11ZPICK\x1d12Z15\x1e\x04"

    assert accepted(seen(DIGIKEY, same, "0683215000000010033005", "296-1234-1-ND", print_=("LM358DR",))) == "LM358DR"


def test_another_order_code_is_another_label() -> None:
    assert seen(DIGIKEY, "296-9999-1-ND").ask is AskReason.NOT_UNDERSTOOD


@pytest.mark.parametrize("other", ["XQZ8530BQ", "TL072CP", "BC547"])
def test_second_chip_that_is_not_understood_is_asked_about(other: str) -> None:
    answer = verdict(printed("NE555P", other), catalogue("NE555"))

    assert (answer.part, answer.ask, answer.others) == (None, AskReason.NOT_UNDERSTOOD, (other,))
    assert "NE555P" in {guess.manufacturer_code for guess in answer.guesses}


def test_second_chip_is_asked_about_even_when_the_model_agrees() -> None:
    answer = verdict(printed("NE555P", "XQZ8530BQ"), catalogue("NE555"), model=said("NE555P", 0.95))

    assert answer.ask is AskReason.NOT_UNDERSTOOD


def test_second_label_with_a_caption_is_asked_about() -> None:
    answer = seen(DIGIKEY, print_=("LM358DR", "P/N: XQZ8530BQ"))

    assert (answer.ask, answer.others) == (AskReason.NOT_UNDERSTOOD, ("XQZ8530BQ",))


@pytest.mark.parametrize("other", ["9536", "8617L9", "1K81326", "SOT23-5", "3V3", "MADE IN JAPAN", "WK81326"])
def test_what_chips_show_beside_their_number_is_no_doubt(other: str) -> None:
    assert accepted(verdict(printed("NE555P", other), catalogue("NE555"))) == "NE555P"


def test_printers_own_numbers_on_a_label_are_no_doubt() -> None:
    assert accepted(seen(DIGIKEY, print_=("LM358DR", "SC2506AT4", "LOT: AB12345CD"))) == "LM358DR"


@pytest.mark.parametrize("print_", [("NE555P",), ("XQZ8530BQ",), ("MFR P/N: ABC123-45",)])
def test_label_and_print_that_disagree_are_asked_about(print_: tuple[str, ...]) -> None:
    answer = seen(DIGIKEY, print_=print_, rows=("NE555",))

    assert answer.part is None
    assert answer.ask in (AskReason.CONTRADICTION, AskReason.SEVERAL_PARTS)
    assert len(answer.guesses) == 2
    assert answer.quantity is None


@pytest.mark.parametrize("code", ["LM358DR", "NAME;LM358DR;1000"])
def test_code_of_no_label_and_print_that_disagree_are_asked_about(code: str) -> None:
    answer = seen(code, print_=("NE555P",), rows=("NE555",), symbology="qrcode")

    assert (answer.ask, answer.others) == (AskReason.CONTRADICTION, ("LM358DR",))


def test_lot_and_serial_number_in_a_code_are_no_doubt() -> None:
    codes = ("1TAB12345CD", "SXY98765ZK", "https://example.com")
    assert accepted(seen(*codes, print_=("NE555P", "S/N: XY98765ZK"), rows=("NE555",), symbology="code128")) == "NE555P"


@pytest.mark.parametrize("rows", [(), ("ERJ3EKF1502V",)])
def test_lone_identifier_proves_nothing(rows: tuple[str, ...]) -> None:
    answer = seen("1PERJ3EKF1502V", rows=rows, symbology="code128")

    assert answer.ask is AskReason.UNSURE
    assert [guess.manufacturer_code for guess in answer.guesses] == ["ERJ3EKF1502V"]


def test_lone_identifier_and_the_same_print_are_believed() -> None:
    assert accepted(seen("1P742792631", print_=("(1P) Part No.: 742 792 631",), symbology="code128")) == "742792631"


def test_word_on_a_label_is_only_proposed() -> None:
    answer = verdict(printed(), labels=(label("ASSWORD"),))

    assert (answer.part, answer.ask) == (None, AskReason.UNSURE)


@pytest.mark.parametrize("value", ["N/A", "UNKNOWN", "tbd", "<b>LM358DR</b>", "LM358" * 400])
def test_what_cannot_be_a_number_is_not_even_proposed(value: str) -> None:
    bare = DistributorLabel(distributor=Distributor.DIGIKEY, manufacturer_code=value)

    assert verdict(printed(), labels=(bare,), model=said(value, 0.99)).guesses == ()


@pytest.mark.parametrize(
    ("maker", "lot"),
    [
        ("TOSHIBA", "TA9821"),
        ("TOSHIBA", "TC9821HBK"),
        ("NEC", "D8617L9"),
        ("INTEL", "D8219301"),
        ("SAMSUNG", "KM98211234"),
    ],
)
def test_lone_lot_that_begins_like_the_makers_numbers_is_asked_about(maker: str, lot: str) -> None:
    assert verdict(printed(maker, lot)).part is None


def test_number_like_a_lot_is_believed_beside_a_date() -> None:
    assert accepted(verdict(printed("SONY", "CXD8530BQ", "538G68E"))) == "CXD8530BQ"


@pytest.mark.parametrize("text", ["GND 3V", "GND3V", "GND3", "VCC 3V3", "VCC5V", "+3V3"])
def test_power_symbols_are_no_parts(text: str) -> None:
    rows = catalogue("GND3", "GND", "VCC3", "VCC5", "+3V3", "3V3", "VCC3V3")

    assert verdict(printed(text), rows).part is None
    assert not {"GND3", "VCC5"} & set(candidate_codes(printed(text), ()))


@pytest.mark.parametrize("text", ["NEC D8088D 8617L9 (C) 1981", "NEC (M) D8088D 8617L9", "NEC(R) D8088D (M)(C)1981"])
def test_marks_of_rights_are_no_data_identifiers(text: str) -> None:
    assert accepted(verdict(printed(text))) == "D8088D"


def test_each_data_identifier_captions_what_follows_it() -> None:
    text = "D8088D (1P) Part No.: LM358DR (Q) Qty: 100 (1T) AB12345CD"
    offered = {guess.manufacturer_code for guess in verdict(printed(text)).guesses}

    assert {"LM358DR", "D8088D"} <= offered
    assert "AB12345CD" not in offered


@pytest.mark.parametrize(
    ("text", "rows", "offered"),
    [
        ("MFR P/NEPC2038", (), {"EPC2038", "NEPC2038"}),
        ("P/NE555P", (), {"E555P", "NE555P"}),
        ("P/NEPC2038", ("EPC2038", "NEPC2038"), {"EPC2038", "NEPC2038"}),
        ("NEPC2038", ("EPC2038",), {"EPC2038", "NEPC2038"}),
    ],
)
def test_glued_letter_is_offered_with_and_without(text: str, rows: tuple[str, ...], offered: set[str]) -> None:
    answer = verdict(printed(text), catalogue(*rows))

    assert answer.part is None
    assert {guess.manufacturer_code for guess in answer.guesses} == offered


def test_catalogue_tells_whether_a_letter_was_glued() -> None:
    assert accepted(verdict(printed("MFR P/NEPC2038"), catalogue("EPC2038"))) == "EPC2038"
    assert accepted(verdict(printed("MFR P/NE555P"), catalogue("NE555"))) == "NE555P"
