"""Tags: one thing has one tag, whatever it is called."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from flask.testing import FlaskClient

from models.session import session_scope
from schemas.suggestion import SuggestionField
from schemas.tag import normalised
from schemas.vocabulary import VOCABULARY
from services.part import PartService
from services.tag import TagService
from tests.support.rows import new_part, new_suggestion
from tests.support.waiting import wait_for_waiters


def tagged(client: FlaskClient, *tags: str) -> str:
    return str(client.post("/parts", json={"tags": tags}).get_json()["id4"])


def tags_of(client: FlaskClient, part: str) -> list[str]:
    tags: list[str] = client.get(f"/parts/{part}").get_json()["tags"]
    return tags


def test_vocabulary_is_written_as_tags_are() -> None:
    assert [tag for tag in VOCABULARY if tag != normalised(tag)] == []


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Op Amp", "op-amp"),
        (" RAIL_to__Rail ", "rail-to-rail"),
        ("I/O", "i-o"),
        ("ｉ２ｃ", "i2c"),
        ("3.3V", "3.3v"),
        ("c++", "c++"),
        ("5 µA", "5-μa"),
    ],
)
def test_tag_is_stored_in_one_spelling(client: FlaskClient, typed: str, stored: str) -> None:
    part = tagged(client, typed, stored)
    assert tags_of(client, part) == [stored]
    assert [each["id4"] for each in client.get("/parts", query_string={"tag": typed}).get_json()["parts"]] == [part]


@pytest.mark.parametrize("tag", ["", " - ", "a\0b", "a\u200bb", "x" * 51])
def test_wrong_tag_is_refused(client: FlaskClient, tag: str) -> None:
    answer = client.post("/parts", json={"tags": [tag]})
    assert (answer.status_code, answer.get_json()["details"]["field"]) == (400, "tags.0")


def test_tags_are_listed_with_their_use(client: FlaskClient) -> None:
    for tags in (("mine", "smd"), ("mine",)):
        tagged(client, *tags)
    listed = {each["name"]: each["parts"] for each in client.get("/tags").get_json()["tags"]}
    assert (listed["mine"], listed["smd"], listed["op-amp"]) == (2, 1, 0)
    assert list(listed) == sorted(listed)


def test_tags_are_found_by_how_they_or_a_synonym_begin(client: FlaskClient) -> None:
    client.post("/tags/op-amp/synonyms", json={"synonym": "verstärker"})
    for prefix in ("OP-A", "Verst"):
        found = client.get("/tags", query_string={"prefix": prefix}).get_json()["tags"]
        assert [each["name"] for each in found] == ["op-amp"]
    assert len(client.get("/tags?limit=2").get_json()["tags"]) == 2


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "prefix=-", "colour=red"])
def test_wrong_list_of_tags_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/tags?{query}").status_code == 400


def test_renamed_tag_is_renamed_on_all_parts(client: FlaskClient) -> None:
    parts = [tagged(client, "mine", "smd"), tagged(client, "smd", "mine")]
    shown = client.patch("/tags/mine", json={"name": "Ours"}).get_json()
    assert (shown["name"], shown["parts"], shown["synonyms"]) == ("ours", 2, ["mine"])
    assert [tags_of(client, part) for part in parts] == [["ours", "smd"], ["smd", "ours"]]


def test_renaming_to_a_tag_in_use_is_a_conflict(client: FlaskClient) -> None:
    tagged(client, "mine", "ours")
    answer = client.patch("/tags/mine", json={"name": "ours"})
    assert answer.status_code == 409
    assert "merge mine into it" in answer.get_json()["error"]


def test_tag_takes_the_name_of_its_synonym(client: FlaskClient) -> None:
    part = tagged(client, "mine")
    client.post("/tags/mine/synonyms", json={"synonym": "ours"})
    shown = client.patch("/tags/mine", json={"name": "ours"}).get_json()
    assert (shown["name"], shown["synonyms"], tags_of(client, part)) == ("ours", ["mine"], ["ours"])


def test_merged_tag_is_on_each_part_once(client: FlaskClient) -> None:
    both, one = tagged(client, "opamp", "smd", "op-amp"), tagged(client, "opamp")
    for _ in range(2):
        shown = client.post("/tags/opamp/merge", json={"into": "op-amp"}).get_json()
        assert (shown["name"], shown["parts"], shown["synonyms"]) == ("op-amp", 2, ["opamp"])
    assert (sorted(tags_of(client, both)), tags_of(client, one)) == (["op-amp", "smd"], ["op-amp"])


def test_synonyms_of_a_merged_tag_go_over(client: FlaskClient) -> None:
    tagged(client, "opamp")
    client.post("/tags/opamp/synonyms", json={"synonym": "OPV"})
    client.post("/tags/opamp/merge", json={"into": "op-amp"})
    assert tags_of(client, tagged(client, "opv")) == ["op-amp"]


def test_synonym_is_replaced_on_the_parts_that_have_it(client: FlaskClient) -> None:
    part = tagged(client, "opv")
    for _ in range(2):
        assert client.post("/tags/op-amp/synonyms", json={"synonym": "OPV"}).get_json()["synonyms"] == ["opv"]
    assert tags_of(client, part) == ["op-amp"]
    assert client.get("/tags/opv").get_json()["name"] == "op-amp"


def test_machine_s_words_go_through_the_synonyms_too(client: FlaskClient) -> None:
    client.patch("/tags/op-amp", json={"name": "opamp"})
    part = new_part()
    suggestion = new_suggestion(part, SuggestionField.TAGS, ["op-amp", "opamp", "smd"])
    (waiting,) = client.get(f"/parts/{part}").get_json()["suggestions"]
    assert waiting["value"] == ["opamp", "smd"]
    client.post("/tags/smd/synonyms", json={"synonym": "x"})
    client.patch("/tags/smd", json={"name": "surface"})
    client.post(f"/suggestions/{suggestion}/accept")
    assert tags_of(client, part) == ["opamp", "surface"]


@pytest.mark.parametrize(("word", "status"), [("op-amp", 400), ("buffer", 200), ("taken", 409), ("", 400), ("\0", 400)])
def test_synonym_must_be_another_word(client: FlaskClient, word: str, status: int) -> None:
    client.post("/tags/relay/synonyms", json={"synonym": "taken"})
    assert client.post("/tags/op-amp/synonyms", json={"synonym": word}).status_code == status


def test_word_is_a_tag_of_its_own_again(client: FlaskClient) -> None:
    client.post("/tags/op-amp/synonyms", json={"synonym": "opv"})
    assert client.delete("/tags/op-amp/synonyms/OPV").status_code == 204
    assert tags_of(client, tagged(client, "opv")) == ["opv"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/tags/nope", None),
        ("PATCH", "/tags/nope", {"name": "yes"}),
        ("POST", "/tags/nope/merge", {"into": "op-amp"}),
        ("POST", "/tags/nope/synonyms", {"synonym": "yes"}),
        ("DELETE", "/tags/op-amp/synonyms/nope", None),
    ],
)
def test_unknown_tag_is_not_found(client: FlaskClient, method: str, path: str, body: dict[str, str] | None) -> None:
    answer = client.open(path, method=method, json=body)
    assert answer.status_code == 404
    assert "nope" in answer.get_json()["error"]


def test_part_that_is_tagged_during_a_merge_gets_the_new_tag(client: FlaskClient) -> None:
    tagged(client, "old")
    part, held, let_go = new_part(), Event(), Event()

    def tag_slowly() -> None:
        with session_scope() as session:
            PartService.set_field(session, PartService.lock(session, part), "tags", ["old"], by="machine")
            held.set()
            assert let_go.wait(10)

    with ThreadPoolExecutor(2) as pool:
        tagging = pool.submit(tag_slowly)
        assert held.wait(10)
        merging = pool.submit(lambda: merge("old", "new"))
        wait_for_waiters()
        let_go.set()
        tagging.result(10)
        merging.result(10)
    assert tags_of(client, part) == ["new"]


def merge(old: str, new: str) -> None:
    with session_scope() as session:
        TagService.merge(session, old, new)
