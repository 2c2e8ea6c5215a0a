"""Numbers that differ by a point or a plus are two parts everywhere: made-up pairs, and those of a real catalogue."""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from models.session import session_scope
from schemas.datasheet import PdfText, Verdict
from schemas.identification import CatalogueEntry, Identification
from schemas.markings import Distributor, DistributorLabel, Markings, TextLine
from schemas.part_number import canonical_key
from services.catalogue import CatalogueService
from services.datasheet import judge
from services.identification import candidate_codes, decide
from tests.integration.intake.test_same_part import questions, typed
from tests.integration.part_import.test_api import preview
from tests.support.data import data_folder
from tests.support.database import EMPTY
from tests.support.rows import new_part

SHEET = "{} overvoltage suppressor\nAbsolute Maximum Ratings\nElectrical Characteristics\nOrdering Information\n"
MADE_UP = [
    ("SMAJ6.0A", "SMAJ60A"),
    ("1.5SMC6.8CA", "1.5SMC68CA"),
    ("SMBJ3.3CA", "SMBJ33CA"),
    ("R-78B1.2", "R-78B12"),
    ("LM1117-3.3", "LM1117-33"),
    ("4.7k", "47k"),
    ("Omega2S+", "Omega2S"),
]


def seen(text: str, labels: tuple[DistributorLabel, ...] = ()) -> Identification:
    """Decide on a photo with this print, or with this label."""
    markings = Markings(lines=(TextLine(text=text, confidence=0.99, height=0.05),) if not labels else ())
    with session_scope() as session:
        rows = CatalogueService.find_near(session, candidate_codes(markings, labels))
    return decide(markings, labels, rows, None, accept_confidence=0.85)


def treated_as_the_other(client: FlaskClient, known: str, other: str) -> Iterator[str]:
    """Yield every place that takes `other` for `known`, which is in the catalogue and in the inventory."""
    with session_scope() as session:
        entry = CatalogueEntry(source="test", manufacturer_code=known, manufacturer="Acme", description="of the known")
        CatalogueService.replace(session, [entry])
    part = new_part(known)
    if (printed := seen(other).part) and canonical_key(printed.manufacturer_code) != canonical_key(other):
        yield f"print is accepted as {printed.manufacturer_code}"
    label = DistributorLabel(distributor=Distributor.DIGIKEY, manufacturer_code=other)
    scanned = seen(other, (label,)).part
    if not scanned or scanned.manufacturer_code != other or scanned.description:
        yield f"a label is read as {scanned}"
    with session_scope() as session:
        if CatalogueService.find(session, [other]):
            yield "the catalogue has it for a typed number"
    if client.get("/parts", query_string={"code": other}).get_json()["parts"]:
        yield "the list of parts"
    alike = client.get("/parts/duplicates", query_string={"code": other}).get_json()["duplicates"]
    if any(each["reason"] == "same_number" for each in alike):
        yield "duplicates"
    if [action for _line, action, _why in preview(client, f"MPN,Description\n{other},x\n")] != ["create"]:
        yield "an import"
    run = typed(client, other)
    if any(asked == part for asked, _match, _sure in questions(run)):
        yield "intake asks for it"
    sheet = judge(PdfText(pages=(SHEET.format(known),), page_count=1), manufacturer_code=other, manufacturer=None)
    # A family's datasheet may cover a number with a plus and one without.
    if sheet.verdict == Verdict.OK and "+" not in known + other:
        yield "the gate accepts its datasheet"


@pytest.mark.parametrize(("one", "other"), [*MADE_UP, *((b, a) for a, b in MADE_UP)])
def test_nothing_takes_a_number_for_its_neighbour(client: FlaskClient, one: str, other: str) -> None:
    assert list(treated_as_the_other(client, one, other)) == []


def colliding_pairs() -> list[tuple[str, str]]:
    """Return the pairs of a real catalogue that were one key without points and signs, and are two parts."""
    file = data_folder("catalogue") / "kicad9_symbols.jsonl.gz"
    groups: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    with gzip.open(file, "rt") as lines:
        for row in map(json.loads, lines):
            if not row["power"] and re.search(r"\d", row["mpn"]):
                key = re.sub(r"[^A-Za-z0-9]", "", row["mpn"]).upper()
                groups[key].setdefault(canonical_key(row["mpn"]), (row["mpn"], row["description"]))
    return [
        (one[0], other[0])
        for group in groups.values()
        for one in group.values()
        for other in group.values()
        if one != other and one[1] != other[1]
    ]


def test_no_pair_of_the_catalogue_is_confused(client: FlaskClient, engine: Engine) -> None:
    pairs = colliding_pairs()
    confused = {}
    for one, other in pairs:
        with engine.begin() as connection:
            connection.execute(EMPTY)
        if found := list(treated_as_the_other(client, one, other)):
            confused[one, other] = found

    assert (confused, len(pairs) >= 26) == ({}, True)


def test_print_without_its_point_asks_and_offers_both(client: FlaskClient) -> None:
    with session_scope() as session:
        rows = [CatalogueEntry(source="test", manufacturer_code=code) for code in ("SMAJ6.0A", "SMAJ60A")]
        CatalogueService.replace(session, rows)

    assert seen("SMAJ60A").part is None
    assert {guess.manufacturer_code for guess in seen("SMAJ60A").guesses} == {"SMAJ6.0A", "SMAJ60A"}
    accepted = seen("SMAJ6.0A").part
    assert accepted
    assert accepted.manufacturer_code == "SMAJ6.0A"
