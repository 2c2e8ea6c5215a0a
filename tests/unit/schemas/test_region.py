import pytest

from schemas.region import Region


def test_region_is_in_shares_of_the_photo() -> None:
    region = Region.around([(10, 20), (60, 22), (60, 42), (12, 40)], (100, 200))

    assert region == Region(x=0.1, y=0.1, width=0.5, height=0.11)


def test_region_ends_where_the_photo_does() -> None:
    assert Region.around([(-5, -5), (105, 205)], (100, 200)) == Region(x=0, y=0, width=1, height=1)


@pytest.mark.parametrize(
    ("found", "there"),
    [
        (Region(x=0.1, y=0.2, width=0.5, height=0.1), Region(x=0.7, y=0.1, width=0.1, height=0.5)),
        (Region(x=0, y=0, width=1, height=1), Region(x=0, y=0, width=1, height=1)),
    ],
)
def test_region_of_a_turned_photo_is_turned_back(found: Region, there: Region) -> None:
    assert found.turned() == there
