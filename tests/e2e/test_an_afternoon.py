"""The story of one afternoon over HTTP: photos, decisions, and at the end every piece where it lies."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cli.client import Client
from schemas.part_number import canonical_key
from tests.e2e.conftest import PHOTOS, Serve
from tests.e2e.test_desk import Desk
from tests.support.processes import wait_for

OWNED = "MPN,Manufacturer,Description,Qty,Slot\nNE555P,TI,my timer,10,{0}-1\nAO3400A,,my mosfet,3,{0}-2\n"
NEAR = "MPN,Description,Qty,Slot\nNE55.5P,near the timer,4,{0}-29\nAO34.00A,near the mosfet,2,{0}-30\n"
TWICE = "digikey_bag_opamp.jpg"
TAKEN_IN = [
    "chip_timer.jpg",
    "lcsc_bag_mosfet.jpg",
    "two_bags.jpg",
    TWICE,
    TWICE,
    "digikey_bag_mcu.jpg",
    "mouser_bag_regulator.jpg",
    "mouser_bag_relay.jpg",
    "digikey_reel_resistor.jpg",
    "lcsc_bag_usb_serial.jpg",
    "chip_logic_gate.jpg",
    "module_ultrasonic.jpg",
]
PATIENCE_SECONDS = 240

LIES = {
    "NE555P": 10,
    "AO3400A": 3 + 90,
    "BC547BTA": 7,
    "1N5819-T": 30,
    "TLV9062IDR": 25,
    "ATMEGA328P-PU": 5,
    "MCP1700-3302E/TO": 50,
    "RC0603FR-0710KL": 5000,
    "CH340G": 20,
    "NE55.5P": 4,
    "AO34.00A": 2,
}
"How many pieces there are at the end; the booking of the relays is taken back."


class Afternoon:
    """The maker: takes photos, decides, and waits for the runs."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.letters: dict[str, list[str]] = defaultdict(list)
        "the letters that were given to each photo"
        self._runs: dict[str, list[UUID]] = defaultdict(list)

    def ask(self, method: str, path: str, **request: Any) -> Any:
        return self._client.ask(method, path, **request).json()

    def take_in(self) -> None:
        for name, run in zip(TAKEN_IN, self._client.start_photos([PHOTOS / name for name in TAKEN_IN]), strict=True):
            self.letters[name].append(str(run.part))
            self._runs[name].append(run.id)
        self.wait()

    def wait(self) -> None:
        def none_open() -> bool:
            runs = [*self.ask("GET", "/pipelines/runs?limit=100")["runs"]]
            return all(run["finished_at"] for run in runs)

        assert wait_for(none_open, PATIENCE_SECONDS)

    def run(self, name: str, number: int = 0) -> dict[str, Any]:
        shown: dict[str, Any] = self.ask("GET", f"/pipelines/runs/{self._runs[name][number]}")
        return shown

    def open(self, field: str, **filters: object) -> list[dict[str, Any]]:
        query = {"field": field, "limit": 100, **filters}
        found: list[dict[str, Any]] = self.ask("GET", "/suggestions", params=query)["suggestions"]
        return found

    def decide(self, *decisions: dict[str, Any]) -> None:
        self.ask("POST", "/suggestions/decide", json={"decisions": decisions})
        self.wait()

    def part_of(self, name: str) -> str:
        return str(self.ask("GET", f"/parts/{self.letters[name][0]}")["id4"])


def test_an_afternoon(serve: Serve, tmp_path: Path) -> None:
    stack, client = serve()
    desk, maker = Desk(stack.address.api, stack.layout.data), Afternoon(client)
    box = client.ask("POST", "/boxes", json={"capacity": 30, "description": "Bench"}).json()["box_no"]
    imported(desk, tmp_path, OWNED.format(box))

    maker.take_in()
    asks_about_parts_that_are_there(maker)
    splits_two_bags(maker)
    books_a_label_by_hand_first(maker, box)
    books_the_rest(maker)
    edits_one_and_takes_one_back(maker, box)
    imported(desk, tmp_path, NEAR.format(box))

    every_piece_is_where_it_lies(maker, desk, tmp_path)
    no_part_is_there_twice_and_none_was_renamed(maker, desk)


def imported(desk: Desk, folder: Path, table: str) -> None:
    file = folder / "parts.csv"
    file.write_text(table)
    assert desk.json("import", file)["report"]["counts"]["create"] == 2


def asks_about_parts_that_are_there(maker: Afternoon) -> None:
    questions = maker.open("same_part")
    owned = {each["value"]["manufacturer_code"] for each in questions if each["value"]["sure"]}
    (twice,) = [each for each in questions if each["part"] in maker.letters[TWICE]]
    assert (owned >= {"NE555P", "AO3400A"}, len(questions)) == (True, 3)
    assert twice["value"]["part"] in maker.letters[TWICE]
    maker.decide(*({"suggestion": each["id"], "decision": "accept"} for each in questions))
    for letters in maker.letters[TWICE]:
        assert maker.ask("GET", f"/parts/{letters}")["id4"] == maker.part_of(TWICE)


def splits_two_bags(maker: Afternoon) -> None:
    run = maker.run("two_bags.jpg")
    numbers = {each["value"]["manufacturer_code"]: each["id"] for each in maker.open("part_number", run=run["id"])}
    parts = [{"suggestion": numbers["BC547BTA"], "quantity": 7}, {"suggestion": numbers["1N5819-T"]}]
    started = maker.ask("POST", f"{run['links']['self']}/split", json={"parts": parts})["runs"]
    assert len({each["part"] for each in started}) == 2
    maker.wait()


def books_a_label_by_hand_first(maker: Afternoon, box: int) -> None:
    part = maker.part_of("digikey_reel_resistor.jpg")
    (proposed,) = maker.open("stock", part=part)
    order = {"quantity": 5000, "slot": f"{box}-28", "command_id": str(uuid4())}
    assert maker.ask("POST", f"/parts/{part}/stock/receive", json=order)["settled"] == [proposed["id"]]
    assert maker.open("stock", part=part) == []


def books_the_rest(maker: Afternoon) -> None:
    mosfet, twice = maker.part_of("lcsc_bag_mosfet.jpg"), maker.part_of(TWICE)
    label = maker.open("stock", part=twice)[0]
    others = [each for each in maker.open("stock") if each["part"] not in (mosfet, twice) and each["value"]["quantity"]]
    maker.decide(*({"suggestion": each["id"], "decision": "accept"} for each in (label, *others)))
    assert maker.open("stock", part=twice) == []


def edits_one_and_takes_one_back(maker: Afternoon, box: int) -> None:
    (mosfets,) = maker.open("stock", part=maker.part_of("lcsc_bag_mosfet.jpg"))
    assert (mosfets["value"]["quantity"], mosfets["value"]["slot"]) == (100, f"{box}-2")
    accepted = maker.ask("POST", f"/suggestions/{mosfets['id']}/accept", json={"quantity": 90})
    assert accepted["accepted_value"]["quantity"] == 90

    (relays,) = maker.open("stock", part=maker.part_of("mouser_bag_relay.jpg"), state="accepted")
    assert maker.ask("POST", f"/suggestions/{relays['id']}/undo")["state"] == "proposed"


def every_piece_is_where_it_lies(maker: Afternoon, desk: Desk, folder: Path) -> None:
    assert desk.run("export", "-o", folder / "all.jsonl").returncode == 0
    objects = [json.loads(line) for line in (folder / "all.jsonl").read_text().splitlines()]
    number = {each["id4"]: each["manufacturer_code"] for each in objects if each["kind"] == "part"}
    placed, moved = total(objects, "placement", "quantity"), total(objects, "change", "delta_qty")
    assert {number[part]: quantity for part, quantity in placed.items()} == LIES
    assert placed == +moved


def total(objects: list[dict[str, Any]], kind: str, quantity: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for each in objects:
        if each["kind"] == kind:
            sums[each["part"]] += each[quantity]
    return sums


def no_part_is_there_twice_and_none_was_renamed(maker: Afternoon, desk: Desk) -> None:
    parts = maker.ask("GET", "/parts?limit=100")["parts"]
    keys = Counter(canonical_key(part["manufacturer_code"] or part["id4"]) for part in parts)
    assert [key for key, count in keys.items() if count > 1] == []
    owned = {part["manufacturer_code"]: part["description"] for part in parts}
    assert (owned["NE555P"], owned["AO3400A"]) == ("my timer", "my mosfet")
    found = json.loads(desk.run("parts", "audit", "--json").stdout)["findings"]
    assert {each["reason"] for each in found} == {"neighbours"}
