"""What a datasheet says of its own version."""

import pytest

from schemas.datasheet import Edition
from services.datasheet.editions import edition_of


@pytest.mark.parametrize(
    ("printed", "revision", "date"),
    [
        ("NE555P    Datasheet    Revision C, March 2024", "C", "2024-03"),
        ("Rev. 3.1 - 12 May 2010", "3.1", "2010-05-12"),
        ("Rev. 04 \N{EM DASH} 12 May 2010", "04", "2010-05-12"),
        ("SLFS022I - SEPTEMBER 1973 - REVISED SEPTEMBER 2014", None, "2014-09"),
        ("Version 1.2b\nReleased 2019-08-07", "1.2b", "2019-08-07"),
        ("Issue No. 2, June 5, 2001", "2", "2001-06-05"),
        ("REV A2", "A2", None),
        ("Copyright 2024. Revision history on page 7. See revision of 2020.", None, None),
        ("the rev OF the engine, version TO come", None, None),
        ("Rev. 1.2.3.4.5 of part 12345", None, None),
        ("31/12/2020, 2020-13-01, 00 Foo 2020", None, None),
        ("", None, None),
    ],
)
def test_revision_and_date_are_found(printed: str, revision: str | None, date: str | None) -> None:
    assert edition_of([printed], 7) == Edition(revision=revision, date=date, pages=7)


def test_date_beside_a_revision_outranks_a_later_one() -> None:
    assert edition_of(["Printed May 2023\nRevised March 2021"], 1).date == "2021-03"


def test_version_may_stand_on_the_last_page() -> None:
    pages = ["LM358", "pins", "ratings", "Revision 4, April 2018"]
    assert edition_of(pages, 4) == Edition(revision="4", date="2018-04", pages=4)


@pytest.mark.parametrize(
    ("one", "other", "older"),
    [
        ("2020-01", "2020-02", True),
        ("2020-02-01", "2020-02", False),
        ("2021", "2020-12", False),
        (None, "2020-01", False),
        ("2020-01", None, False),
    ],
)
def test_only_dates_make_one_older(one: str | None, other: str | None, older: bool) -> None:
    assert Edition(date=one, pages=1).is_older_than(Edition(date=other, pages=1)) is older
