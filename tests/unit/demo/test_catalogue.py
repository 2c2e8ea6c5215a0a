from collections import Counter
from urllib.parse import urlsplit

from demo.catalogue import catalogue_rows
from demo.draw import photos
from demo.parts import Lead, demo_parts
from demo.places import PLACES, TRAPS, TRUTH
from schemas.datasheet import Verdict
from schemas.part_number import canonical_key

SITE = "http://127.0.0.1:9999"
ROWS = catalogue_rows(SITE)
LEADS = [(row, urlsplit(row.datasheet_url).path) for row in ROWS if row.datasheet_url]


def test_source_and_number_are_unique() -> None:
    assert len({(row.source, row.manufacturer_code) for row in ROWS}) == len(ROWS)


def test_each_lead_is_about_the_part_of_its_row() -> None:
    assert all(PLACES[path][1].number == row.manufacturer_code for row, path in LEADS)


def test_every_kind_of_lead_is_used() -> None:
    assert {PLACES[path][0] for _, path in LEADS} == set(Lead)


def test_every_refusal_has_its_trap() -> None:
    """But for copies of an accepted file, and for what only a setting refuses."""
    assert {TRUTH[path] for _, path in LEADS} == set(Verdict) - {Verdict.DUPLICATE, Verdict.ACTIVE_CONTENT}


def test_one_part_has_nothing_but_traps() -> None:
    good = Counter(row.manufacturer_code for row, path in LEADS if TRUTH[path] is Verdict.OK)

    assert [part.number for part in demo_parts() if not good[part.number]] == ["CH340G"]
    assert set(good.values()) == {1}


def test_each_part_fits_the_slots_of_a_run() -> None:
    assert all(2 <= len(part.leads) <= 5 for part in demo_parts())


def test_every_identified_photo_is_in_the_catalogue() -> None:
    wanted = {canonical_key(photo.mpn) for photo in photos() if photo.mpn}

    assert wanted == {canonical_key(part.number) for part in demo_parts()}


def test_decoys_have_no_datasheet() -> None:
    decoys = [row for row in ROWS if not row.datasheet_url]

    assert len(decoys) >= 30
    assert not {row.manufacturer_code for row in decoys} & {part.number for part in demo_parts()}


def test_traps_are_what_the_catalogue_leads_to() -> None:
    refused = {path: TRUTH[path] for _, path in LEADS if TRUTH[path] is not Verdict.OK}

    assert refused == dict(TRAPS)
