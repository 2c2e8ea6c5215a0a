"""Names of manufacturers and sellers: which are one company, and which only look like it."""

import pytest

from schemas.company import MANUFACTURERS, SELLERS, name_key
from services.identification.makers import MAKERS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Microchip", "Microchip Technology Inc."),
        ("TI", "Texas Instruments Incorporated"),
        ("ON Semiconductor", "onsemi"),
        ("National Semiconductor", "TI"),
        ("Atmel", "microchip"),
        ("Motorola", "onsemi"),
        ("Motorola", "NXP Semiconductors"),
        ("ST", "STMicroelectronics"),
        ("Acme Widgets Ltd.", "ACME widgets"),
    ],
)
def test_names_of_one_company_are_the_same(one: str, other: str) -> None:
    assert MANUFACTURERS.are_same(one, other)
    assert MANUFACTURERS.are_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("onsemi", "NXP"), ("AMD", "Intel"), ("ST", "TI"), ("Acme", "Acme Widgets")]
)
def test_other_companies_are_not(one: str, other: str) -> None:
    assert not MANUFACTURERS.are_same(one, other)


def test_unknown_maker_is_compatible_with_any() -> None:
    assert MANUFACTURERS.are_compatible(None, "TI")
    assert not MANUFACTURERS.are_compatible("ST", "TI")


def test_name_that_is_all_ending_keeps_a_key() -> None:
    assert (name_key("Co"), name_key(" Technology ")) == ("co", "technology")


def test_sellers_have_names_too() -> None:
    assert SELLERS.are_same("digikey", "Digi-Key Electronics")
    assert not SELLERS.are_same("digikey", "Mouser")


@pytest.mark.parametrize("maker", [maker.name for maker in MAKERS])
def test_makers_that_print_is_read_for_are_known(maker: str) -> None:
    assert MANUFACTURERS.find(maker)


def test_history_has_years() -> None:
    years = [year for company in MANUFACTURERS.all for year in company.history.values()]
    assert all(1970 <= year <= 2026 for year in years)
