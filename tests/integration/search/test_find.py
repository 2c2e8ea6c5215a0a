"""What the search box finds, and in which order."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from models.session import session_scope
from services.search import SearchIndexService
from tests.support.rows import new_box, put_stock

PARTS: list[dict[str, Any]] = [
    {"manufacturer_code": "NE555P", "manufacturer": "Texas Instruments", "description": "Precision timer, PDIP-8"},
    {"manufacturer_code": "NE555D", "manufacturer": "onsemi", "description": "Timer, SOIC-8"},
    {"manufacturer_code": "LM358N", "manufacturer": "TI", "description": "Dual operational amplifier"},
    {"manufacturer_code": "LM1117-3.3", "manufacturer": "Würth Elektronik", "description": "LDO regulator 3.3 V 800mA"},
    {"manufacturer_code": "SMAJ6.0A", "description": "TVS diode 6 V", "tags": ["tvs"]},
    {"manufacturer_code": "SMAJ60A", "description": "TVS diode 60 V", "tags": ["tvs"]},
    {"manufacturer_code": "RC0805FR-074K7L", "manufacturer": "Yageo", "description": "RES 4.7K OHM 1% 1/4W 0805"},
    {"manufacturer_code": "RC0603FR-0710KL", "manufacturer": "Yageo", "description": "RES 10K OHM 1% 1/10W 0603"},
    {"manufacturer_code": "GRM188R71H104KA93D", "manufacturer": "Murata", "description": "CAP CER 0.1UF 50V X7R 0603"},
    {"manufacturer_code": "TPS650003"},
    {"manufacturer_code": "TPS650830"},
    {"manufacturer_code": "TPS61376PBF", "description": "Boost converter"},
    {"manufacturer_code": "74HC595N", "description": "Shift register", "tags": ["shift-register", "through-hole"]},
    {"manufacturer_code": "BC547BTA", "description": "NPN transistor in TO-92", "seller": "LCSC"},
    {"manufacturer_code": "MAX232CPE", "description": "RS-232 transceiver", "tags": ["op-amp"]},
    {"manufacturer_code": "G5V-1-DC5", "manufacturer": "Omron", "description": "Signal relay", "type": "Relay"},
]


@pytest.fixture
def letters(client: FlaskClient) -> dict[str, str]:
    client.post("/types", json={"name": "Relay"})
    made = {}
    for part in PARTS:
        answer = client.post("/parts", json=part)
        assert answer.status_code == 201, answer.get_json()
        made[part["manufacturer_code"]] = answer.get_json()["id4"]
    with session_scope() as session:
        SearchIndexService.learn(session)
    return made


@pytest.fixture
def find(client: FlaskClient, letters: dict[str, str]) -> Callable[[str], list[tuple[str, str]]]:
    def find(query: str) -> list[tuple[str, str]]:
        answer = client.get("/search", query_string={"q": query})
        assert answer.status_code == 200, answer.get_json()
        assert [hit["score"] for hit in answer.get_json()["hits"]] == sorted(
            (hit["score"] for hit in answer.get_json()["hits"]), reverse=True
        )
        return [(hit["manufacturer_code"], hit["why"]) for hit in answer.get_json()["hits"]]

    return find


FIRST = {
    "NE555P": ("NE555P", "number"),
    "ne-555 p": ("NE555P", "number"),
    "SMAJ60A": ("SMAJ60A", "number"),
    "smaj6.0a": ("SMAJ6.0A", "number"),
    "LM1117-33": ("LM1117-3.3", "separators"),
    "NE5S5P": ("NE555P", "misread"),
    "LM35BN": ("LM358N", "misread"),
    "TPS61376P8F": ("TPS61376PBF", "misread"),
    "BC5478TA": ("BC547BTA", "misread"),
    "GRM188R71H": ("GRM188R71H104KA93D", "beginning"),
    "GRM1B8R7IH": ("GRM188R71H104KA93D", "misread_beginning"),
    "LM358NE4": ("LM358N", "base"),
    "LM3558N": ("LM358N", "one_slip"),
    "ML358N": ("LM358N", "one_slip"),
    "MAX223CPE": ("MAX232CPE", "one_slip"),
    "MAX22CPE9": ("MAX232CPE", "two_slips"),
    "TPS650803": ("TPS650830", "one_slip"),
    "TPS650003-KIT9": ("TPS650003", "family"),
    "595": ("74HC595N", "infix"),
    "timer precision": ("NE555P", "words"),
    "amplifiers": ("LM358N", "words"),
    "operat ampl": ("LM358N", "words"),
    "4k7 0805": ("RC0805FR-074K7L", "words"),
    "0805 4700R": ("RC0805FR-074K7L", "words"),
    "4.7 kΩ": ("RC0805FR-074K7L", "words"),
    "2012 metric 4,7k": ("RC0805FR-074K7L", "words"),
    "0.25 W": ("RC0805FR-074K7L", "words"),
    "100n 0603": ("GRM188R71H104KA93D", "words"),
    "0.1 µF": ("GRM188R71H104KA93D", "words"),
    "3V3 ldo": ("LM1117-3.3", "words"),
    "wurth": ("LM1117-3.3", "words"),
    "texas instruments dual": ("LM358N", "words"),
    "ti dual": ("LM358N", "words"),
    "so8": ("NE555D", "words"),
    "TO92": ("BC547BTA", "words"),
    "opamp": ("MAX232CPE", "words"),
    "op amp": ("MAX232CPE", "words"),
    "relays": ("G5V-1-DC5", "words"),
    "lcsc": ("BC547BTA", "words"),
    "dual amplifer": ("LM358N", "spelling"),
    "regulatr": ("LM1117-3.3", "spelling"),
    "transciever": ("MAX232CPE", "spelling"),
    "tag:shift-register": ("74HC595N", "filter"),
    "type:relay": ("G5V-1-DC5", "filter"),
    "maker:murata x7r": ("GRM188R71H104KA93D", "words"),
}
"What is found first, and why."


def test_part_is_found_first(find: Callable[[str], list[tuple[str, str]]]) -> None:
    found = {query: (find(query) or [("nothing", "")])[0] for query in FIRST}

    assert found == FIRST


def test_letters_come_first_also_those_of_merged_and_retired_parts(
    client: FlaskClient, letters: dict[str, str]
) -> None:
    kept, merged, retired = letters["NE555P"], letters["NE555D"], letters["LM358N"]
    client.post(f"/parts/{merged}/merge", json={"into": kept, "command_id": str(uuid4())})
    client.post(f"/parts/{retired}/retire")

    found = {
        asked: client.get("/search", query_string={"q": asked.lower()}).get_json() for asked in (kept, merged, retired)
    }

    assert {asked: (answer["hits"][0]["id4"], answer["hits"][0]["why"]) for asked, answer in found.items()} == {
        kept: (kept, "id4"),
        merged: (kept, "id4"),
        retired: (retired, "id4"),
    }
    assert found[retired]["hits"][0]["retired"]
    assert client.get("/search", query_string={"q": "LM358N"}).get_json()["hits"] == []


def test_slot_and_box_show_what_lies_there(client: FlaskClient, letters: dict[str, str]) -> None:
    box = new_box()
    put_stock(letters["NE555P"], box, 2, 10, uuid4())
    put_stock(letters["LM358N"], box, 1, 5, uuid4())

    def find(query: str) -> list[tuple[str, str]]:
        hits = client.get("/search", query_string={"q": query}).get_json()["hits"]
        return [(hit["manufacturer_code"], hit["why"]) for hit in hits]

    assert find(f"{box}-2") == [("NE555P", "slot")]
    assert find(f"{box}")[:2] == [("LM358N", "slot"), ("NE555P", "slot")]
    assert find(f"{box}-3") == []
    assert find(f"box:{box} timer") == [("NE555P", "words")]
    assert {code for code, _ in find("in:stock")} == {"NE555P", "LM358N"}
    assert find("qty<10 qty>0") == [("LM358N", "filter")]
    assert find("qty>=10") == [("NE555P", "filter")]
    # Stock is a gentle boost: it decides between parts that are found for one reason.
    assert find("timer")[0][0] == "NE555P"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("box:x", "box:7"),
        ("qty<many", "qty<7"),
        ("in:space", "in:stock"),
        ("has:wings", "has:datasheet"),
        ("box:99999999999", "box:7"),
    ],
)
def test_filter_that_cannot_be_is_named(client: FlaskClient, database: str, query: str, said: str) -> None:
    answer = client.get("/search", query_string={"q": query})

    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, "q")
    assert said in answer.get_json()["error"]


def test_filter_that_is_not_finished_is_left_out(find: Callable[[str], list[tuple[str, str]]]) -> None:
    assert find("relay type:") == find("relay")
    assert find("type:nothing") == find("tag:/") == find("maker:nobody timer") == []


def test_nothing_found_says_what_would_be(client: FlaskClient, letters: dict[str, str]) -> None:
    def advice(query: str) -> Any:
        answer = client.get("/search", query_string={"q": query}).get_json()
        assert answer["hits"] == []
        return answer["advice"]

    assert advice("timer zzzzz") == {"did_you_mean": [], "without": "zzzzz", "instead": "timer"}
    assert advice("qqqqq") is None
    spelt = client.get("/search", query_string={"q": "signal regulatr"}).get_json()
    assert spelt["advice"]["did_you_mean"] == ["signal regulator"]


def test_word_is_corrected_although_a_number_is_near(client: FlaskClient, letters: dict[str, str]) -> None:
    client.post("/parts", json={"manufacturer_code": "TRANSCEIVER9"})
    answer = client.get("/search", query_string={"q": "transciever"}).get_json()

    assert [hit["why"] for hit in answer["hits"]] == ["two_slips", "spelling"]
    assert answer["advice"]["did_you_mean"] == ["transceiver"]


def test_every_hit_shows_where_it_was_found(client: FlaskClient, letters: dict[str, str]) -> None:
    def marked(query: str) -> dict[str, list[str]]:
        fragments = client.get("/search", query_string={"q": query}).get_json()["hits"][0]["fragments"]
        return {each["field"]: [each["text"][start:end] for start, end in each["marks"]] for each in fragments}

    assert marked("4700R 0805") == {"description": ["4.7K OHM", "0805"]}
    assert marked("lm1117 33") == {"manufacturer_code": ["LM1117-3.3"]}
    assert marked("timers precision") == {"description": ["Precision", "timer"]}
    assert marked("lcsc") == {"sellers": ["LCSC"]}
    assert marked("relay") == {"description": ["relay"], "type": ["Relay"]}
    assert marked("NE5S5P") == {"manufacturer_code": []}
