import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.assistant import IdentifyAnswer
from schemas.evidence import Evidence, EvidenceKind
from schemas.identification import AskReason, CatalogueEntry, Identification, PartGuess
from schemas.markings import Code, Distributor, DistributorLabel, Markings, TextLine
from services.identification import candidate_codes, decide


def printed(*texts: str, codes: tuple[str, ...] = (), confidence: float = 0.99) -> Markings:
    return Markings(
        codes=tuple(Code(text=text, symbology="qrcode") for text in codes),
        lines=tuple(TextLine(text=text, confidence=confidence, height=0.05) for text in texts),
    )


def catalogue(*codes: str) -> tuple[CatalogueEntry, ...]:
    return tuple(CatalogueEntry(source="test", manufacturer_code=code, description=f"a {code}") for code in codes)


def label(mpn: str | None, **more: object) -> DistributorLabel:
    return DistributorLabel.model_validate(
        {"distributor": Distributor.DIGIKEY, "manufacturer_code": mpn, "quantity": 10} | more
    )


def said(code: str, confidence: float) -> IdentifyAnswer:
    evidence = (Evidence(kind=EvidenceKind.MODEL, quote="seen"),)
    return IdentifyAnswer(guesses=(PartGuess(manufacturer_code=code, confidence=confidence, evidence=evidence),))


def verdict(
    markings: Markings,
    rows: tuple[CatalogueEntry, ...] = (),
    labels: tuple[DistributorLabel, ...] = (),
    model: IdentifyAnswer | None = None,
) -> Identification:
    return decide(markings, labels, rows, model, accept_confidence=0.85)


def accepted(answer: Identification) -> str | None:
    return answer.part.manufacturer_code if answer.part else None


def test_label_decides_alone() -> None:
    answer = verdict(printed(codes=("x LM358DR x",)), labels=(label("LM358DR"),))

    assert accepted(answer) == "LM358DR"
    assert (answer.quantity, answer.distributor) == (10, "digikey")
    assert answer.part
    assert answer.part.evidence[0].kind is EvidenceKind.BARCODE


def test_two_labels_are_several_parts() -> None:
    answer = verdict(printed(), labels=(label("LM358DR"), label("NE555P")))

    assert (answer.ask, answer.quantity) == (AskReason.SEVERAL_PARTS, None)


def test_label_without_number_leaves_it_to_print() -> None:
    answer = verdict(printed("TL072CP"), catalogue("TL072"), (label(None, supplier_code="296-1-ND"),))

    assert (accepted(answer), answer.supplier_code) == ("TL072CP", "296-1-ND")


@pytest.mark.parametrize(
    ("print_", "row", "part"),
    [
        ("LM358DR", "LM358", "LM358DR"),
        ("LM358", "LM358", "LM358"),
        ("SN74HC125N", "74HC125", "SN74HC125N"),
        ("SHT31", "SHT3x", "SHT31"),
        ("ATMEGA328P-PU", "ATmega328P-PU", "ATmega328P-PU"),
        ("LM4811", "LM481", None),
        ("LM4811", "LM4810", None),
        ("BFQ131", "BFQ13", None),
        ("R12", "R12", None),
    ],
)
def test_catalogue_respects_the_suffix(print_: str, row: str, part: str | None) -> None:
    assert accepted(verdict(printed(print_), catalogue(row))) == part


def test_lookalike_is_read_as_the_catalogue_has_it() -> None:
    assert accepted(verdict(printed("PIC16F1516", "-1/SS"), catalogue("PIC16F1516-I/SS"))) == "PIC16F1516-I/SS"


def test_looks_alone_are_only_proposed() -> None:
    answer = verdict(printed("XQZ8530BQ", "9536"))

    assert answer.ask is AskReason.UNSURE
    assert [guess.manufacturer_code for guess in answer.guesses] == ["XQZ8530BQ"]


def test_maker_beside_its_prefix_is_believed() -> None:
    assert accepted(verdict(printed("TOSHIBA", "TC55257DPL", "9821"))) == "TC55257DPL"


def test_maker_does_not_choose_between_two() -> None:
    assert verdict(printed("TOSHIBA", "TC55257DPL", "HM6264BLP")).part is None


def test_code_and_print_agree() -> None:
    answer = verdict(printed("QWX-2512R010F", codes=(";;QWX-2512R010F;2108404746;5000;",)))

    assert accepted(answer) == "QWX-2512R010F"


def test_serial_in_code_and_print_is_not_a_part() -> None:
    assert verdict(printed("S/N: AB12345CD", codes=("AB12345CD",))).part is None


def test_parts_of_a_board_are_not_chosen_from() -> None:
    answer = verdict(printed("LM358DR", "TL072CP", "R1", "C5"), catalogue("LM358", "TL072"))

    assert answer.ask is AskReason.SEVERAL_PARTS
    assert len(answer.guesses) == 2


def test_caption_is_strong_but_not_alone() -> None:
    assert verdict(printed("MFR P/N: ABC123-45")).ask is AskReason.UNSURE
    assert accepted(verdict(printed("MFR P/N: ABC123-45"), catalogue("ABC123-45"))) == "ABC123-45"


@pytest.mark.parametrize("text", ["CUST P/N: ABC12345", "LOT: LM358DR", "P/N: 296-LM358DRCT-ND", "(P) LM358DR"])
def test_foreign_number_is_not_the_part(text: str) -> None:
    assert verdict(printed(text), catalogue("LM358")).part is None


def test_nothing_read_asks() -> None:
    assert verdict(printed("HELLO", "2023")).ask is AskReason.NOTHING_READ


def test_model_alone_is_not_believed() -> None:
    assert verdict(printed(), model=said("LM358DR", 0.99)).ask is AskReason.UNSURE


def test_model_and_print_together_are() -> None:
    assert accepted(verdict(printed("XQZO-100C"), model=said("XQZ0-100C", 0.9))) == "XQZ0-100C"


def test_model_against_print_is_a_contradiction() -> None:
    answer = verdict(printed("MFR P/N: ABC123-45"), model=said("LM358DR", 0.95))

    assert answer.ask is AskReason.CONTRADICTION


def test_glued_letter_is_looked_up_without() -> None:
    assert "EPC2038" in candidate_codes(printed("NEPC2038"), ())


def test_candidates_hold_the_family() -> None:
    assert {"LM358DR", "LM358"} <= set(candidate_codes(printed("LM358DR"), ()))


TEXT = st.text(st.characters(exclude_characters="\0"), max_size=30)


@given(st.lists(TEXT, max_size=80), st.lists(st.text(max_size=20), max_size=5))
def test_any_print_is_survived_and_bounded(texts: list[str], codes: list[str]) -> None:
    markings = printed(*texts, codes=tuple(codes))
    keys = candidate_codes(markings, ())
    answer = verdict(markings, catalogue(*keys))

    assert len(keys) <= 60
    assert (answer.part is None) == (answer.ask is not None)
