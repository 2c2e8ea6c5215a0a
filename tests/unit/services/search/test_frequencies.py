"""Which of several terms the index is asked for."""

from services.search.frequencies import indexed


def test_frequent_term_is_checked_in_the_rows_of_a_rare_one() -> None:
    assert indexed({"flash": (0.2, 1), "ne555": (0.0, 1)}) == ["ne555"]


def test_terms_that_are_about_as_rare_are_all_asked_for() -> None:
    assert indexed({"boost": (0.02, 1), "flash": (0.12, 1), "led": (0.01, 1)}) == ["led", "boost", "flash"]


def test_term_of_many_lexemes_is_checked_in_the_rows() -> None:
    assert indexed({"ttl": (0.012, 1), "mcu": (0.15, 70)}) == ["ttl"]


def test_each_term_more_leaves_fewer_rows_to_check() -> None:
    digits = {str(number): (0.01 * (number + 1), 1) for number in range(20)}

    assert 1 < len(indexed(digits)) < len(digits)


def test_one_term_is_asked_for_however_frequent() -> None:
    assert indexed({"resistor": (0.9, 40)}) == ["resistor"]
